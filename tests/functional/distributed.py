# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs a job as AWX and receptor do: ansible-runner transmit | ansible-runner worker | ansible-runner process, each with a folder of its own."""

from __future__ import annotations

import json
import os
import pathlib
import shlex
import shutil
import subprocess
import sys
import typing as t

import yaml
from lab import Run

PROGRAMS = pathlib.Path(sys.executable).parent
_STATUS = {
    "runner_on_ok": "ok",
    "runner_on_failed": "failed",
    "runner_on_unreachable": "unreachable",
    "runner_on_skipped": "skipped",
}


class Distributed:
    """Runs playbooks through the three phases; what a run gave is read from what the last phase has received.

    C(worked) is the folder in which the last job was worked on.
    """

    worked: pathlib.Path

    def __init__(self, directory: pathlib.Path) -> None:
        self._directory = directory
        self._count = 0

    def run(self, play: list[dict[str, t.Any]], hosts: dict[str, dict[str, t.Any]], *options: str) -> Run:
        """Run a play on hosts of this machine."""
        job = self._job()
        (job / "project").mkdir()
        (job / "project" / "job.yml").write_text(yaml.safe_dump(play))
        common = {"ansible_connection": "local", "ansible_python_interpreter": sys.executable}
        (job / "inventory" / "hosts.yml").write_text(yaml.safe_dump({"sif_agents": {"hosts": hosts, "vars": common}}))
        return self._finish(job, "job.yml", options)

    def run_project(self, project: pathlib.Path, playbook: str, inventory: str, *options: str) -> Run:
        """Run a playbook of a project; C(inventory) is what ansible-inventory --export has listed, in a script as AWX makes it."""
        job = self._job()
        shutil.copytree(project, job / "project")
        script = job / "inventory" / "hosts"
        script.write_text(f"#!{sys.executable}\nprint({inventory!r})\n")
        script.chmod(0o700)
        return self._finish(job, playbook, options)

    def _job(self) -> pathlib.Path:
        self._count += 1
        job = self._directory / f"sent-{self._count}"
        for folder in ("inventory", "env"):
            (job / folder).mkdir(parents=True)
        return job

    def _finish(self, job: pathlib.Path, playbook: str, options: t.Sequence[str]) -> Run:
        (job / "env" / "cmdline").write_text(shlex.join(options))
        self.worked, received = (self._directory / f"{name}-{self._count}" for name in ("worked", "received"))
        self.worked.mkdir()
        received.mkdir()
        output = self._pipe(
            ["transmit", str(job), "--playbook", playbook],
            ["worker", "--private-data-dir", str(self.worked)],
            ["process", str(received)],
        )
        # The last phase itself always ends with 0; what ansible-playbook ended with is among what it has received.
        (status,) = received.rglob("artifacts/**/rc")
        return Run(int(status.read_text()), output, list(_results(received)))

    def _pipe(self, *phases: list[str]) -> str:
        environment = {**os.environ, "PATH": f"{PROGRAMS}:{os.environ['PATH']}", "ANSIBLE_NOCOLOR": "1"}
        content = b""
        for phase in phases:
            done = subprocess.run([str(PROGRAMS / "ansible-runner"), *phase], check=False, input=content, capture_output=True, env=environment)
            content = done.stdout
        return (done.stdout + done.stderr).decode()


def _results(received: pathlib.Path) -> t.Iterator[dict[str, t.Any]]:
    """The task results among the events, as the callback recorder writes them."""
    events = (json.loads(path.read_text()) for path in received.rglob("job_events/*.json"))
    for event in sorted(events, key=lambda event: event["counter"]):
        if event["event"] in _STATUS:
            data = event["event_data"]
            result = data.get("res", {})
            status = "changed" if event["event"] == "runner_on_ok" and result.get("changed") else _STATUS[event["event"]]
            yield {"host": data["host"], "task": data["task"], "action": data["task_action"], "status": status, "result": result}
