# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files are read as the agent's parser reads them, and every piece knows its place."""

from __future__ import annotations

import codecs
import pathlib

import pytest
from ansible_collections.k12.sif.plugins.plugin_utils._agent_cfg.document import (
    CData,
    Comment,
    Document,
    DocumentError,
    ProcessingInstruction,
    Text,
)
from desired_settings import FIXTURES, OWN_FILES
from hypothesis import given
from hypothesis import strategies as st

VARIANTS = sorted((FIXTURES / "variants").glob("*.cfg"))
# Values and verdicts in this file were compared with the parser of JDK 17; test_document_jdk.py repeats that.
ACCENTED = '<agent id="é"/>'


def declared(encoding, body=ACCENTED):
    return f'<?xml version="1.0" encoding="{encoding}"?>{body}'


def error_of(data):
    with pytest.raises(DocumentError) as caught:
        Document.parse(data)
    return caught.value


@pytest.mark.parametrize(
    ("data", "encoding", "bom"),
    [
        (ACCENTED.encode(), "utf-8", b""),
        (codecs.BOM_UTF8 + ACCENTED.encode(), "utf-8", codecs.BOM_UTF8),
        (declared("utf-8").encode(), "utf-8", b""),
        (declared("ISO-8859-1").encode("latin-1"), "iso8859-1", b""),
        (declared("latin1").encode("latin-1"), "iso8859-1", b""),
        (declared("windows-1252").encode("cp1252"), "cp1252", b""),
        (declared("US-ASCII", '<agent id="&#233;"/>').encode("ascii"), "ascii", b""),
        (codecs.BOM_UTF8 + declared("ISO-8859-1").encode("latin-1"), "iso8859-1", codecs.BOM_UTF8),
        (codecs.BOM_UTF16_LE + ACCENTED.encode("utf-16-le"), "utf-16-le", codecs.BOM_UTF16_LE),
        (codecs.BOM_UTF16_LE + declared("UTF-16").encode("utf-16-le"), "utf-16-le", codecs.BOM_UTF16_LE),
        (codecs.BOM_UTF16_BE + declared("utf-16").encode("utf-16-be"), "utf-16-be", codecs.BOM_UTF16_BE),
        (codecs.BOM_UTF16_LE + declared("UTF-16LE").encode("utf-16-le"), "utf-16-le", codecs.BOM_UTF16_LE),
        (declared("UTF-16").encode("utf-16-be"), "utf-16-be", b""),
        (declared("UTF-16LE").encode("utf-16-le"), "utf-16-le", b""),
        (declared("ISO8859_1").encode("latin-1"), "iso8859-1", b""),
        (declared("Cp858").encode("cp858"), "cp858", b""),
        (declared("GBK").encode("gbk"), "gbk", b""),
        (declared("EUC-JP").encode("euc_jp"), "euc_jp", b""),
    ],
)
def test_encodings(data, encoding, bom):
    document = Document.parse(data)
    assert document.root.get("id") == "é"
    assert (document.encoding, document.bom) == (encoding, bom)
    assert document.bom + document.decoded.encode(document.text) == data


@pytest.mark.parametrize(
    ("data", "part"),
    [
        (b"", "empty"),
        (declared("ISO-8859-1").encode("latin-1").replace(b"ISO-8859-1", b"UTF-8"), "byte 0xe9 is not valid in UTF-8"),
        (ACCENTED.encode("latin-1"), "byte 0xe9 is not valid"),
        (declared("US-ASCII").encode("latin-1"), "byte 0xe9 is not valid in US-ASCII"),
        (declared("x-unknown").encode(), 'encoding "x-unknown" is unknown'),
        (declared("UTF-7").encode("ascii", "ignore"), "unknown or not supported"),
        (declared("UTF-16").encode(), "not saved in UTF-16"),
        (codecs.BOM_UTF16_LE + declared("UTF-8").encode("utf-16-le"), "saved in UTF-16 but declares"),
        (declared("windows_1252").encode("cp1252"), 'encoding "windows_1252" is unknown'),
        (declared("GBK").encode("gbk").replace(b"\xa8\xa6", b"\xff\xa6"), "byte 0xff is not valid in GBK"),
        # The agent reads another dash.
        (declared("Shift_JIS", '<agent id="\u2015"/>').encode("shift_jis"), "cannot be written back exactly in Shift_JIS"),
        (b'<?xml version="2.0"?><agent/>', 'XML version "2.0"'),
        (b"<agent>\x00</agent>", "is 0, which XML does not allow"),
    ],
)
def test_wrong_encodings(data, part):
    error = error_of(data)
    assert part in error.message
    assert error.remedy and error.line == 1 and not error.refused


