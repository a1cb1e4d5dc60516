# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Trust stores and key stores on a Windows host."""

from __future__ import annotations

import pytest
from ansible_collections.k12.sif.plugins.action.key_store import ActionModule as key_store
from ansible_collections.k12.sif.plugins.action.truststore import ActionModule as truststore
from conftest import AGENT, JRE, STORE_PASSWORD

CACERTS = f"{JRE}\\lib\\security\\cacerts"


@pytest.fixture
def cacerts(windows, program):
    place = windows.place(CACERTS)
    place.write_bytes((program.java_home / "lib" / "security" / "cacerts").read_bytes())
    return place


def test_trust_store_in_four_beats(windows, tasks, cacerts, authority):
    wanted = {"path": CACERTS, "password": STORE_PASSWORD, "certificates": [{"content": authority.ca.read_text(), "alias": "kimono"}]}
    before = cacerts.read_bytes()
    check = tasks.run(windows, {"k12.sif.truststore": wanted}, options=("--check", "--diff"))
    assert (check.status, len(check.changed)) == (0, 1), check.output
    assert "kimono" in check.output and (windows.trips(), cacerts.read_bytes()) == (["slurp"], before)

    first = tasks.run(windows, {"k12.sif.truststore": {**wanted, "backup": True}}, options=("--diff",))
    assert (first.status, len(first.changed)) == (0, 1), first.output
    assert windows.trips() == ["slurp", "mkdtemp", "put", "win_powershell", "remove"]
    assert windows.place(first.results[0]["result"]["backup_file"]).read_bytes() == before

    told = {"path": CACERTS, "password": STORE_PASSWORD, "chain": authority.cert.read_text(), "host_name": "localhost"}
    second = tasks.run(windows, {"k12.sif.truststore": wanted}, {"k12.sif.truststore_info": told})
    assert (second.status, second.changed) == (0, []), second.output
    assert windows.trips() == ["slurp", "slurp"]
    assert second.results[1]["result"]["verification"]["verified"] is True


def test_new_stores(windows, direct, authority):
    windows.place(f"{AGENT}\\password.txt").write_bytes(STORE_PASSWORD.encode() + b"\r\n")
    key = {"path": f"{AGENT}\\Agent.ks", "password": STORE_PASSWORD}
    trust = {"path": f"{AGENT}\\Kimono.ks", "password_file": f"{AGENT}\\password.txt", "certificates": [authority.ca.read_text()]}
    for action, wanted in ((key_store, key), (truststore, trust)):
        place = windows.tree.map(wanted["path"])
        assert direct.run(action, check_mode=True, **wanted)["changed"] is True
        assert not place.exists()
        assert direct.run(action, **wanted)["changed"] is True
        content = place.read_bytes()
        assert direct.run(action, **wanted)["changed"] is False
        assert place.read_bytes() == content


def test_new_stores_that_cannot_be(windows, direct, authority):
    trust = {"password": STORE_PASSWORD, "certificates": [authority.ca.read_text()]}
    owned = direct.run(truststore, **trust, path=f"{AGENT}\\Other.ks", owner="sif")
    assert "does not set on Windows hosts. Nothing was written. Remedy: leave owner out" in owned["msg"]
    nowhere = direct.run(truststore, **trust, path="C:\\nowhere\\Other.ks")
    assert "could not be written: Could not find a part of the path 'C:\\nowhere\\" in nowhere["msg"], nowhere
    assert "The file is as it was. Remedy: make its folder first." in nowhere["msg"]
    missing = direct.run(key_store, path=f"{AGENT}\\None.ks", create=False)
    assert "Method HTTPS needs a key store, and C:" in missing["msg"] and "None.ks is not there. Remedy: " in missing["msg"]
    windows.place(f"{AGENT}\\Some.ks").write_bytes(b"")
    assert direct.run(key_store, path=f"{AGENT}\\Some.ks", create=False) == {"changed": False}


def test_the_controller_asks_a_server_for_a_windows_host(windows, tasks, zis, authority):
    host, port = "localhost", int(zis.https.rpartition(":")[2])
    unknown = {"k12.sif.zone_info": {"url": f"{zis.https}/CANVAS_DISTRICT", "source_id": "PowerSchool",
                                     "trusted_certificates": authority.ca.read_text()}}
    closed = {"k12.sif.server_certificate_info": {"host": host, "port": 1}}
    result = tasks.run(windows, {"k12.sif.server_certificate_info": {"host": host, "port": port}}, unknown, closed)
    assert len(result.failures) == 1 and "could not be fetched" in result.failures[0] and "Remedy" in result.failures[0]
    assert windows.trips() == []
    chain, zone = (item["result"] for item in result.results[:2])
    assert chain["chain_pem"].startswith("-----BEGIN CERTIFICATE-----") and chain["chain"][0]["role"] == "server"
    assert (zone["asked_from"], zone["reachable"], zone["trust"]["certificates"]) == ("controller", True, 1)
    assert zone["failure"]["class"] == "sif_error", zone["failure"]
