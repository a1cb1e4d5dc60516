# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Edits touch what they change and nothing else; what is new looks like what is there."""

from __future__ import annotations

import re

import pytest
from ansible_collections.k12.sif.plugins.plugin_utils._agent_cfg.document import Document
from ansible_collections.k12.sif.plugins.plugin_utils._agent_cfg.edit import Editor, NewElement
from desired_settings import FIXTURES, OWN_FILES

USUAL_END = {"accents-latin1": "'/>", "district-crlf": '" />', "handmade-bom": '"/>', "unicode-utf16": '"/>'}


def edited(text, change, encoding="utf-8"):
    """The text after a change; `change` gets the editor and the root."""
    document = Document.parse(text.encode(encoding))
    editor = Editor(document)
    change(editor, document.root)
    content = editor.content()
    Document.parse(content)
    return content.decode(encoding)


def prop(name="p", value="v"):
    return NewElement("property", {"name": name, "value": value})


def add_to_first(editor, root):
    editor.insert_child(root.children[0] if root.children else root, prop())


@pytest.mark.parametrize(
    ("before", "change", "after"),
    [
        ("<a x='1' y=\"2\"/>", lambda e, r: e.set_attribute(r, "x", "it's"), "<a x='it&apos;s' y=\"2\"/>"),
        ('<a x="1"/>', lambda e, r: e.set_attribute(r, "x", 'a"<&>\t\r\n'), '<a x="a&quot;&lt;&amp;>&#9;&#13;&#10;"/>'),
        ('<a x = "1" />', lambda e, r: e.set_attribute(r, "x", "2"), '<a x = "2" />'),
        ('<a x="1" />', lambda e, r: e.set_attribute(r, "y", "2"), '<a x="1" y="2" />'),
        ("<a/>", lambda e, r: e.set_attribute(r, "y", "2"), '<a y="2"/>'),
        ("<a x='1'\n   z='2'>t</a>", lambda e, r: e.set_attribute(r, "y", "2"), "<a x='1'\n   z='2'\n   y='2'>t</a>"),
        ("<a\n  x='1'\n  y='2'/>", lambda e, r: e.remove_attribute(r, "x"), "<a\n  y='2'/>"),
        ("<a\n  x='1'\n  y='2'/>", lambda e, r: e.remove_attribute(r, "y"), "<a\n  x='1'/>"),
        ("<a>old</a>", lambda e, r: e.set_text(r, "a<b&c>]]>"), "<a>a&lt;b&amp;c>]]&gt;</a>"),
        ("<a>\n  old\n</a>", lambda e, r: e.set_text(r, "new"), "<a>\n  new\n</a>"),
        ("<a>x<!-- c -->y<![CDATA[z]]></a>", lambda e, r: e.set_text(r, "new"), "<a>new</a>"),
        ("<a>x<b/></a>", lambda e, r: e.set_text(r, "new"), "<a>new</a>"),
        ("<a />", lambda e, r: e.set_text(r, "new"), "<a>new</a>"),
        ("<a x='1' />", lambda e, r: e.set_text(r, ""), "<a x='1' />"),
        ("<a>old</a>", lambda e, r: e.set_text(r, ""), "<a></a>"),
    ],
)
def test_values(before, change, after):
    assert edited(before, change) == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        # A parent that closes itself is opened, in the style of the file.
        ('<r>\n  <z id="1"/>\n</r>', '<r>\n  <z id="1">\n    <property name="p" value="v"/>\n  </z>\n</r>'),
        ('<r>\n\t<z id="1" />\n</r>', '<r>\n\t<z id="1" >\n\t\t<property name="p" value="v" />\n\t</z>\n</r>'),
        ("<r>\r\n <z/>\r\n</r>", '<r>\r\n <z>\r\n  <property name="p" value="v"/>\r\n </z>\r\n</r>'),
        ("<r>\n  <z></z>\n</r>", '<r>\n  <z>\n    <property name="p" value="v"/>\n  </z>\n</r>'),
        ("<r>\n  <z>\n\n  </z>\n</r>", '<r>\n  <z>\n    <property name="p" value="v"/>\n\n  </z>\n</r>'),
        (
            "<r>\n  <z>\n    <!-- c -->\n  </z>\n</r>",
            '<r>\n  <z>\n    <!-- c -->\n    <property name="p" value="v"/>\n  </z>\n</r>',
        ),
        # What is on one line stays on one line.
        ("<r><z/></r>", '<r><z><property name="p" value="v"/></z></r>'),
        ("<r><z><x/></z></r>", '<r><z><x/><property name="p" value="v"/></z></r>'),
        # Neighbours decide indentation, wrapping, order of attributes, quotes and the end of the tag.
        (
            "<r>\n <z>\n     <property value='b' name='a' />\n </z>\n</r>",
            "<r>\n <z>\n     <property value='b' name='a' />\n     <property value='v' name='p' />\n </z>\n</r>",
        ),
        (
            '<r>\n  <z>\n    <property name="a"\n      value="b"/>\n  </z>\n</r>',
            (
                '<r>\n  <z>\n    <property name="a"\n      value="b"/>\n    <property name="p"\n      value="v"/>\n '
                " </z>\n</r>"
            ),
        ),
        (
            "<r>\n  <z>\n    <x/> <!-- belongs to x -->\n  </z>\n</r>",
            '<r>\n  <z>\n    <x/> <!-- belongs to x -->\n    <property name="p" value="v"/>\n  </z>\n</r>',
        ),
        ("<r>\n  <z>\n    <x/></z></r>", '<r>\n  <z>\n    <x/>\n    <property name="p" value="v"/></z></r>'),
        ("<r>\r <z/>\r</r>", '<r>\r <z>\r  <property name="p" value="v"/>\r </z>\r</r>'),
    ],
)
def test_new_children(before, after):
    assert edited(before, add_to_first) == after


