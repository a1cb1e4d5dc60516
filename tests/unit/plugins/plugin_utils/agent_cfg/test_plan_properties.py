# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What must hold for any desired settings and any file."""

from __future__ import annotations

import pytest
from ansible_collections.k12.sif.plugins.plugin_utils._agent_cfg.document import Comment, Document
from ansible_collections.k12.sif.plugins.plugin_utils._agent_cfg.edit import Editor
from ansible_collections.k12.sif.plugins.plugin_utils._agent_cfg.model import load
from ansible_collections.k12.sif.plugins.plugin_utils._agent_cfg.plan import PlanError
from desired_settings import OWN_FILES, desired_settings, plan
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

CORPUS = [
    "ChameleonAU",
    "MappingsUS",
    "MultiVersion",
    "PublishingAgent",
    "SASI2.0",
    "SIDRefDataAgent",
    "TinySIS",
]
_settings = settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])


def planned_or_skip(data, desired):
    try:
        return plan(data, desired)
    except PlanError as error:
        assert error.problems and all(problem.message and problem.remedy for problem in error.problems)
        assume(False)


def check(data, desired):
    """One plan: it converges, the file still loads, and untouched bytes are untouched."""
    planned = planned_or_skip(data, desired)
    assert planned.changed == (planned.content != data)
    assert bool(planned.changes) or not planned.changed
    again = plan(planned.content, desired)
    assert not again.changed and not again.changes and not again.mappings, again.changes
    if load(data).loads:
        assert load(planned.content).loads, load(planned.content).error
    before, after = Document.parse(data), Document.parse(planned.content)
    assert (after.bom, after.encoding, after.declaration, after.doctype) == (
        before.bom,
        before.encoding,
        before.declaration,
        before.doctype,
    )
    check_untouched(before, after, planned.changes)
    kept = {comment.value for comment in before.comments if comment.parent is None or comment.parent is before.root}
    assert kept <= {node.value for node in after.comments if isinstance(node, Comment)}


def check_untouched(before, after, changes):
    """Whatever no change names stands there character by character."""
    locations = [change.location.lower() for change in changes]
    parts = [child for child in before.root.children if child.name not in ("mappings", "property")]
    parts += [part for child in before.root.elements("mappings") for part in child.children if part.name != "property"]
    for part in parts:
        key = next((part.get(name) for name in ("id", "protocol", "object") if part.get(name)), None)
        if key is None or not any(f"='{key.lower()}'" in location for location in locations):
            assert before.text[part.start : part.end] in after.text, part.path


@pytest.mark.parametrize("path", OWN_FILES, ids=lambda path: path.stem)
@_settings
@given(desired=desired_settings)
def test_own_files(path, desired):
    check(path.read_bytes(), desired)


@pytest.mark.parametrize("folder", ["corpus", "saved"])
@pytest.mark.parametrize("name", CORPUS)
@settings(deadline=None, max_examples=10, suppress_health_check=list(HealthCheck))
@given(desired=desired_settings)
def test_real_files(conformance, folder, name, desired):
    check((conformance / folder / f"{name}.cfg").read_bytes(), desired)


@pytest.mark.parametrize("path", OWN_FILES, ids=lambda path: path.stem)
@_settings
@given(data=st.data())
def test_one_attribute_touches_nothing_else(path, data):
    check_one_attribute(path.read_bytes(), data)


@pytest.mark.parametrize("name", CORPUS)
@settings(_settings, max_examples=10, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_one_attribute_of_a_real_file_touches_nothing_else(conformance, name, data):
    check_one_attribute((conformance / "corpus" / f"{name}.cfg").read_bytes(), data)


def check_one_attribute(content, data):
    document = Document.parse(content)
    elements = [element for element in document.root.iter() if element.written_attributes]
    element = data.draw(st.sampled_from(elements))
    attribute = data.draw(st.sampled_from(element.written_attributes))
    value = data.draw(st.text(st.sampled_from("ab \t\n\"'<>&é€"), max_size=8))
    editor = Editor(document)
    editor.set_attribute(element, attribute.name, value)
    result = Document.parse(editor.content())
    changed = len(result.text) - len(document.text)
    assert result.text[: attribute.value_start] == document.text[: attribute.value_start]
    assert result.text[attribute.value_end + changed :] == document.text[attribute.value_end :]
    twin = next(other for other in result.root.iter() if other.start == element.start)
    assert twin.get(attribute.name) == value


@pytest.mark.parametrize("path", OWN_FILES, ids=lambda path: path.stem)
@_settings
@given(desired=desired_settings)
def test_planning_is_pure(path, desired):
    document = Document.parse(path.read_bytes())
    text, tree = document.text, [(e.path, dict(e.attributes), len(e.nodes)) for e in document.root.iter()]
    planned_or_skip(path.read_bytes(), desired)
    assert document.text == text
    assert [(e.path, dict(e.attributes), len(e.nodes)) for e in document.root.iter()] == tree
