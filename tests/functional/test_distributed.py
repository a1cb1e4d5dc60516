# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The same job gives the same result whether ansible-playbook runs it or ansible-runner in three phases, as AWX and receptor do."""

from __future__ import annotations

import json
import os
import pathlib
import re
import shutil
import subprocess

import pytest
import yaml
from ansible.parsing.vault import VaultLib, VaultSecret
from conftest import CANVAS, STORE_PASSWORD
from distributed import PROGRAMS, Distributed
from lab import COLLECTION, LAB_FILES, Agent

TWIN = "TWIN_DISTRICT"
MOMENT = re.compile(r"(\d+ records since the start )?\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(Z| UTC)")
SETTINGS = [
    {
        "name": "Set the Canvas zone",
        "hosts": "sif_agents",
        "gather_facts": False,
        "tasks": [
            {
                "name": "Set",
                "k12.sif.agent_cfg": {
                    "path": "{{ path }}",
                    "zones": [{"id": "CANVAS", "url": "https://zis.example.org/CANVAS", "mode": "pull", "method": "http"}],
                },
            }
        ],
    }
]

if not (PROGRAMS / "ansible-runner").exists():
    pytest.skip("ansible-runner is not installed beside this Python; make setup does it", allow_module_level=True)


@pytest.fixture
def distributed(tmp_path):
    return Distributed(tmp_path)


def _playbook(name: str) -> list[dict[str, str]]:
    return [{"name": "As in a project of AWX", "ansible.builtin.import_playbook": f"k12.sif.{name}"}]


def _outcome(run) -> list[tuple]:
    kept = ("msg", "changes", "diff", "findings", "zones")
    told = []
    for item in run.results:
        # The name of the role before a task, and what Ansible says of its own tasks, depend on who listens.
        task = item["task"].rpartition(" : ")[2]
        told.append((item["host"], task, item["status"], {key: item["result"].get(key) for key in kept if not item["action"].endswith("meta")}))
    return told


def _history(run, path: pathlib.Path) -> list:
    """Check, then run: what each gave, and the file after each."""
    path.write_bytes((LAB_FILES / "agent" / "example-agent.cfg").read_bytes())
    found = []
    for options in (["--check", "--diff"], ["--diff"]):
        done = run({"oak": {"path": str(path)}}, *options)
        assert done.status == 0, done.output
        found.append((_outcome(done), path.read_bytes()))
    return found


def test_settings_of_a_file(tmp_path, plays, distributed):
    play, path = tmp_path / "job.yml", tmp_path / "agent.cfg"
    play.write_text(yaml.safe_dump(SETTINGS))
    directly = _history(lambda *arguments: plays.run(str(play), *arguments), path)
    assert [outcome[0][2] for outcome, _content in directly] == ["changed", "changed"]
    assert directly[0][1] != directly[1][1]
    assert _history(lambda *arguments: distributed.run(SETTINGS, *arguments), path) == directly


def test_a_refused_setting_fails_in_the_same_words(tmp_path, plays, distributed):
    play, path = tmp_path / "job.yml", tmp_path / "agent.cfg"
    play.write_text(yaml.safe_dump(SETTINGS))
    path.write_text("<agent>")
    directly = plays.run(str(play), {"oak": {"path": str(path)}})
    through = distributed.run(SETTINGS, {"oak": {"path": str(path)}})
    assert directly.failures == through.failures != []
    assert through.status != 0


class Side:
    """One of two agents that are the same, each with a zone of its own, and the way in which its jobs are run."""

    def __init__(self, agent, zone, variables, run):
        self.agent, self.zone = agent, zone
        self._reports = agent.directory / "reports"
        self._hosts = {"oak": {**variables, "sif_agent_school_year": "current", "sif_report_directory": str(self._reports)}}
        self._run = run

    def job(self, playbook, *options):
        """What a job told of each task, and all that it left behind, without the names and moments in which the two must differ."""
        done = self._run(playbook, self._hosts, *options)
        assert done.status == 0, done.output
        told = json.dumps({"tasks": _outcome(done), **self._left()}).replace(str(self.agent.directory), "AGENT").replace(self.zone.zone, "ZONE")
        return json.loads(MOMENT.sub("MOMENT", told))

    def _left(self):
        seen = self.zone.agent("PowerSchool") or {}
        points = [json.loads(path.read_text()) for path in self.agent.directory.glob("restore-points/*/manifest.json")]
        return {
            "agent.cfg": self.agent.config.read_bytes().decode("latin-1"),
            "stores": {path.name: _listed(path) for path in self.agent.directory.glob("*.ks")},
            "restore points": sorted(point["state"] for point in points),
            "runs": self.agent.running,
            "zone": {name: seen.get(name) for name in ("mode", "sleeping", "secure", "register_count", "sif_versions", "provides", "responds")},
            "received": self.zone.request("StudentPersonal")["objects"] if seen.get("sleeping") is False else [],
            "reports": {path.name: path.read_text() for path in self._reports.glob("report.*") if path.suffix != ".html"},
        }


