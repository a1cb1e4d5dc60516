# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The PowerShell texts: that they are PowerShell, and that they take what they are given. What they do is emulated."""

from __future__ import annotations

import inspect
import re

import pytest
import tree_sitter_powershell
from ansible_collections.k12.sif.plugins.plugin_utils._host import windows_scripts
from emulation import disk_scripts, scripts
from tree_sitter import Language, Parser

_TEXTS = {name: text for name, text in vars(windows_scripts).items() if re.fullmatch("[A-Z][A-Z0-9_]+", name)}
_EMULATED = {**scripts._KNOWN, **disk_scripts.KNOWN}


def _is_powershell(text: str) -> bool:
    return not Parser(Language(tree_sitter_powershell.language())).parse(text.encode()).root_node.has_error


@pytest.mark.parametrize("name", _TEXTS)
def test_it_is_powershell(name):
    assert _TEXTS[name].isascii() and _is_powershell(_TEXTS[name])


def test_what_is_no_powershell_is_found():
    broken = _TEXTS["REPLACE"].replace("} finally {", "finally {", 1)
    assert broken != _TEXTS["REPLACE"] and not _is_powershell(broken)


@pytest.mark.parametrize("name", _TEXTS)
def test_it_is_emulated_with_the_parameters_it_has(name):
    declared = re.match(r"\s*param\(([^)]*)\)", _TEXTS[name])[1]
    parameters = re.fullmatch(r"(\[(?:string|string\[\]|bool|int|long)\]\$\w+(?:, )?)+", declared) and re.findall(r"\$(\w+)", declared)
    emulated = list(inspect.signature(_EMULATED[_TEXTS[name]]).parameters)
    assert [parameter.lower() for parameter in parameters] == [one for one in emulated if one not in ("tree", "told", "_told")]
