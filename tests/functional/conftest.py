# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fixtures: the lab's program and certificates once, a fresh ZIS and a fresh agent for every test."""

from __future__ import annotations

import datetime
import pathlib
import subprocess
import typing as t

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from lab import COLLECTION, LAB_FILES, Agent, Plays, Zis

CANVAS = "CANVAS_DISTRICT"
# A connection to this host (RFC 5737) fails, after a long time.
UNREACHABLE = {"ansible_connection": "ssh", "ansible_host": "192.0.2.1", "ansible_become": True}
STATE = "STATE_REPORTING"
STORE_PASSWORD = "changeit"


class Program(t.NamedTuple):
    """The lab agent, ready to be installed."""

    jar: pathlib.Path
    java_home: pathlib.Path


class Authority:
    """A private certification authority and the ZIS's certificate, as PEM files."""

    def __init__(self, directory: pathlib.Path, name: str) -> None:
        directory.mkdir()
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        basic = x509.BasicConstraints(ca=True, path_length=None)
        self.ca = directory / "ca.pem"
        own_id = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
        self._write(self.ca, self._signed(subject, subject, key, key, basic, own_id))
        server_key = ec.generate_private_key(ec.SECP256R1())
        server = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
        self.cert, self.key = directory / "server.pem", directory / "server.key"
        names = x509.SubjectAlternativeName([x509.DNSName("localhost")])
        issuer_id = x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(own_id)
        self._write(self.cert, self._signed(server, subject, server_key, key, names, issuer_id))
        self.key.write_bytes(
            server_key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )

    @staticmethod
    def _signed(
        subject: x509.Name, issuer: x509.Name, key: t.Any, issuer_key: t.Any, *extensions: x509.ExtensionType
    ) -> x509.Certificate:
        now = datetime.datetime.now(datetime.timezone.utc)
        builder = x509.CertificateBuilder(issuer, subject, key.public_key(), x509.random_serial_number())
        builder = builder.not_valid_before(now - datetime.timedelta(hours=1)).not_valid_after(now + datetime.timedelta(days=90))
        for extension in extensions:
            builder = builder.add_extension(extension, critical=isinstance(extension, x509.BasicConstraints))
        return builder.sign(issuer_key, hashes.SHA256())

    @staticmethod
    def _write(path: pathlib.Path, certificate: x509.Certificate) -> None:
        path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))


@pytest.fixture(scope="session")
def program(tmp_path_factory: pytest.TempPathFactory) -> Program:
    directory = tmp_path_factory.mktemp("program")
    jar, java_home = directory / "lab-agent.jar", directory / "jre"
    subprocess.run([str(LAB_FILES / "agent" / "build"), str(jar)], check=True)
    subprocess.run([str(LAB_FILES / "agent" / "make-jre"), str(java_home)], check=True)
    return Program(jar, java_home)


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("pki") / "kimono", "Kimono Lab CA")


@pytest.fixture(scope="session")
def key_store(tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    """The agent's own key, which method HTTPS cannot do without."""
    path = tmp_path_factory.mktemp("keys") / "Agent.ks"
    command = ["keytool", "-genkeypair", "-alias", "agent", "-keyalg", "EC", "-dname", "CN=agent", "-storetype", "JKS"]
    command += ["-keystore", str(path), "-storepass", STORE_PASSWORD, "-keypass", STORE_PASSWORD]
    subprocess.run(command, check=True, capture_output=True)
    return path


@pytest.fixture
def zis(tmp_path: pathlib.Path, authority: Authority) -> t.Iterator[Zis]:
    zis = Zis(tmp_path, [CANVAS, STATE], authority.cert, authority.key)
    yield zis
    zis.stop()


@pytest.fixture
def agent(tmp_path: pathlib.Path, program: Program) -> t.Iterator[Agent]:
    agent = Agent(tmp_path / "agent", program.jar, program.java_home)
    yield agent
    agent.kill()


@pytest.fixture
def plays(tmp_path: pathlib.Path) -> Plays:
    return Plays(tmp_path)


@pytest.fixture
def district(agent: Agent, zis: Zis) -> dict[str, t.Any]:
    """The inventory variables of a district that connects over HTTP."""
    return {
        "sif_agent_config_path": str(agent.config),
        "sif_agent_zis_url": f"{zis.http}/{CANVAS}",
        "sif_agent_zone_id": CANVAS,
        "sif_agent_id": "PowerSchool",
        "sif_agent_method": "HTTP",
        "sif_agent_pull_frequency": 500,
        "sif_agent_profile": "lab",
        "sif_agent_school_year": "2026-2027",
        "sif_agent_schools": {
            "known": [
                {"number": "001", "name": "District Office"},
                {"number": "100", "name": "Alder Elementary"},
                {"number": "200", "name": "Birch Middle"},
                {"number": "300", "name": "Cedar High"},
                {"number": "400", "name": "Dogwood Academy"},
            ],
            "exclude": ["Dogwood Academy"],
        },
        "sif_agent_smp": False,
        "sif_agent_java_home": str(agent.java_home),
        "sif_agent_proof_timeout": 20,
        "sif_agent_proof_delay": 1,
        **agent.commands(),
    }


@pytest.fixture
def hosted():
    """The inventory variables of a district over HTTPS whose PowerSchool is hosted by PowerSchool."""
    return {
        **UNREACHABLE,
        "sif_agent_powerschool_url": "https://maple.powerschool.com",
        "sif_district_name": "Maple School District",
        "sif_district_contact": "Ann Lee, ann.lee@maple.example.org",
        "sif_agent_zis_url": "https://zis.example.org/MAPLE_DISTRICT",
        "sif_agent_zone_id": "MAPLE_DISTRICT",
        "sif_agent_method": "HTTPS",
        "sif_agent_school_year": "2026-2027",
        "sif_agent_mappings": [{"fragment": '<object object="StudentPersonal"><field name="A">LocalId</field></object>'}],
        "sif_agent_certificates": [{"alias": "kimono", "file": str(COLLECTION / "examples" / "hosted" / "files" / "kimono-ca.pem")}],
        "sif_agent_trust_store_password": "geheim",
    }


@pytest.fixture
def https_district(district, agent, zis, key_store, authority):
    """The same district over HTTPS with a private CA, which the agent does not trust yet."""
    own_key = agent.directory / "Agent.ks"
    own_key.write_bytes(key_store.read_bytes())
    trust_store = agent.directory / "Kimono.ks"
    trust_store.write_bytes((agent.java_home / "lib" / "security" / "cacerts").read_bytes())
    return {
        **district,
        "sif_agent_zis_url": f"{zis.https}/{CANVAS}",
        "sif_agent_method": "HTTPS",
        "sif_agent_certificates": [{"content": authority.ca.read_text()}],
        "sif_agent_trust_store": str(trust_store),
        "sif_agent_trust_store_password": STORE_PASSWORD,
        "sif_agent_key_store": str(own_key),
        "sif_agent_key_store_password": STORE_PASSWORD,
    }
