# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The example inventories are read as they are, and the roles accept what they say, with an encrypted vault."""

from __future__ import annotations

import datetime
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys

import pytest
import yaml
from ansible.parsing.vault import VaultLib, VaultSecret
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

COLLECTION = pathlib.Path(__file__).resolve().parents[3]
EXAMPLES = ("one-district", "region")
CHECK = """
- hosts: "{{ checked }}"
  gather_facts: false
  tasks:
    - ansible.builtin.validate_argument_spec:
        argument_spec: "{{ (lookup('ansible.builtin.file', specs) | from_yaml).argument_specs.main.options }}"
    - ansible.builtin.include_role:
        name: k12.sif.sif_agent
        tasks_from: assert.yml
      when: role == 'sif_agent'
"""


def _authority() -> bytes:
    """A certificate like the one that Instructure sends, as PEM."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Example CA")])
    now = datetime.datetime.now(datetime.timezone.utc)
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    builder = builder.not_valid_before(now).not_valid_after(now + datetime.timedelta(days=1))
    certificate = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True).sign(key, hashes.SHA256())
    return certificate.public_bytes(serialization.Encoding.PEM)


def _indented(encrypted: bytes) -> str:
    return "\n".join(f"    {line}" for line in encrypted.decode().splitlines())


class Example:
    """A copy of an example with what its README tells to add: files of Instructure, and an encrypted vault."""

    def __init__(self, name: str, directory: pathlib.Path) -> None:
        self.directory = directory / name
        shutil.copytree(COLLECTION / "examples" / name, self.directory)
        self.password = directory / "vault-password"
        self.password.write_text("only for this test\n")
        files = self.directory / "files"
        files.mkdir()
        (files / "canvas-mappings.xml").write_text('<mappings id="Default"/>')
        (files / "kimono-ca.pem").write_bytes(_authority())

    def encrypt_vault(self) -> None:
        """As the README of each tells: the whole file, or each value in it."""
        (pattern,) = self.directory.rglob("vault.yml.example")
        vault = VaultLib([("default", VaultSecret(self.password.read_bytes().strip()))])
        if self.directory.name == "region":
            encrypted = re.sub(r"replace-me", lambda _match: "!vault |\n" + _indented(vault.encrypt("replaced")), pattern.read_text())
        else:
            encrypted = vault.encrypt(pattern.read_text()).decode()
        pattern.with_suffix("").write_text(encrypted)

    def run(self, program: str, *arguments: str, password: bool = True) -> subprocess.CompletedProcess:
        environment = {**os.environ, "ANSIBLE_CONFIG": "ansible.cfg", "ANSIBLE_NOCOLOR": "1", "ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED": "true"}
        command = [str(pathlib.Path(sys.executable).parent / program), *arguments]
        command += ["--vault-password-file", str(self.password)] if password else []
        return subprocess.run(command, check=False, capture_output=True, text=True, env=environment, cwd=self.directory)

    def check(self, role: str, hosts: str, *options: str, password: bool = True) -> subprocess.CompletedProcess:
        """What the argument specs of a role, and for sif_agent its own checks, say of the hosts."""
        play = self.directory / "check.yml"
        play.write_text(CHECK)
        specs = COLLECTION / "roles" / role / "meta" / "argument_specs.yml"
        variables = json.dumps({"checked": hosts, "specs": str(specs), "role": role})
        return self.run("ansible-playbook", "-i", "inventory", str(play), "-e", variables, *options, password=password)

    def listed(self) -> dict:
        done = self.run("ansible-inventory", "-i", "inventory", "--list")
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)


@pytest.fixture(scope="module")
def examples(tmp_path_factory):
    made = {name: Example(name, tmp_path_factory.mktemp(name)) for name in EXAMPLES}
    for example in made.values():
        example.encrypt_vault()
    return made


@pytest.fixture
def region(examples):
    return examples["region"]


def test_no_vault_is_shipped_and_the_pattern_holds_no_secret():
    for name in EXAMPLES:
        found = sorted(path.name for path in (COLLECTION / "examples" / name).rglob("vault*"))
        assert found == ["vault.yml.example"]
        (vault,) = (COLLECTION / "examples" / name).rglob("vault.yml.example")
        words = {word for value in yaml.safe_load(vault.read_text()).values() for word in (value.values() if isinstance(value, dict) else [value])}
        assert words == {"replace-me"}


@pytest.mark.parametrize(("name", "count"), [("one-district", 1), ("region", 9)])
def test_the_role_accepts_every_self_hosted_district(examples, name, count):
    done = examples[name].check("sif_agent", "sif_agents:!cloud_hosted")
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("failed=0") == count


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ("sif_agent_method=SOAP", "value of sif_agent_method must be one of"),
        ("sif_agent_mode=Push", "Kimono only works with agents in Pull mode"),
    ],
)
def test_the_check_refuses_what_the_role_refuses(examples, wrong, words):
    done = examples["one-district"].check("sif_agent", "sif_agents", "-e", wrong)
    assert done.returncode != 0
    assert words in done.stdout


def test_without_the_password_of_the_vault_nothing_runs(examples):
    done = examples["one-district"].check("sif_agent", "sif_agents", password=False)
    assert done.returncode != 0
    assert "no vault secrets" in " ".join(done.stderr.split()).lower()


def test_the_request_of_every_hosted_district_is_written(region):
    done = region.run("ansible-playbook", "-i", "inventory", "request.yml")
    assert done.returncode == 0, done.stdout + done.stderr
    written = region.directory / "hosting-requests"
    assert sorted(path.name for path in written.iterdir()) == ["ASPEN", "FIR", "JUNIPER"]
    assert "Aspen Virtual Academy" in (written / "ASPEN" / "request.txt").read_text()


def test_the_region_has_the_districts_of_its_list_where_they_belong(region):
    listed = region.listed()
    rows = (region.directory / "districts.csv").read_text().splitlines()[1:]
    assert listed["sif_agents"]["hosts"] == [row.split(",")[0] for row in rows]
    # Its PowerSchool only looks as if it were below powerschool.com.
    assert "MAPLE" in listed["self_hosted"]["hosts"]
    assert listed["cloud_hosted"]["hosts"] == ["ASPEN", "FIR", "JUNIPER"]
    assert listed["windows"]["hosts"] == ["BIRCH", "ELM", "LARCH"]
    hosts = listed["_meta"]["hostvars"]
    assert hosts["DOGWOOD"]["sif_agent_schools"]["exclude"] == ["900", "Dogwood Night School"]
    assert [school["number"] for school in hosts["DOGWOOD"]["sif_agent_schools"]["known"]] == ["001", "100", "300", "800", "900"]
    assert hosts["ELM"]["store_directory"] == "D:\\Apps\\SIF Agent\\keystores\\"
    assert "sif_agent_trust_store" not in hosts["CEDAR"]
