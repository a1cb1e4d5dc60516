# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Configurations made from known ones by seeded random changes, of bytes and of structure."""

from __future__ import annotations

import pathlib
import random
import re

VARIANTS = pathlib.Path(__file__).parent / "fixtures" / "variants"

_TAG = re.compile(rb"<[^<>!?]*>")
_ELEMENT = re.compile(rb"<(\w+)[^<>]*?(?:/>|>[^<>]*</\1>)")
_VALUE = re.compile(rb"""=\s*("[^"<]*"|'[^'<]*')""")
_NAMES = re.compile(rb"(?<=[<\s/])[A-Za-z:]+")

_TEXTS = [
    b"",
    b" ",
    b"true",
    b"TRUE",
    b"yes",
    b"no",
    b"1",
    b"on",
    b" true",
    b"false",
    b"Push",
    b"PULL",
    b" Push",
    b"http",
    b"https",
    b"HTTPS",
    b"Https",
    b"smoke",
    b"5000",
    b" 5000",
    b"+5",
    b"-1",
    b"5s",
    b"2147483648",
    b"-2147483648",
    "\u0663\u0664".encode(),
    b"0x10",
    b"2.3",
    b"=2.3",
    b"2.0R1",
    b"2.*",
    b"1.*",
    b"3.*",
    b"2.7",
    b"2",
    b"2.3r0",
    b"02.03",
    b"+2.3",
    b"2.3,2.4",
    b"2.3, 2.4",
    b"*",
    b"2.3,*",
    b",",
    b"Z1",
    b"Z1,*",
    b" Z1",
    b"http://h/a",
    b"HTTP://H:80/a?b#c",
    b" https://h ",
    b"localhost:7080/Z",
    b"http://h:x/",
    b"http://[::1]:1/",
    b"http://[1/",
    b"ftp://h",
    b"http:",
    b"//h/x",
    b"both",
    b"BOTH",
    b"inbound",
    b"Outbound",
    b"default",
    b"suppress",
    b"int",
    b"String",
    b"bogus",
    b"Default",
    b"V",
    b"a",
    b"A",
    b"&amp;",
    b"&#9;",
    b"&#10;x",
    b"a\r\nb",
    b"\tx ",
    b"&lt;",
    b"&#x1F600;",
    "\u00e9".encode(),
    "\u017f".encode(),
    "pu\u017fh".encode(),
    "\u212a".encode(),
    b"&e;",
    b"adk.messaging.mode",
    b"adk.messaging.transport",
    b"adk.messaging.pullFrequency",
    b"adk.provisioning.mode",
    b"port",
    b"trustStore",
    b"zis",
    b"agent",
    b"changeit",
    b"requireClientAuth",
]
_ELEMENTS = [
    b'<property name="adk.messaging.mode" value="Push"/>',
    b'<property name="adk.messaging.transport" value="https"/>',
    b'<property name="adk.messaging.pullFrequency" value="7" enabled="yes"/>',
    b'<property name="x">text</property>',
    b"<property/>",
    b'<PROPERTY name="p" value="9"/>',
    b'<property name="p" value="1"/>',
    b'<transport protocol="https" enabled="true"><property name="port" value="1"/></transport>',
    b'<transport protocol="HTTP" enabled="yes"><property name="port" value="2"/></transport>',
    b'<transport protocol="http"/>',
    b'<zone id="Z1" url="http://other/Z1"/>',
    b'<zone id="Z2" url="https://h/Z2" template="T"/>',
    b'<zone id=" " url="x"/>',
    b'<template id="T"><property name="t" value="1"/></template>',
    b'<template id="Default"><property name="d" value="1"/></template>',
    b'<mappings id="Default"><object object="O"><field name="a">X</field></object></mappings>',
    b'<mappings id="n"/>',
    b"<mappings/>",
    b'<Mappings id="u"><object object="O"/></Mappings>',
    b'<object object="StudentPersonal"><field name="b" sifVersion="2.0">Y</field></object>',
    b'<Object object="P"><Field name="c" direction="INBOUND" alias="al">Z</Field></Object>',
    b'<field name="A">dup</field>',
    b'<field name="A" sifVersion="=2.0">v</field>',
    b'<field name="B" valueset=" " ifnull="Suppress" default="d">W</field>',
    b'<field name="C"><otherid type="06" prefix="P"/></field>',
    b'<list child="c" xPath="A"><field name="n">X</field><list><x direction="inbound"/></list></list>',
    b'<valueset id="V" title="T"><value name="a" default="true">1</value><value name="b" default="inbound">2</value></valueset>',
    b'<ValueSet id="W"><Value name="x" default="BOTH" ifnull="default"> 1 </Value><value name="x">2</value></ValueSet>',
    b'<value name="c" default="outbound">3</value>',
    b"<!-- c -->",
    b"<![CDATA[ x ]]>",
    b"text",
    b"<unknown>",
    b"</unknown>",
    b"<?pi x?>",
    b"&e;",
    b'<a:b xmlns:a="u"/>',
    b"<a:b/>",
]
_PROLOGUES = [
    b"",
    b'<?xml version="1.0"?>',
    b"<?xml version='1.0' encoding='ISO-8859-1' standalone='yes'?>",
    b"\xef\xbb\xbf",
    b"<!-- c -->\n",
    b"<!DOCTYPE agent [<!ENTITY e 'E'>]>",
    b"<!DOCTYPE agent [<!ENTITY e \"<zone id='ez' url='http://e/'/>\"><!ATTLIST zone template CDATA \"T\">]>",
    b"<!DOCTYPE agent [<!ATTLIST zone id NMTOKEN #IMPLIED url CDATA #REQUIRED>]>",
    b'<!DOCTYPE agent SYSTEM "x.dtd">',
    b" ",
]
_NAME_CHOICES = [
    b"agent",
    b"Agent",
    b"zone",
    b"Zone",
    b"template",
    b"transport",
    b"property",
    b"Property",
    b"mappings",
    b"Mappings",
    b"object",
    b"OBJECT",
    b"field",
    b"Field",
    b"list",
    b"valueset",
    b"value",
    b"otherid",
    b"id",
    b"name",
    b"value",
    b"url",
    b"enabled",
    b"protocol",
    b"sifVersion",
    b"direction",
    b"alias",
    b"default",
    b"ifnull",
    b"datatype",
    b"zoneId",
    b"sourceId",
    b"xPath",
    b"type",
    b"prefix",
    b"title",
    b"x:zone",
    b"xmlns:x",
    b"other",
]


