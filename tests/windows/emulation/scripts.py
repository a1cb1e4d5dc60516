# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The PowerShell texts that the collection sends, done in Python. A text that is not known here is a failure."""

from __future__ import annotations

import typing as t

from .tree import Tree, WindowsError


def run_script(tree: Tree, script: str, parameters: dict[str, t.Any]) -> t.Any:
    """What the script gives as C($Ansible.Result)."""
    raise WindowsError(f"EMULATION: this script is not emulated: {script[:100]}")
