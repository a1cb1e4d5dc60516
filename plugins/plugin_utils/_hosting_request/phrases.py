# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What more than one text says, in the same words."""

from __future__ import annotations

from .blocks import Block, File, Items, Paragraph, Table, Value, Words, listed, words
from .chosen_schools import School
from .request import Request
from .trusted import Certificate

SETTING = ("Setting", "Value", "Remark")


def connection_rows(request: Request) -> tuple[tuple[Words, ...], ...]:
    """The values of the connection that must be entered exactly."""
    rows = [
        _row("ZIS URL", request.zis_url, "Complete and unchanged, as received from Instructure."),
        _row("Zone ID", request.zone_id, "Upper and lower case matter."),
        _row("Messaging mode", "Pull", "For this zone. Not Push."),
        _row("Method (protocol)", request.method, "For this zone. The reason stands below."),
    ]
    if request.id is not None:
        rows.append(_row("Agent ID", request.id, "The SIF source id under which the ZIS knows the agent."))
    if request.sif_version is not None:
        rows.append(_row("SIF version", request.sif_version, ""))
    if request.pull_frequency is not None:
        rows.append(_row("Pull frequency", f"{request.pull_frequency} milliseconds", "How often the agent asks this zone for messages."))
    return tuple(rows)


def _row(name: str, value: str, remark: str) -> tuple[Words, ...]:
    return (name,), (Value(value),), (remark,) if remark else ()


def school(item: School) -> Words:
    """A school by number and name."""
    return (Value(item.number), f" {item.name}") if item.name else (Value(item.number),)


def school_list(schools: tuple[School, ...]) -> Items:
    """Schools, one in each line."""
    return Items(tuple(school(item) for item in schools))


def shared_schools(request: Request) -> list[Block]:
    """Which schools the zone shares, for somebody who sets it."""
    schools = request.schools
    blocks: list[Block] = []
    if schools.only:
        blocks += [Paragraph(words("Schools: please select only these, and deselect every other one:")), school_list(schools.only)]
    if schools.deselect:
        introduction = "These are therefore deselected:" if schools.only else "Schools: please deselect these, and leave every other one selected:"
        blocks += [Paragraph(words(introduction)), school_list(schools.deselect)]
    return blocks or [Paragraph(words("Schools: none is to be deselected; please select all schools of the district."))]


def certificate_table(file: File, item: Certificate) -> Table:
    """A certificate with what is needed to recognize it."""
    rows: tuple[tuple[Words, ...], ...] = (
        (("File",), (file,)),
        (("Issued to",), (Value(item.subject),)),
        (("Issued by",), (Value(item.issuer),)),
        (("Valid until",), (Value(str(item.valid_until)),)),
        (("SHA-256 fingerprint",), (Value(item.sha256),)),
        (("Alias to import it under",), (Value(item.alias),)),
    )
    return Table(("Certificate", "Value"), rows)


def district_table(request: Request) -> Table:
    """Who asks."""
    rows: tuple[tuple[Words, ...], ...] = (
        (("District",), (request.district,)),
        (("PowerSchool",), (Value(request.powerschool_url),)),
        (("Contact for questions",), (request.contact,)),
    )
    return Table(("Who asks", "Value"), rows)


def object_counts(objects: tuple[tuple[str, int], ...]) -> Words:
    """Objects of a mappings document with the number of their fields."""
    return listed([f"{name} ({count} {'field' if count == 1 else 'fields'})" for name, count in objects])