def test_new_children_between_others():
    before = "<r>\n  <a/>\n  <!-- about b -->\n  <b/>\n</r>"
    first = edited(before, lambda e, r: e.insert_child(r, NewElement("n"), before=r.children[0]))
    assert first == "<r>\n  <n/>\n  <a/>\n  <!-- about b -->\n  <b/>\n</r>"
    middle = edited(before, lambda e, r: e.insert_child(r, NewElement("n"), after=r.children[0]))
    assert middle == "<r>\n  <a/>\n  <n/>\n  <!-- about b -->\n  <b/>\n</r>"
    last = edited(before, lambda e, r: e.insert_child(r, NewElement("n")))
    assert last == "<r>\n  <a/>\n  <!-- about b -->\n  <b/>\n  <n/>\n</r>"


def test_many_new_elements_keep_their_order():
    def change(editor, root):
        one = editor.insert_child(root, NewElement("n", {"i": "1"}), after=root.children[0])
        editor.insert_child(root, NewElement("n", {"i": "2"}), after=one)
        editor.insert_child(
            root, NewElement("n", {"i": "3"}, children=[NewElement("k", text="t & u"), NewElement("l")])
        )
        assert [editor.get(child, "i") for child in editor.children(root)] == [None, "1", "2", None, "3"]

    assert (
        edited("<r>\n  <a/>\n  <b/>\n</r>", change)
        == '<r>\n  <a/>\n  <n i="1"/>\n  <n i="2"/>\n  <b/>\n  <n i="3">\n    <k>t &amp; u</k>\n    <l/>\n  </n>\n</r>'
    )


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("<r>\n  <a/>\n  <b/>\n</r>", "<r>\n  <b/>\n</r>"),
        ("<r>\r\n  <a/>  \r\n  <b/>\r\n</r>", "<r>\r\n  <b/>\r\n</r>"),
        ("<r><a/><b/></r>", "<r><b/></r>"),
        ("<r>\n  <a/> <!-- c -->\n</r>", "<r>\n   <!-- c -->\n</r>"),
        ("<r>\n  <a>\n    <x/>\n  </a>\n  text\n</r>", "<r>\n  text\n</r>"),
        ("<r>\n\n  <a/>\n\n</r>", "<r>\n\n\n</r>"),
        # What we opened closes itself again.
        ("<r x='1'>\n  <a/>\n</r>", "<r x='1'/>"),
    ],
)
def test_removal(before, after):
    assert edited(before, lambda e, r: e.remove_element(r, r.children[0])) == after


def test_removing_and_adding_at_one_place():
    def change(editor, root):
        editor.remove_element(root, root.children[0])
        editor.remove_element(root, root.children[1])
        editor.insert_child(root, NewElement("n"))

    assert edited("<r>\n  <a/>\n  <b/>\n</r>", change) == "<r>\n  <n/>\n</r>"


def test_changes_below_a_removed_element_are_gone_with_it():
    def change(editor, root):
        first = root.children[0]
        editor.set_attribute(first.children[0], "x", "2")
        editor.insert_child(first, NewElement("n"))
        editor.remove_element(root, first)

    assert edited("<r>\n  <a>\n    <b x='1'/>\n  </a>\n  <c/>\n</r>", change) == "<r>\n  <c/>\n</r>"


def test_nothing_changes_when_nothing_differs():
    def change(editor, root):
        editor.set_attribute(root, "x", "1")
        editor.set_attribute(root, "x", "2")
        editor.set_attribute(root, "x", "1")
        new = editor.insert_child(root, NewElement("n"))
        editor.remove_element(root, new)
        editor.remove_attribute(root, "missing")

    text = "<r  x='1'  ><a/></r>"
    assert edited(text, change) == text


def test_editor_shows_the_file_as_it_will_be():
    document = Document.parse(b"<r x='1'><a>t</a><b/></r>")
    editor, root = Editor(document), document.root
    editor.set_attribute(root, "y", "2")
    editor.remove_attribute(root, "x")
    editor.set_text(root.children[0], "u")
    new = editor.insert_child(root, prop())
    editor.set_attribute(new, "value", "w")
    editor.remove_element(root, root.children[1])
    assert editor.attributes(root) == {"y": "2"} and root.attributes == {"x": "1"}
    assert [child.name for child in editor.children(root)] == ["a", "property"]
    assert editor.children(root, "property") == [new] and editor.children(root, "b") == []
    assert editor.text(root.children[0]) == "u" and root.children[0].text() == "t"
    copy = NewElement.copy_of(root, editor)
    assert [child.attributes for child in copy.children] == [{}, {"name": "p", "value": "w"}]


