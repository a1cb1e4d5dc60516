# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What community.general.java_cert does wrong and k12.sif.truststore does right. Each test runs with both; see conftest.py."""

from __future__ import annotations

import os
import pathlib
import shutil

import pytest
from ansible_collections.k12.sif.plugins.plugin_utils._truststore.store import new_store, open_store
from ansible_collections.k12.sif.tests.unit.plugins.action.playbook import play
from ansible_collections.k12.sif.tests.unit.plugins.plugin_utils.truststore import pki
from ansible_collections.k12.sif.tests.unit.plugins.plugin_utils.truststore.pki import NOW, YEAR, issue, server
from sides import PASSWORD

CA, OTHER = issue("District CA"), issue("Other CA")
EXPIRED = issue("Old CA", start=NOW - 3 * YEAR, end=NOW - YEAR)


@pytest.fixture
def store(tmp_path) -> pathlib.Path:
    """A store that trusts one CA, under the alias district."""
    path = tmp_path / "store"
    path.write_bytes(new_store("jks", PASSWORD).with_changes((), [("district", CA.der)], NOW))
    return path


def pem(directory: pathlib.Path, *issued) -> pathlib.Path:
    path = directory / "certificates.pem"
    path.write_text("".join(item.pem for item in issued))
    return path


def entries(path: pathlib.Path) -> dict[str, tuple[str, bytes]]:
    return {entry.alias: (entry.kind, entry.certificates[0]) for entry in open_store(path.read_bytes(), PASSWORD).entries}


def run(directory: pathlib.Path, *tasks):
    return play(directory, *tasks).results


def test_a_wrong_password_is_not_taken_for_an_alias_that_is_gone(tool, store, tmp_path):
    (result,) = run(tmp_path, tool.remove(store, "district", password="wrong-password"))
    assert result["failed"], "the play is green and the CA stays trusted"


def test_a_wrong_password_is_found_in_check_mode(tool, store, tmp_path):
    task = {**tool.trust(store, pem(tmp_path, OTHER), "other", password="wrong-password"), "check_mode": True}
    (result,) = run(tmp_path, task)
    assert result["failed"], "check mode promises a change that cannot be made"


def test_a_bundle_is_imported_whole(tool, store, tmp_path):
    (result,) = run(tmp_path, tool.trust(store, pem(tmp_path, OTHER, issue("Third CA")), "bundle"))
    assert result["changed"]
    assert len(entries(store)) == 3, "only the first certificate was imported"


def test_check_mode_shows_what_would_change(tool, store, tmp_path):
    task = {**tool.trust(store, pem(tmp_path, OTHER), "other"), "check_mode": True, "diff": True}
    (result,) = run(tmp_path, task)
    assert result["changed"]
    diff = result.get("diff") or {}
    assert "Other CA" in str(diff.get("after", "")), "the diff does not tell what would come in"


def test_the_diff_of_a_rotation_names_both_certificates(tool, store, tmp_path):
    renewed = issue("District CA", end=NOW + 9 * YEAR)
    (result,) = run(tmp_path, {**tool.trust(store, pem(tmp_path, renewed), "district"), "diff": True})
    assert result["changed"] and entries(store)["district"][1] == renewed.der
    before, after = (result["diff"][side].strip() for side in ("before", "after"))
    assert before and before != after, "a rotation looks like an addition"


@pytest.fixture
def key_store(store) -> pathlib.Path:
    """The store with a private key under the alias agent as well."""
    arguments = ("-genkeypair", "-alias", "agent", "-dname", "CN=agent", "-keyalg", "EC", "-storepass", PASSWORD)
    pki.keytool(pki.javas()[0], *arguments, "-keypass", PASSWORD, "-keystore", str(store))
    assert entries(store)["agent"][0] == "key"
    return store


def test_a_private_key_is_not_replaced(tool, key_store, tmp_path):
    run(tmp_path, tool.trust(key_store, pem(tmp_path, OTHER), "agent"))
    assert entries(key_store)["agent"][0] == "key", "the private key is lost"


def test_a_private_key_is_not_removed(tool, key_store, tmp_path):
    run(tmp_path, tool.remove(key_store, "agent"))
    assert "agent" in entries(key_store), "the private key is lost"


def test_the_same_certificate_under_another_alias_is_present(tool, store, tmp_path):
    run(tmp_path, tool.trust(store, pem(tmp_path, CA), "another-name"))
    assert list(entries(store)) == ["district"], "one certificate stands there twice"


def test_an_expired_certificate_is_a_warning(tool, store, tmp_path):
    (result,) = run(tmp_path, tool.trust(store, pem(tmp_path, EXPIRED), "old"))
    assert result["changed"]
    assert any("expired" in warning for warning in result.get("warnings", [])), "nobody hears that it has expired"


def test_what_a_server_presents_is_not_trusted_unseen(tool, store, tmp_path):
    leaf = server("localhost", CA)
    with pki.TlsServer(tmp_path, leaf, CA) as zis:
        (result,) = run(tmp_path, tool.trust_server(tmp_path / "new", zis.port))
    assert result["failed"] and "fingerprint" in result["msg"], "whoever answered is trusted now"


def test_nothing_is_absent_from_a_missing_store(tool, tmp_path):
    (result,) = run(tmp_path, tool.remove(tmp_path / "missing", "district"))
    assert not result["failed"], "what is not there cannot be removed, and need not be"


def test_there_is_a_backup(tool, store, tmp_path):
    before = store.read_bytes()
    (result,) = run(tmp_path, tool.trust(store, pem(tmp_path, OTHER), "other", backup=True))
    assert not result["failed"], "there is no option for it"
    assert pathlib.Path(result["backup_file"]).read_bytes() == before


def test_the_host_needs_neither_java_nor_openssl(tool, store, tmp_path):
    """A path with everything of the system but these two."""
    programs = tmp_path / "bin"
    programs.mkdir()
    for name in ("sh", "rm", "mkdir", "chmod", "echo", "mktemp", "python3", "uname", "cat", "ls", "cp", "mv"):
        if found := shutil.which(name):
            (programs / name).symlink_to(os.path.realpath(found))
    task = {**tool.trust(store, pem(tmp_path, OTHER), "other"), "environment": {"PATH": str(programs)}}
    (result,) = run(tmp_path, task)
    assert not result["failed"], "keytool or openssl is needed"
    assert "other" in entries(store)
