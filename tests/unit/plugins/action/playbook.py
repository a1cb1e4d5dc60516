# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs tasks through Ansible on this machine, as a play does; or an action plugin alone, which is much faster."""

from __future__ import annotations

import base64
import json
import os
import pathlib
import resource
import shlex
import subprocess
import sys
import types
import typing as t

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

_COLLECTIONS = pathlib.Path(__file__).absolute().parents[7]  # this file is imported under the collection's full name


class Outcome(t.NamedTuple):
    """The results of the tasks in their order, all that Ansible printed, and the CPU seconds that it all took."""

    results: list[dict[str, t.Any]]
    output: str
    seconds: float = 0.0


def play(directory: pathlib.Path, *tasks: dict[str, t.Any], verbose: bool = False) -> Outcome:
    """Run the tasks on localhost, each whether the one before failed or not.

    Raises:
        RuntimeError: the play itself did not run.
    """
    steps = [{**task, "register": f"r{number}", "ignore_errors": True} for number, task in enumerate(tasks)]
    results = "{{ [" + ", ".join(f"r{number}" for number in range(len(tasks))) + "] | to_json }}"
    kept = directory / "results.json"
    keep = {"ansible.builtin.copy": {"content": results, "dest": str(kept), "mode": "0600"}, "diff": False, "check_mode": False}
    book = directory / "play.json"
    book.write_text(json.dumps([{"hosts": "localhost", "gather_facts": False, "tasks": [*steps, keep]}]))
    paths = f"{_COLLECTIONS}:{os.environ.get('ANSIBLE_COLLECTIONS_PATH', '')}"
    environment = {**os.environ, "ANSIBLE_COLLECTIONS_PATH": paths, "ANSIBLE_NOCOLOR": "1"}
    environment["ANSIBLE_LOCAL_TEMP"] = environment["ANSIBLE_REMOTE_TEMP"] = str(directory / "tmp")
    command = [sys.executable, "-m", "ansible", "playbook", "-c", "local", str(book)] + ["-vvv"] * verbose
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    run = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=600)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if run.returncode:
        raise RuntimeError(run.stdout + run.stderr)
    seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Outcome(json.loads(kept.read_text()), run.stdout + run.stderr, seconds)


def act(action_class: type, **arguments: t.Any) -> dict[str, t.Any]:
    """Let an action plugin work in check mode on files of this machine, without Ansible around it.

    Raises what the plugin raises; Ansible turns InputError and HostError into the message of a failed task.
    """
    checked = ArgumentSpecValidator(action_class.ARGUMENTS, **action_class.RULES).validate(arguments)
    assert not checked.error_messages, checked.error_messages

    class Alone(action_class):
        def __init__(self) -> None:
            self.task_vars: dict[str, t.Any] = {}
            self._task = types.SimpleNamespace(check_mode=True, diff=True)
            self._connection = types.SimpleNamespace(_shell=types.SimpleNamespace(_IS_WINDOWS=False, quote=shlex.quote))
            self._loader = types.SimpleNamespace(get_real_file=lambda path: path)

        def _low_level_execute_command(self, cmd: str) -> dict[str, t.Any]:
            done = subprocess.run(["sh", "-c", cmd], stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
            return {"rc": done.returncode, "stdout": done.stdout, "stderr": done.stderr}

        def _find_needle(self, _directory: str, name: str) -> str:
            return name

        def _execute_module(self, module_name: str, module_args: dict[str, t.Any], task_vars: t.Any) -> dict[str, t.Any]:
            assert module_name == "ansible.legacy.slurp", module_name
            path = pathlib.Path(module_args["src"])
            if not path.exists():
                return {"failed": True, "msg": f"file not found: {path}"}
            return {"content": base64.b64encode(path.read_bytes()).decode()}

    return Alone().act(checked.validated_parameters)
