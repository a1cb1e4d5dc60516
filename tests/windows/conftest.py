# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fixtures: an emulated Windows host, and plays against it."""

from __future__ import annotations

import importlib.util
import json
import ntpath
import os
import pathlib
import shutil
import sys
import types
import typing as t

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.k12.sif.plugins.plugin_utils._host.action import InputError
from ansible_collections.k12.sif.plugins.plugin_utils._host.errors import HostError

HERE = pathlib.Path(__file__).resolve().parent
COLLECTION = HERE.parents[1]
sys.path[:0] = [str(HERE), str(HERE.parent / "functional")]

from emulation.modules import Modules  # noqa: E402  (it lies beside this file)
from emulation.tree import TEMP, Tree  # noqa: E402
from lab import Agent, Plays, Run  # noqa: E402  (the lab of the functional tests)

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

    def note(self, trip: dict[str, t.Any]) -> None:
        """Write down a round trip, as the emulated connection does."""
        with (self.tree.root / "trips.jsonl").open("a") as log:
            log.write(json.dumps(trip) + "\n")

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
        temporary = self.tree.map(TEMP)
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


class Direct:
    """Lets an action plugin work on an emulated host without ansible-playbook around it, which is a hundred times faster."""

    def __init__(self, windows: Windows) -> None:
        self._windows = windows

    def run(self, action_class: type, check_mode: bool = False, **arguments: t.Any) -> dict[str, t.Any]:
        """The result; an error that Ansible would show as the message of a failed task is in C(msg)."""
        checked = ArgumentSpecValidator(action_class.ARGUMENTS, **action_class.RULES).validate(arguments)
        assert not checked.error_messages, checked.error_messages
        action = _alone(action_class)(self._windows, check_mode)
        try:
            return action.act(checked.validated_parameters)
        except (HostError, InputError) as error:
            return {"failed": True, "msg": str(error)}


def _alone(action_class: type) -> type:
    class Alone(action_class):
        def __init__(self, windows: Windows, check_mode: bool) -> None:
            self._windows = windows
            self.task_vars = {"inventory_hostname": "ps"}
            self._task = types.SimpleNamespace(check_mode=check_mode, diff=True)
            shell = types.SimpleNamespace(_IS_WINDOWS=True, tmpdir=None, join_path=ntpath.join)
            self._connection = types.SimpleNamespace(_shell=shell)
            found = types.SimpleNamespace(resolved=True)
            loader = types.SimpleNamespace(find_plugin_with_context=lambda *_names, **_options: found)
            self._shared_loader_obj = types.SimpleNamespace(module_loader=loader)

        def _execute_module(self, module_name: str, module_args: dict[str, t.Any], task_vars: t.Any) -> dict[str, t.Any]:
            name = module_name.removeprefix("ansible.windows.")
            self._windows.note({"what": "module", "name": name})
            sent = json.loads(json.dumps(module_args))
            return json.loads(json.dumps(Modules(self._windows.tree).run(name, sent, self._task.check_mode)))

        def _make_tmp_path(self) -> None:
            self._connection._shell.tmpdir = f"{TEMP}\\direct"
            self._windows.tree.map(self._connection._shell.tmpdir).mkdir(parents=True, exist_ok=True)

        def _transfer_file(self, local: str, remote: str) -> None:
            shutil.copyfile(local, self._windows.tree.map(remote))

        def _fixup_perms2(self, _paths: t.Any, execute: bool) -> None:
            """Nothing to do on Windows."""

    return Alone


@pytest.fixture
def direct(windows: Windows) -> Direct:
    return Direct(windows)


class School:
    """An emulated Windows host with a service that is a real lab agent, and what its inventory says."""

    def __init__(self, windows: Windows, agent: Agent, zis: t.Any, authority: t.Any) -> None:
        self.windows, self.agent, self.zis = windows, agent, zis
        (agent.java_home / "bin" / "java.exe").touch()  # what runs is the Java of this machine beside it
        service = {"path": f'"{AGENT}\\agent.exe"', "script": str(agent.directory / "agentctl"), "state": "stopped"}
        windows.tree.change(services={"SIF Agent": service})
        self.variables = {
            **windows.variables,
            "sif_agent_config_path": CONFIG,
            "sif_agent_log_path": f"{AGENT}\\logs\\agent.log",
            "sif_agent_service": "SIF Agent",
            "sif_agent_zis_url": f"{zis.https}/{functional.CANVAS}",
            "sif_agent_zone_id": functional.CANVAS,
            "sif_agent_id": "PowerSchool",
            "sif_agent_method": "HTTP",
            "sif_agent_certificates": [{"content": authority.ca.read_text(), "alias": "kimono"}],
            "sif_agent_trust_store_password": STORE_PASSWORD,
            "sif_agent_pull_frequency": 500,
            "sif_agent_profile": "lab",
            "sif_agent_school_year": "2026-2027",
            "sif_agent_smp": False,
            "sif_agent_proof_timeout": 20,
            "sif_agent_proof_delay": 1,
        }

    def seen(self) -> dict[str, t.Any] | None:
        """What the ZIS knows of the agent."""
        return self.zis.zone(functional.CANVAS).agent("PowerSchool")


@pytest.fixture
def school(tmp_path: pathlib.Path, program: t.Any, zis: t.Any, authority: t.Any) -> t.Iterator[School]:
    windows = Windows(tmp_path / "windows")
    agent = Agent(windows.place(AGENT), program.jar, program.java_home)
    yield School(windows, agent, zis, authority)
    agent.control("stop")
