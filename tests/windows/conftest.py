# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fixtures: an emulated Windows host, and plays against it."""

from __future__ import annotations

import importlib.util
import json
import os
import pathlib
import sys
import typing as t

import pytest

HERE = pathlib.Path(__file__).resolve().parent
COLLECTION = HERE.parents[1]
sys.path[:0] = [str(HERE), str(HERE.parent / "functional")]

from emulation.tree import Tree  # noqa: E402  (it lies beside this file)
from lab import Plays, Run  # noqa: E402  (the lab of the functional tests)

_spec = importlib.util.spec_from_file_location("functional_conftest", HERE.parent / "functional" / "conftest.py")
functional = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(functional)
# The same programs, certificates and ZIS as there.
authority, key_store, program, zis = functional.authority, functional.key_store, functional.program, functional.zis
STORE_PASSWORD = functional.STORE_PASSWORD

AGENT = "C:\\Program Files (x86)\\PowerSchool\\SIF Agent"
CONFIG = f"{AGENT}\\agent.cfg"
JRE = f"{AGENT}\\jre"


class Windows:
    """One emulated host, seen from its console."""

    def __init__(self, root: pathlib.Path) -> None:
        root.mkdir()
        self.tree = Tree(root)
        self.variables = {
            "ansible_connection": "emulated_windows",
            "emulated_windows_root": str(root),
            "ansible_remote_tmp": "%TEMP%",
        }

    def place(self, path: str) -> pathlib.Path:
        """Where a Windows path lies on this machine; its folder is made."""
        place = self.tree.map(path)
        place.parent.mkdir(parents=True, exist_ok=True)
        return place

    def trips(self) -> list[str]:
        """The round trips since the last call: names of modules, and mkdtemp, put, remove."""
        log = self.tree.root / "trips.jsonl"
        if not log.exists():
            return []
        lines = [json.loads(line) for line in log.read_text().splitlines()]
        log.unlink()  # so that the next call tells of what comes then
        return [line.get("name", line["what"]) for line in lines]

    def left_behind(self) -> list[str]:
        """Files in the temporary folder of the account that Ansible uses."""
        temporary = self.tree.map("C:\\Users\\svc-ansible\\AppData\\Local\\Temp")
        return [str(path) for path in temporary.rglob("*")] if temporary.exists() else []


class Tasks:
    """Runs single tasks, and playbooks of the collection."""

    def __init__(self, directory: pathlib.Path) -> None:
        self._directory = directory
        self.plays = Plays(directory)

    def run(self, windows: Windows, *tasks: dict[str, t.Any], options: tuple[str, ...] = ()) -> Run:
        book = self._directory / "tasks.json"
        book.write_text(json.dumps([{"hosts": "all", "gather_facts": False, "tasks": list(tasks)}]))
        return self.plays.run(str(book), {"ps": windows.variables}, *options)


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lets ansible-playbook find the emulated connection, and the emulation the documentation of ansible.windows."""
    fetched = COLLECTION / ".cache" / "collections"
    assert (fetched / "ansible_collections" / "ansible" / "windows").is_dir(), "not there; tools/test-collections fetches it"
    paths = [os.environ.get("ANSIBLE_COLLECTIONS_PATH", ""), str(fetched)]
    monkeypatch.setenv("ANSIBLE_COLLECTIONS_PATH", ":".join(path for path in paths if path))
    monkeypatch.setenv("ANSIBLE_CONNECTION_PLUGINS", str(HERE / "connection_plugins"))
    monkeypatch.setenv("PYTHONPATH", ":".join(path for path in (str(HERE), os.environ.get("PYTHONPATH")) if path))


@pytest.fixture
def windows(tmp_path: pathlib.Path) -> Windows:
    windows = Windows(tmp_path / "windows")
    example = (COLLECTION / "roles" / "sif_lab" / "files" / "agent" / "example-agent.cfg").read_bytes()
    windows.place(CONFIG).write_bytes(example.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"))
    return windows


@pytest.fixture
def tasks(tmp_path: pathlib.Path) -> Tasks:
    return Tasks(tmp_path)
