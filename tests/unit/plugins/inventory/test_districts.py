# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The inventory plugin k12.sif.districts as ansible-inventory uses it."""

from __future__ import annotations

import json
import os
import pathlib
import subprocess
import sys
import time

import pytest
import yaml

HEADINGS = "district code,district name,PowerSchool URL,host,ZIS URL,zone id,method,state,system"
MAPLE = "MAPLE,Maple Local,https://sis.maple.example.org,sif.maple.example.org,https://zis.example.org/MAPLE,MAPLE,HTTPS,OH,linux"
OAK = "OAK,Oak City,https://oak.powerschool.com,,https://zis.example.org/OAK,OAK,,OH,"
BAD = "ELM,Elm,https://sis.elm.example.org,,http://zis.example.org/ELM,,HTTP,OH,"
ELM_MESSAGES = ("list.csv, row 3, column D (host): the cell is empty.", "list.csv, row 3, column F (zone id): the cell is empty.")


class Inventory:
    """A folder with a list and a configuration of the plugin, and what ansible-inventory says of it."""

    def __init__(self, directory: pathlib.Path) -> None:
        self.directory = directory
        self.list = directory / "list.csv"
        (directory / "inventory").mkdir()

    def listed(self, *rows: str, **options) -> subprocess.CompletedProcess:
        self.list.write_text("\n".join((HEADINGS, *rows)))
        return self.run(**options)

    def run(self, *arguments: str, **options) -> subprocess.CompletedProcess:
        configuration = {"plugin": "k12.sif.districts", "path": "../list.csv", **options}
        (self.directory / "inventory" / "districts.yml").write_text(yaml.safe_dump(configuration))
        command = [str(pathlib.Path(sys.executable).parent / "ansible-inventory"), "-i", "inventory", "--list", *arguments]
        environment = {**os.environ, "ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED": "true", "ANSIBLE_NOCOLOR": "1"}
        return subprocess.run(command, check=False, capture_output=True, text=True, env=environment, cwd=self.directory)


@pytest.fixture
def inventory(tmp_path):
    return Inventory(tmp_path)


def _result(done: subprocess.CompletedProcess) -> dict:
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def _said(done: subprocess.CompletedProcess) -> str:
    """What was said in one line; ansible-core before 2.19 folds its warnings."""
    return " ".join(done.stderr.split())


def _hosts(result: dict, group: str) -> list[str]:
    return result.get(group, {}).get("hosts", [])


def test_districts_become_hosts_with_variables_and_groups(inventory):
    result = _result(inventory.listed(MAPLE, OAK))
    assert {group: _hosts(result, group) for group in ("sif_agents", "self_hosted", "cloud_hosted", "linux", "state_oh")} == {
        "sif_agents": ["MAPLE", "OAK"],
        "self_hosted": ["MAPLE"],
        "cloud_hosted": ["OAK"],
        "linux": ["MAPLE"],
        "state_oh": ["MAPLE", "OAK"],
    }
    assert result["_meta"]["hostvars"]["MAPLE"] == {
        "ansible_host": "sif.maple.example.org",
        "sif_agent_method": "HTTPS",
        "sif_agent_powerschool_url": "https://sis.maple.example.org",
        "sif_agent_zis_url": "https://zis.example.org/MAPLE",
        "sif_agent_zone_id": "MAPLE",
        "sif_district_code": "MAPLE",
        "sif_district_name": "Maple Local",
        "sif_district_state": "OH",
    }


def test_one_bad_row_and_nothing_is_listed(inventory):
    done = inventory.listed(MAPLE, BAD, OAK)
    assert done.returncode != 0
    assert "MAPLE" not in done.stdout
    assert "No district is listed; with skip_bad_rows: true the good rows would be. Problems found: 2" in _said(done)
    for message in ELM_MESSAGES:
        assert message in _said(done)


