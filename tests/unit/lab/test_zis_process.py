# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The ZIS as a process: both ways to start it, its options, signals and exit status; and its client as a command."""

from __future__ import annotations

import json
import os
import signal
import socket
import ssl
import subprocess
import sys
import time

import pytest

from zis_certificates import Authority
from zis import kimono
from zis_peer import FILES_DIR, Peer, msg_id_of


class Process:
    """A ZIS that was started as people start it."""

    def __init__(self, tmp_path, *options, as_module=True):
        self.port_file = tmp_path / "ports.json"
        command = [
            sys.executable,
            *(("-m", "zis") if as_module else (str(FILES_DIR / "zis"),)),
            "--port-file",
            str(self.port_file),
            *options,
        ]
        environment = (
            {**os.environ, "PYTHONPATH": str(FILES_DIR)}
            if as_module
            else {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
        )
        self.process = subprocess.Popen(
            command, env=environment, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        until = time.monotonic() + 10
        while not self.port_file.exists():
            assert self.process.poll() is None, self.process.communicate()
            assert time.monotonic() < until
            time.sleep(0.02)
        content = json.loads(self.port_file.read_text("utf-8"))
        assert content["pid"] == self.process.pid
        self.urls = {listener["scheme"]: listener["url"] for listener in content["listeners"]}

    def end(self, number=signal.SIGTERM):
        self.process.send_signal(number)
        output, errors = self.process.communicate(timeout=10)
        return self.process.returncode, output, errors


@pytest.mark.parametrize("as_module", [True, False])
def test_starts_serves_and_ends(tmp_path, as_module):
    process = Process(tmp_path, "--zone", "A", "--zone", "B C", "--http", "127.0.0.1:0", as_module=as_module)
    assert Peer(process.urls["http"], "Agent", "B C").register().code == 0
    status, output, errors = process.end(signal.SIGTERM if as_module else signal.SIGINT)
    assert (status, errors) == (0, "")
    lines = output.splitlines()
    assert "listening on http://127.0.0.1:" in lines[0] and lines[0].endswith("zones: A, B C")
    assert lines[1].endswith("B C Agent SIF_Register Status 0 Pull, registration 1")
    assert lines[-1].endswith("stopped")


@pytest.mark.skipif(not hasattr(signal, "SIGHUP"), reason="no SIGHUP here")
def test_sighup_reads_the_certificate_again(tmp_path):
    old, new = Authority(tmp_path, "old-ca"), Authority(tmp_path, "new-ca")
    cert, key = old.issue("server")
    process = Process(tmp_path, "--zone", "Zone1", "--https", "127.0.0.1:0", "--cert", str(cert), "--key", str(key))
    try:
        assert (
            Peer(process.urls["https"], "A", context=ssl.create_default_context(cafile=str(old.ca_file)))
            .register()
            .code
            == 0
        )
        new.issue("server")
        process.process.send_signal(signal.SIGHUP)
        assert "certificate read again for 1 listeners" in next(
            line for line in process.process.stdout if "certificate" in line
        )
        assert (
            Peer(process.urls["https"], "A", context=ssl.create_default_context(cafile=str(new.ca_file)))
            .register()
            .code
            == 0
        )
        cert.write_text("broken")
        process.process.send_signal(signal.SIGHUP)
        assert "certificate kept" in next(line for line in process.process.stdout if "certificate" in line)
        assert (
            Peer(process.urls["https"], "A", context=ssl.create_default_context(cafile=str(new.ca_file)))
            .register()
            .code
            == 0
        )
    finally:
        assert process.end()[0] == 0


def run(tmp_path, *options):
    return subprocess.run(
        [sys.executable, str(FILES_DIR / "zis"), *options], cwd=tmp_path, check=False, capture_output=True, text=True, timeout=20
    )


def test_address_in_use(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = run(tmp_path, "--http", f"127.0.0.1:{port}")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"zis: cannot listen on http 127.0.0.1:{port}: Address already in use\n"


@pytest.mark.parametrize(
    "options, status, told",
    [
        (["--https", "127.0.0.1:0", "--cert", "missing.pem"], 1, "missing.pem"),
        (["--http", "127.0.0.1:0", "--port-file", "no/such/folder/ports.json"], 1, "ports.json"),
        (["--https", "127.0.0.1:0"], 2, "--cert"),
        ([], 2, "--http"),
        (["--http", "nonsense"], 2, "HOST:PORT"),
        (["--http", "127.0.0.1:99999"], 2, "HOST:PORT"),
        (["--http", "127.0.0.1:0", "--zone", "a/b"], 2, "a/b"),
    ],
)
def test_bad_options_are_one_clear_line(tmp_path, options, status, told):
    done = run(tmp_path, *options)
    last = done.stderr.splitlines()[-1]
    assert done.returncode == status and told in last and "Traceback" not in done.stderr
    assert status == 2 or len(done.stderr.splitlines()) == 1


class TestClient:
    def run(self, lab, capsys, *arguments):
        status = kimono.main(["--url", lab.url, "--zone", "Zone1", *arguments])
        captured = capsys.readouterr()
        return status, captured.out, captured.err

    def test_agents_and_zones(self, lab, capsys):
        lab.peer("Sis").joined(provides=["SchoolInfo", "LEAInfo"])
        status, output, _errors = self.run(lab, capsys, "agents")
        heading, row = output.splitlines()
        assert status == 0 and heading.split()[:3] == ["source_id", "name", "mode"]
        assert row.split()[0] == "Sis" and row.split()[-1] == "SchoolInfo,LEAInfo"
        assert "Sis" in self.run(lab, capsys, "zones")[1]
        assert json.loads(self.run(lab, capsys, "health")[1])["status"] == "ok"
        assert "SIF_Register" in self.run(lab, capsys, "messages")[1]

    def test_request(self, lab, capsys):
        provider = lab.peer("Sis").joined(provides=["StudentPersonal"])
        status, output, _errors = self.run(
            lab, capsys, "request", "StudentPersonal", "--wait", "0", "--where", "LocalId=7"
        )
        assert status == 2 and output.splitlines()[-1] == "0 StudentPersonal, 0 packets, pending"
        message = provider.pull()
        assert message.findtext(".//SIF_Condition/SIF_Value") == "7"
        provider.respond(
            msg_id_of(message), content="<StudentPersonal RefId='1'><LocalId>7</LocalId></StudentPersonal>"
        )
        provider.event(content="<StudentPersonal RefId='1'/>")
        assert self.run(lab, capsys, "events")[1].splitlines()[1].split()[2:] == [
            "Sis",
            "Change",
            "StudentPersonal",
            "1",
        ]

    def test_request_that_is_answered(self, lab, capsys, monkeypatch):
        made = {
            "objects": [{"name": "X", "fields": {"@RefId": "1", "A/B": None}}],
            "error": None,
            "count": 1,
            "packets": 1,
            "object": "X",
            "state": "complete",
        }
        monkeypatch.setattr(kimono.Kimono, "request", lambda *_args, **_options: made)
        status, output, _errors = self.run(lab, capsys, "request", "X")
        assert status == 0 and [line.split() for line in output.splitlines()] == [
            ["name", "@RefId", "A/B"],
            ["X", "1", "-"],
            ["1", "X,", "1", "packets,", "complete"],
        ]

    def test_request_without_provider(self, lab, capsys):
        status, output, _errors = self.run(lab, capsys, "request", "Nothing")
        assert status == 1 and "error: 8/4 No provider Nothing" in output
        status, output, _errors = self.run(lab, capsys, "--format", "json", "request", "Nothing")
        assert status == 1 and json.loads(output)["state"] == "error"

    def test_faults(self, lab, capsys):
        assert self.run(lab, capsys, "fault", "slow", "--seconds", "0.1", "--times", "2", "--agent", "Sis")[0] == 0
        assert self.run(lab, capsys, "faults")[1].splitlines()[1].split() == [
            "1",
            "slow",
            "Zone1",
            "Sis",
            "-",
            "0.1",
            "2",
            "0",
        ]
        assert json.loads(self.run(lab, capsys, "fault", "clear")[1]) == {"cleared": 1}

    def test_errors_are_one_line(self, lab, capsys):
        assert kimono.main(["--url", lab.url, "fault", "fire"]) == 1
        assert kimono.main(["--url", lab.url, "--zone", "Nope", "agents"]) == 1
        assert kimono.main(["--url", lab.url, "agents"]) == 1
        assert kimono.main(["--url", "http://127.0.0.1:9", "zones"]) == 1
        assert kimono.main(["--url", "https://127.0.0.1:9", "--ca", "/missing.pem", "zones"]) == 1
        lines = capsys.readouterr().err.splitlines()
        assert [line.startswith("zis.kimono: ") for line in lines] == [True] * 5

    def test_as_a_command(self, lab):
        done = subprocess.run(
            [sys.executable, "-m", "zis.kimono", "--url", lab.url, "zones"],
            check=False,
            capture_output=True,
            text=True,
            env={**os.environ, "PYTHONPATH": str(FILES_DIR), "http_proxy": "http://127.0.0.1:9"},
            timeout=20,
        )
        assert (done.returncode, done.stderr) == (0, "") and "Zone2" in done.stdout
