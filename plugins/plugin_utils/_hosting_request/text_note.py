# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The note that asks Instructure to test the connection, which can be done from the Kimono side only."""

from __future__ import annotations

from .attachments import Attachments
from .blocks import Block, Heading, Paragraph, Steps, Table, Text, Value, Words, words
from .phrases import SETTING, connection_rows, district_table, object_counts, school_list
from .request import Request


def note_text(request: Request, attached: Attachments) -> Text:
    """The whole note."""
    blocks: list[Block] = [
        Paragraph(
            words(
                "PowerSchool, which hosts our PowerSchool, has set up its SIF agent and connected it to our zone at the Kimono ZIS. Please test"
                " the connection from the Kimono side and tell us the result."
            )
        ),
        district_table(request),
        Heading("Our zone"),
        Table(SETTING[:2], (*(row[:2] for row in connection_rows(request)), (("School year",), (Value(str(request.school_year)),)))),
        Heading("Please test"),
        Steps(tuple(_steps(request, attached))),
    ]
    if request.schools.only:
        blocks += [Heading("Only these schools are shared"), school_list(request.schools.only)]
    elif request.schools.deselect:
        blocks += [Heading("These schools are not shared"), school_list(request.schools.deselect)]
    blocks += [
        Heading("Please tell us"),
        Paragraph(
            words(
                "Which of these points are in order, and for every other one the error that the ZIS shows (category, code and text), so that we"
                " can ask PowerSchool to correct it."
            )
        ),
    ]
    return Text(
        f"Please test the SIF connection of {request.district}",
        "our Customer Success Manager or Implementation Consultant at Instructure",
        tuple(blocks),
    )


def _steps(request: Request, attached: Attachments) -> list[Words]:
    steps = [
        words("The agent is registered in the zone, in Pull mode, and awake."),
        words("It answers requests for schools, staff, students, enrollments, courses, sections and terms."),
    ]
    objects = [entry for _file, document in attached.mappings for entry in document.objects]
    if objects:
        steps.append(("The fields that we had mapped arrive: ", *object_counts(tuple(objects)), "."))
    steps.append(words("Only data of the school year {} arrive.", Value(str(request.school_year))))
    if request.schools.deselect or request.schools.only:
        steps.append(words("No data of a school arrive that is not shared; the list stands below."))
    else:
        steps.append(words("Data of all schools arrive."))
    return steps
