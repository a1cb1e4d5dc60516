# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The report from data: states, drift, data and tables. The page has tests of its own."""

from __future__ import annotations

import csv
import datetime
import io
import json
import re

import pytest
from ansible_collections.k12.sif.plugins.plugin_utils._report import words
from ansible_collections.k12.sif.plugins.plugin_utils._report.districts import district_of
from ansible_collections.k12.sif.plugins.plugin_utils._report.last import read_last
from ansible_collections.k12.sif.plugins.plugin_utils._report.overview import expiries, findings, years
from ansible_collections.k12.sif.plugins.plugin_utils._report.report import make
from ansible_collections.k12.sif.plugins.plugin_utils._verify.checks import CHECKS
from report_districts import AT, EARLIER, document, entry, region

TODAY = datetime.date(2026, 11, 24)


def made(entries, inventory=(), at=AT, last=None, title="SIF connections", expiry_days=30, max_age_days=30):
    before = read_last(json.loads(last.json)) if last else None
    return make(entries, inventory, at, title, before, expiry_days, max_age_days)


def district(**facts):
    return district_of(entry(**facts), AT)


def data(report):
    return json.loads(report.json)


def changes(first, second):
    later = made(second, at=AT, last=made(first, at=EARLIER))
    return [(change["kind"], change["text"], [who["host"] for who in change["districts"]]) for change in data(later)["changes"]]


def test_every_check_has_words_for_its_failure():
    assert set(words.FAILURES) == {check[0] for check in CHECKS}
    assert set(words.WARNINGS) <= set(words.FAILURES)


def test_connected_is_what_the_zis_confirms():
    assert district().state == "connected"
    for name in ("registered", "registered_mode", "agent_awake", "provides"):
        found = district(document=document(**{name: "unknown"}))
        assert (found.state, found.brief) == ("unchecked", "Not confirmed by the ZIS")
    warned = district(document=document(certificate="warn"))
    assert (warned.state, warned.warnings) == ("connected", ["Certificate expires soon"])


def test_a_failing_check_is_a_problem_with_its_remedy():
    found = district(document=document(mode="fail", registered_mode="fail"))
    assert (found.state, found.findings) == ("problem", ["Push instead of Pull", "Registered for Push"])
    assert (found.reason, found.remedy) == ("Pull mode of maple", "run the playbook k12.sif.connect")


def test_a_hosted_district_waits_with_the_school_year_that_was_asked_for():
    found = district(hosted=True, school_year="current")
    assert (found.state, found.hosted, found.school_year["wanted"]) == ("waiting", True, "2026-2027")
    assert "k12.sif.request" in found.remedy


ZONE = {
    "reachable": True, "ready": True, "registered": True, "connected": True, "failure": None,
    "agent": {"source_id": "SIS", "mode": "Pull", "sleeping": False}, "providers": [{"source_id": "SIS", "objects": ["StudentPersonal"]}],
    "zone": {"id": "MAPLE", "name": None, "state": "ready"}, "zis": {"name": "ZIS", "product": None, "version": None}, "trust": {},
}  # fmt: skip


def test_a_hosted_district_is_what_the_zis_says_of_its_agent():
    assert district(hosted=True, zone=ZONE).state == "connected"
    assert district(hosted=True, zone={**ZONE, "providers": []}).state == "problem"
    assert district(hosted=True, zone={**ZONE, "providers": []}, provides=False).state == "connected"
    silent = district(hosted=True, zone={**ZONE, "providers": None})
    assert (silent.state, silent.brief) == ("unchecked", "Not confirmed by the ZIS") and silent.reason.endswith("the ZIS does not say who provides")
    assert silent.remedy == "Tell PowerSchool Hosting Support, with this evidence"
    push = district(hosted=True, zone={**ZONE, "agent": {**ZONE["agent"], "mode": "Push"}})
    assert (push.state, push.findings) == ("problem", ["Registered for Push"])
    assert push.remedy == "Tell PowerSchool Hosting Support, with this evidence", "nobody can run connect on its host"
    unknown = district(hosted=True, zone={**ZONE, "registered": False, "agent": None, "failure": {"detail": "not registered (4/9)"}})
    assert (unknown.state, "not registered (4/9)" in unknown.reason) == ("waiting", True)
    for nothing in ({"skipped": True}, None):
        assert district(hosted=True, zone=nothing).reason == "PowerSchool hosts the server and has to set up the agent"
    failed = district(hosted=True, zone={"failed": True, "msg": "certificates[0] is no certificate."})
    assert (failed.state, failed.reason.partition("; ")[2]) == ("waiting", "the ZIS could not be asked from here: certificates[0] is no certificate.")
    assert [year.kind for year in years([district(hosted=True, school_year="2026-2027", zone=ZONE)], TODAY)] == ["asked"]


