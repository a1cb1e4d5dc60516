# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Command lines of Windows are taken apart by Microsoft's rules."""

from __future__ import annotations

import pytest
from ansible_collections.k12.sif.plugins.plugin_utils._service.command_line import arguments, expanded, image_path, variables_in


@pytest.mark.parametrize(
    "text, expected",
    [
        # The first three are the examples of "Parsing C command-line arguments".
        ('"abc" d e', ["abc", "d", "e"]),
        (r'a\\b d"e f"g h', [r"a\\b", "de fg", "h"]),
        (r'a\\\"b c d', [r"a\"b", "c", "d"]),
        (r'a\\\\"b c" d e', [r"a\\b c", "d", "e"]),
        ('a"b"" c d', ['ab" c d']),
        ('""', [""]),
        ('-Dx="" -y', ["-Dx=", "-y"]),
        ('"C:\\a b\\\\" \\', ["C:\\a b\\", "\\"]),
        ("  -a\t-b  ", ["-a", "-b"]),
        ("", []),
    ],
)
def test_arguments(text, expected):
    assert arguments(text) == expected


@pytest.mark.parametrize(
    "text, program, rest",
    [
        ('"C:\\a b\\x.exe" -y', "C:\\a b\\x.exe", ["-y"]),
        ("C:\\a b\\x.exe -y", "C:\\a b\\x.exe", ["-y"]),
        ("C:\\a\\X.EXE", "C:\\a\\X.EXE", []),
        ("\\??\\C:\\a\\x.exe -y", "C:\\a\\x.exe", ["-y"]),
        ('"\\\\?\\C:\\a b\\x.exe" -y', "C:\\a b\\x.exe", ["-y"]),
        ("\\\\server\\share\\x.exe", "\\\\server\\share\\x.exe", []),
        ("system32\\x.exe", "system32\\x.exe", []),
        ("C:\\a\\x -y", "C:\\a\\x", ["-y"]),
        ("", "", []),
    ],
)
def test_image_paths(text, program, rest):
    assert image_path(text) == (program, rest)


def test_variables():
    text = "%ProgramFiles(x86)%\\%a%\\50%"
    assert variables_in(text) == {"programfiles(x86)", "a"}
    assert expanded(text, {"programfiles(x86)": "C:\\P"}) == "C:\\P\\%a%\\50%"
