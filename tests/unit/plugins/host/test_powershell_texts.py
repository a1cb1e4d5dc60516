# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every PowerShell text that is sent to a host, or that people are told to send, can be parsed.

The grammar is not Microsoft's own and a little stricter: it wants names in a list quoted, C(-Name 'java', 'javaw').
"""

from __future__ import annotations

import pathlib
import typing as t

import pytest
import tree_sitter
import tree_sitter_powershell
import yaml
from ansible_collections.k12.sif.plugins.plugin_utils._host import windows_scripts

COLLECTION = pathlib.Path(__file__).resolve().parents[4]
_PARSER = tree_sitter.Parser(tree_sitter.Language(tree_sitter_powershell.language()))
_MODULES = {"win_powershell", "win_shell"}


def complaints(text: str) -> list[str]:
    """What the parser could not make sense of, with line and column."""
    found, nodes = [], [_PARSER.parse(text.encode()).root_node]
    while nodes:
        node = nodes.pop()
        if node.is_error or node.is_missing:
            what = f"{node.type} is missing" if node.is_missing else node.text.decode()
            found.append(f"{node.start_point.row + 1}:{node.start_point.column + 1}: {what}")
        nodes += node.children
    return found


def in_tasks(data: t.Any) -> t.Iterator[str]:
    """The PowerShell of tasks, and of commands that are lists with C(-Command)."""
    if isinstance(data, list):
        if "-Command" in data:
            yield data[data.index("-Command") + 1]
        for item in data:
            yield from in_tasks(item)
    if isinstance(data, dict):
        for name, value in data.items():
            if str(name).rpartition(".")[2] in _MODULES:
                yield value if isinstance(value, str) else value.get("script") or value["cmd"]
            yield from in_tasks(value)


def in_markdown(text: str) -> t.Iterator[str]:
    for block in text.split("```yaml\n")[1:]:
        yield from in_tasks(yaml.safe_load(block.partition("```")[0]))


def texts() -> dict[str, str]:
    """All of them, by where they stand."""
    found = {f"windows_scripts.{name}": text for name, text in vars(windows_scripts).items() if name.isupper() and isinstance(text, str)}
    for folder in ("playbooks", "roles"):
        for path in sorted((COLLECTION / folder).rglob("*.yml")):
            found.update({f"{path.name} {number}": text for number, text in enumerate(in_tasks(yaml.safe_load(path.read_text())))})
    windows = (COLLECTION / "docs" / "windows.md").read_text()
    found.update({f"windows.md {number}": text for number, text in enumerate(in_markdown(windows))})
    return found


TEXTS = texts()


@pytest.mark.parametrize("where", TEXTS)
def test_it_can_be_parsed(where):
    assert complaints(TEXTS[where]) == []


@pytest.mark.parametrize("where", TEXTS)
@pytest.mark.parametrize("mark", ["{", "}", "(", ")", "'", '"', "| |"])
def test_with_one_mark_too_many_it_cannot(where, mark):
    assert complaints(f"{TEXTS[where]}\n{mark}\n")


def test_texts_are_found_wherever_they_stand():
    assert {"windows_scripts.PROCESS", "windows.md 0"} <= set(TEXTS)
    tasks = [{"block": [{"ansible.windows.win_powershell": {"script": "1"}}, {"win_shell": "2"}, {"win_shell": {"cmd": "3"}}]}]
    assert list(in_tasks(tasks)) == ["1", "2", "3"]