LOST = document()
LOST["facts"]["lost"] = True
NO_DATE = document()
NO_DATE["facts"]["certificates"][0]["not_after"] = "soon"


@pytest.mark.parametrize(
    ("facts", "brief", "reason"),
    [
        ({"failure": "Connection\n timed out ", "unreachable": True}, "Cannot be reached", "Connection timed out"),
        ({"failure": "Task failed: Action failed: no password"}, "Could not be checked", "no password"),
        (
            {"failure": "Finalization of task args for 'a.b' failed: Error while resolving value for 'x': 'y' is undefined"},
            "Could not be checked", "'y' is undefined",
        ),
        ({"document": None}, "Checks are incomplete", "the checks did not come to an end"),
        ({"document": LOST}, "Cannot be reached", "the connection to the host was lost while it was checked"),
        ({"document": "text"}, "Checks are incomplete", "its document is no dictionary"),
        ({"document": {**document(), "checks": []}}, "Checks are incomplete", "its document has no checks"),
        ({"document": {**document(), "checks": [{"name": "mode"}]}}, "Checks are incomplete", "its document.checks[0] has no title"),
        ({"document": {**document(), "checked_at": "yesterday"}}, "Checks are incomplete", "'yesterday' is no moment in UTC"),
        ({"document": NO_DATE}, "Checks are incomplete", "its document.facts.certificates[0].not_after is 'soon', which is no day"),
    ],
)  # fmt: skip
def test_what_could_not_be_checked_is_said_and_never_connected(facts, brief, reason):
    found = district(**facts)
    assert (found.state, found.brief) == ("unchecked", brief)
    assert reason in found.reason and found.remedy


def test_no_host_is_an_error_and_so_is_a_wrong_moment():
    with pytest.raises(ValueError, match="no host to report on"):
        made([], ["maple"])
    with pytest.raises(ValueError, match="no moment in UTC"):
        made([entry()], at="24.11.2026")


def test_the_same_input_makes_the_same_report_and_a_repeated_one_too():
    first = made(region(), at=EARLIER)
    one = made(region(), last=first)
    assert one == made(region(), last=first)
    assert made(region(), last=one) == one, "the report of the same moment is compared with what that one was compared with"
    order = made(list(reversed(region())), last=first)
    assert order.json == one.json and order.html == one.html


def test_totals_and_attention():
    report = made(region())
    assert report.totals == {"problem": 9, "unchecked": 1, "waiting": 12, "connected": 98}
    assert sum(report.totals.values()) == 120 == len(data(report)["districts"])
    assert report.attention[-1] == "pine-1" and len(report.attention) == 10
    assert report.lines[0] == "120 districts: 9 problem, 1 not checked, 12 hosted and waiting, 98 connected"
    assert sum(line.startswith("Warning: ") for line in report.lines) == 14


