# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Round trips with real JVMs: keytool lists what we write, a Java TLS client trusts it, and we read what keytool writes."""

from __future__ import annotations

import hashlib
import pathlib
import re

import pytest
from ansible_collections.k12.sif.plugins.plugin_utils._truststore.desired import Desired, Wanted
from ansible_collections.k12.sif.plugins.plugin_utils._truststore.plan import plan
from ansible_collections.k12.sif.plugins.plugin_utils._truststore.store import new_store, open_store
from ansible_collections.k12.sif.tests.unit.plugins.plugin_utils.truststore import pki
from ansible_collections.k12.sif.tests.unit.plugins.plugin_utils.truststore.pki import NOW, issue, keytool, server

HOMES = pki.javas()
pytestmark = pytest.mark.skipif(not HOMES, reason="no JDK on this machine")
PASSWORD = "changeit"  # what an agent expects when nobody says otherwise
KEY_PASSWORD = "another-password"
LEGACY = "-J-Dkeystore.pkcs12.legacy"
PASSWORDLESS = ("-J-Dkeystore.pkcs12.certProtectionAlgorithm=NONE", "-J-Dkeystore.pkcs12.macAlgorithm=NONE")

CA, BYSTANDER = issue("District CA"), issue("Bystander CA")
ZIS = server("localhost", CA)


@pytest.fixture(params=HOMES, ids=lambda home: home.name)
def home(request) -> pathlib.Path:
    return request.param


@pytest.fixture(scope="module")
def classes(tmp_path_factory) -> pathlib.Path:
    return pki.compile_client(tmp_path_factory.mktemp("classes"))


@pytest.fixture(scope="module")
def zis(tmp_path_factory):
    with pki.TlsServer(tmp_path_factory.mktemp("zis"), ZIS) as running:
        yield running


def made_by_keytool(home: pathlib.Path, path: pathlib.Path, kind: str, options: tuple[str, ...], keys: int) -> bytes:
    """A store with the bystander as trusted certificate and private keys, in JKS with passwords of their own."""
    store = ("-keystore", str(path), "-storetype", kind, "-storepass", PASSWORD)
    pem = path.with_suffix(".pem")
    pem.write_text(BYSTANDER.pem)
    keytool(home, "-importcert", "-noprompt", "-alias", "bystander", "-file", str(pem), *store, options=options)
    for number in range(keys):
        own = ("-keypass", KEY_PASSWORD) if kind == "JKS" else ()
        name = ("-alias", f"key{number}", "-dname", f"CN=key{number}", "-keyalg", "EC")
        keytool(home, "-genkeypair", *name, *own, *store, options=options)
    return path.read_bytes()


MADE = {
    "jks": ("JKS", (), 2),
    "pkcs12": ("PKCS12", (), 0),
    "pkcs12 with keys": ("PKCS12", (), 2),
    "pkcs12 legacy": ("PKCS12", (LEGACY,), 2),
    "pkcs12 legacy with a key": ("PKCS12", (LEGACY,), 1),
    "pkcs12 passwordless": ("PKCS12", PASSWORDLESS, 0),
}


def listed(home: pathlib.Path, path: pathlib.Path) -> dict[str, tuple[str, str]]:
    """What keytool -list -v says: alias to kind and SHA-256 of the (first) certificate."""
    text = keytool(home, "-list", "-v", "-keystore", str(path), "-storepass", PASSWORD)
    found = {}
    for block in text.split("Alias name: ")[1:]:
        digest = re.search(r"SHA256: ([0-9A-F:]+)", block).group(1)
        found[block.splitlines()[0]] = (re.search(r"Entry type: (\w+)", block).group(1), digest)
    return found


def kinds(store) -> dict[str, str]:
    return {entry.alias: entry.kind for entry in store.entries}


def trusted_by(home, classes, path, zis) -> str:
    options = (f"-Djavax.net.ssl.trustStore={path}", f"-Djavax.net.ssl.trustStorePassword={PASSWORD}")
    return pki.connect(home, classes, "localhost", zis.port, "-", "", options=options)[0]