def test_a_byte_without_meaning_is_kept():
    data = b'<?xml version="1.0" encoding="windows-1252"?><agent id="\x81\x80"/>'
    document = Document.parse(data)
    assert document.root.get("id") == "\ufffd€"
    assert document.decoded.encode(document.text) == data


@pytest.mark.parametrize(
    ("data", "line", "column"),
    [
        (b"<agent>", 1, 8),
        (b"<agent>\n <zone>\n</agent>", 3, 3),
        (b"<agent a='1' a='2'/>", 1, 14),
        (b"<agent a='<'/>", 1, 11),
        (b"<agent/>junk", 1, 9),
        (b"<agent/><agent/>", 1, 9),
        (b"\r\n\r\n<agent>&nbsp;</agent>", 3, 8),
        (b" <?xml version='1.0'?><agent/>", 1, 2),
        (b"<agent>]]></agent>", 1, 10),
        (b"<agent><!-- a -- b --></agent>", 1, 17),
        ("<agent é='€' €='1'/>".encode(), 1, 14),
        (b"<x:agent/>", 1, 1),
        (b"<agent\n x:id='1'/>", 1, 1),
        (b'<agent xmlns:x="u" xmlns:y="u" x:a="1" y:a="2"/>', 1, 1),
    ],
)
def test_not_well_formed(data, line, column):
    error = error_of(data)
    assert error.message.startswith("not well-formed XML")
    assert (error.line, error.column) == (line, column)
    assert str(error).startswith(f"line {line}, column {column}: ")


@pytest.mark.parametrize(
    "doctype",
    [
        'agent SYSTEM "agent.dtd"',
        'agent SYSTEM "http://127.0.0.1:9/agent.dtd"',
        'agent PUBLIC "-//X" "agent.dtd"',
        'agent [<!ENTITY e SYSTEM "file:///etc/passwd">]',
        'agent [<!ENTITY % p SYSTEM "file:///etc/passwd"> %p;]',
    ],
)
def test_nothing_is_fetched(doctype):
    error = error_of(f"<!DOCTYPE {doctype}><agent>&e;</agent>".encode())
    assert error.refused and "never fetched" in error.message


def test_an_external_entity_that_is_not_used_does_no_harm():
    document = Document.parse(b'<!DOCTYPE agent [<!ENTITY e SYSTEM "nope.xml">]><agent>p</agent>')
    assert document.root.text() == "p"


def entities(*definitions, body="<agent/>"):
    return ("<!DOCTYPE agent [" + "".join(f"<!ENTITY {d}>" for d in definitions) + f"]>{body}").encode()


BOMB = ("a0 'x'", *(f"a{i} '{f'&a{i - 1};' * 10}'" for i in range(1, 9)))


@pytest.mark.parametrize(
    "data",
    [
        entities(*BOMB, body="<agent>&a8;</agent>"),
        entities(*BOMB, body="<agent id='&a8;'/>"),
        entities(f"a '{'x' * 90_000}'", body="<agent>" + "&a;" * 556 + "</agent>"),
        entities("a0 'x'", *(f"a{i} '&a{i - 1};'" for i in range(1, 2000)), body="<agent>&a1999;</agent>"),
    ],
)
def test_entity_bombs(data):
    error = error_of(data)
    assert "expand" in error.message and error.remedy


