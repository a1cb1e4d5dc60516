# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The same files, read by us and by the parser of a real JDK: the same trees, the same refusals."""

from __future__ import annotations

import codecs
import pathlib
import shutil
import subprocess

import pytest
from ansible_collections.k12.sif.plugins.plugin_utils._agent_cfg.document import (
    CData,
    Comment,
    Document,
    DocumentError,
    Element,
    ProcessingInstruction,
    Text,
)
from ansible_collections.k12.sif.plugins.plugin_utils._agent_cfg.encoding_names import CODECS, MULTI_BYTE, READ_OTHERWISE
from desired_settings import OWN_FILES

ACCENTED = '<agent id="é"/>'
ENCODINGS = (
    "utf-8 UTF8 ISO-8859-1 iso8859-1 latin1 l1 ISO_8859-1 windows-1252 Windows-1252 cp1252 US-ASCII ASCII ISO-8859-15"
    " ISO-8859-2 windows-1250 KOI8-R IBM437 UTF-16 UTF-16LE UTF-7 utf_8 x-foo ANSI 1252 macintosh UTF-32 CP037 UNICODE"
    " ISO-10646-UCS-4 ISO-8859-10 ISO-8859-14 windows_1252 latin gbk Shift_JIS eucJP Big5 ks_c_5601-1987 IBM00858 iso8859_1"
).split()
LE, BE, BOM = codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF8


def declared(encoding):
    return f'<?xml version="1.0" encoding="{encoding}"?>{ACCENTED}'


CASES = {
    **{f"declared {name}": f'<?xml version="1.0" encoding="{name}"?><agent id="e"/>'.encode() for name in ENCODINGS},
    "utf-16 le": LE + declared("UTF-16").encode("utf-16-le"),
    "utf-16 be": BE + declared("UTF-16").encode("utf-16-be"),
    "utf-16 undeclared": LE + ACCENTED.encode("utf-16-le"),
    "utf-16 declared utf-8": LE + declared("UTF-8").encode("utf-16-le"),
    "utf-16 declared latin": LE + declared("ISO-8859-1").encode("utf-16-le"),
    "utf-16 declared le": LE + declared("UTF-16LE").encode("utf-16-le"),
    "utf-16 no mark le": declared("UTF-16").encode("utf-16-le"),
    "utf-16 no mark be": declared("UTF-16").encode("utf-16-be"),
    "utf-16 no mark nor encoding": ('<?xml version="1.0"?>' + ACCENTED).encode("utf-16-le"),
    "utf-16 no mark nor declaration": ACCENTED.encode("utf-16-le"),
    "mark": BOM + ACCENTED.encode(),
    "mark declared latin": BOM + declared("ISO-8859-1").encode("latin-1"),
    "mark declared utf-16": BOM + declared("UTF-16").encode(),
    "undefined byte": b'<?xml version="1.0" encoding="windows-1252"?><agent id="\x81\x80"/>',
    "not ascii": b'<?xml version="1.0" encoding="US-ASCII"?><agent id="\xe9"/>',
    "latin controls": b'<?xml version="1.0" encoding="ISO-8859-1"?><agent id="\x85\x80"/>',
    "not utf-8": b'<agent id="\xe9"/>',
    "surrogate": b'<agent a="\xed\xa0\x80"/>',
    "version 1.1": b'<?xml version="1.1"?><agent id="a"/>',
    "version 2.0": b'<?xml version="2.0"?><agent id="a"/>',
    "no version": b'<?xml encoding="UTF-8"?><agent id="a"/>',
    "standalone": b'<?xml version="1.0" standalone="maybe"?><agent/>',
    "unbound prefix": b'<x:agent id="a"/>',
    "unbound attribute": b'<agent x:id="a"/>',
    "bound prefix": b'<x:agent xmlns:x="u" x:id="a"/>',
    "same name in two namespaces": b'<agent xmlns:x="u" xmlns:y="u" x:a="1" y:a="2"/>',
    "empty namespace": b'<agent xmlns:x=""/>',
    "default namespace": b'<agent xmlns="u"><zone xmlns=""/></agent>',
    "two colons": b'<agent xmlns:x="u"><x:y:z/></agent>',
    "references": b"<agent a='&#65;&amp;&#xe9;&lt;'>&#65;&gt;&quot;</agent>",
    "entity in attribute": b'<!DOCTYPE agent [<!ENTITY e "a&#38;amp;b">]><agent a="x&e;y"/>',
    "undeclared entity": b"<agent>p&f;</agent>",
    "undeclared entity after parameter": b'<!DOCTYPE agent [<!ENTITY % e "">%e;]><agent>p&f;</agent>',
    "entity with half an element": b'<!DOCTYPE agent [<!ENTITY a "<b>">]><agent>&a;</b></agent>',
    "bad entity not used": b'<!DOCTYPE agent [<!ENTITY a "<b>">]><agent/>',
    "large entity": b'<!DOCTYPE agent [<!ENTITY e "' + b"x" * 150_000 + b'">]><agent a="&e;"/>',
    "64000 references": b'<!DOCTYPE agent [<!ENTITY e "x">]><agent a="' + b"&e;" * 64_000 + b'"/>',
    "64001 references": b'<!DOCTYPE agent [<!ENTITY e "x">]><agent a="' + b"&e;" * 64_001 + b'"/>',
    "external entity not used": b'<!DOCTYPE agent [<!ENTITY e SYSTEM "nope.xml">]><agent>p</agent>',
    "missing dtd": b'<!DOCTYPE agent SYSTEM "missing.dtd"><agent/>',
    "attribute defaults": (
        b'<!DOCTYPE agent [<!ATTLIST agent t CDATA "d" n NMTOKEN #IMPLIED>]><agent n=" a  b " z=" q\n\tr "/>'
    ),
    "other document type": b"<!DOCTYPE foo [<!ELEMENT foo EMPTY>]><agent>x</agent>",
    "tricky document type": b"<!DOCTYPE agent [<!-- ' ]> --><!ENTITY e '\"]>'><?p ]> ?>]><agent a='>\"'>]]&gt;</agent>",
    "carriage returns": b"<agent>\ra\r\nb\n<x/></agent>",
    "carriage return references": b'<agent a="x&#13;&#10;y">&#13;</agent>',
    "line ends in attribute": b"<agent a='q\r\n\tr&#10;s\rt'/>",
    "line ends everywhere": b"<agent><!--a\r\nb--><?p c\rd?><![CDATA[e\r\nf]]></agent>",
    "blank before declaration": b' <?xml version="1.0"?><agent/>',
    "line before root": b"\n<agent/>",
    "text behind": b"<agent/>junk",
    "two roots": b"<agent/><agent/>",
    "nul": b"<agent/>\0",
    "double attribute": b'<agent a="1" a="2"/>',
    "cdata end in text": b"<agent>]]></agent>",
    "less than in attribute": b'<agent a="<"/>',
    "greater than in attribute": b'<agent a=">"/>',
    "no character": '<agent a="\uffff"/>'.encode(),
    "next line character": '<agent a="\x85"/>'.encode(),
    "names": '<agent été="1" Ƃ="2"/>'.encode(),
    "no name": '<agent €="2"/>'.encode(),
    "dashes": b"<agent><!-- a -- b --></agent>",
    "no space between attributes": b"<agent a='1'b='2'/>",
    "empty": b"",
}