def _listed(store: pathlib.Path) -> list[str]:
    """What Java's own keytool lists of a store, without the day on which an entry was added."""
    command = ["keytool", "-list", "-rfc", "-keystore", str(store), "-storepass", STORE_PASSWORD]
    listed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return [line for line in listed.splitlines() if not line.startswith("Creation date")]


@pytest.fixture
def sides(tmp_path, agent, zis, plays, program, https_district, distributed):
    """The agent whose jobs run directly, and its twin, whose jobs run through the three phases."""
    twin = Agent(tmp_path / "twin", program.jar, program.java_home)
    for store in agent.directory.glob("*.ks"):
        shutil.copy(store, twin.directory)
    zis.zone(TWIN).create_zone()
    of_twin = json.loads(json.dumps(https_district).replace(str(agent.directory), str(twin.directory)).replace(CANVAS, TWIN))
    yield (
        Side(agent, zis.zone(CANVAS), https_district, lambda playbook, *given: plays.run(f"k12.sif.{playbook}", *given)),
        Side(twin, zis.zone(TWIN), of_twin, lambda playbook, *given: distributed.run(_playbook(playbook), *given)),
    )
    twin.kill()


def test_connect_report_and_rollback(sides):
    agent = sides[0].agent
    delivered = agent.checksums()
    for job, changes in ((("connect", "--diff"), True), (("report",), False), (("rollback", "--diff"), True)):
        before = agent.checksums()
        directly, through = (side.job(*job) for side in sides)
        for what, found in directly.items():
            assert through[what] == found, (job, what)
        assert (agent.checksums() != before) is changes, job
        if job[0] != "rollback":
            assert directly["zone"]["mode"] == "Pull" and directly["received"]
    assert set(directly["reports"]) == {"report.csv", "report.json"} and agent.checksums() == delivered


SHOWN = [
    {
        "name": "Use a secret and a path",
        "hosts": "ALDER",
        "gather_facts": False,
        "tasks": [
            {
                "name": "Compare",
                "ansible.builtin.assert": {
                    "that": [
                        "sif_agent_trust_store_password == 'a secret'",
                        "sif_agent_certificates[0].file == ansible_config_file | dirname ~ '/files/kimono-ca.pem'",
                    ]
                },
            }
        ],
    }
]


def test_the_region_as_a_project_of_awx(tmp_path, authority, distributed):
    """AWX synchronizes the inventory without the vault's password, gives jobs what it has listed, and the project's copy as current directory."""
    project = tmp_path / "region"
    shutil.copytree(COLLECTION / "examples" / "region", project)
    (project / "files").mkdir()
    (project / "files" / "canvas-mappings.xml").write_text('<mappings id="Default"/>')
    shutil.copy(authority.ca, project / "files" / "kimono-ca.pem")
    secret = VaultLib([("default", VaultSecret(b"of the vault"))]).encrypt("a secret").decode()
    lines = ["vault_sif_agent_trust_store_passwords:", "  ALDER: !vault |", *(f"    {line}" for line in secret.splitlines())]
    (project / "inventory" / "group_vars" / "https_agents" / "vault.yml").write_text("\n".join(lines))
    (project / "vault-password").write_text("of the vault")
    (project / "show.yml").write_text(yaml.safe_dump(SHOWN))

    command = [str(PROGRAMS / "ansible-inventory"), "-i", "inventory/districts.yml", "--list", "--export", "--playbook-dir", "inventory"]
    environment = {**os.environ, "ANSIBLE_CONFIG": "ansible.cfg"}
    listed = subprocess.run(command, check=True, capture_output=True, text=True, cwd=project, env=environment).stdout
    assert "a secret" not in listed

    requested = distributed.run_project(project, "request.yml", listed)
    assert requested.status == 0, requested.output
    written = distributed.worked / "project" / "hosting-requests"
    assert sorted(path.name for path in written.iterdir()) == ["ASPEN", "FIR", "JUNIPER"]
    shown = distributed.run_project(project, "show.yml", listed, "--vault-password-file", "vault-password")
    assert shown.status == 0, shown.output
