# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A Windows Java reads the stores that k12.sif.truststore and k12.sif.key_store leave on a Windows host, and trusts by them."""

from __future__ import annotations

import hashlib
import re

import pytest
from ansible_collections.k12.sif.plugins.action.key_store import ActionModule as key_store
from ansible_collections.k12.sif.plugins.action.truststore import ActionModule as truststore
from ansible_collections.k12.sif.tests.unit.plugins.plugin_utils.truststore import pki
from conftest import AGENT, JRE, STORE_PASSWORD

TRUSTED = f"{AGENT}\\trusted.ks"
CACERTS = f"{JRE}\\lib\\security\\cacerts"
PASSWORD = "not the usual one"
CA, RENEWED, BYSTANDER = pki.issue("District CA"), pki.issue("District CA"), pki.issue("Bystander CA")


def fingerprint(issued):
    return hashlib.sha256(issued.der).digest().hex(":").upper()


def listed(java, path, password):
    """What keytool.exe lists: alias to SHA-256."""
    done = java.keytool("-list", "-keystore", path, "-storepass", password)
    assert done.returncode == 0, done.stdout
    return dict(re.findall(r"^(.+), \w+ \d+, \d+, trustedCertEntry, *\n.*SHA-256\): ([0-9A-F:]+)", done.stdout, re.MULTILINE))


@pytest.mark.parametrize("kind", ["jks", "pkcs12"])
def test_a_store_from_its_making_to_the_removal_of_a_certificate(windows, direct, java, kind):
    def change(*certificates, state="present"):
        wanted = [{"content": issued.pem, "alias": alias} for alias, issued in certificates]
        result = direct.run(truststore, path=TRUSTED, password=PASSWORD, format=kind, certificates=wanted, state=state)
        assert result.get("changed"), result

    change(("kimono", CA))
    assert windows.place(TRUSTED).read_bytes().startswith(b"\xfe\xed\xfe\xed") == (kind == "jks")
    assert listed(java, TRUSTED, PASSWORD) == {"kimono": fingerprint(CA)}
    change(("bystander", BYSTANDER), ("kimono", RENEWED))
    other_letters = TRUSTED.upper().replace("\\", "/")
    assert listed(java, other_letters, PASSWORD) == {"kimono": fingerprint(RENEWED), "bystander": fingerprint(BYSTANDER)}
    change(("bystander", BYSTANDER), state="absent")
    assert listed(java, TRUSTED, PASSWORD) == {"kimono": fingerprint(RENEWED)}
    refused = java.keytool("-list", "-keystore", TRUSTED, "-storepass", STORE_PASSWORD)
    assert refused.returncode != 0 and {"jks": "password was incorrect", "pkcs12": "Integrity check failed"}[kind] in refused.stdout


def test_the_cacerts_of_the_bundled_java_decides_whom_it_trusts(windows, direct, java, class_path, tmp_path):
    """Java is told of no store, so it looks where it always does: below the folder that its java.exe is in."""
    wanted = {"path": CACERTS.lower(), "password": STORE_PASSWORD, "certificates": [{"content": CA.pem, "alias": "kimono"}]}
    before = windows.place(CACERTS).read_bytes()
    with pki.TlsServer(tmp_path, pki.server("localhost", CA)) as zis:
        connect = ("-cp", class_path, "TlsClient", "localhost", str(zis.port), "-", "")
        assert java.java(*connect)[0].startswith("refused"), "it trusts the server without us"
        assert direct.run(truststore, **wanted)["changed"] is True
        assert java.java(*connect) == ["trusted"]
    many = listed(java, f"{JRE}\\LIB\\Security/CACERTS", STORE_PASSWORD)
    assert len(many) > 100 and many["kimono"] == fingerprint(CA)
    assert direct.run(truststore, **wanted, state="absent")["changed"] is True
    assert listed(java, CACERTS, STORE_PASSWORD) == {alias: digest for alias, digest in many.items() if alias != "kimono"}
    assert windows.place(CACERTS).read_bytes() == before


def test_a_new_key_store(direct, java):
    path = f"{AGENT}\\Agent.ks"
    assert direct.run(key_store, path=path, password=PASSWORD)["changed"] is True
    done = java.keytool("-list", "-keystore", path, "-storepass", PASSWORD)
    assert done.returncode == 0 and "PrivateKeyEntry" in done.stdout, done.stdout
