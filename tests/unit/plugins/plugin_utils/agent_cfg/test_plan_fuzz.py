# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Damaged files: planning ends with a plan that converges, or with an error that says what is wrong."""

from __future__ import annotations

import os
import random
import time

import pytest
from ansible_collections.k12.sif.plugins.plugin_utils._agent_cfg.document import Document, DocumentError
from ansible_collections.k12.sif.plugins.plugin_utils._agent_cfg.model import load
from ansible_collections.k12.sif.plugins.plugin_utils._agent_cfg.plan import PlanError
from desired_settings import OWN_FILES, plan

# The full run of 20,000 files takes minutes; a sample is enough each time.
ROUNDS = int(os.environ.get("K12_SIF_FUZZ", "800")) // 4
DESIRED = {
    "agent_id": "PowerSchool",
    "sif_version": "2.4",
    "mode": "push",
    "properties": {"adk.messaging.maxBufferSize": 262144, "x.y": None},
    "transports": [{"protocol": "https", "properties": {"trustStore": "/a b/t.ks", "trustStorePassword": "s3cret"}}],
    "zones": [
        {
            "id": "KIMONO",
            "url": "https://zis.example.org/KIMONO",
            "mode": "pull",
            "method": "https",
            "smp": False,
            "school_year": "current",
            "schools": {"include": ["100", "200"]},
        },
        {"id": "State", "url": "http://state.example.org/", "mode": "push", "method": "http"},
    ],
    "mappings": [
        {
            "fragment": (
                '<object object="StudentPersonal" exclusive="true"><field name="STUDENT_NUM">LocalId</field>'
                '<field name="NEW" valueset="Sex">X</field></object><object object="SchoolInfo" state="absent"/>'
                '<valueset id="Sex"><value name="M" default="both">1</value><value name="Q">7</value></valueset>'
            )
        },
    ],
}
PIECES = [
    b"<",
    b">",
    b"/>",
    b"</zone>",
    b"<zone id='Z'>",
    b"'",
    b'"',
    b"&",
    b"&amp;",
    b"&e;",
    b"<!--",
    b"-->",
    b"<![CDATA[",
    b"]]>",
    b"<?x?>",
    b"\r",
    b"\n",
    b"\t",
    b" enabled='no'",
    b" enabled=''",
    b"<property/>",
    b"<property name='x.y' value='1'/>",
    b"<mappings id='Default'>",
    b"<object object='StudentPersonal'/>",
    b"<transport protocol='https'/>",
    b"\x00",
    b"\xff",
    b"x:",
    b" xmlns='u'",
    b"<!DOCTYPE agent [<!ENTITY e 'v'>]>",
    b"<zone",
    b"template",
    b"id=",
]


def damaged(data, chance):
    """A file with some pieces inserted, removed, doubled or swapped."""
    data = bytearray(data)
    for _change in range(chance.choice([1, 1, 1, 2, 3, 8])):
        place = chance.randrange(len(data) + 1)
        length = chance.choice([1, 1, 5, 40, 200])
        kind = chance.randrange(4)
        if kind == 0:
            data[place:place] = chance.choice(PIECES)
        elif kind == 1:
            del data[place : place + length]
        elif kind == 2:
            data[place:place] = data[place : place + length]
        else:
            other = chance.randrange(len(data) + 1)
            data[place : place + length] = data[other : other + length]
    return bytes(data)


def damaged_text(data, chance):
    """As above, but what comes is text in the file's encoding."""
    decoded = Document.parse(data).decoded
    text = damaged(decoded.text.encode(), chance).decode("utf-8", "replace")
    return decoded.bom + text.encode(decoded.codec, "replace")


@pytest.mark.parametrize("path", OWN_FILES, ids=lambda path: path.stem)
def test_damaged_files(path):
    chance = random.Random(path.stem)
    planned_files = 0
    for _round in range(ROUNDS):
        data = damaged(path.read_bytes(), chance) if chance.random() < 0.2 else damaged_text(path.read_bytes(), chance)
        start = time.process_time()
        try:
            planned = plan(data, DESIRED)
        except (DocumentError, PlanError) as error:
            assert str(error) and "s3cret" not in str(error)
            continue
        finally:
            assert time.process_time() - start < 2
        planned_files += 1
        assert "s3cret" not in repr(planned.diff()) + repr(planned.changes)
        again = plan(planned.content, DESIRED)
        assert not again.changed and not again.changes, (data, again.changes)
        if load(data).loads:
            assert load(planned.content).loads, (data, load(planned.content).error)
    assert planned_files > ROUNDS // 20
