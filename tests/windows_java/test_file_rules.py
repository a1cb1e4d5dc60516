# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The emulated file system beside wine's: the same names mean the same file, and an open file refuses the same."""

from __future__ import annotations

import subprocess

import pytest
from ansible_collections.k12.sif.plugins.plugin_utils._agent_cfg.host_path import same_path
from ansible_collections.k12.sif.plugins.plugin_utils._agent_cfg.trust import trust_stores
from conftest import AGENT, DRIVE_C, JRE, OPTIONS, WINE
from emulation.tree import WindowsError

DONE, SHARING = "done", "used by another process"
STORE = f"{AGENT}\\Stores\\Kimono.ks"
SPELLINGS = [
    STORE,
    STORE.upper(),
    STORE.lower(),
    STORE.replace("\\", "/"),
    f"{AGENT}\\\\Stores\\/Kimono.ks",
    f"{AGENT}\\nowhere\\..\\stores\\.\\KIMONO.KS",
]
# Whether a name with dots and blanks at its end is the same name without them.
ENDS = {
    f"{STORE}. .": True,
    f"{STORE} ": True,
    f"{AGENT}\\Stores.\\Kimono.ks": True,
    f"{AGENT}\\Stores..\\Kimono.ks": False,
    f"{AGENT}\\Stores \\Kimono.ks": False,
}
ILLEGAL = '<>"|?*\x01'


@pytest.fixture
def rules(java, class_path):
    def run(*arguments):
        return java.java("-cp", class_path, "FileRules", *arguments)

    return run


def pairs(what, paths):
    return [word for path in paths for word in (what, path)]


def test_names(windows, tree, rules):
    for one in (windows.tree, tree):
        place = one.map(STORE)
        place.parent.mkdir(parents=True)
        place.write_bytes(b"1")
    expected = {**dict.fromkeys(SPELLINGS, True), **ENDS, f"{STORE}.old": False, f"{AGENT}\\Kimono.ks": False}
    real = [line == DONE for line in rules("try", *pairs("exists", expected))]
    emulated = [tree.map(spelling).is_file() for spelling in expected]
    assert dict(zip(expected, real)) == dict(zip(expected, emulated)) == expected
    assert [spelling for spelling in SPELLINGS if not same_path(STORE, spelling)] == []


def test_names_that_no_file_can_have(windows, tree, rules):
    names = [f"{AGENT}\\Kimono{character}.ks" for character in ILLEGAL]
    assert [line for line in rules("try", *pairs("create", names)) if line == DONE] == []
    for name in names:
        with pytest.raises(WindowsError, match="Illegal characters"):
            tree.map(name)


# How a file is open elsewhere, what the emulation calls that, and what may be done with it then: read, write over it, delete it.
OPEN_FILES = {
    "-": (None, [True, True, True]),
    "write+delete": ("held", [True, False, False]),
    "read+write+delete": ("locked", [False, False, False]),
}


def emulated_outcome(tree, mark):
    tree.change(**({mark: [STORE]} if mark else {}))
    outcome = []
    for operation in (lambda: tree.read(STORE), lambda: tree.write(STORE, b"2"), lambda: tree.remove(STORE)):
        try:
            operation()
            outcome.append(DONE)
        except WindowsError as error:
            assert SHARING in str(error)
            outcome.append(SHARING)
    return outcome


def test_open_files(windows, tree, rules, class_path):
    """Java opens stores as "java" does: they can be written over meanwhile, but neither deleted nor replaced."""
    ways = [*OPEN_FILES, "java"]
    paths = {way: f"{AGENT}\\{number}.ks" for number, way in enumerate(ways)}
    for path in paths.values():
        windows.place(path).write_bytes(b"1")
    arguments = ["hold", *(word for item in paths.items() for word in item)]
    command = [WINE, f"{JRE}\\bin\\java.exe", *OPTIONS, "-cp", class_path, "FileRules", *arguments]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=DRIVE_C) as holder:
        assert holder.stdout.readline().strip() == "held"
        tried = [word for path in paths.values() for what in ("read", "overwrite", "delete") for word in (what, path)]
        lines = rules("try", "replace", paths["java"], *tried)
    real = [SHARING if "Sharing violation" in line or SHARING in line else line for line in lines]
    assert real.pop(0) == SHARING, lines
    for way, (mark, allowed) in OPEN_FILES.items():
        now, real = real[:3], real[3:]
        place = tree.map(STORE)
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(b"1")
        assert now == emulated_outcome(tree, mark) == [DONE if yes else SHARING for yes in allowed], (way, lines)
        left = windows.tree.map(paths[way])
        assert (left.read_bytes() if left.exists() else None) == (place.read_bytes() if place.exists() else None)
        tree.settings and tree.change(held=[], locked=[])
    assert real == [DONE, DONE, SHARING], lines
    assert windows.tree.map(paths["java"]).read_bytes() == b"2"


def test_relative_names_mean_what_the_model_says(windows, rules):
    names = ["Kimono.ks", "stores\\Kimono.ks", "STORES/kimono.KS", "..\\Kimono.ks", "\\stores\\Kimono.ks", "/stores/Kimono.ks"]
    names += ["C:\\ProgramData\\SIF\\Kimono.ks", "c:/programdata/sif/kimono.ks", "C:Kimono.ks", "\\\\server\\share\\Kimono.ks"]
    real = rules("try", *pairs("absolute", names))
    zone = {"id": "A", "url": "https://zis.example.org/A", "transport": "https"}
    for name, path in zip(names, real, strict=True):
        https = {"trust_store": name, "key_store": None, "properties": {}}
        effective = {"zones": [zone], "transports": {"https": https}}
        [store] = trust_stores(effective, working_directory=AGENT, windows=True)
        assert same_path(store["path"], path), (name, store["path"], path)
        # Java makes all slashes the kind of Windows; nothing else may differ.
        assert store["path"].replace("/", "\\") == path
