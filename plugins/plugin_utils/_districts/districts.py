# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rows of the list to districts."""

from __future__ import annotations

import dataclasses
import re
import typing as t

from .._agent_cfg.desired import check_url
from .._agent_cfg.problems import Problems as SettingProblems
from .._agent_cfg.school_year import SchoolYear
from .._agent_cfg.schools import read_schools
from .._hosting_request.host_kind import HostKindError, is_cloud_hosted
from .cells import district_code, group_part, host
from .problems import CellError
from .rows import Cells
from .schools import SchoolsByDistrict

SYSTEMS = ("linux", "windows")
METHODS = ("HTTP", "HTTPS")
_NEEDS_A_HOST = "write the name of the server on which the agent runs"
_NOBODY_LOGS_ON = "leave it empty, or correct the PowerSchool URL"


@dataclasses.dataclass(frozen=True)
class District:
    """One district; None or empty where the list says nothing. C(variables): texts of further columns, by variable."""

    row: int
    code: str
    name: str
    powerschool_url: str
    cloud_hosted: bool
    host: str | None
    zis_url: str
    zone_id: str
    method: str | None
    school_year: str | None
    known_schools: list[dict[str, str]]
    excluded_schools: list[str]
    contact: str | None
    state: str | None
    region: str | None
    system: str | None
    variables: dict[str, str]


def read_district(cells: Cells, schools: SchoolsByDistrict | None) -> District | None:
    """The district of a row, or None when the cells have noted a problem.

    Args:
        cells: the row.
        schools: all schools by district code in small letters; None when no list of schools is given.
    """
    code = cells.required("district_code", district_code)
    url = cells.required("powerschool_url", _powerschool_url)
    cloud_hosted = None if url is None else is_cloud_hosted(url)
    zis_url = cells.required("zis_url", _zis_url)
    district = District(
        row=cells.number,
        code=code,
        name=cells.required("district_name"),
        powerschool_url=url,
        cloud_hosted=bool(cloud_hosted),
        host=_host(cells, cloud_hosted),
        zis_url=zis_url,
        zone_id=cells.required("zone_id", _zone_id),
        method=cells.text("method", _method_for(zis_url)),
        school_year=cells.text("school_year", _school_year),
        known_schools=(schools or {}).get((code or "").lower(), []),
        excluded_schools=cells.texts("excluded_schools"),
        contact=cells.text("contact"),
        state=cells.text("state", _groupable),
        region=cells.text("region", _groupable),
        system=_system(cells, cloud_hosted),
        variables=_variables(cells),
    )
    _check_excluded(district, cells, schools is not None)
    return None if cells.problems else district


def _powerschool_url(text: str) -> str:
    _refuse_user(text)
    try:
        is_cloud_hosted(text)
    except HostKindError as error:
        message, _mark, remedy = str(error).partition(". Remedy: ")
        raise CellError(message, remedy.rstrip(".")) from None
    return text


def _zis_url(text: str) -> str:
    _refuse_user(text)
    found = SettingProblems()
    check_url(text, "", found)
    for problem in found.found:
        raise CellError(problem.message, problem.remedy)
    return text


def _refuse_user(url: str) -> None:
    if re.match(r"[^/?#]*//[^/?#]*@", url):
        raise CellError(f"there is a user name or password in {url!r}", "remove it, and change the password where many have seen it")


def _zone_id(text: str) -> str:
    if any(character.isspace() for character in text):
        raise CellError(f"there is a blank in {text!r}", "write the zone id as received from Instructure; upper and lower case matter")
    return text


def _method_for(zis_url: str | None) -> t.Callable[[str], str]:
    def read(text: str) -> str:
        method = _one_of(METHODS, text.upper(), text)
        if method == "HTTPS" and zis_url is not None and not zis_url.lower().startswith("https://"):
            raise CellError("method HTTPS needs an https:// URL, but the ZIS URL begins with http://", "write HTTP, or the https:// URL")
        return method

    return read


def _school_year(text: str) -> str:
    if text.lower() == "current":
        return "current"
    try:
        return str(SchoolYear.parse(text))
    except ValueError as error:
        raise CellError(str(error).partition(";")[0], "write it like 2026-2027, or current") from None


def _groupable(text: str) -> str:
    group_part(text)
    return text


def _one_of(known: tuple[str, ...], text: str, shown: str) -> str:
    if text not in known:
        raise CellError(f"{shown!r} is unknown", "write " + " or ".join(known))
    return text


def _host(cells: Cells, cloud_hosted: bool | None) -> str | None:
    if cloud_hosted is None:
        return None
    if not cloud_hosted:
        return cells.required("host", host, _NEEDS_A_HOST)
    if not cells.is_empty("host"):
        cells.refuse("host", "PowerSchool hosts this district, so there is no server to log on to", _NOBODY_LOGS_ON)
    return None


def _system(cells: Cells, cloud_hosted: bool | None) -> str | None:
    if cloud_hosted and not cells.is_empty("system"):
        cells.refuse("system", "PowerSchool hosts this district, so its system is not yours to manage", _NOBODY_LOGS_ON)
        return None
    return cells.text("system", lambda text: _one_of(SYSTEMS, text.lower(), text))


def _variables(cells: Cells) -> dict[str, str]:
    found = {}
    for name in cells.names():
        kind, _mark, variable = name.partition(":")
        if kind == "variable":
            text = cells.text(name)
            if text is not None:
                found[variable] = text
    return found


def _check_excluded(district: District, cells: Cells, with_schools: bool) -> None:
    if not district.excluded_schools:
        return
    column = "excluded_schools"
    if district.known_schools:
        found = SettingProblems()
        read_schools({"known": district.known_schools, "exclude": district.excluded_schools}, "number", "", found)
        for problem in found.found:
            cells.refuse(column, problem.message, problem.remedy)
    elif with_schools and district.code:
        cells.refuse(column, f"the list of schools has none of district {district.code}", "add all its schools there")
    elif not with_schools and not district.cloud_hosted and district.powerschool_url:
        message = "the agent of a self-hosted district is told which schools to share, so all its schools must be known"
        cells.refuse(column, message, "give a list of all schools with the option schools_path, or leave the cell empty")
