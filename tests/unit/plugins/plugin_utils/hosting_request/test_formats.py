# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Markdown, plain text and HTML of any text say the same; no character of a value gets lost or becomes markup."""

from __future__ import annotations

import html.parser
import re

import pytest
from ansible_collections.k12.sif.plugins.plugin_utils._hosting_request.as_html import html as as_html
from ansible_collections.k12.sif.plugins.plugin_utils._hosting_request.as_markdown import markdown
from ansible_collections.k12.sif.plugins.plugin_utils._hosting_request.as_plain_text import plain_text
from ansible_collections.k12.sif.plugins.plugin_utils._hosting_request.blocks import (
    Caution,
    Checks,
    File,
    Heading,
    Items,
    Paragraph,
    Steps,
    Table,
    Text,
    Value,
    words,
)
from ansible_collections.k12.sif.plugins.plugin_utils._hosting_request.html_style import STYLE
from districts import DISTRICTS, files_for
from hypothesis import example, given, settings
from hypothesis import strategies as st
from reading import shown

# What one line can hold, with what means something in Markdown and HTML far more often than by chance.
LINE = st.text(st.one_of(st.sampled_from("`|\\*_<>&#[]()!~-+.:\"' aZ1"), st.characters(codec="utf-8")), min_size=1, max_size=30).filter(
    lambda text: text.isprintable() and text == text.strip()
)
VALUE = st.builds(Value, LINE)
# Prose begins with a word of ours, so that no text of the inventory stands where a line begins.
FILE = st.builds(File, st.from_regex(r"[a-z][a-z0-9.-]{0,9}", fullmatch=True))
WORDS = st.builds(lambda one, two, three: words("Word {} and {}, {}", one, two, three), LINE, VALUE, FILE)
LIST = st.lists(WORDS, min_size=1, max_size=3).map(tuple)
BLOCK = st.one_of(
    st.builds(Heading, LINE.map("1. {}".format)),
    st.builds(Paragraph, WORDS),
    st.builds(Caution, LINE, WORDS),
    st.builds(lambda one, two, three: Table(("A", "B", "C"), ((one, (two,), (three,)),)), WORDS, VALUE, LINE),
    st.builds(lambda one, two: Table(("A", "B"), ((one, (two,)),)), WORDS, VALUE),
    st.builds(Items, LIST),
    st.builds(Steps, LIST),
    st.builds(Checks, LIST),
)
TEXT = st.builds(Text, LINE, LINE, st.lists(BLOCK, min_size=1, max_size=4).map(tuple))


def wordings(text):
    """Every piece of running text, one after the other."""
    yield text.title
    yield f"To: {text.reader}"
    for block in text.blocks:
        if isinstance(block, Heading):
            yield block.text
        elif isinstance(block, (Paragraph, Caution)):
            yield from [block.statement] if isinstance(block, Caution) else []
            yield plain(block.words)
        else:
            groups = [cell for row in block.rows for cell in row] if isinstance(block, Table) else getattr(block, "items", None) or block.steps
            yield from map(plain, groups)


def plain(parts):
    return "".join(part.name if isinstance(part, File) else part for part in parts)


@settings(max_examples=150, deadline=None)
@given(TEXT)
@example(Text("a", "b", (Paragraph(words("Word {}", Value("``` ` |"))), Items((words("Word {}", Value(" `")),)))))
@example(Text("a", "b", (Table(("A", "B"), ((words("Word {}", "a|b\\|c"), (Value("\\|`|\\"),)),)),)))
def test_all_formats_show_all_words_in_order(text):
    for suffix, write in (("html", as_html), ("txt", plain_text), ("md", markdown)):
        seen, position = shown(suffix, write(text)), 0
        for piece in wordings(text):
            wanted = " ".join(piece.split())
            found = seen.find(wanted, position)
            assert found >= 0, (suffix, wanted, seen)
            position = found + len(wanted)


@settings(max_examples=100, deadline=None)
@given(TEXT)
def test_markdown_and_html_show_the_very_same(text):
    assert shown("md", markdown(text)) == shown("html", as_html(text))


@settings(max_examples=100, deadline=None)
@given(VALUE)
def test_plain_text_never_breaks_a_value(value):
    text = plain_text(Text("a", "b", (Paragraph(words("Some words before the value, so that the line is nearly full: {}", value)),)))
    assert str(value) in text


def test_words_need_as_many_values_as_places():
    with pytest.raises(ValueError, match="1 values"):
        words("{} and {}", "a")


class Structure(html.parser.HTMLParser):
    """Every start tag with its attributes; complains about tags that do not match."""

    VOID = ("meta", "input")

    def __init__(self, page):
        super().__init__()
        self.tags, self.open = [], []
        self.feed(page)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs), tuple(self.open)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


@pytest.mark.parametrize("file", ["request.html", "checklist.html", "connection-test.html"])
@pytest.mark.parametrize("name", DISTRICTS)
def test_pages_need_nothing_beside_them_and_can_be_read_aloud(name, file):
    files = files_for(name)
    tags = Structure(files[file]).tags
    assert {tag for tag, _attributes, _path in tags}.isdisjoint({"script", "link", "img", "iframe", "object"})
    assert not re.search(r"@import|url\(", STYLE)
    assert {attributes["href"] for tag, attributes, _path in tags if tag == "a"} <= set(files), "links lead to the files beside the page only"
    assert tags[0] == ("html", {"lang": "en"}, ())
    assert [tag for tag, _attributes, _path in tags if tag in ("h1", "h2")].count("h1") == 1
    assert all("label" in path for tag, _attributes, path in tags if tag == "input")
    assert all(attributes.get("scope") in ("row", "col") for tag, attributes, _path in tags if tag == "th")
    boxes = sum(tag == "input" for tag, _attributes, _path in tags)
    assert boxes == files["checklist.txt"].count("[ ]") if file == "checklist.html" else boxes == 0


def luminance(colour):
    """Relative luminance by WCAG 2.2."""
    digits = colour * 2 if len(colour) == 3 else colour
    parts = [int(digits[at:at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_colours_can_be_told_apart(scheme):
    """Contrast of at least 4.5 to 1, as WCAG 2.2 asks for text (1.4.3)."""
    block = re.findall(r":root \{(.*?)\}", STYLE, re.DOTALL)[scheme]
    colours = {name: luminance(value) for name, value in re.findall(r"--(\w+): #([0-9a-f]{3,6})", block)}
    for ink, paper in (("ink", "paper"), ("quiet", "paper"), ("link", "paper"), ("ink", "value"), ("ink", "caution")):
        dark, bright = sorted((colours[ink], colours[paper]))
        assert (bright + 0.05) / (dark + 0.05) >= 4.5, (ink, paper)
