# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What to tick when PowerSchool answers, and what comes then."""

from __future__ import annotations

from .attachments import Attachments
from .blocks import Block, Checks, Heading, Paragraph, Part, Text, Value, Words, listed, words
from .chosen_schools import School
from .phrases import district_table, school
from .request import Request


def checklist_text(request: Request, attached: Attachments) -> Text:
    """The whole checklist."""
    blocks: list[Block] = [
        Paragraph(words("Tick what PowerSchool's answer confirms, and ask again for what stays open.")),
        district_table(request),
        Heading("PowerSchool confirms"),
        Checks(tuple(_confirmed(request, attached))),
        Heading("Then"),
        Checks(tuple(_then(request, attached))),
    ]
    return Text(f"Checklist for the answer: {request.district}", "the person who sent the request", tuple(blocks))


def _confirmed(request: Request, attached: Attachments) -> list[Words]:
    checks = [
        words("ZIS URL: {}", Value(request.zis_url)),
        words("Zone ID, upper and lower case alike: {}", Value(request.zone_id)),
        words("The messaging mode of this zone is {}, not Push.", Value("Pull")),
        words("The method of this zone is {}.", Value(request.method)),
    ]
    where = "the agent's trust store" if request.method == "HTTPS" else "the trust store of the agent's Java"
    for file, item in attached.certificates:
        checks.append(words("{} was imported into {}. Its fingerprint: {}", file, where, Value(item.sha256)))
    if attached.mappings:
        checks.append((*words("The mappings are merged: "), *listed([file for file, _document in attached.mappings]), "."))
    if request.mappings.removals or request.trusted.removals:
        checks.append(words("What the request asks to remove is gone."))
    checks.append(words("The school year of this zone is {}.", Value(str(request.school_year))))
    checks.append(words("The State Messaging Plug-in (SMP) is off in this zone, and only in this zone."))
    checks += _schools(request)
    checks += [
        words("The agent was restarted after the last change."),
        words("The mappings were still there after the restart."),
        words("The status of the zone is ready: enabled, connected and awake."),
        words("The Agent ID and the SIF version of the agent are known: ____________________"),
        words("Nothing was set in another way than the request says."),
    ]
    return checks


def _schools(request: Request) -> list[Words]:
    schools = request.schools
    if schools.only:
        return [("Only these schools are selected: ", *_in_one_line(schools.only), ".")]
    if schools.deselect:
        return [("Deselected are: ", *_in_one_line(schools.deselect), ". All others are selected.")]
    return [words("All schools are selected.")]


def _in_one_line(schools: tuple[School, ...]) -> Words:
    parts: list[Part] = []
    for number, item in enumerate(schools):
        parts += [*([", "] if number else []), *school(item)]
    return tuple(parts)


def _then(request: Request, attached: Attachments) -> list[Words]:
    checks = [
        words("The note asking for the connection test was sent to Instructure."),
        words("Instructure confirms: the agent is registered in the zone in Pull mode, and answers requests."),
    ]
    if attached.mappings:
        checks.append(words("Instructure confirms: the mapped fields arrive."))
    checks.append(words("Instructure confirms: only data of the school year {} arrive.", Value(str(request.school_year))))
    if request.schools.deselect or request.schools.only:
        checks.append(words("Instructure confirms: no data of a deselected school arrive."))
    for file, item in attached.certificates:
        checks.append(words("In the calendar: {} is valid until {}; ask PowerSchool for its successor before.", file, Value(str(item.valid_until))))
    checks.append(words("In the calendar: after the next New Year Rollover, ask PowerSchool for the new school year in this zone."))
    return checks
