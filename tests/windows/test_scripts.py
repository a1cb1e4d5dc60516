# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The PowerShell texts take what they are given. What they do is emulated; tests/unit/plugins/host parses them."""

from __future__ import annotations

import inspect
import re

import pytest
from ansible_collections.k12.sif.plugins.plugin_utils._host import windows_scripts
from emulation import disk_scripts, scripts

_TEXTS = {name: text for name, text in vars(windows_scripts).items() if re.fullmatch("[A-Z][A-Z0-9_]+", name)}
_EMULATED = {**scripts._KNOWN, **disk_scripts.KNOWN}


# PowerShell 5.1 reads a text without a byte order mark in the code page of its host.
@pytest.mark.parametrize("name", _TEXTS)
def test_it_is_read_the_same_in_every_code_page(name):
    assert _TEXTS[name].isascii()


@pytest.mark.parametrize("name", _TEXTS)
def test_it_is_emulated_with_the_parameters_it_has(name):
    declared = re.match(r"\s*param\(([^)]*)\)", _TEXTS[name])[1]
    parameters = re.fullmatch(r"(\[(?:string|string\[\]|bool|int|long)\]\$\w+(?:, )?)+", declared) and re.findall(r"\$(\w+)", declared)
    emulated = list(inspect.signature(_EMULATED[_TEXTS[name]]).parameters)
    assert [parameter.lower() for parameter in parameters] == [one for one in emulated if one not in ("tree", "told", "_told")]
