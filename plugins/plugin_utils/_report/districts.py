# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One district in the report: its state, and what was learned of it."""

from __future__ import annotations

import dataclasses
import datetime
import re
import typing as t

from .._agent_cfg.school_year import SchoolYear
from .._verify import zis_checks
from .._verify.check import FAIL, PASS, RESULTS, WARN, Check
from .._verify.facts import Facts
from .words import CONNECTED, PROBLEM, STATE_WORDS, UNCHECKED, WAITING, moment, words

# Without these nobody knows that the ZIS has the agent, whatever else is in order.
PROOF = ("registered", "registered_mode", "agent_awake")
NO_YEAR: t.Mapping[str, t.Any] = {"wanted": None, "shared": None, "over": None}
_FRAME = re.compile(
    r"^(?:(?:Task|Action) failed: |Finalization of task args for '[^']*' failed: |Error while resolving value for '[^']*': "
    r"|Error rendering template: |The (?:test|filter|lookup) plugin '[^']*' failed: |Validation of arguments failed: )"
)
_REACH = ("Cannot be reached", "See whether the host is up and Ansible can log in: ansible HOST -m ansible.builtin.ping")
_REFUSED = ("Could not be checked", "Correct what the reason names, then run k12.sif.report again")
_VERIFY = "Run k12.sif.verify on the host, and correct what it says"
_TELL_POWERSCHOOL = "Tell PowerSchool Hosting Support, with this evidence"
_HOSTED = "PowerSchool hosts the server and has to set up the agent"
_SEND_REQUEST = "Send the request that the playbook k12.sif.request writes to PowerSchool Hosting Support, and wait for the answer"


@dataclasses.dataclass(frozen=True)
class District:
    """One district.

    Attributes:
        host: its name in the inventory.
        name, code, contact: the district for people; name is the host where the inventory has none, the others may be empty.
        hosted: whether PowerSchool hosts its server.
        state: one of C(words.STATES).
        brief: why it could not be checked, in few words; empty otherwise.
        reason: why it is in this state, for people; empty when it is connected.
        remedy: what to do about the reason; may be empty.
        zone_id, zis_url, method: of its connection; empty where not known.
        school_year: C(wanted) and C(shared) school year, and whether the wanted one is C(over); null where not known.
        certificates: C(where), C(subject), C(not_after) (ISO date) and C(sha256) of each certificate the connection rests on.
        checks: the checks as C(k12.sif.verify) made them.
        checked_at: when this was learned, UTC; empty when nothing ever was.
        checked_now: whether it was learned for this very report.
        last_known: C(state) and C(checked_at) of the last time when it could be checked, for one that could not; else null.
    """

    host: str
    name: str
    state: str
    code: str = ""
    contact: str = ""
    hosted: bool = False
    brief: str = ""
    reason: str = ""
    remedy: str = ""
    zone_id: str = ""
    zis_url: str = ""
    method: str = ""
    school_year: t.Mapping[str, t.Any] = dataclasses.field(default_factory=lambda: dict(NO_YEAR))
    certificates: t.Sequence[t.Mapping[str, t.Any]] = ()
    checks: t.Sequence[t.Mapping[str, str]] = ()
    checked_at: str = ""
    checked_now: bool = True
    last_known: t.Mapping[str, str] | None = None

    def named(self, result: str) -> list[t.Mapping[str, str]]:
        """The checks with this result."""
        return [check for check in self.checks if check["result"] == result]

    @property
    def findings(self) -> list[str]:
        """What fails, in few words."""
        return [words(check) for check in self.named(FAIL)]

    @property
    def warnings(self) -> list[str]:
        """What somebody should look at, in few words."""
        return [words(check) for check in self.named(WARN)]

    @property
    def expires(self) -> str:
        """The day on which the first of its certificates expires (ISO), empty when none is known."""
        return min((item["not_after"] for item in self.certificates if item["not_after"]), default="")

    def as_dict(self) -> dict[str, t.Any]:
        return dataclasses.asdict(self)

    @classmethod
    def from_dict(cls, data: t.Any) -> District:
        """A district as C(as_dict) wrote it. Raises ValueError when this is none."""
        names = {field.name for field in dataclasses.fields(cls)}
        if not isinstance(data, t.Mapping) or set(data) != names or data["state"] not in STATE_WORDS:
            raise ValueError("a district in it is not as this version writes it")
        _check_checks(data["checks"])
        if data["checked_at"]:
            moment(data["checked_at"])
        return cls(**data)


def district_of(entry: t.Mapping[str, t.Any], at: str) -> District:
    """Judge what was learned of one host.

    Args:
        entry: C(host); C(name), C(code), C(contact), C(zis_url), C(zone_id), C(method), C(school_year) of the inventory, as far as it
            has them; C(document), the host's document of k12.sif.verify, or C(failure), why there is none; C(given), whether the
            document came from elsewhere and was not made for this report; C(hosted); C(zone), what k12.sif.zone_info returned when
            it was asked for a hosted agent.
        at: when the report was made, UTC.
    """
    known = {key: str(entry[key]) for key in ("name", "code", "contact", "zis_url", "zone_id", "method") if entry.get(key)}
    district = District(**{"host": str(entry["host"]), "name": str(entry["host"]), "state": UNCHECKED, "checked_at": at, **known})
    if entry.get("hosted") and not entry.get("failure"):
        return _hosted(district, entry, at)
    if entry.get("failure"):
        brief, remedy = _REACH if entry.get("unreachable") else _REFUSED
        return dataclasses.replace(district, brief=brief, reason=_told(str(entry["failure"])), remedy=remedy)
    try:
        return _judged(district, entry)
    except ValueError as error:
        return dataclasses.replace(district, brief="Checks are incomplete", reason=str(error), remedy=_VERIFY)