@pytest.mark.parametrize("made", MADE)
def test_stores_of_keytool_are_read_changed_and_still_its_own(home, classes, zis, tmp_path, made):
    kind, options, keys = MADE[made]
    path = tmp_path / "store"
    before = open_store(made_by_keytool(home, path, kind, options, keys), PASSWORD)
    expected = {"bystander": "trusted", **{f"key{number}": "key" for number in range(keys)}}
    assert kinds(before) == expected
    assert before.integrity == ("none" if options == PASSWORDLESS else "verified")
    assert [entry.certificates for entry in before.entries if entry.kind == "trusted"] == [(BYSTANDER.der,)]
    keytool_before = listed(home, path)

    added = plan(before, Desired([Wanted(CA.pem, "Kimono")]), NOW)
    path.write_bytes(added.content)
    after = listed(home, path)
    assert after == {**keytool_before, "kimono": ("trustedCertEntry", added.aliases[0]["sha256"])}
    assert trusted_by(home, classes, path, zis) == "trusted"
    if keys:  # keytool only opens a private key that is whole
        own = ("-keypass", KEY_PASSWORD) if kind == "JKS" else ()
        keytool(home, "-certreq", "-alias", "key0", "-keystore", str(path), "-storepass", PASSWORD, *own)

    removal = Desired([Wanted(BYSTANDER.pem, present=False)])
    removed = plan(open_store(added.content, PASSWORD), removal, NOW)
    path.write_bytes(removed.content)
    assert set(listed(home, path)) == (set(expected) | {"kimono"}) - {"bystander"}
    assert trusted_by(home, classes, path, zis) == "trusted"
    raws = {entry.raw for entry in before.entries if entry.alias != "bystander"}
    assert raws <= {entry.raw for entry in open_store(removed.content, PASSWORD).entries}

    keytool(home, "-delete", "-alias", "kimono", "-keystore", str(path), "-storepass", PASSWORD, options=options)
    assert "kimono" not in kinds(open_store(path.read_bytes(), PASSWORD))


@pytest.mark.parametrize(("kind", "password"), [("jks", PASSWORD), ("pkcs12", PASSWORD), ("pkcs12", None)])
def test_new_stores(home, classes, zis, tmp_path, kind, password):
    path = tmp_path / "store"
    path.write_bytes(plan(new_store(kind, password), Desired([Wanted(BYSTANDER.pem), Wanted(CA.pem)]), NOW).content)
    found = listed(home, path)
    assert {alias: kind for alias, (kind, _digest) in found.items()} == {
        "bystander-ca": "trustedCertEntry",
        "district-ca": "trustedCertEntry",
    }
    assert found["district-ca"][1] == hashlib.sha256(CA.der).digest().hex(":").upper()
    assert trusted_by(home, classes, path, zis) == "trusted"


def test_a_client_without_the_certificate_refuses(home, classes, zis, tmp_path):
    """Proves that the other tests could fail."""
    path = tmp_path / "store"
    path.write_bytes(plan(new_store("jks", PASSWORD), Desired([Wanted(BYSTANDER.pem)]), NOW).content)
    assert trusted_by(home, classes, path, zis).startswith("refused")


@pytest.mark.skipif(not pki.DEBIAN_CACERTS.exists(), reason="not a Debian with Java")
def test_adding_to_the_cacerts_of_debian_keeps_all_other_entries(home, classes, zis, tmp_path):
    path = tmp_path / "cacerts"
    path.write_bytes(pki.DEBIAN_CACERTS.read_bytes())
    store = ("-keystore", str(path), "-storepass", PASSWORD)
    keytool(home, "-genkeypair", "-alias", "own", "-dname", "CN=own", "-keyalg", "EC", "-keypass", KEY_PASSWORD, *store)
    before = open_store(path.read_bytes(), PASSWORD)
    assert len(before.entries) > 100
    planned = plan(before, Desired([Wanted(CA.pem)]), NOW)
    path.write_bytes(planned.content)
    after = open_store(planned.content, PASSWORD)
    assert [entry.raw for entry in after.entries[:-1]] == [entry.raw for entry in before.entries]
    assert [change["alias"] for change in planned.changes] == ["district-ca"]
    assert len(listed(home, path)) == len(after.entries)
    assert trusted_by(home, classes, path, zis) == "trusted"
