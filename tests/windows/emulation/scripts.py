# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The PowerShell texts that the collection sends, done in Python. A text that is not known here is a failure."""

from __future__ import annotations

import os
import pathlib
import re
import subprocess
import time
import typing as t

from ansible_collections.k12.sif.plugins.plugin_utils._host import windows_scripts

from . import disk_scripts
from .services import Services
from .tree import Tree, WindowsError


def run_script(tree: Tree, script: str, parameters: dict[str, t.Any], told: dict[str, t.Any]) -> t.Any:
    """Do what the script does; C(told) becomes its C($Ansible.Result), also when it fails, or what is returned."""
    if "Invoke-CimMethod -ClassName Win32_Process" in script:
        return _hold_open(tree, parameters["Path"])
    if script in disk_scripts.KNOWN:
        disk_scripts.KNOWN[script](tree, told, **parameters)
    elif script in _KNOWN:
        told.update(_KNOWN[script](tree, **parameters))
    else:
        raise WindowsError(f"EMULATION: this script is not emulated: {script[:100]}")
    return None


def _run(tree: Tree, program: str, arguments: str, timeout: int) -> dict[str, t.Any]:
    """The program inherits nothing, and what it leaves behind goes on."""
    words = arguments_of(arguments)
    if program.lower() == "cmd.exe" and words[0] == "/c" and words[1].startswith("exit "):
        return {"status": int(words[1].split()[1])}
    try:
        place = tree.map(program)
    except WindowsError:
        place = pathlib.Path("/nonexistent")
    if not place.is_file():
        raise WindowsError("The system cannot find the file specified", 2)
    silent = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "start_new_session": True}
    process = subprocess.Popen(["sh", str(place), *words], **silent)
    try:
        return {"status": process.wait(timeout)}
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        return {"status": None}


def arguments_of(line: str) -> list[str]:
    """The words of a command line, by the rules of Microsoft's C library: a backslash is special only before a quotation mark."""
    words, word, inside, begun = [], "", False, False
    for backslashes, mark, other in re.findall(r'(\\*)(")|(\\+|[^\\"])', line):
        if mark:
            word += "\\" * (len(backslashes) // 2)
            begun = True
            if len(backslashes) % 2:
                word += mark
            else:
                inside = not inside
        elif other in " \t" and not inside:
            if begun:
                words.append(word)
            word, begun = "", False
        else:
            word, begun = word + other, True
    return words + [word] * begun


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


_KNOWN = {
    windows_scripts.RUN: _run,
    windows_scripts.END_OF_PROCESS: _end_of_process,
    windows_scripts.PROCESS: _process,
    windows_scripts.LOG_WORDS: _log_words,
    windows_scripts.VARIABLES: _variables,
}