def test_as_many_references_in_attributes_as_the_jdk_allows():
    def agent(number):
        body = "<x y='&b;'/>" * 15_999 + "<x y='" + "&a;" * number + "'/>"
        return entities("a 'x'", "b '&a;&a;&a;'", body=f"<agent>{body}</agent>")

    assert Document.parse(agent(4)).root.children[-1].get("y") == "xxxx"
    error = error_of(agent(5))
    assert "more than 64000 times" in error.message and error.remedy
    # In text the agent's parser keeps them apart.
    assert Document.parse(agent(4).replace(b"</agent>", b"&a;</agent>")).root.text() == "x"


@pytest.mark.parametrize(
    ("data", "length"),
    [
        (entities(*BOMB, body="<agent id='x'/>"), 1),
        (entities(*BOMB, body="<agent id='&a3;'>&a5;</agent>"), 1000),
        (entities(f"a '{'x' * 150_000}'", body="<agent id='&a;'/>"), 150_000),
    ],
)
def test_large_entities_do_no_harm_within_the_limits_of_the_jdk(data, length):
    assert len(Document.parse(data).root.get("id")) == length


def test_entities_and_references_are_resolved():
    data = entities("e 'a&#38;amp;b'", "m '<zone/>'", body="<agent x='&e;&#65;&#x42;&lt;'>p&e;q&m;&#65;&amp;</agent>")
    root = Document.parse(data).root
    assert root.get("x") == "a&bAB<"
    assert root.text() == "pa&bqA&"
    assert root.children == []


def test_what_the_internal_subset_declares():
    data = (
        b"<!DOCTYPE agent [<!ATTLIST zone template CDATA 'Default' kind NMTOKEN #IMPLIED>"
        b"<!ENTITY % p '<!ENTITY f \"zz\">'>%p;]><agent><zone kind='  a  '/><zone template='T'>&f;</zone></agent>"
    )
    document = Document.parse(data)
    first, second = document.root.children
    assert first.attributes == {"kind": "a", "template": "Default"}
    assert not first.attribute("template").specified and first.written_attributes == [first.attribute("kind")]
    assert second.attributes == {"template": "T"} and second.text() == "zz"
    assert document.attribute_defaults == {"zone": {"template": "Default"}}
    assert document.doctype.startswith("<!DOCTYPE agent [") and document.doctype.endswith("]>")


def test_an_undeclared_entity_is_an_error_even_where_it_could_be_declared():
    error = error_of(b"<!DOCTYPE agent [<!ENTITY % p ''>%p;]><agent>&f;</agent>")
    assert "'f' is used but not declared" in error.message


def test_values_are_normalised_like_xml_says():
    root = Document.parse(b"<agent a='q\r\n\tr&#10;s\rt'>\r\na\rb<x/>&#13;</agent>").root
    assert root.get("a") == "q  r\ns t"
    assert root.text() == "\na\nb\r"


def test_nodes_know_their_place():
    text = (
        "<?xml version='1.0'?>\r\n<!-- top --><agent\r\n  id = \"A\">t<![CDATA[<c>]]><!--in\r\n-->\r\n"
        "<?pi some data?><zone url='u'/>x</agent>\r\n<!-- end -->"
    )
    document = Document.parse(text.encode())
    root = document.root
    assert [type(node) for node in root.nodes[:4]] == [Text, CData, Comment, Text]
    for node in [*document.nodes, *root.nodes]:
        raw = text[node.start : node.end]
        if isinstance(node, Comment):
            assert raw == "<!--" + node.value.replace("\n", "\r\n") + "-->"
        elif isinstance(node, CData):
            assert raw == f"<![CDATA[{node.value}]]>"
        elif isinstance(node, ProcessingInstruction):
            assert (node.target, node.value, raw) == ("pi", "some data", "<?pi some data?>")
        elif isinstance(node, Text):
            assert raw.replace("\r\n", "\n") == node.value
        else:
            assert raw.startswith("<" + node.name) and raw.endswith(">")
    attribute = root.attribute("id")
    assert text[attribute.start : attribute.end] == 'id = "A"'
    assert text[attribute.value_start : attribute.value_end] == "A" and attribute.quote == '"'
    zone = root.children[0]
    assert (zone.line, zone.column, zone.close_start) == (5, 17, None)
    assert text[root.open_end] == "t" and text[root.close_start :].startswith("</agent>")
    assert [comment.value for comment in document.comments] == [" top ", "in\n", " end "]
    assert document.declaration == "<?xml version='1.0'?>" and document.doctype is None
    assert root.text() == "t<c>\n\nx".replace("\n\n", "\n")


