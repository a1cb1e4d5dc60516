# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What was added and is removed again leaves the bytes that were there before; nothing but the edit is touched."""

from __future__ import annotations

import pytest
from ansible_collections.k12.sif.plugins.plugin_utils._agent_cfg.document import Document
from ansible_collections.k12.sif.plugins.plugin_utils._agent_cfg.edit import Editor, NewElement
from desired_settings import OWN_FILES, optional, plan, rules, schools, values
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

CORPUS = ["ChameleonAU", "MappingsUS", "MultiVersion", "PublishingAgent", "SASI2.0", "SIDRefDataAgent", "TinySIS"]
_many = settings(deadline=None, max_examples=60, suppress_health_check=list(HealthCheck))
_few = settings(_many, max_examples=15)

new_properties = st.dictionaries(st.sampled_from(["new.one", "new.two", "new.password"]), values, min_size=1, max_size=3)


@st.composite
def additions(draw, data):
    """Settings that only add to a file, and those that remove it all again."""
    document = Document.parse(data)
    root = document.root
    add, remove = {}, {}

    def both(key, added, removed):
        add.setdefault(key, []).append(added)
        remove.setdefault(key, []).append(removed)

    if draw(st.booleans()):
        names = draw(new_properties)
        add["properties"], remove["properties"] = names, dict.fromkeys(names)
    for kind in ("zone", "template"):
        known = list(dict.fromkeys(element.get("id") for element in root.elements(kind) if element.get("id")))
        for name in draw(st.lists(st.sampled_from(["New Ö", *known]), unique=True, max_size=2)):
            names = draw(new_properties)
            if name in known:
                both(f"{kind}s", {"id": name, "properties": names}, {"id": name, "properties": dict.fromkeys(names)})
                continue
            wanted = {"id": name, "properties": names}
            if kind == "zone":
                wanted["url"] = "https://new.example.org/"
                wanted.update(
                    draw(optional(mode=st.just("push"), school_year=st.just("current"), schools=schools, smp=st.booleans()))
                )
            both(f"{kind}s", wanted, {"id": name, "state": "absent"})
    ids = [element.get("id") for element in root.elements("mappings")]
    usable = [key for key in ids if key and ids.count(key) == 1 and not _filtered(root, key)]
    if usable and draw(st.booleans()):
        both("mappings", *draw(_mappings_additions(root, draw(st.sampled_from(usable)))))
    return add, remove


def _filtered(root, key):
    element = next(item for item in root.elements("mappings") if item.get("id") == key)
    return any(element.get(name) for name in ("zoneId", "sourceId", "sifVersion"))


@st.composite
def _mappings_additions(draw, root, key):
    """A new object, a new value set, and new fields and values in those that are there."""
    element = next(item for item in root.elements("mappings") if item.get("id") == key)
    known = [child.get("object") for child in element.elements("object")]
    fields = [{"name": f"NEW_{number}", "rule": draw(rules)} for number in range(draw(st.integers(1, 3)))]
    gone = [{"name": field["name"], "state": "absent"} for field in fields]
    added = {"NewObject": {"fields": fields}}
    removed = {"NewObject": {"state": "absent"}}
    unique = [name for name in dict.fromkeys(known) if known.count(name) == 1]
    if unique:
        name = draw(st.sampled_from(unique))
        added[name], removed[name] = {"fields": fields}, {"fields": gone}
    listed = [{"name": "new é", "value": draw(values)}]
    add = {"id": key, "objects": added, "valuesets": {"New Set": {"values": listed}}}
    return add, {"id": key, "objects": removed, "valuesets": {"New Set": {"state": "absent"}}}


def check_undo(data, draw):
    add, remove = draw(additions(data))
    added = plan(data, add)
    assert added.changed == bool(add)
    assert plan(added.content, remove).content == data, (add, remove)


@pytest.mark.parametrize("path", OWN_FILES, ids=lambda path: path.stem)
@_many
@given(choice=st.data())
def test_own_files(path, choice):
    check_undo(path.read_bytes(), choice.draw)


@pytest.mark.parametrize("folder", ["corpus", "saved"])
@pytest.mark.parametrize("name", CORPUS)
@_few
@given(choice=st.data())
def test_real_files(conformance, folder, name, choice):
    check_undo((conformance / folder / f"{name}.cfg").read_bytes(), choice.draw)


def check_insertion(data, draw):
    """One new element anywhere: it is the only difference of the text, and removing it gives the file back."""
    document = Document.parse(data)
    parent = draw(st.sampled_from([element for element in document.root.iter() if not element.text().strip()]))
    place = draw(st.integers(0, len(parent.children)))
    new = NewElement("new", {"id": "1"}, "", [NewElement("inner", {"x": "é"})] if draw(st.booleans()) else ())
    editor = Editor(document)
    if place < len(parent.children):
        editor.insert_child(parent, new, before=parent.children[place])
    else:
        editor.insert_child(parent, new)
    edits = editor.edits()
    assert len(edits) == 1
    start, end, text = edits[0]
    # What is replaced is the end of a tag without content at most.
    assert document.text[start:end].strip(" \t\r\n") in ("", "/>") and "<new" in text
    after = Document.parse(editor.content())
    undo = Editor(after)
    inserted = next(element for element in after.root.iter() if element.name == "new")
    undo.remove_element(inserted.parent, inserted)
    assert undo.content() == data


@pytest.mark.parametrize("path", OWN_FILES, ids=lambda path: path.stem)
@_many
@given(choice=st.data())
def test_one_new_element_in_own_files(path, choice):
    check_insertion(path.read_bytes(), choice.draw)


@pytest.mark.parametrize("name", CORPUS)
@_few
@given(choice=st.data())
def test_one_new_element_in_real_files(conformance, name, choice):
    check_insertion((conformance / "corpus" / f"{name}.cfg").read_bytes(), choice.draw)
