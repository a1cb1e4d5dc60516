# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What has to be asked for: the inventory's words, checked and brought into one form. All that is wrong is said at once."""

from __future__ import annotations

import dataclasses
import datetime
import re
import typing as t

from .._agent_cfg.desired import read_desired
from .._agent_cfg.problems import PlanError, Problems
from .._agent_cfg.reader import Reader
from .._agent_cfg.school_year import DEFAULT_START, SchoolYear, parse_start
from .._agent_cfg.secrets import redact_inside
from .._truststore.desired import Wanted
from .._truststore.errors import StoreError
from .chosen_schools import ChosenSchools, choose_schools
from .host_kind import HostKindError, host_of, is_cloud_hosted
from .mappings_document import Mappings, read_mappings
from .trusted import Trusted, read_trusted

_DISTRICT_VARIABLES = {"district": "sif_district_name", "contact": "sif_district_contact"}
_INSTRUCTURE = "as received from Instructure"
NEEDED = {
    "powerschool_url": "the URL that people open in a browser",
    "district": "the name of the district",
    "contact": "who answers questions: a name with a mail address or telephone number",
    "zis_url": _INSTRUCTURE,
    "zone_id": f"{_INSTRUCTURE}, upper and lower case, too",
    "method": f"HTTP or HTTPS, {_INSTRUCTURE}",
    "school_year": "current, or for example 2026-2027",
    "mappings": f"{_INSTRUCTURE}; an empty list when there are none",
}
_ONE_LINE = ("powerschool_url", "district", "contact", "zis_url", "zone_id", "id", "sif_version")
# Where the checks of agent.cfg find something wrong, and which variable that is.
_PLACES = {"id": "zone_id", "url": "zis_url", "method": "method", "mode": "mode", "pull_frequency": "pull_frequency"}
_ZONE_PLACE = re.compile(r"zones\[0\].*\.(id|url|method|mode|pull_frequency)", re.DOTALL)


def variable(name: str) -> str:
    """The variable of the inventory for a name used here; the name may go on with a place inside."""
    return _DISTRICT_VARIABLES.get(name, f"sif_agent_{name}")


class RequestError(Exception):
    """The request cannot be written; the text names every missing and every wrong variable, with the remedies."""


@dataclasses.dataclass(frozen=True)
class Request:
    """Everything that the texts say.

    C(method) is HTTP or HTTPS; C(pull_frequency) is in milliseconds; what is None is not asked for.
    """

    district: str
    contact: str
    powerschool_url: str
    zis_url: str
    zone_id: str
    method: str
    id: str | None
    sif_version: str | None
    pull_frequency: int | None
    school_year: SchoolYear
    schools: ChosenSchools
    mappings: Mappings
    trusted: Trusted
    warnings: tuple[str, ...]

    @property
    def encrypted(self) -> bool:
        """Whether the connection is encrypted, which the URL decides."""
        return self.zis_url.lower().startswith("https:")


def read_request(data: t.Mapping[str, t.Any], certificates: t.Sequence[Wanted], now: datetime.datetime) -> Request:
    """Check the inventory's words.

    Args:
        data: the variables without their common beginning; None and missing are the same.
        certificates: the certificates of the inventory, with their content.
        now: the time, with its time zone; the school year goes by its date there.
    Raises:
        RequestError: something is missing or wrong.
    """
    return _Reading({key: value for key, value in data.items() if value is not None}, certificates, now).read()