def dump(element):
    """As XercesDump writes it."""
    attributes = "".join(f" {quote(name)}={quote(value)}" for name, value in sorted(element.attributes.items()))
    parts = []
    for node in element.nodes:
        if isinstance(node, Element):
            parts.append(dump(node))
        elif isinstance(node, ProcessingInstruction):
            parts.append("?" + quote(node.target) + quote(node.value))
        else:
            parts.append({Text: "T", CData: "C", Comment: "!"}[type(node)] + quote(node.value))
    return f"<{quote(element.name)}{attributes}>{''.join(parts)}</>"


def quote(text):
    units = text.encode("utf-16-be", "surrogatepass")
    codes = [units[index] << 8 | units[index + 1] for index in range(0, len(units), 2)]
    return '"' + "".join(chr(c) if 32 <= c <= 126 and chr(c) not in '"\\' else f"\\u{c:04x}" for c in codes) + '"'


def ours(data):
    try:
        return dump(Document.parse(data).root)
    except DocumentError:
        return "refused"


@pytest.fixture(scope="module")
def xerces(tmp_path_factory):
    """What the JDK makes of files."""
    java = shutil.which("java")
    if java is None:
        pytest.skip("there is no java on this machine")
    folder = tmp_path_factory.mktemp("xerces")

    def run(contents):
        files = []
        for index, content in enumerate(contents):
            file = folder / f"{index}.xml"
            file.write_bytes(content)
            files.append(str(file))
        source = pathlib.Path(__file__).with_name("XercesDump.java")
        exports = "java.xml/com.sun.org.apache.xerces.internal.parsers=ALL-UNNAMED"
        result = subprocess.run(
            [java, "--add-exports", exports, str(source), *files],
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        if result.returncode:
            pytest.skip(f"this java does not run XercesDump: {result.stderr[-200:]}")
        return result.stdout.splitlines()

    return run


def characters(codec):
    """Every character above ASCII of a character set, apart from those that are read differently."""
    raw = [bytes([first]) for first in range(128, 256)]
    if codec in MULTI_BYTE:
        raw += [bytes([first, second]) for first in range(128, 256) for second in range(64, 255)]
    found = []
    for data in raw:
        try:
            text = data.decode(codec)
        except UnicodeDecodeError:
            continue
        if text.encode(codec) == data and not READ_OTHERWISE.get(codec, frozenset()).intersection(text):
            found.append(data)
    assert len(found) > (1000 if codec in MULTI_BYTE else 0 if codec == "ascii" else 80) - 1
    return b"".join(found)


def test_encodings_are_read_as_by_the_jdk(xerces):
    # Every name, and for one name of each character set all its characters.
    names = {codec: name for name, codec in CODECS.items()}
    assert len(CODECS) > 200
    contents = [f'<?xml version="1.0" encoding="{name}"?><agent id="e"/>'.encode() for name in CODECS]
    contents += [
        f'<?xml version="1.0" encoding="{name}"?><agent>'.encode() + characters(codec) + b"</agent>"
        for codec, name in names.items()
    ]
    different = {
        content[:60]: (theirs[:200], ours(content)[:200])
        for content, theirs in zip(contents, xerces(contents))
        if theirs != ours(content)
    }
    assert different == {}
    assert "refused" not in map(ours, contents)


def test_same_as_the_jdk(xerces):
    contents = [*CASES.values(), *(path.read_bytes() for path in OWN_FILES)]
    names = [*CASES, *(path.stem for path in OWN_FILES)]
    theirs = dict(zip(names, xerces(contents)))
    assert len(theirs) == len(names)
    different = {
        name: (theirs[name], ours(content)) for name, content in zip(names, contents) if theirs[name] != ours(content)
    }
    assert different == {}
