# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""No district is connected of which nobody knows it: documents of others, old ones, those from the future, certificates that ended since."""

from __future__ import annotations

import json

import pytest
from ansible_collections.k12.sif.plugins.plugin_utils._report.last import read_last
from ansible_collections.k12.sif.plugins.plugin_utils._report.report import make
from report_districts import AT, EARLIER, document, entry

OAK = {"zis_url": "https://zis.example.org/OAK", "zone_id": "OAK_DISTRICT"}


def report(entries, inventory=(), at=AT, last=None, max_age_days=30):
    before = read_last(json.loads(last.json)) if last else None
    return make(entries, inventory, at, "SIF connections", before, 30, max_age_days)


def found(*arguments, **options):
    return {item["host"]: item for item in json.loads(report(*arguments, **options).json)["districts"]}


def given(host="oak", of=None, **facts):
    return entry(host, document=document(of or host, **facts), given=True)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"of": "maple"}, "its document is about the host maple, the inventory has oak"),
        ({"of": "maple", "zone": {"host": "oak"}}, "its document is about the zone MAPLE_DISTRICT, the inventory has OAK_DISTRICT; "),
        ({"url": "https://other.example.org/OAK"}, "its document is about the ZIS URL https://other.example.org/OAK, the inventory has https://"),
    ],
)
def test_the_document_of_another_district_proves_nothing(change, reason):
    entered = {**given(of=change.get("of")), **OAK}
    entered["document"].update(change.get("zone", {}))
    entered["document"]["facts"].update({"zis_url": change["url"]} if "url" in change else {})
    oak = found([entered])["oak"]
    assert (oak["state"], oak["brief"]) == ("unchecked", "Document of another district")
    assert oak["reason"].startswith(reason) and "sif_report_document" in oak["remedy"]
    assert (oak["zis_url"], oak["zone_id"]) == tuple(OAK.values()), "what the inventory says stands"


def test_the_right_document_counts_whether_or_not_the_inventory_says_more():
    assert found([{**given(), **OAK, "zis_url": f"{OAK['zis_url']}/"}])["oak"]["state"] == "connected"
    assert found([given()])["oak"]["state"] == "connected"


@pytest.mark.parametrize(
    ("checked_at", "brief"),
    [
        ("2026-10-25T06:00:00Z", ""),
        ("2026-10-25T05:59:59Z", "Not checked for long"),
        ("2020-01-01T00:00:00Z", "Not checked for long"),
        ("2026-11-24T06:10:00Z", ""),
        ("2026-11-24T06:10:01Z", "Dated in the future"),
        ("2036-01-01T00:00:00Z", "Dated in the future"),
    ],
)
def test_a_document_counts_for_some_time_and_never_from_the_future(checked_at, brief):
    oak = found([given(at=checked_at)])["oak"]
    assert (oak["state"], oak["brief"]) == ("unchecked" if brief else "connected", brief)
    if brief:
        assert oak["reason"] and oak["remedy"] and oak["checked_at"] == checked_at
        assert (oak["checks"], oak["certificates"]) == ([], [])
    old = brief == "Not checked for long"
    assert oak["last_known"] == ({"state": "connected", "checked_at": checked_at} if old else None)


def test_how_long_is_for_the_user_to_say():
    assert found([given(at=EARLIER)], max_age_days=7)["oak"]["state"] == "connected"
    assert found([given(at=EARLIER)], max_age_days=6)["oak"]["reason"].startswith("it was last checked 7 days ago; ")


def test_a_state_that_was_known_last_time_counts_for_some_time_too():
    first = report([entry("maple"), entry("oak", document=document("oak", at=EARLIER)), entry("elm", hosted=True)], at=EARLIER)
    hosts, at = ["maple", "oak", "elm"], "2026-12-24T06:00:00Z"
    later = report([entry("maple", document=document("maple", at=at))], hosts, at=at, last=first)
    states = {item["host"]: item for item in json.loads(later.json)["districts"]}
    assert {host: item["state"] for host, item in states.items()} == {"maple": "connected", "oak": "unchecked", "elm": "unchecked"}
    assert states["oak"]["last_known"] == {"state": "connected", "checked_at": EARLIER}
    assert "Connected \u2192 Not checked" in [change["text"] for change in json.loads(later.json)["changes"]]
    again = found([entry("maple")], hosts, at="2026-12-25T06:00:00Z", last=later)["oak"]
    assert again["last_known"] == {"state": "connected", "checked_at": EARLIER}, "and the report after that still tells when"


def test_a_certificate_is_judged_on_the_day_of_the_report():
    def oak(expires, at=AT, **results):
        checked = report([entry("maple"), entry("oak", document=document("oak", at=EARLIER, expires=expires, **results))], at=EARLIER)
        return found([entry("maple")], ["maple", "oak"], at=at, last=checked)["oak"]

    gone = oak("2026-11-23")
    assert (gone["state"], gone["brief"]) == ("unchecked", "Certificate expired since")
    assert "expired on 23 Nov 2026" in gone["reason"] and gone["last_known"]["state"] == "connected"
    today = oak("2026-11-24")
    assert today["state"] == "connected" and "0 days" in next(check for check in today["checks"] if check["result"] == "warn")["evidence"]
    assert [check["name"] for check in oak("2026-12-23")["checks"] if check["result"] == "warn"] == ["certificate"]
    assert [check for check in oak("2026-12-24")["checks"] if check["result"] == "warn"] == []
    assert oak("2026-11-23", mode="fail")["state"] == "problem", "a problem stays one"
    assert oak("2026-11-12", certificate="warn")["state"] == "connected", "what was expired when it was checked did not hinder it"


def test_a_document_from_elsewhere_is_judged_on_the_day_of_the_report_too():
    assert found([given(at=EARLIER, expires="2026-11-20")])["oak"]["brief"] == "Certificate expired since"