class _Reading:
    def __init__(self, data: dict[str, t.Any], certificates: t.Sequence[Wanted], now: datetime.datetime) -> None:
        self.data = data
        self.given_certificates = certificates
        self.now = now
        self.problems = Problems()
        self.warnings: list[str] = []

    def read(self) -> Request:
        for name in ("powerschool_url", "district", "contact"):
            if isinstance(self.data.get(name), str):
                self.data[name] = self.data[name].strip()
        missing = {name: why for name, why in NEEDED.items() if self.data.get(name) in (None, "")}
        method = str(self.data.get("method", "")).upper()
        if method == "HTTPS" and not any(item.present for item in self.given_certificates):
            missing["certificates"] = f"that of the ZIS or of its authority, {_INSTRUCTURE}, because method HTTPS trusts no other"
        self._one_line()
        self._connection(method)
        self._hosted()
        if self.data.get("smp") is not None and Reader(self.problems).boolean(self.data, "smp", "") is True:
            self.problems.add("smp", "is true, but a State Messaging Plug-in must not work in the Canvas zone", "set it to false")
        school_year = None if "school_year" in missing else self._school_year()
        schools = choose_schools(self.data.get("schools"), "schools", self.problems)
        mappings = None if "mappings" in missing else self._mappings()
        trusted = self._trusted()
        if missing or self.problems.found or school_year is None or mappings is None or schools is None or trusted is None:
            raise RequestError(_told(missing, self.problems))
        texts = {name: str(self.data[name]) for name in ("district", "contact", "powerschool_url", "zis_url", "zone_id")}
        return Request(
            **texts,
            method=method,
            id=self._optional("id"),
            sif_version=self._optional("sif_version"),
            pull_frequency=None if self.data.get("pull_frequency") is None else int(self.data["pull_frequency"]),
            school_year=school_year,
            schools=schools,
            mappings=mappings,
            trusted=trusted,
            warnings=(*self.warnings, *mappings.warnings, *trusted.warnings),
        )

    def _optional(self, name: str) -> str | None:
        return None if self.data.get(name) is None else str(self.data[name])

    def _one_line(self) -> None:
        for name in _ONE_LINE:
            text = self.data.get(name)
            if isinstance(text, str) and not text.isprintable():
                self.problems.add(name, "has line ends or characters that cannot be seen in it", "write it as one plain line")
            elif isinstance(text, str) and redact_inside(text) != text:
                self.problems.add(name, "holds a user name or a password, which must not stand in a request", "write it without")

    def _connection(self, method: str) -> None:
        """The checks that the same values have to pass before they come into an agent.cfg."""
        if self.data.get("mode") not in (None, "") and str(self.data["mode"]).lower() == "push":
            self.problems.add(
                "mode", "is Push, but Kimono only works with agents in Pull mode: nothing reaches Canvas in Push mode", "set it to Pull"
            )
        zone = {"id": self.data.get("zone_id"), "url": self.data.get("zis_url"), "method": method, "mode": self.data.get("mode")}
        zone["pull_frequency"] = self.data.get("pull_frequency")
        given = {key: value for key, value in zone.items() if value not in (None, "")}
        found = Problems()
        read_desired({"agent_id": self.data.get("id"), "sif_version": self.data.get("sif_version"), "zones": [given]}, found)
        for problem in found.found:
            place = _ZONE_PLACE.fullmatch(problem.location)
            name = _PLACES[place[1]] if place else {"agent_id": "id"}.get(problem.location, problem.location)
            if problem.message != "is missing":
                self.problems.add(name, problem.message, problem.remedy)
        if method == "HTTPS" and str(self.data.get("zis_url", "")).lower().startswith("http:"):
            self.problems.add(
                "zis_url",
                "begins with http:// but sif_agent_method is HTTPS; the agent cannot use the two together",
                "use the https:// URL, or set sif_agent_method to HTTP",
            )

    def _hosted(self) -> None:
        url = self.data.get("powerschool_url")
        if url in (None, ""):
            return
        try:
            if not is_cloud_hosted(url):
                self.problems.add(
                    "powerschool_url",
                    f"leads to {host_of(url)}, which PowerSchool does not host",
                    "connect this agent with the playbook k12.sif.connect, or correct the URL",
                )
        except HostKindError as error:
            what, _dot, remedy = str(error).partition(". Remedy: ")
            self.problems.add("powerschool_url", what, remedy.removesuffix("."))

    def _school_year(self) -> SchoolYear | None:
        starts = str(self.data.get("school_year_starts") or DEFAULT_START)
        try:
            parse_start(starts)
        except ValueError as error:
            self.problems.add("school_year_starts", str(error), "give the first day of a school year, MM-DD")
            return None
        today, text = self.now.date(), str(self.data["school_year"])
        try:
            year = SchoolYear.of(today, starts) if text == "current" else SchoolYear.parse(text)
        except ValueError as error:
            self.problems.add("school_year", str(error), "write current, or both calendar years")
            return None
        if year.is_over(today, starts):
            advice = "write current to follow the calendar"
            self.warnings.append(f"sif_agent_school_year: the school year {year} is over since {starts} of {year.end}; {advice}")
        return year

    def _mappings(self) -> Mappings | None:
        if not isinstance(self.data["mappings"], (list, tuple)):
            self.problems.add("mappings", "must be a list", "write each entry with a dash in front")
            return None
        try:
            return read_mappings(self.data["mappings"])
        except PlanError as error:
            self.problems.found += error.problems
        return None

    def _trusted(self) -> Trusted | None:
        if self.given_certificates and self.data.get("zis_url") and not str(self.data["zis_url"]).lower().startswith("https:"):
            self.problems.add("certificates", "are given, but sif_agent_zis_url does not begin with https://", "leave them out, or correct the URL")
        try:
            return read_trusted(self.given_certificates, self.now)
        except StoreError as error:
            self.problems.add("certificates", error.message, error.remedy.removesuffix(".") if error.remedy else "correct it")
        return None


def _told(missing: t.Mapping[str, str], problems: Problems) -> str:
    parts = ["The request to PowerSchool cannot be written."]
    if missing:
        names = ", ".join(f"{variable(name)} ({why})" for name, why in missing.items())
        parts.append(f"Missing: {names}. Remedy: set {'it' if len(missing) == 1 else 'them'} in the inventory.")
    for problem in problems.found:
        parts.append(f"{variable(problem.location)}: {problem.message}. Remedy: {problem.remedy}.")
    return " ".join(parts)
