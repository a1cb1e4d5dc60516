# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lab ZIS and the lab agent as processes of a test."""

from __future__ import annotations

import json
import pathlib
import subprocess
import sys
import time
import urllib.error
import urllib.request

ZIS_DIR = pathlib.Path(__file__).resolve().parents[3] / "roles" / "sif_lab" / "files" / "zis"


def wait_for(condition, what: str, seconds: float = 15):
    """The first true answer of ``condition``, or a failed test."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        answer = condition()
        if answer:
            return answer
        time.sleep(0.05)
    raise AssertionError(f"after {seconds} s still not: {what}")


class Zis:
    """A running ZIS with its admin API."""

    def __init__(self, directory: pathlib.Path, certificate: pathlib.Path) -> None:
        ports = directory / "ports.json"
        with (directory / "zis.log").open("wb") as log:
            command = [sys.executable, str(ZIS_DIR), "--http", "127.0.0.1:0", "--https", "127.0.0.1:0"]
            command += ["--cert", str(certificate), "--port-file", str(ports)]
            self.process = subprocess.Popen(command, stdout=log, stderr=log)
        wait_for(ports.exists, "the ZIS listens")
        listeners = {item["scheme"]: item["port"] for item in json.loads(ports.read_text())["listeners"]}
        self.http = f"http://127.0.0.1:{listeners['http']}"
        self.https = f"https://localhost:{listeners['https']}"
        self.https_by_address = self.https.replace("localhost", "127.0.0.1")

    def admin(self, path: str, body=None, method: str | None = None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.http}/admin/{path}", data=data, method=method)
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.loads(answer.read() or b"null")

    def agent(self, name: str):
        """The agent of this name in the zone of the same name, or None."""
        try:
            return self.admin(f"zones/{name}/agents/{name}")
        except urllib.error.HTTPError as error:
            if error.code == 404:
                return None
            raise

    def request(self, name: str, object_name: str, **options) -> dict:
        asked = self.admin(f"zones/{name}/requests", {"object": object_name, "source_id": name, **options})
        return self.admin(f"zones/{name}/requests/{asked['id']}?wait=20")

    def receive(self, name: str, object_name: str, **options) -> list[dict]:
        """What Kimono gets: the fields of every object."""
        answer = self.request(name, object_name, **options)
        assert answer["state"] == "complete", answer["error"]
        return [item["fields"] for item in answer["objects"]]

    def send(self, zone: str, message: str) -> str:
        """Posts one message, given without its envelope, and returns the answer."""
        start = '<SIF_Message xmlns="http://www.sifinfo.org/infrastructure/2.x" Version="2.3">'
        data = f"{start}{message}</SIF_Message>".encode()
        headers = {"Content-Type": "application/xml"}
        request = urllib.request.Request(f"{self.http}/{zone}", data=data, headers=headers)
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.read().decode()

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(10)


class Agent:
    """A running lab agent; its folder holds agent.cfg and logs/agent.log."""

    def __init__(self, jar: pathlib.Path, directory: pathlib.Path, config: str, *arguments: str, options=()) -> None:
        self.directory = directory
        self.config = directory / "agent.cfg"
        if config:
            self.config.write_text(config)
        command = ["java", "-XX:TieredStopAtLevel=1", *options, "-jar", str(jar), "run", "--config", "agent.cfg"]
        with (directory / "console.log").open("wb") as log:
            self.process = subprocess.Popen([*command, *arguments], cwd=directory, stdout=log, stderr=log)

    @property
    def log(self) -> str:
        path = self.directory / "logs" / "agent.log"
        return path.read_text() if path.exists() else ""

    def wait_until_logged(self, text: str) -> None:
        wait_for(lambda: text in self.log or self.process.poll() is not None, f"logged: {text}")
        assert text in self.log, self.log

    def stop(self) -> int:
        self.process.terminate()
        return self.process.wait(15)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait(10)
