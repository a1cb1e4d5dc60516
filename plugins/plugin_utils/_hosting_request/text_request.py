# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The support request to PowerSchool."""

from __future__ import annotations

from .attachments import Attachments
from .blocks import Block, Caution, Heading, Items, Paragraph, Steps, Table, Text, Value, Words, words
from .phrases import SETTING, certificate_table, connection_rows, district_table, object_counts, shared_schools
from .request import Request


def request_text(request: Request, attached: Attachments) -> Text:
    """The whole request."""
    blocks: list[Block] = [
        Paragraph(
            words(
                "Please set up the SIF agent of our PowerSchool, which you host, and connect it to the zone below at the Kimono ZIS (Zone"
                " Integration Server), from which Canvas gets its data. This request and its attachments hold all that is needed. Where"
                " something cannot be done as it stands here, please ask before you choose another value."
            )
        ),
        district_table(request),
        Heading("1. Connection"),
        Table(SETTING, connection_rows(request)),
        Caution(
            "Pull, not Push.",
            words(
                "Kimono only works with agents in Pull mode: in Push mode nothing reaches Canvas. If the agent was registered in this zone"
                " in Push mode before, please tell us, so that the old registration can be removed. The agent's other zones keep their mode."
            ),
        ),
        Caution("Mode and method must both be right.", words("With the wrong mode or the wrong method the connection does not work.")),
        Heading(f"2. Method {request.method}"),
        *_method(request, attached),
        Heading("3. Mappings"),
        *_mappings(request, attached),
        Heading("4. What the zone shares"),
        Table(
            SETTING,
            (
                (
                    ("School year",),
                    (Value(str(request.school_year)),),
                    words("The zone must share the data of this school year only. After a New Year Rollover it must share the new year."),
                ),
                (
                    ("State Messaging Plug-in (SMP)",),
                    (Value("off"),),
                    words("Off for this Canvas connection only. Zones for state reporting keep theirs."),
                ),
            ),
        ),
        *shared_schools(request),
        Heading("5. Restart and check"),
        Steps(_steps(request)),
        Heading("6. Your answer"),
        Paragraph(words("Please tell us:")),
        Items(
            (
                words("when the agent was restarted after the last change;"),
                words("that the mappings were still there after that restart;"),
                words("the status of the zone, as the agent's console shows it;"),
                words("the Agent ID and the SIF version with which the agent registered;"),
                words("what you set in another way than it stands here, or could not set."),
            )
        ),
        Heading("Attachments"),
        _attachments(attached),
    ]
    return Text(f"Connect the SIF agent of {request.district} to Kimono", "PowerSchool Hosting Support", tuple(blocks))


def _method(request: Request, attached: Attachments) -> list[Block]:
    if request.method == "HTTPS":
        why = (
            "The ZIS URL begins with https:// and the method is HTTPS: the agent's HTTPS transport makes the connection, with the trust store and"
            " the key store of the agent's own configuration. With method HTTP the agent would look into another trust store, that of its Java."
        )
        store = (
            "The agent must trust the ZIS. Please import what is listed here into the trust store that the agent's HTTPS transport uses; in any"
            " other store it has no effect. Please compare the fingerprint first. The HTTPS transport also needs a key store of its own, in Pull"
            " mode, too; please make one if there is none."
        )
    elif request.encrypted:
        why = (
            "The ZIS URL begins with https:// and the method is HTTP. This is meant so: the URL alone makes the connection an encrypted one. The"
            " method decides which trust store counts: with HTTP that of the Java with which the agent runs (cacerts), with HTTPS the one of the"
            " agent's own configuration."
        )
        store = (
            "The agent must trust the ZIS. Please import what is listed here into the trust store (cacerts) of the Java with which the agent runs;"
            " in any other store it has no effect. Please compare the fingerprint first."
        )
    else:
        why = (
            "The ZIS URL begins with http://, so the method must be HTTP: with method HTTPS the agent cannot connect to such a URL at all."
            " No certificate is needed."
        )
        store = ""
    blocks: list[Block] = [Paragraph(words(why))]
    if attached.certificates:
        blocks += [Paragraph(words(store)), *(certificate_table(file, item) for file, item in attached.certificates)]
    elif request.encrypted:
        missing = (
            "No certificate has to be imported as far as we know. If the agent's log says {}, its Java does not trust the ZIS; please tell us then,"
            " and we send the certificate."
        )
        blocks.append(Paragraph(words(missing, Value("PKIX path building failed"))))
    return [*blocks, *_removals(request.trusted.removals)]


def _mappings(request: Request, attached: Attachments) -> list[Block]:
    blocks: list[Block] = []
    if attached.mappings:
        rows = tuple(((file,), (Value(document.id),), object_counts(document.objects)) for file, document in attached.mappings)
        blocks += [
            Paragraph(words("Please merge what is attached into the agent's mappings. Everything else in them stays as it is.")),
            Table(("File", "Mappings", "Objects"), rows),
            Caution(
                "Merge, do not append.",
                words(
                    "Where the agent's mappings have an object already, please add the fields to it: of two objects with one name the agent uses the"
                    " last only, and with two fields of one name it does not start."
                ),
            ),
        ]
    blocks += _removals(request.mappings.removals)
    return blocks or [Paragraph(words("No mappings document belongs to this request. Please leave the agent's mappings as they are."))]


def _removals(removals: tuple[str, ...]) -> list[Block]:
    if not removals:
        return []
    return [Paragraph(words("Please remove, where it is there:")), Items(tuple((removal,) for removal in removals))]


def _steps(request: Request) -> tuple[Words, ...]:
    mappings = "every object and field of the attached document" if request.mappings.documents else "the agent's mappings"
    mappings += " must still be there. If they are gone, please enter them again while the agent is stopped, and start it."
    return (
        words("Make the settings of sections 1 to 4, and save them."),
        words("Restart the agent. Settings, mappings and certificates count only after a restart."),
        words("After the restart, look at the mappings again: {}", mappings),
        words("Look whether the mode is still Pull, and whether ZIS URL, Zone ID, method, school year, SMP and schools are as above."),
        words(
            "Look at the status of the zone: it must be ready, which means enabled, connected and awake, not {}, {} or {}.",
            Value("Disabled"), Value("Disconnected"), Value("Agent Sleeping"),
        ),
    )


def _attachments(attached: Attachments) -> Block:
    if not attached.contents:
        return Paragraph(words("None."))
    mappings = [words("{}: mappings to merge (section 3)", file) for file, _document in attached.mappings]
    certificates = [words("{}: certificate to import (section 2)", file) for file, _item in attached.certificates]
    return Items((*mappings, *certificates))