def sources() -> list[bytes]:
    """The configurations to start from."""
    return [path.read_bytes() for path in sorted(VARIANTS.glob("*.cfg"))]


def mutated(seed: int, known: list[bytes], bytes_too: bool = True) -> bytes:
    """One configuration; the same for the same seed.

    Args:
        seed: which one.
        known: what to start from.
        bytes_too: also change single bytes, which nearly always makes it unreadable.
    """
    rng = random.Random(seed)
    data = rng.choice(known)
    for dummy in range(rng.choice((1, 1, 2, 3, 5))):
        change = rng.choice(_CHANGES if bytes_too else _STRUCTURAL)
        data = change(rng, data, known)
    return data


def _spot(rng: random.Random, pattern: re.Pattern[bytes], data: bytes) -> re.Match[bytes] | None:
    found = list(pattern.finditer(data))
    return rng.choice(found) if found else None


def _change_value(rng, data, _known):
    spot = _spot(rng, _VALUE, data)
    return (
        data[: spot.start(1) + 1] + rng.choice(_TEXTS).replace(b'"', b"&quot;") + data[spot.end(1) - 1 :]
        if spot
        else data
    )


def _insert_element(rng, data, _known):
    spot = _spot(rng, _TAG, data)
    return data[: spot.end()] + rng.choice(_ELEMENTS) + data[spot.end() :] if spot else data + rng.choice(_ELEMENTS)


def _remove_element(rng, data, _known):
    spot = _spot(rng, _ELEMENT, data)
    return data[: spot.start()] + data[spot.end() :] if spot else data


def _repeat_element(rng, data, known):
    spot = _spot(rng, _ELEMENT, rng.choice(known))
    place = _spot(rng, _TAG, data)
    return data[: place.end()] + spot[0] + data[place.end() :] if spot and place else data


def _rename(rng, data, _known):
    spot = _spot(rng, _NAMES, data)
    return data.replace(spot[0], rng.choice(_NAME_CHOICES)) if spot else data


def _rename_one(rng, data, _known):
    spot = _spot(rng, _NAMES, data)
    return data[: spot.start()] + rng.choice(_NAME_CHOICES) + data[spot.end() :] if spot else data


def _change_text(rng, data, _known):
    spot = _spot(rng, re.compile(rb"(?<=>)[^<>]*(?=<)"), data)
    return data[: spot.start()] + rng.choice(_TEXTS) + data[spot.end() :] if spot else data


def _add_attribute(rng, data, _known):
    spot = _spot(rng, re.compile(rb"<[\w:]+"), data)
    attribute = b" " + rng.choice(_NAME_CHOICES) + b'="' + rng.choice(_TEXTS).replace(b'"', b"") + b'"'
    return data[: spot.end()] + attribute + data[spot.end() :] if spot else data


def _prologue(rng, data, _known):
    start = data.find(b"<agent")
    return rng.choice(_PROLOGUES) + rng.choice(_PROLOGUES) + data[max(start, 0) :]


def _encode(rng, data, _known):
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return data
    return text.encode(rng.choice(("utf-16", "utf-16-le", "latin-1", "utf-8-sig", "utf-32")), "replace")


def _line_ends(rng, data, _known):
    return data.replace(b"\n", rng.choice((b"\r\n", b"\r", b"\n\n"))).replace(b"><", b">\r\n\t<")


def _wrap(rng, data, _known):
    depth = rng.choice((1, 2, 50, 2000))
    start = data.find(b"<agent")
    return b"<x>" * depth + data[max(start, 0) :] + b"</x>" * depth


def _many(rng, data, _known):
    spot = _spot(rng, _ELEMENT, data)
    return data[: spot.end()] + spot[0] * rng.choice((2, 30, 300)) + data[spot.end() :] if spot else data


def _flip(rng, data, _known):
    if not data:
        return bytes([rng.randrange(256)])
    position = rng.randrange(len(data))
    return data[:position] + bytes([rng.choice((rng.randrange(256), *b"<>&\"'=/! \x00"))]) + data[position + 1 :]


def _cut(rng, data, _known):
    start, end = sorted((rng.randint(0, len(data)), rng.randint(0, len(data))))
    return data[:start] + data[end:]


def _insert_bytes(rng, data, _known):
    position = rng.randint(0, len(data))
    return data[:position] + bytes(rng.randrange(256) for dummy in range(rng.randint(1, 4))) + data[position:]


def _splice(rng, data, known):
    other = rng.choice(known)
    return data[: rng.randint(0, len(data))] + other[rng.randint(0, len(other)) :]


_STRUCTURAL = (
    _change_value,
    _change_value,
    _change_value,
    _insert_element,
    _insert_element,
    _insert_element,
    _remove_element,
    _repeat_element,
    _rename_one,
    _rename,
    _change_text,
    _add_attribute,
    _add_attribute,
    _prologue,
    _line_ends,
)
_CHANGES = (*_STRUCTURAL, _encode, _wrap, _many, _flip, _flip, _cut, _insert_bytes, _splice)
