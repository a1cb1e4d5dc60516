# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The playbook verify where the agent is a service of systemd: exit status and JSON, of a healthy agent and of a stopped one."""

from __future__ import annotations

import json
import pathlib
import subprocess
import typing as t

import pytest

testinfra_hosts = ["podman://k12-agent-https"]

ROOT = pathlib.Path(__file__).resolve().parents[4]
HOST = "k12-agent-https"


def verify(directory: pathlib.Path) -> tuple[int, dict[str, t.Any]]:
    command = ["ansible-playbook", "-i", str(ROOT / "extensions" / "molecule" / "inventory"), "k12.sif.verify"]
    command += ["-e", f"sif_hosts={HOST}", "-e", f"sif_agent_verify_directory={directory}"]
    done = subprocess.run(command, check=False, capture_output=True, text=True, cwd=ROOT)
    document = directory / f"{HOST}.json"
    assert document.exists(), done.stdout + done.stderr
    return done.returncode, json.loads(document.read_text(encoding="utf-8"))


@pytest.fixture
def stopped(host: t.Any) -> t.Iterator[None]:
    assert host.run("systemctl stop sif-lab-agent").rc == 0
    yield
    assert host.run("systemctl start sif-lab-agent").rc == 0


def test_a_healthy_service_passes(tmp_path: pathlib.Path) -> None:
    status, document = verify(tmp_path)
    results = {check["name"]: check for check in document["checks"]}
    assert (status, document["passed"], document["failed"], document["unproved"]) == (0, True, [], []), document
    assert {check["result"] for check in results.values()} <= {"pass", "skipped"}, results
    assert results["agent_running"]["evidence"].startswith("systemd says active (running), since ")
    assert "Kimono.ks" in results["trust_store"]["evidence"]


@pytest.mark.usefixtures("stopped")
def test_a_stopped_service_does_not(tmp_path: pathlib.Path) -> None:
    status, document = verify(tmp_path)
    assert (status, document["passed"]) == (2, False)
    assert set(document["failed"]) == {"agent_running", "agent_awake"}, document
