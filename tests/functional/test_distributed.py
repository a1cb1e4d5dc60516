# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The same job gives the same result whether ansible-playbook runs it or ansible-runner in three phases, as AWX and receptor do."""

from __future__ import annotations

import os
import pathlib
import shutil
import subprocess

import pytest
import yaml
from ansible.parsing.vault import VaultLib, VaultSecret
from conftest import CANVAS
from distributed import PROGRAMS, Distributed
from lab import COLLECTION, LAB_FILES, wait_for

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
    return [(item["host"], item["task"], item["status"], {key: item["result"].get(key) for key in kept}) for item in run.results]


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


def _checks(run) -> dict[str, tuple[str, str]]:
    facts = [item["result"].get("ansible_facts", {}) for item in run.results]
    (report,) = [fact["sif_agent_verify_result"] for fact in facts if "sif_agent_verify_result" in fact]
    return {check["name"]: (check["result"], check["remedy"]) for check in report["checks"]}


def test_connect_and_verify(agent, zis, plays, distributed, district):
    hosts = {"oak": {**district, "sif_agent_school_year": "current"}}
    connected = distributed.run(_playbook("connect"), hosts)
    assert connected.status == 0, connected.output
    assert zis.zone(CANVAS).agent("PowerSchool")["mode"] == "Pull"
    wait_for(lambda: zis.zone(CANVAS).agent("PowerSchool")["last_poll_at"], "the agent polls")
    directly, through = plays.run("k12.sif.verify", hosts), distributed.run(_playbook("verify"), hosts)
    assert _checks(through) == _checks(directly)
    assert (through.status, through.changed) == (directly.status, directly.changed)


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
