# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The modules k12.sif.truststore and k12.sif.truststore_info as Ansible runs them."""

from __future__ import annotations

import pathlib
import re
import stat

import pytest
from ansible_collections.k12.sif.plugins.action import truststore, truststore_info
from ansible_collections.k12.sif.plugins.plugin_utils._host.action import InputError
from ansible_collections.k12.sif.plugins.plugin_utils._truststore.store import new_store, open_store
from ansible_collections.k12.sif.tests.unit.plugins.action.playbook import act, play
from ansible_collections.k12.sif.tests.unit.plugins.plugin_utils.truststore import pki, test_jks
from ansible_collections.k12.sif.tests.unit.plugins.plugin_utils.truststore.pki import NOW, PASSWORD, YEAR, issue, server

ALPHA, BETA = issue("Alpha CA"), issue("Beta CA")
RENEWED = issue("Alpha CA", end=NOW + 9 * YEAR)
LEAF = server("zis", ALPHA)


def task(path: pathlib.Path, *certificates, check: bool = False, diff: bool = False, **options) -> dict:
    arguments = {"path": str(path), "certificates": list(certificates), **options}
    if "password" not in arguments and "password_file" not in arguments:
        arguments["password"] = PASSWORD
    return {"k12.sif.truststore": arguments, "check_mode": check, "diff": diff}


def info(path: pathlib.Path, **options) -> dict:
    return {"k12.sif.truststore_info": {"path": str(path), "password": PASSWORD, **options}}


def trusted(path: pathlib.Path) -> dict[str, bytes]:
    return {entry.alias: entry.certificates[0] for entry in open_store(path.read_bytes(), PASSWORD).entries}


def holding(path: pathlib.Path, *named) -> pathlib.Path:
    path.write_bytes(new_store("jks", PASSWORD).with_changes((), [(alias, issued.der) for alias, issued in named], NOW))
    return path


def test_check_run_check_again_run_again(tmp_path):
    path = tmp_path / "store"
    wish = ({"alias": "Kimono", "content": ALPHA.pem},)
    options = {"mode": "0640", "backup": True}
    (plan, made, replanned, again), output, _seconds = play(
        tmp_path,
        task(path, *wish, check=True, diff=True, **options),
        task(path, *wish, diff=True, **options),
        task(path, *wish, check=True, **options),
        task(path, *wish, **options),
    )
    assert [result["changed"] for result in (plan, made, replanned, again)] == [True, True, False, False]
    assert plan["changes"] == made["changes"] and plan["diff"] == made["diff"]
    assert made["diff"]["before"] == "" and made["diff"]["after"].startswith("kimono: CN=Alpha CA, until ")
    assert "+kimono: CN=Alpha CA" in output
    assert trusted(path) == {"kimono": ALPHA.der}
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert "backup_file" not in made  # there was nothing to keep
    assert PASSWORD not in output


def test_rotation_keeps_mode_and_makes_one_backup(tmp_path):
    path = holding(tmp_path / "store", ("kimono", ALPHA), ("beta", BETA))
    path.chmod(0o604)
    before = path.read_bytes()
    wish = {"alias": "kimono", "content": RENEWED.pem}
    (rotated, again), _output, _seconds = play(
        tmp_path,
        task(path, wish, keep_previous=True, backup=True, mode="0600", return_trusted=True),
        task(path, wish, keep_previous=True, backup=True),
    )
    assert [change["action"] for change in rotated["changes"]] == ["replaced", "kept_previous"]
    assert not again["changed"]
    assert pathlib.Path(rotated["backup_file"]).read_bytes() == before
    assert stat.S_IMODE(path.stat().st_mode) == 0o604
    assert set(trusted(path).values()) == {RENEWED.der, ALPHA.der, BETA.der}
    assert all(issued.pem in rotated["trusted"] for issued in (ALPHA, BETA, RENEWED))


def test_certificates_as_text_file_and_bundle_with_the_password_in_a_file(tmp_path):
    path = tmp_path / "store"
    bundle, der = tmp_path / "bundle.pem", tmp_path / "beta.der"
    bundle.write_text(ALPHA.pem + LEAF.pem)
    der.write_bytes(BETA.der)
    secret = tmp_path / "password"
    secret.write_text(PASSWORD + "\n")
    wish = ({"file": str(bundle)}, {"file": str(der), "alias": "b"})
    (made, removed), output, _seconds = play(
        tmp_path,
        task(path, *wish, password_file=str(secret)),
        task(path, ALPHA.pem, {"alias": "b"}, state="absent", password_file=str(secret)),
    )
    assert [item["alias"] for item in made["aliases"]] == ["alpha-ca", "zis", "b"]
    assert any("is not a CA certificate" in warning for warning in made["warnings"])
    assert [change["alias"] for change in removed["changes"]] == ["alpha-ca", "b"]
    assert trusted(path) == {"zis": LEAF.der}
    assert PASSWORD not in output