def test_good_rows_are_listed_when_asked_and_the_bad_ones_warned_of(inventory):
    done = inventory.listed(MAPLE, BAD, OAK, skip_bad_rows=True)
    assert _hosts(_result(done), "sif_agents") == ["MAPLE", "OAK"]
    for message in ELM_MESSAGES:
        assert f"[WARNING]: {message}" in _said(done)
    assert _said(done).count("This row is skipped.") == 2


def test_a_mistyped_heading_lists_nothing_even_then(inventory):
    inventory.list.write_text(HEADINGS.replace("method", "metod") + "\n" + MAPLE)
    done = inventory.run(skip_bad_rows=True)
    assert done.returncode != 0
    assert "list.csv, row 1, column G (metod): this heading is not known. Remedy: is 'method' meant?" in _said(done)


def test_options_of_constructable_work(inventory):
    options = {
        "compose": {"sif_agent_config_path": "'/opt/' ~ sif_district_code | lower ~ '/agent.cfg'"},
        "groups": {"over_https": "sif_agent_method | default('') == 'HTTPS'"},
        "keyed_groups": [{"key": "sif_agent_config_path.split('/')[2]", "prefix": "folder"}],
        "strict": True,
        "group": "districts",
    }
    result = _result(inventory.listed(MAPLE, OAK, **options))
    assert result["_meta"]["hostvars"]["OAK"]["sif_agent_config_path"] == "/opt/oak/agent.cfg"
    assert _hosts(result, "over_https") == ["MAPLE"]
    assert _hosts(result, "folder_oak") == ["OAK"]
    assert _hosts(result, "districts") == ["MAPLE", "OAK"]


def test_a_strict_expression_that_fails_is_an_error(inventory):
    done = inventory.listed(MAPLE, compose={"x": "no_such_variable"}, strict=True)
    assert done.returncode != 0
    assert "Could not set x for host MAPLE" in _said(done)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"path": "../missing.csv"}, "../missing.csv: the file cannot be read"),
        ({"variables": {"state": "sif_agent_zone_id"}}, "the variable 'sif_agent_zone_id' for column 'state' is set by a column of its own"),
        ({"variables": {"state": "db_password"}}, "the variable 'db_password' for column 'state' holds a secret"),
        ({"variables": {"state": "x", "system": "x"}}, "the variable 'x' for column 'state' takes the text of more than one column"),
        ({"columns": {"contakt": "state"}}, "columns: 'contakt' is no column"),
        ({"encoding": "latin-1"}, "encoding"),
    ],
)
def test_a_wrong_option_is_named(inventory, options, words):
    done = inventory.listed(MAPLE, **options)
    assert done.returncode != 0
    assert words in _said(done)


def test_an_encrypted_list_is_read(inventory, tmp_path):
    password = tmp_path / "vault-password"
    password.write_text("only for this test\n")
    inventory.list.write_text(f"{HEADINGS}\n{MAPLE}")
    vault = [str(pathlib.Path(sys.executable).parent / "ansible-vault"), "encrypt", "--vault-password-file", str(password), str(inventory.list)]
    subprocess.run(vault, check=True, capture_output=True)
    assert inventory.list.read_text().startswith("$ANSIBLE_VAULT")
    assert _hosts(_result(inventory.run("--vault-password-file", str(password))), "sif_agents") == ["MAPLE"]
    refused = inventory.run()
    assert refused.returncode != 0
    assert "list.csv: the file cannot be read" in _said(refused)


def test_three_hundred_districts_are_read_quickly(inventory):
    rows = [
        OAK.replace("OAK", f"C{number}").replace("oak.", f"c{number}.") if number % 3 else MAPLE.replace("MAPLE", f"S{number}").replace("maple", f"s{number}")
        for number in range(300)
    ]
    started = time.monotonic()
    result = _result(inventory.listed(*rows, keyed_groups=[{"key": "sif_agent_method", "prefix": "method"}]))
    took = time.monotonic() - started
    assert len(_hosts(result, "sif_agents")) == 300
    assert len(_hosts(result, "cloud_hosted")) == 200
    assert took < 10, f"{took:.1f} s"