def test_what_was_not_asked_keeps_its_last_known_state_with_its_date():
    hosts = ["maple", "oak", "elm"]
    first = made([entry("maple"), entry("oak", document=document("oak", at=EARLIER, mode="fail"))], at=EARLIER)
    report = made([entry("maple")], hosts, last=first)
    found = {item["host"]: item for item in data(report)["districts"]}
    assert found["maple"]["checked_now"] and not found["oak"]["checked_now"] and not found["elm"]["checked_now"]
    assert (found["oak"]["state"], found["oak"]["checked_at"]) == ("problem", EARLIER)
    assert (found["elm"]["state"], found["elm"]["brief"], found["elm"]["checked_at"]) == ("unchecked", "Never checked", "")
    assert "(1 asked now, the others as they were last known)" in report.lines[0]
    assert [item["text"] for item in data(report)["changes"]] == ["new in the report: Not checked"]


def test_a_host_that_cannot_be_reached_tells_when_it_last_could():
    gone = [entry(failure="timed out", unreachable=True)]
    second = made(gone, last=made([entry(document=document(at=EARLIER))], at=EARLIER))
    assert data(second)["districts"][0]["last_known"] == {"state": "connected", "checked_at": EARLIER}
    third = made(gone, at="2026-11-25T06:00:00Z", last=second)
    assert data(third)["districts"][0]["last_known"] == {"state": "connected", "checked_at": EARLIER}
    assert "Last known: connected" in third.html


def test_drift_names_what_got_worse_first_and_the_same_change_once():
    before = [entry(host) for host in ("maple", "oak", "elm", "fir", "gone")]
    before[3] = entry("fir", document=document("fir", mode="fail"))
    after = [
        entry("maple", document=document("maple", mappings="fail", log="fail")), entry("oak", document=document("oak", mappings="fail", log="fail")),
        entry("elm", document=document("elm", certificate="warn")), entry("fir"), entry("new", hosted=True),
    ]  # fmt: skip
    assert changes(before, after) == [
        ("worse", "Connected → Problem (Mappings missing or changed and 1 more)", ["maple", "oak"]),
        ("worse", "new: Certificate expires soon", ["elm"]),
        ("better", "Problem → Connected", ["fir"]),
        ("other", "new in the report: Hosted and waiting", ["new"]),
        ("other", "no longer in the inventory (was: Connected)", ["gone"]),
    ]


def test_drift_of_values():
    old = document(expires="2026-12-10", shared="2025-2026", school_year="fail")
    new = document()
    new["facts"]["zis_url"] = "https://new.example.org/MAPLE"
    found = changes([entry(document=old)], [entry(document=new)])
    assert ("other", "ZIS URL: https://zis.example.org/MAPLE → https://new.example.org/MAPLE", ["maple"]) in found
    assert ("other", "school year shared: 2025-2026 → 2026-2027", ["maple"]) in found
    assert ("better", "new certificate at the ZIS, valid until 22 Feb 2027 (before: 10 Dec 2026)", ["maple"]) in found
    assert ("better", "Problem → Connected", ["maple"]) in found and len(found) == 4


def test_no_drift_where_only_moments_and_evidence_differ():
    other = document(at=EARLIER)
    other["checks"][0]["evidence"] = "something else"
    assert changes([entry(document=other)], [entry()]) == []
    assert "Nothing has changed since 17 Nov 2026, 06:00 UTC." in made([entry()], last=made([entry(document=other)], at=EARLIER)).html


@pytest.mark.parametrize(
    ("change", "words_of_it"),
    [
        ({"format": "other"}, "holds no data of the playbook"),
        ({"version": 2}, "has version 2"),
        ({"districts": None}, r"^its data\.districts is no list$"),
        ({"districts": [7]}, r"^districts\[0\] is no dictionary$"),
        ({"districts": [{"host": "x"}]}, r"^districts\[0\] \(x\) has no name$"),
        ({"generated_at": 7}, r"^its data\.generated_at: 7 is no moment in UTC"),
        ({"compared_with": [1]}, r"^its data\.compared_with is no dictionary$"),
        ({"compared_with": {"at": AT, "districts": {"oak": {"name": "Oak"}}}}, r"^its data\.compared_with\.districts\.oak has no \w+$"),
    ],
)
def test_a_last_report_that_is_none_is_refused(change, words_of_it):
    with pytest.raises(ValueError, match=words_of_it):
        read_last({**data(made([entry()])), **change})