def test_paths():
    data = (
        b"<agent><zone id='Z1'><property name='x'/><x/><x/></zone><zone id=\"it's\"/><transport"
        b" protocol='http'/></agent>"
    )
    assert [element.path for element in Document.parse(data).root.iter()] == [
        "agent",
        "agent/zone[@id='Z1']",
        "agent/zone[@id='Z1']/property[@name='x']",
        "agent/zone[@id='Z1']/x[1]",
        "agent/zone[@id='Z1']/x[2]",
        'agent/zone[@id="it\'s"]',
        "agent/transport[@protocol='http']",
    ]


@pytest.mark.parametrize(
    ("text", "newline"),
    [
        ("<a/>", "\n"),
        ("<a>\n</a>", "\n"),
        ("<a>\r\n\r\n\n</a>", "\r\n"),
        ("<a>\n\n\r\n</a>", "\n"),
        ("<a>\r</a>", "\r"),
    ],
)
def test_newline(text, newline):
    assert Document.parse(text.encode()).newline == newline


def test_lone_carriage_returns_end_lines():
    root = Document.parse(b"<?xml version='1.0'?>\r<agent\ra='1'/>\r").root
    assert (root.line, root.column, root.get("a")) == (2, 1, "1")


def test_depth_is_no_limit():
    document = Document.parse(b"<a>" * 5000 + b"</a>" * 5000)
    assert sum(1 for _element in document.root.iter()) == 5000


def test_greater_than_and_quotes_where_they_may_stand():
    data = b"<!DOCTYPE agent [<!-- ' ]> --><!ENTITY e '\"]>'>]><agent a='>\"/>' b=\"'>\"><!-- <z> --><z/>]]&gt;</agent>"
    root = Document.parse(data).root
    assert root.attributes == {"a": '>"/>', "b": "'>"}
    assert [child.name for child in root.children] == ["z"]


@pytest.mark.parametrize("path", OWN_FILES, ids=lambda path: path.stem)
def test_own_files_are_read_whole(path):
    document = Document.parse(path.read_bytes())
    assert document.bom + document.decoded.encode(document.text) == path.read_bytes()
    for element in document.root.iter():
        for attribute in element.written_attributes:
            assert document.text[attribute.value_start - 1] == document.text[attribute.value_end] == attribute.quote


@pytest.mark.parametrize("path", VARIANTS, ids=lambda path: path.stem)
def test_variants(path):
    unreadable = {"doctype-missing-dtd", "doctype-net-dtd", "empty-file", "latin1-bytes"}
    if path.stem in unreadable:
        assert error_of(path.read_bytes()).refused == path.stem.startswith("doctype")
    else:
        assert Document.parse(path.read_bytes()).root.name


def test_corpus(conformance: pathlib.Path):
    for path in sorted(conformance.glob("*/*.cfg")):
        if path.parent.name in ("corpus", "saved"):
            document = Document.parse(path.read_bytes())
            assert document.root.name == "agent" and document.root.children


@given(st.binary(max_size=200) | st.text("<>/!-[]?&;= '\"\r\nagentid#x\ufffe", max_size=120).map(str.encode))
def test_any_bytes_give_a_tree_or_an_error(data):
    try:
        document = Document.parse(data)
    except DocumentError as error:
        assert error.message and error.remedy
    else:
        assert document.bom + document.decoded.encode(document.text) == data
