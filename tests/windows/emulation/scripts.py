# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The PowerShell texts that the collection sends, done in Python. A text that is not known here is a failure."""

from __future__ import annotations

import os
import re
import time
import typing as t

from ansible_collections.k12.sif.plugins.plugin_utils._host import windows_scripts

from .services import Services
from .tree import Tree, WindowsError


def run_script(tree: Tree, script: str, parameters: dict[str, t.Any]) -> t.Any:
    """What the script gives as C($Ansible.Result)."""
    known = {
        windows_scripts.END_OF_PROCESS: _end_of_process,
        windows_scripts.PROCESS: _process,
        windows_scripts.LOG_WORDS: _log_words,
        windows_scripts.VARIABLES: _variables,
    }
    if "Invoke-CimMethod -ClassName Win32_Process" in script:
        return _hold_open(tree, **{name.lower(): value for name, value in parameters.items()})
    if script not in known:
        raise WindowsError(f"EMULATION: this script is not emulated: {script[:100]}")
    return known[script](tree, **{name.lower(): value for name, value in parameters.items()})


def _end_of_process(tree: Tree, id: int, timeout: int) -> dict[str, t.Any]:
    deadline = time.monotonic() + timeout
    while id in Services(tree).lingering() and time.monotonic() < deadline:
        time.sleep(0.1)
    return {"gone": id not in Services(tree).lingering()}


def _process(tree: Tree, id: int, directory: str) -> dict[str, t.Any]:
    """The processes of an emulated host are those of the start scripts; a number file lies beside each of them."""
    if not id:
        file = tree.map(directory) / "agent.pid"
        id = int(file.read_text()) if file.exists() else 0
    if not id or not os.path.exists(f"/proc/{id}"):
        return {"pid": 0, "started_at": 0}
    return {"pid": id, "started_at": os.stat(f"/proc/{id}").st_ctime}


def _log_words(tree: Tree, path: str, offset: int, most: int, pattern: str) -> dict[str, t.Any]:
    place = tree.map(path)
    if not place.is_file():
        raise WindowsError(f"Could not find file '{path}'.")
    data = place.read_bytes()
    if offset > len(data):
        offset = 0
    begin = max(offset, len(data) - most)
    text = data[begin:].decode("utf-8", "replace")
    words = " ".join(match[0] for match in re.finditer(pattern, text))
    return {"words": words, "cut": begin > offset, "utc_offset": float(time.localtime().tm_gmtoff)}


def _variables(tree: Tree, names: list[str]) -> dict[str, str]:
    """C(environment) of the host's settings has the variables of the machine."""
    known = {name.lower(): value for name, value in tree.settings.get("environment", {}).items()}
    return {name: known[name.lower()] for name in names if name.lower() in known}


def _hold_open(tree: Tree, path: str) -> int:
    """A process of the smoke test; see taskkill of C(modules.py)."""
    tree.change(held=[path], holder=777)
    return 777