def _hosted(district: District, entry: t.Mapping[str, t.Any], at: str) -> District:
    """Nobody but PowerSchool can look at the host; whether the ZIS has its agent is seen when its id is known."""
    today = moment(at).date()
    wanted = str(entry["school_year"]) if entry.get("school_year") else None
    year = {**NO_YEAR, "wanted": str(SchoolYear.of(today)) if wanted == "current" else wanted}
    district = dataclasses.replace(district, hosted=True, school_year=year)
    waiting = dataclasses.replace(district, state=WAITING, reason=_HOSTED, remedy=_SEND_REQUEST)
    zone = entry.get("zone")
    if not isinstance(zone, t.Mapping) or "reachable" not in zone:
        return waiting
    if not zone["registered"]:
        detail = (zone["failure"] or {}).get("detail")
        return dataclasses.replace(waiting, reason=f"{_HOSTED}; asked from here, the ZIS does not confirm it: {detail}")
    facts = Facts({"wanted": {"zone_id": district.zone_id}, "zone": zone}, None, today)
    checks = [Check(name, title, *judge(facts)) for name, title, judge in zis_checks.CHECKS]
    told = [dataclasses.replace(check, remedy=_TELL_POWERSCHOOL if check.remedy else "").as_dict() for check in checks]
    return _by_checks(dataclasses.replace(district, checks=told))


def _told(failure: str) -> str:
    """Why a task failed, on one line, without the frames that Ansible puts around what a person needs to know."""
    text = " ".join(failure.split())
    while (shorter := _FRAME.sub("", text)) != text:
        text = shorter
    return text or "no reason given"


def _judged(district: District, entry: t.Mapping[str, t.Any]) -> District:
    document = entry.get("document")
    if not isinstance(document, t.Mapping) or not isinstance(document.get("facts"), t.Mapping):
        raise ValueError("the checks did not come to an end" if document is None else "its document is none of k12.sif.verify")
    facts, checks = document["facts"], document.get("checks")
    _check_checks(checks)
    if not checks:
        raise ValueError("its document has no checks")
    moment(document.get("checked_at"))
    if facts.get("lost"):
        brief, remedy = _REACH
        return dataclasses.replace(district, brief=brief, reason="the connection to the host was lost while it was checked", remedy=remedy)
    year = facts.get("school_year") or {}
    learned = dataclasses.replace(
        district,
        checks=[{key: str(check.get(key) or "") for key in ("name", "title", "result", "evidence", "remedy")} for check in checks],
        zis_url=str(facts.get("zis_url") or ""), zone_id=str(facts.get("zone_id") or ""), method=str(facts.get("method") or ""),
        school_year={key: year.get(key) for key in NO_YEAR},
        certificates=[_certificate(item) for item in facts.get("certificates") or []],
        checked_at=document["checked_at"], checked_now=not entry.get("given"),
    )
    return _by_checks(learned)


def _by_checks(learned: District) -> District:
    """The state that the checks prove."""
    fails = learned.named(FAIL)
    if fails:
        return dataclasses.replace(learned, state=PROBLEM, reason=fails[0]["evidence"], remedy=fails[0]["remedy"])
    results = {check["name"]: check for check in learned.checks}
    unproved = next((name for name in PROOF if results.get(name, {}).get("result") != PASS), None)
    if unproved is None:
        return dataclasses.replace(learned, state=CONNECTED)
    evidence = results.get(unproved, {}).get("evidence") or "it was not asked"
    return dataclasses.replace(
        learned, brief="Not confirmed by the ZIS", reason=f"no check fails, but the ZIS did not confirm the agent: {evidence}",
        remedy=_VERIFY,
    )


def _certificate(item: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    if item.get("not_after"):
        datetime.date.fromisoformat(item["not_after"])
    return {key: item.get(key) for key in ("where", "subject", "not_after", "sha256")}


def _check_checks(checks: t.Any) -> None:
    good = isinstance(checks, t.Sequence) and not isinstance(checks, str) and all(
        isinstance(check, t.Mapping) and check.get("result") in RESULTS and "name" in check and "title" in check for check in checks
    )
    if not good:
        raise ValueError("its document has no checks as k12.sif.verify writes them")


def with_last_known(district: District, before: District | None) -> District:
    """The same district; one that could not be checked gets the last state in which it could."""
    if district.state != UNCHECKED or before is None:
        return district
    if before.state == UNCHECKED:
        return dataclasses.replace(district, last_known=before.last_known)
    return dataclasses.replace(district, last_known={"state": before.state, "checked_at": before.checked_at})


def not_covered(host: str, before: District | None) -> District:
    """A district that this run did not ask: as it was last time, or unchecked when nothing is known."""
    if before is not None:
        return dataclasses.replace(before, checked_now=False)
    return District(
        host=host, name=host, state=UNCHECKED, checked_now=False, brief="Never checked", reason="outside of --limit, and in no report before",
        remedy="Run k12.sif.report without --limit, or with this host in it",
    )