@pytest.mark.parametrize(
    ("encoding", "held", "references"),
    [
        ("GBK", "学校é", "&#8853;&#8364;"),
        ("Shift_JIS", "学校", "&#8213;&#165;&#233;"),
        ("EUC-JP", "学校", "&#8213;&#165;"),
        ("Big5", "學校", "&#9588;&#233;"),
        ("EUC-KR", "학교", "&#12926;&#233;"),
    ],
)
def test_what_the_agent_would_read_otherwise_becomes_a_reference(encoding, held, references):
    wanted = held + re.sub(r"&#(\d+);", lambda match: chr(int(match[1])), references)
    text = f'<?xml version="1.0" encoding="{encoding}"?><a x="{held}">{held}<!-- {held} --></a>'
    result = edited(text, lambda editor, root: editor.set_attribute(root, "x", wanted), encoding)
    assert result == text.replace(f'"{held}"', f'"{held}{references}"')
    assert Document.parse(result.encode(encoding)).root.get("x") == wanted


def test_what_the_encoding_cannot_hold_becomes_a_reference():
    text = '<?xml version="1.0" encoding="ISO-8859-1"?><a x="é">b</a>'

    def change(editor, root):
        editor.set_attribute(root, "x", "é€")
        editor.set_text(root, "é€𝄞")

    result = edited(text, change, "latin-1")
    assert result == text.replace('"é"', '"é&#8364;"').replace(">b<", ">é&#8364;&#119070;<")
    root = Document.parse(result.encode("latin-1")).root
    assert (root.get("x"), root.text()) == ("é€", "é€𝄞")


@pytest.mark.parametrize("value", ["\x00", "a\x1b", "\ufffe", "\ud800"])
def test_what_no_xml_file_can_hold_is_an_error(value):
    editor = Editor(Document.parse(b"<a/>"))
    with pytest.raises(ValueError, match="cannot stand in an XML file"):
        editor.set_attribute(editor.root, "x", value)
    with pytest.raises(ValueError, match="cannot stand in an XML file"):
        editor.insert_child(editor.root, NewElement("n", text=value))


def test_defaults_of_the_internal_subset_are_written_down():
    text = "<!DOCTYPE r [<!ATTLIST z t CDATA 'd'>]><r><z/></r>"
    result = edited(text, lambda e, r: e.insert_child(r, NewElement("z", {"i": "1"})))
    assert result == text.replace("<z/>", '<z/><z i="1" t="d"/>')


@pytest.mark.parametrize("path", OWN_FILES, ids=lambda path: path.stem)
def test_undoing_an_addition_gives_the_old_bytes(path):
    data = path.read_bytes()
    document = Document.parse(data)
    for index, element in enumerate(document.root.iter()):
        if element.text().strip() and not element.children:
            continue  # fields and values hold a text or elements, never both
        # A tag that is written unlike the others of its file would come back in their style.
        tag = document.text[element.start : element.end]
        if element.close_start is None and not tag.endswith(USUAL_END[path.stem]):
            continue
        editor = Editor(document)
        editor.insert_child(element, NewElement("added", {"name": "added"}))
        added = Document.parse(editor.content())
        parent = list(added.root.iter())[index]
        undo = Editor(added)
        undo.remove_element(parent, parent.elements("added")[0])
        assert undo.content() == data, element.path


def test_an_insertion_is_one_span():
    data = (FIXTURES / "district-crlf.cfg").read_bytes()
    document = Document.parse(data)
    for element in document.root.iter():
        if element.close_start is None or element.name in ("field", "value"):
            continue
        editor = Editor(document)
        editor.insert_child(element, prop())
        content = editor.content()
        length = len(content) - len(data)
        start = next(index for index, (old, new) in enumerate(zip(data, content)) if old != new)
        assert any(
            content[: start - back] + content[start - back + length :] == data for back in range(min(start, length) + 1)
        ), element.path


def add_at_end(name):
    return lambda editor, root: editor.insert_child(root, NewElement(name, {"id": "N"}, "", [prop()]))


def test_the_usual_wrapping_is_taken_over_not_a_rare_one():
    rare = "<a>\n  <t>\n    <property name='l' \n      value='long'/>\n    <property name='s' value='x'/>\n  </t>\n</a>"
    assert "<property name='p' value='v'/>" in edited(rare, add_at_end("z"))
    usual = rare.replace("'s' v", "'s' \n      v")
    added = edited(usual, add_at_end("z"))
    assert "\n    <property name='p'\n      value='v'/>" in added, "without the blank at the end of the line"


def test_blanks_at_the_end_of_a_line_stay_there():
    before = "<a>\n  <t/>  \n\n  <u/>\n</a>"
    after = edited(before, lambda e, r: e.insert_child(r, NewElement("t", {"id": "N"}), after=r.children[0]))
    assert after == "<a>\n  <t/>  \n  <t id=\"N\"/>\n\n  <u/>\n</a>"