def key_store(path: pathlib.Path) -> pathlib.Path:
    path.write_bytes(test_jks.store(test_jks.private_key(b"mine", [BETA.der])))
    return path


@pytest.fixture
def folder(tmp_path) -> pathlib.Path:
    """Files of every wrong kind, and two good stores."""
    good = holding(tmp_path / "good", ("alpha", ALPHA)).read_bytes()
    key_store(tmp_path / "keys")
    files = {
        "empty": b"",
        "page.html": b"<html><body>Sign in</body></html>",
        "pem": ALPHA.pem.encode(),
        "der": ALPHA.der,
        "cut": good[:-30],
        "jceks": bytes.fromhex("cececece00000002") + bytes(40),
        "bks": bytes.fromhex("0000000200000014") + bytes(40),
        "latin1": b"p\xe4ssword",
        "text": b"just text",
        "zeros": bytes(500),
    }
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    return tmp_path


@pytest.mark.parametrize(
    ("name", "options", "message"),
    [
        ("good", {"password": "geheim-falsch"}, "password does not open the store"),
        ("good", {"password": "geheim-falsch", "certificates": [{"alias": "alpha"}], "state": "absent"}, "password does not open"),
        ("good", {"password": None}, "none was given. Remedy: Give password or password_file"),
        ("good", {"certificates": [], "exclusive": True}, "would empty the store"),
        ("good", {"certificates": ["kimono.pem"]}, "certificates[0] holds no certificate"),
        ("good", {"certificates": [{"file": "/nonexistent/x.pem"}]}, "file /nonexistent/x.pem on the controller cannot be read: No such file"),
        ("good", {"certificates": [{"file": "x", "content": "y"}]}, "certificates[0] has both content and file"),
        ("good", {"certificates": [{"contents": "y"}]}, "certificates[0] has the unknown key contents"),
        ("good", {"certificates": [BETA.pem, {"content": "y", "state": "gone"}]}, "certificates[1]: state is neither present nor absent"),
        ("good", {"certificates": [{"alias": 7, "content": "y"}]}, "certificates[0]: alias is not text"),
        ("good", {"certificates": [["y"]]}, "certificates[0] is neither PEM text nor a dictionary"),
        ("good", {"certificates": [BETA.key_pem]}, "is a PRIVATE KEY, not a certificate"),
        ("good", {"password": None, "password_file": "/nonexistent/password"}, "There is no password_file /nonexistent/password"),
        ("good", {"from_server": {"host": "localhost"}}, "either sha256_fingerprint or trust_on_first_use"),
        ("new", {"password": "short"}, "needs 6 characters or more"),
        ("new", {"password": None}, "a JKS store needs a password"),
        ("cut", {}, "damaged or truncated"),
        ("empty", {}, "the store is an empty file"),
        ("page.html", {}, "is a web page"),
        ("pem", {}, "is PEM text, not a key store"),
        ("der", {}, "is a certificate or another DER file"),
        ("jceks", {}, "in the format JCEKS"),
        ("bks", {}, "format BKS"),
        ("text", {}, "neither a JKS nor a PKCS12 store"),
        ("zeros", {}, "nothing but zero bytes"),
        ("keys", {"certificates": [{"alias": "mine", "content": ALPHA.pem}]}, "'mine' holds a private key"),
        ("keys", {"certificates": [{"alias": "MINE"}], "state": "absent"}, "'mine' holds a private key"),
    ],
)
def test_wrong_input_is_one_clear_error(folder, name, options, message):
    options = {"certificates": [BETA.pem], "password": PASSWORD, **options}
    options = {key: value for key, value in options.items() if value is not None}
    with pytest.raises(InputError) as caught:
        act(truststore.ActionModule, path=str(folder / name), **options)
    text = str(caught.value)
    assert message in text and "Remedy: " in text and "\n" not in text
    assert PASSWORD not in text and "geheim-falsch" not in text and BETA.key_pem.splitlines()[1] not in text


