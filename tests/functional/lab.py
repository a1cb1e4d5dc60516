# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lab on this machine, as plain processes: a ZIS, agents, and plays run against them."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import time
import typing as t

import yaml

COLLECTION = pathlib.Path(__file__).resolve().parents[2]
LAB_FILES = COLLECTION / "roles" / "sif_lab" / "files"

sys.path.insert(0, str(LAB_FILES))
from zis.kimono import Kimono  # noqa: E402  (the lab's own client, which lies in the role)


def wait_for(condition: t.Callable[[], t.Any], what: str, seconds: float = 20) -> t.Any:
    """The first true answer of C(condition); fails the test when there is none in time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        answer = condition()
        if answer:
            return answer
        time.sleep(0.1)
    raise AssertionError(f"after {seconds} s still not: {what}")


class Zis:
    """The lab ZIS in a process of its own, and Kimono's view of it."""

    def __init__(self, directory: pathlib.Path, zones: list[str], cert: pathlib.Path, key: pathlib.Path, *options: str) -> None:
        self._ports = directory / "ports.json"
        self._log = (directory / "zis.log").open("wb")
        command = [sys.executable, str(LAB_FILES / "zis"), "--http", "127.0.0.1:0", "--https", "127.0.0.1:0"]
        command += ["--cert", str(cert), "--key", str(key), "--port-file", str(self._ports), *options]
        for zone in zones:
            command += ["--zone", zone]
        self._process = subprocess.Popen(command, stdout=self._log, stderr=subprocess.STDOUT)
        wait_for(self._ports.exists, "the ZIS listens")
        listeners = json.loads(self._ports.read_text())["listeners"]
        ports = {item["scheme"]: item["port"] for item in listeners}
        self.http = f"http://127.0.0.1:{ports['http']}"
        self.https = f"https://localhost:{ports['https']}"

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait(10)
        self._log.close()

    def zone(self, zone: str) -> Kimono:
        """Kimono's view of one zone, and the means to disturb it."""
        return Kimono(self.http, zone)


class Agent:
    """One installed lab agent: a folder with agent.cfg, the program, its own Java (or one for many agents) and a start script."""

    def __init__(self, directory: pathlib.Path, jar: pathlib.Path, java_home: pathlib.Path, own_java: bool = True) -> None:
        self.directory = directory
        directory.mkdir()
        self.config = directory / "agent.cfg"
        self.java_home = directory / "jre" if own_java else java_home
        if own_java:
            # 54 MB, of which tests change nothing but the trust store.
            shutil.copytree(java_home, self.java_home, symlinks=True, copy_function=os.link)
            cacerts = pathlib.Path("lib", "security", "cacerts")
            (self.java_home / cacerts).unlink()
            shutil.copy(java_home / cacerts, self.java_home / cacerts)
        shutil.copy(jar, directory / "lab-agent.jar")
        shutil.copy(LAB_FILES / "agent" / "agentctl", directory / "agentctl")
        # With the line ends that the product's own file has.
        example = (LAB_FILES / "agent" / "example-agent.cfg").read_bytes()
        self.config.write_bytes(example.replace(b"\n", b"\r\n"))
        self.environment()

    def environment(self, **settings: str) -> None:
        settings.setdefault("JAVA", str(self.java_home / "bin" / "java"))
        text = "".join(f"{name}='{value}'\n" for name, value in settings.items())
        (self.directory / "agent.env").write_text(text)

    def control(self, word: str) -> int:
        return subprocess.run([str(self.directory / "agentctl"), word], check=False, stdin=subprocess.DEVNULL).returncode

    @property
    def running(self) -> bool:
        return self.control("status") == 0

    @property
    def log(self) -> str:
        """What the agent logged so far; nothing before its first line."""
        path = self.directory / "logs" / "agent.log"
        return path.read_text() if path.exists() else ""

    @property
    def process_id(self) -> int:
        found = subprocess.run(["pgrep", "-f", f"{self.directory}/"], check=False, capture_output=True, text=True).stdout.split()
        assert len(found) == 1, found
        return int(found[0])

    def kill(self) -> None:
        if self.running:
            os.kill(self.process_id, signal.SIGKILL)

    def checksums(self) -> dict[str, str]:
        """SHA-256 of each file that a run of the role could change."""
        watched = [self.config, *self.directory.glob("*.ks"), self.java_home / "lib" / "security" / "cacerts"]
        return {str(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in watched}

    def commands(self) -> dict[str, t.Any]:
        script = str(self.directory / "agentctl")
        return {f"sif_agent_{word}_command": [script, word] for word in ("start", "stop", "status")}


@dataclasses.dataclass
class Run:
    """One finished play."""

    status: int
    output: str
    results: list[dict[str, t.Any]]

    @property
    def changed(self) -> list[str]:
        return [item["task"] for item in self.results if item["status"] == "changed"]

    @property
    def failures(self) -> list[str]:
        return [message(item["result"]) for item in self.results if item["status"] == "failed"]

    @property
    def module_executions(self) -> list[str]:
        """Each module that ran on the host, as -vvv names them."""
        marker = "Using module file "
        return [pathlib.Path(line.split(marker)[1].strip()).stem for line in self.output.splitlines() if marker in line]


def message(result: dict[str, t.Any]) -> str:
    """A failed task's message; that of the failed item for a loop."""
    for item in result.get("results", []):
        if item.get("failed"):
            return str(item.get("msg"))
    return str(result.get("msg"))


class Plays:
    """Runs playbooks of this collection with an inventory given as variables."""

    def __init__(self, directory: pathlib.Path) -> None:
        self._directory = directory
        self._count = 0

    def run(self, playbook: str, hosts: dict[str, dict[str, t.Any]], *options: str, kill_after: int = 0) -> Run:
        """Run a playbook to its end, or until SIGKILL ends it after a number of task results."""
        self._count += 1
        inventory = self._directory / f"inventory-{self._count}.yml"
        common = {"ansible_connection": "local", "ansible_python_interpreter": sys.executable}
        inventory.write_text(yaml.safe_dump({"sif_agents": {"hosts": hosts, "vars": common}}))
        record = self._directory / f"record-{self._count}.jsonl"
        environment = {
            **os.environ,
            "K12_SIF_RECORD": str(record),
            "ANSIBLE_CALLBACK_PLUGINS": str(COLLECTION / "tests" / "functional" / "callback_plugins"),
            "ANSIBLE_CALLBACKS_ENABLED": "recorder",
            "K12_SIF_KILL_AFTER": str(kill_after),
            "ANSIBLE_NOCOLOR": "1",
            "ANSIBLE_LOCALHOST_WARNING": "False",
        }
        command = [str(pathlib.Path(sys.executable).parent / "ansible-playbook"), "-i", str(inventory), playbook, *options]
        done = subprocess.run(command, check=False, capture_output=True, text=True, env=environment, cwd=self._directory)
        lines = record.read_text().splitlines() if record.exists() else []
        output = done.stdout + done.stderr
        assert lines, f"no task ran: {output}"
        assert "DEPRECATION WARNING" not in output, output
        return Run(done.returncode, output, [json.loads(line) for line in lines])
