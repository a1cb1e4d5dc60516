# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every kind of change to agent.cfg and to a trust store on a Windows host: in check mode, for the first time, again, with its diff."""

from __future__ import annotations

import hashlib
import ssl

import pytest
from ansible_collections.k12.sif.plugins.action.agent_cfg import ActionModule as agent_cfg
from ansible_collections.k12.sif.plugins.action.agent_cfg_info import ActionModule as agent_cfg_info
from ansible_collections.k12.sif.plugins.action.truststore import ActionModule as truststore
from ansible_collections.k12.sif.plugins.action.truststore_info import ActionModule as truststore_info
from conftest import AGENT, CONFIG, STORE_PASSWORD, functional

SHARE = "\\\\nas.example.org\\sif$\\PowerSchool Agent (x86)"
HOMEROOM = "<object object='StudentPersonal'><field name='HOMEROOM'>SIF_ExtendedElements/SIF_ExtendedElement[@Name='homeroom']</field></object>"


def four_beats(windows, direct, action, path, wanted):
    """In check mode, for real, again; returns the diff, which check mode shows, too."""
    place = windows.place(path)
    before = place.read_bytes() if place.exists() else None
    planned = direct.run(action, check_mode=True, path=path, **wanted)
    assert planned.get("changed") is True, planned
    assert (place.read_bytes() if place.exists() else None) == before
    done = direct.run(action, path=path, **wanted)
    assert done.get("changed") is True and done["diff"] == planned["diff"], done
    after = place.read_bytes()
    again = direct.run(action, path=path.upper().replace("\\", "/") if ":" in path else path, **wanted)
    assert again.get("changed") is False and place.read_bytes() == after, again
    assert STORE_PASSWORD not in str(done["diff"])
    return done["diff"]


STORE = {"trustStore": "D:\\SIF Stores\\x.ks", "trustStorePassword": "s3cret-x"}
SETTINGS = {
    "mappings": ({"mappings": [{"fragment": HOMEROOM}]}, "+HOMEROOM"),
    "profile": ({"zones": [{"id": "STATE_REPORTING", "school_year": "2031-2032", "smp": False}], "profile": "lab"}, "+2031-2032"),
    "push": ({"zones": [{"id": "STATE_REPORTING", "mode": "push"}]}, "+push"),
    "zone": ({"zones": [{"id": "NEW", "url": "https://zis.example.org/NEW", "method": "https"}]}, "+zis.example.org/NEW"),
    "removed": ({"zones": [{"id": "STATE_REPORTING", "state": "absent"}]}, "-STATE_REPORTING"),
    "store": ({"transports": [{"protocol": "https", "properties": STORE}]}, "+D:\\SIF Stores\\x.ks"),
}


@pytest.mark.parametrize("path", [CONFIG, f"{SHARE}\\agent.cfg"], ids=["drive", "share"])
@pytest.mark.parametrize("setting", SETTINGS)
def test_agent_cfg(windows, direct, path, setting):
    wanted, shown = SETTINGS[setting]
    windows.place(path).write_bytes(windows.place(CONFIG).read_bytes().replace(b'mode="Push"', b'mode="Pull"'))
    diff = four_beats(windows, direct, agent_cfg, path, wanted)
    mark, word = shown[0], shown[1:].lower()
    more = diff["after"].lower().count(word) - diff["before"].lower().count(word)
    assert more > 0 if mark == "+" else more < 0, diff
    assert "s3cret" not in str(diff)
    assert b"\n" not in windows.place(path).read_bytes().replace(b"\r\n", b"")
    read = direct.run(agent_cfg_info, path=path)
    assert read["loads"] is True, read
    zones = {zone["id"]: zone for zone in read["effective"]["zones"]}
    assert {"push": zones.get("STATE_REPORTING", {}).get("mode", "").lower() == "push", "zone": "NEW" in zones,
            "removed": "STATE_REPORTING" not in zones}.get(setting, True), zones
    if setting == "store":
        store = direct.run(agent_cfg, check_mode=True, path=path, **SETTINGS["zone"][0])["trust_stores"][-1]
        assert (store["zone"], store["path"]) == ("NEW", "D:\\SIF Stores\\x.ks")


@pytest.fixture(scope="session")
def other_authority(tmp_path_factory):
    return functional.Authority(tmp_path_factory.mktemp("pki") / "other", "Other CA")


STORES = {
    "jks": {},
    "pkcs12": {"format": "pkcs12"},
}
CHANGES = ["rotate", "keep_previous", "absent", "exclusive"]


@pytest.mark.parametrize("path", [f"{AGENT}\\Kimono.ks", f"{SHARE}\\Kimono.ks"], ids=["drive", "share"])
@pytest.mark.parametrize("form", STORES)
@pytest.mark.parametrize("change", CHANGES)
def test_truststore(windows, direct, authority, other_authority, path, form, change):
    old, new = ({"content": one.ca.read_text(), "alias": alias} for one, alias in ((authority, "kimono"), (other_authority, "other")))
    common = {"password": STORE_PASSWORD, **STORES[form]}
    diff = four_beats(windows, direct, truststore, path, {**common, "certificates": [old]})
    assert "kimono" in str(diff) and "Kimono Lab CA" in str(diff)
    wanted, expected = {
        "rotate": ({"certificates": [{**new, "alias": "kimono"}]}, {"kimono": "Other CA"}),
        "keep_previous": ({"certificates": [{**new, "alias": "kimono"}], "keep_previous": True}, {"kimono": "Other CA", "kimono-previous": "Kimono Lab CA"}),
        "absent": ({"certificates": [new, {"alias": "kimono", "state": "absent"}]}, {"other": "Other CA"}),
        "exclusive": ({"certificates": [new], "exclusive": True}, {"other": "Other CA"}),
    }[change]
    four_beats(windows, direct, truststore, path, {**common, **wanted})
    told = direct.run(truststore_info, path=path, password=STORE_PASSWORD)
    found = {entry["alias"].partition("-previous-")[0] + "-previous" * ("-previous-" in entry["alias"]): entry["subject"] for entry in told["entries"]}
    assert {alias: subject.rpartition("=")[2] for alias, subject in found.items()} == expected, told
    assert told["format"].lower() == form
    wrong = direct.run(truststore, path=path, password="wrong-one", certificates=[old])
    assert "Remedy: " in wrong["msg"] and "wrong-one" not in wrong["msg"]


def test_truststore_from_server(windows, direct, zis, authority):
    host, port = "localhost", int(zis.https.rpartition(":")[2])
    pinned = hashlib.sha256(ssl.PEM_cert_to_DER_cert(authority.cert.read_text())).hexdigest()
    wanted = {"password": STORE_PASSWORD, "from_server": {"host": host, "port": port, "sha256_fingerprint": pinned, "alias": "zis"}}
    assert "zis" in str(four_beats(windows, direct, truststore, f"{AGENT}\\Kimono.ks", wanted))
    wrong = {**wanted, "from_server": {**wanted["from_server"], "sha256_fingerprint": "00" * 32}}
    before = windows.place(f"{AGENT}\\Kimono.ks").read_bytes()
    assert "Remedy: " in direct.run(truststore, path=f"{AGENT}\\Kimono.ks", **wrong)["msg"]
    assert windows.place(f"{AGENT}\\Kimono.ks").read_bytes() == before