@pytest.mark.parametrize(
    ("change", "words_of_it"),
    [
        ({"certificates": [{}]}, "certificates[0] has no where"),
        ({"certificates": [{"where": "x", "subject": "x", "not_after": "soon", "sha256": None}]}, "certificates[0].not_after is 'soon'"),
        ({"certificates": "none"}, "certificates is no list"),
        ({"checks": [{"name": "mode"}]}, "checks[0] has no title"),
        ({"school_year": {}}, "school_year has no wanted"),
        ({"school_year": None}, "school_year is no dictionary"),
        ({"last_known": {"state": "fine", "checked_at": AT}}, "last_known.state is 'fine', which is none of"),
        ({"state": ["connected"]}, "state is ['connected']"),
        ({"checked_at": "yesterday"}, "checked_at: 'yesterday' is no moment in UTC"),
        ({"checked_now": "no"}, "checked_now is neither true nor false"),
        ({"name": None}, "name is no text"),
        ({"colour": "red"}, " has colour, which this version does not know"),
    ],
)
def test_what_is_broken_inside_a_last_report_is_named_by_its_place(change, words_of_it):
    whole = data(made([entry("maple"), entry("oak")]))
    whole["districts"][1].update(change)
    with pytest.raises(ValueError, match=r"districts\[1\] \(oak\)" + re.escape("" if words_of_it[0] == " " else ".") + re.escape(words_of_it)):
        read_last(whole)


def test_data_can_be_read_again():
    report = made(region())
    assert [item.as_dict() for item in read_last(data(report)).districts.values()] == data(report)["districts"]


def test_certificates_are_listed_once_and_the_next_to_expire_first():
    found = expiries([district_of(item, AT) for item in region()], TODAY)
    assert [(row.subject, row.days_left, len(row.districts)) for row in found] == [
        ("CN=zis.example.org", -12, 1), ("CN=zis.example.org", 16, 2), ("CN=zis.example.org", 90, 104), ("CN=Kimono CA", 900, 107),
    ]  # fmt: skip


def test_findings_and_school_years():
    districts = [district_of(item, AT) for item in region()]
    found = [(item.text, item.result, len(item.districts)) for item in findings(districts)]
    assert found[:2] == [("Push instead of Pull", "fail", 3), ("Registered for Push", "fail", 3)]
    assert found[-3:] == [
        ("Cannot be reached", "unknown", 1), ("Errors in the agent's log", "warn", 12), ("Certificate expires soon", "warn", 2),
    ]  # fmt: skip
    assert [(year.text, year.kind, len(year.districts)) for year in years(districts, TODAY)] == [
        ("2026-2027", "current", 105), ("2025-2026", "over", 2), ("2026-2027", "asked", 12), ("not known", "unknown", 1),
    ]  # fmt: skip


def rows(report):
    assert report.csv.startswith("\ufeff") and report.csv.endswith("\r\n")
    return list(csv.DictReader(io.StringIO(report.csv.removeprefix("\ufeff"))))


def test_the_table_has_one_row_for_each_district_in_the_order_of_the_page():
    report = made(region())
    found = rows(report)
    assert [row["host"] for row in found] == [item["host"] for item in data(report)["districts"]]
    first = next(row for row in found if row["host"] == "redwood-1")
    assert (first["certificate_expires"], first["certificate_days_left"]) == ("2027-02-22", "90")
    expired = next(row for row in found if row["failing"].startswith("Certificate not trusted"))
    assert expired["certificate_days_left"] == "-12", "a number stays a number"


@pytest.mark.parametrize("text", ["=1+1", "+1", "-2", "@SUM(A1)", "\t=1", " =1", "\r=1"])
def test_no_cell_of_the_table_is_a_formula(text):
    found = rows(made([entry(name=text, contact=text, failure="x")]))[0]
    assert found["district"].startswith("'") and found["contact"].startswith("'")
