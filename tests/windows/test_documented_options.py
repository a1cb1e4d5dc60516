# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every use of a module of ansible.windows, in plugins, roles, playbooks and documentation, has options that module documents."""

from __future__ import annotations

import ast
import re
import typing as t

import pytest
import yaml
from conftest import COLLECTION
from emulation.options import complaints, documented

_PLUGINS = sorted((COLLECTION / "plugins").rglob("*.py"))
_YAML = [path for folder in ("roles", "playbooks", "extensions") for path in sorted((COLLECTION / folder).rglob("*.yml"))]
_DOCS = [*sorted((COLLECTION / "docs").glob("*.md")), COLLECTION / "README.md"]


def _calls_in(source: str) -> t.Iterator[tuple[str, list[str]]]:
    """Modules, and the names of their options, of each C(modules.run(...)) and C(_do(...)) in a plugin."""
    names = {}
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Dict) and isinstance(node.targets[0], ast.Name):
            names[node.targets[0].id] = node.value
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute) or len(node.args) != 2:
            continue
        owner = ast.unparse(node.func.value)
        if (node.func.attr == "run" and (owner.endswith("modules") or owner == "self")) or node.func.attr == "_do":
            module, options = node.args
            if isinstance(module, ast.Name):
                continue  # passes on what its caller names
            options = names[options.id] if isinstance(options, ast.Name) else options
            assert isinstance(module, ast.Constant) and isinstance(options, ast.Dict), ast.unparse(node)
            yield module.value, [key.value for key in options.keys]


def _plugin_calls() -> list[t.Any]:
    calls = ((path, call) for path in _PLUGINS for call in _calls_in(path.read_text()))
    return [pytest.param(*call, id=f"{path.stem}-{call[0]}") for path, call in calls]


@pytest.mark.parametrize("module, options", _plugin_calls())
def test_plugins(module, options):
    known = documented(module)
    assert set(options) <= set(known)
    assert {name for name, option in known.items() if option.get("required")} <= set(options)


def test_all_calls_of_plugins_were_found():
    found = {param.values[0] for param in _plugin_calls()}
    named = set()
    for path in _PLUGINS:
        if path.parent.name == "_host" and path.name.startswith("windows_"):
            named |= set(re.findall(r'"(slurp|win_[a-z_]+)"', path.read_text()))
    assert found >= named and found >= {"slurp", "win_stat", "win_file", "win_service_info", "win_command", "win_powershell"}


def _tasks_in(content: t.Any) -> t.Iterator[tuple[str, dict[str, t.Any]]]:
    if isinstance(content, list):
        for item in content:
            yield from _tasks_in(item)
    elif isinstance(content, dict):
        for key, value in content.items():
            if str(key).startswith("ansible.windows."):
                yield str(key).removeprefix("ansible.windows."), value
            yield from _tasks_in(value)


def _yaml_tasks() -> list[t.Any]:
    found = []
    for path in _YAML:
        if "ansible.windows." in path.read_text():
            found += [pytest.param(*task, id=f"{path.stem}-{task[0]}") for task in _tasks_in(yaml.safe_load(path.read_text()))]
    for path in _DOCS:
        for block in re.findall(r"```ya?ml\n(.*?)```", path.read_text(), re.DOTALL):
            if "ansible.windows." in block:
                found += [pytest.param(*task, id=f"{path.stem}-{task[0]}") for task in _tasks_in(yaml.safe_load(block))]
    return found


@pytest.mark.parametrize("module, arguments", _yaml_tasks())
def test_playbooks_and_documentation(module, arguments):
    # A template has the type of its result only.
    plain = {name: value for name, value in arguments.items() if "{{" not in str(value)}
    templates = set(arguments) - set(plain)
    assert templates <= set(documented(module))
    assert [text for text in complaints(module, plain) if not any(text == f"{module} needs {name}" for name in templates)] == []


def test_wrong_options_are_found():
    assert complaints("win_stat", {"path": "C:\\x", "checksum": True}) == ["win_stat has no option checksum"]
    assert complaints("win_stat", {}) == ["win_stat needs path"]
    assert complaints("win_stat", {"path": "C:\\x", "follow": "perhaps"}) == ["win_stat: follow is not of type bool: 'perhaps'"]
    assert complaints("win_service", {"name": "x", "state": "stop"})[0].startswith("win_service: state is none of")
    assert complaints("win_command", {"argv": [1]}) == ["win_command: argv has an item that is not of type str: [1]"]
