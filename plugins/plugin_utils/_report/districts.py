# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One district in the report: its state, and what was learned of it."""

from __future__ import annotations

import dataclasses
import re
import typing as t

from .._agent_cfg.school_year import SchoolYear
from .._verify import zis_checks
from .._verify.check import FAIL, PASS, RESULTS, UNKNOWN, WARN, Check
from .._verify.facts import Facts
from . import shape
from .words import CONNECTED, PROBLEM, STATES, UNCHECKED, WAITING, moment, words

# Without these nobody knows that the ZIS has the agent, whatever else is in order.
PROOF = ("registered", "registered_mode", "agent_awake")
NO_YEAR: t.Mapping[str, t.Any] = {"wanted": None, "shared": None, "over": None}
_YEAR = shape.having(wanted=shape.maybe(shape.text), shared=shape.maybe(shape.text), over=shape.maybe(shape.flag))
_CERTIFICATES = shape.each(
    shape.having(where=shape.text, subject=shape.text, not_after=shape.maybe(shape.day), sha256=shape.maybe(shape.text))
)
_CHECKS = shape.each(
    shape.having(name=shape.text, title=shape.text, result=shape.one_of(*RESULTS), evidence=shape.text, remedy=shape.text)
)
_STATE = shape.one_of(*STATES)
_DISTRICT = shape.having(
    **dict.fromkeys(("host", "name", "code", "contact", "brief", "reason", "remedy", "zone_id", "zis_url", "method"), shape.text),
    state=_STATE, hosted=shape.flag, school_year=_YEAR, certificates=_CERTIFICATES, checks=_CHECKS,
    checked_at=shape.empty_or(shape.instant), checked_now=shape.flag,
    last_known=shape.maybe(shape.having(state=_STATE, checked_at=shape.instant)),
)  # fmt: skip
# A document of k12.sif.verify, as far as the report reads it.
_DOCUMENT = shape.having(
    host=shape.text, checked_at=shape.instant, checks=_CHECKS,
    facts=shape.having(
        zis_url=shape.text, zone_id=shape.text, method=shape.text, lost=shape.flag, school_year=_YEAR, certificates=_CERTIFICATES
    ),
)  # fmt: skip
_FRAME = re.compile(
    r"^(?:(?:Task|Action) failed: |Finalization of task args for '[^']*' failed: |Error while resolving value for '[^']*': "
    r"|Error rendering template: |The (?:test|filter|lookup) plugin '[^']*' failed: |Validation of arguments failed: )"
)
_REACH = ("Cannot be reached", "See whether the host is up and Ansible can log in: ansible HOST -m ansible.builtin.ping")
_REFUSED = ("Could not be checked", "Correct what the reason names, then run k12.sif.report again")
_VERIFY = "Run k12.sif.verify on the host, and correct what it says"
_OTHER = (
    "Document of another district",
    "Name the document of this district in sif_report_document, or have it made again with the host and the connection of this inventory",
)
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
    def from_dict(cls, data: t.Any, place: str) -> District:
        """A district as C(as_dict) wrote it. Raises ValueError, with the place, when this is none."""
        _DISTRICT(data, place)
        unknown = sorted(set(data) - {field.name for field in dataclasses.fields(cls)})
        if unknown:
            raise ValueError(f"{place} has {unknown[0]}, which this version does not know")
        return cls(**data)


def district_of(entry: t.Mapping[str, t.Any], at: str) -> District:
    """Judge what was learned of one host.

    Args:
        entry: C(host); C(name), C(code), C(contact), C(zis_url), C(zone_id), C(method), C(school_year) of the inventory, as far as it
            has them; C(document), the host's document of k12.sif.verify, or C(failure), why there is none; C(given), whether the
            document came from elsewhere and was not made for this report; C(hosted); C(zone), what k12.sif.zone_info returned when
            it was asked for a hosted agent; C(provides), false when that agent is to provide nothing.
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
    if not isinstance(zone, t.Mapping) or zone.get("skipped"):
        return waiting
    if "reachable" not in zone:
        return dataclasses.replace(waiting, reason=f"{_HOSTED}; the ZIS could not be asked from here: {_told(str(zone.get('msg') or ''))}")
    if not zone["registered"]:
        detail = (zone["failure"] or {}).get("detail")
        return dataclasses.replace(waiting, reason=f"{_HOSTED}; asked from here, the ZIS does not confirm it: {detail}")
    facts = Facts({"wanted": {"zone_id": district.zone_id, "provides": entry.get("provides")}, "zone": zone}, None, today)
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
    if document is None:
        raise ValueError("the checks did not come to an end")
    _DOCUMENT(document, "its document")
    if not document["checks"]:
        raise ValueError("its document has no checks")
    facts, other = document["facts"], _other_district(district, document)
    if other:
        brief, remedy = _OTHER
        return dataclasses.replace(district, brief=brief, reason=other, remedy=remedy)
    if facts["lost"]:
        brief, remedy = _REACH
        return dataclasses.replace(district, brief=brief, reason="the connection to the host was lost while it was checked", remedy=remedy)
    learned = dataclasses.replace(
        district,
        **{key: facts[key] for key in ("zis_url", "zone_id", "method")},
        checks=[_only(check, ("name", "title", "result", "evidence", "remedy")) for check in document["checks"]],
        school_year=_only(facts["school_year"], NO_YEAR),
        certificates=[_only(item, ("where", "subject", "not_after", "sha256")) for item in facts["certificates"]],
        checked_at=document["checked_at"], checked_now=not entry.get("given"),
    )
    return _by_checks(learned)


def _only(data: t.Mapping[str, t.Any], keys: t.Iterable[str]) -> dict[str, t.Any]:
    return {key: data[key] for key in keys}


def _other_district(district: District, document: t.Mapping[str, t.Any]) -> str:
    """What in a document is not of this district, in words; empty when nothing is. Only what the inventory says is compared."""
    facts = document["facts"]
    pairs = (
        ("host", district.host, document["host"]),
        ("zone", district.zone_id, facts["zone_id"]),
        ("ZIS URL", district.zis_url.rstrip("/"), facts["zis_url"].rstrip("/")),
    )
    told = [f"the {title} {found or '(none)'}, the inventory has {wanted}" for title, wanted, found in pairs if wanted and found != wanted]
    return f"its document is about {'; '.join(told)}" if told else ""


def _by_checks(learned: District) -> District:
    """The state that the checks prove."""
    fails = learned.named(FAIL)
    if fails:
        return dataclasses.replace(learned, state=PROBLEM, reason=fails[0]["evidence"], remedy=fails[0]["remedy"])
    results = {check["name"]: check for check in learned.checks}
    unproved = next((name for name in PROOF if results.get(name, {}).get("result") != PASS), None)
    if unproved is None and results.get("provides", {}).get("result") == UNKNOWN:
        unproved = "provides"
    if unproved is None:
        return dataclasses.replace(learned, state=CONNECTED)
    evidence = results.get(unproved, {}).get("evidence") or "it was not asked"
    return dataclasses.replace(
        learned, brief="Not confirmed by the ZIS", reason=f"no check fails, but the ZIS did not confirm the agent: {evidence}",
        remedy=_TELL_POWERSCHOOL if learned.hosted else _VERIFY,
    )


def with_last_known(district: District, before: District | None) -> District:
    """The same district; one that could not be checked gets the last state in which it could."""
    if district.state != UNCHECKED or district.last_known or before is None:
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