def test_a_password_file_that_is_no_text(folder):
    with pytest.raises(InputError, match="is not UTF-8 text"):
        act(truststore.ActionModule, path=str(folder / "good"), password_file=str(folder / "latin1"))


@pytest.mark.parametrize(
    ("name", "options", "message"),
    [
        ("none", {}, "There is no file"),
        ("good", {"password": "geheim-falsch"}, "password does not open the store"),
        ("good", {"chain": "nothing"}, "chain holds no certificate"),
    ],
)
def test_wrong_input_for_info(folder, name, options, message):
    with pytest.raises(InputError, match=message):
        act(truststore_info.ActionModule, **{"path": str(folder / name), "password": PASSWORD, **options})


def test_errors_reach_the_user_and_nothing_is_written(folder):
    before = {path: path.read_bytes() for path in folder.iterdir()}
    results, output, _seconds = play(
        folder,
        task(folder / "good", {"alias": "alpha"}, state="absent", password="geheim-falsch"),
        task(folder / "good", BETA.pem, password="geheim-falsch", check=True),
        task(folder / "cut", BETA.pem),
        task(folder, BETA.pem),
        task(folder / "keys", {"alias": "mine", "content": ALPHA.pem}),
    )
    for result in results:
        assert result["failed"] and not result["changed"] and "Remedy: " in result["msg"]
    assert {path: path.read_bytes() for path in before} == before
    assert "Traceback" not in output and PASSWORD not in output and "geheim-falsch" not in output


def test_absent_from_a_missing_store_is_nothing_to_do(tmp_path):
    (result,), _output, _seconds = play(tmp_path, task(tmp_path / "none", {"alias": "x"}, state="absent"))
    assert not result["changed"] and not result["failed"]
    assert not (tmp_path / "none").exists()


def test_a_no_op_reads_once_and_writes_nothing(tmp_path):
    path = holding(tmp_path / "store", ("alpha", ALPHA))
    changed_at = path.stat().st_mtime_ns
    (result, _marker), output, _seconds = play(tmp_path, task(path, ALPHA.pem), {"ansible.builtin.ping": {}}, verbose=True)
    assert not result["changed"]
    modules = re.findall(r"Using module file \S*/(\w+)\.py", output)
    assert modules[:2] == ["slurp", "ping"]
    assert path.stat().st_mtime_ns == changed_at


def test_info(tmp_path):
    path = tmp_path / "store"
    path.write_bytes(
        test_jks.store(
            test_jks.trusted(b"alpha", ALPHA.der),
            test_jks.private_key(b"mine", [BETA.der]),
        )
    )
    (plain, good, bad), output, _seconds = play(
        tmp_path,
        info(path),
        info(path, chain=LEAF.pem + ALPHA.pem, host_name="localhost"),
        info(path, chain=LEAF.pem, host_name="zis.example.org"),
    )
    assert (plain["format"], plain["integrity"], plain["verification"], plain["changed"]) == ("jks", "verified", None, False)
    alpha, mine = plain["entries"]
    assert (alpha["alias"], alpha["type"], alpha["subject"], alpha["is_ca"]) == ("alpha", "trusted", "CN=Alpha CA", True)
    assert alpha["days_left"] in range(5 * 365 - 2, 5 * 365 + 1) and alpha["created"] == "1970-01-01"
    assert (mine["alias"], mine["type"], mine["chain_length"]) == ("mine", "key", 1)
    assert good["verification"] == {"verified": True, "reason": "trusted through the entry 'alpha'", "anchor": "alpha"}
    assert not bad["verification"]["verified"] and "not for the host zis.example.org" in bad["verification"]["reason"]
    assert PASSWORD not in output


@pytest.mark.skipif(not pki.DEBIAN_CACERTS.exists(), reason="not a Debian with Java")
def test_symbolic_links_stay(tmp_path):
    """Debian's JDKs link their cacerts to one file."""
    real, link = tmp_path / "real", tmp_path / "cacerts"
    real.write_bytes(pki.DEBIAN_CACERTS.read_bytes())
    link.symlink_to(real)
    (result,), _output, _seconds = play(tmp_path, task(link, ALPHA.pem, password=pki.DEBIAN_PASSWORD))
    assert result["changed"] and link.is_symlink()
    assert "alpha-ca" in [entry.alias for entry in open_store(real.read_bytes(), pki.DEBIAN_PASSWORD).entries]
