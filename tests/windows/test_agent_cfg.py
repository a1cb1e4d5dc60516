# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""agent.cfg on a Windows host: what it costs, that only what changes is touched, and each thing that can go wrong."""

from __future__ import annotations

import re

import pytest
from ansible_collections.k12.sif.plugins.action.agent_cfg import ActionModule as agent_cfg
from ansible_collections.k12.sif.plugins.action.agent_cfg_info import ActionModule as agent_cfg_info
from ansible_collections.k12.sif.plugins.plugin_utils._agent_cfg.host_path import is_absolute, same_path
from ansible_collections.k12.sif.plugins.plugin_utils._host import windows_files
from conftest import AGENT, CONFIG, JRE

_SET = {"path": CONFIG, "properties": {"adk.messaging.pullFrequency": "45000"}}
# As the example has it: on two lines, which stay two.
_OLD, _NEW = (b'"adk.messaging.pullFrequency"\r\n        value="' + value + b'"' for value in (b"30000", b"45000"))
_WRITE = ["slurp", "mkdtemp", "put", "win_powershell", "remove"]
_FAILED = ["slurp", "win_powershell"]  # and no question more


def _agent_cfg(**more):
    return {"k12.sif.agent_cfg": {**_SET, **more}}


def test_four_beats(windows, tasks):
    place = windows.place(CONFIG)
    before = place.read_bytes()
    assert b"\r\n" in before

    check = tasks.run(windows, _agent_cfg(), options=("--check", "--diff"))
    assert (check.status, len(check.changed)) == (0, 1), check.output
    assert any(line.startswith("+") and "45000" in line for line in check.output.splitlines()), check.output
    assert before.count(_OLD) == 1
    assert (windows.trips(), place.read_bytes()) == (["slurp"], before)

    first = tasks.run(windows, _agent_cfg(backup=True))
    assert (first.status, len(first.changed)) == (0, 1), first.output
    assert windows.trips() == _WRITE, "less than the leanest copy: a folder, a transfer, one step that looks and replaces, tidying up"
    after = place.read_bytes()
    assert after == before.replace(_OLD, _NEW) != before, "other bytes were touched"
    backup = first.results[0]["result"]["backup_file"]
    assert windows.place(backup).read_bytes() == before
    assert windows.left_behind() == []

    # The same file in other letters and with other slashes.
    other = {"path": CONFIG.lower().replace("\\", "/"), "properties": _SET["properties"]}
    second = tasks.run(windows, _agent_cfg(), {"k12.sif.agent_cfg": other}, options=("--diff",))
    assert (second.status, second.changed) == (0, []), second.output
    assert (windows.trips(), place.read_bytes()) == (["slurp", "slurp"], after)


def test_code_page_and_line_ends_survive(windows, tasks):
    place = windows.place(CONFIG)
    declared = place.read_bytes().replace(b'encoding="UTF-8"', b'encoding="windows-1252"', 1)
    before = declared.replace(b"LabSIS", "Schülerverwaltung €".encode("cp1252"))
    assert b"\xfc" in before and b"\x80" in before and b"windows-1252" in before
    place.write_bytes(before)
    result = tasks.run(windows, {"k12.sif.agent_cfg": {"path": CONFIG, "zones": [{"id": "STATE_REPORTING", "pull_frequency": 45000}]}})
    assert (result.status, len(result.changed)) == (0, 1), result.output
    assert result.results[0]["result"]["source_id"] == "Schülerverwaltung €"
    after = place.read_bytes()
    old, new = before.split(b"\r\n"), after.split(b"\r\n")
    assert b"\n" not in after.replace(b"\r\n", b"") and len(old) == len(new)
    assert [line for line, other in zip(new, old) if line != other] == [
        line for line in new if b"pullFrequency" in line and b"45000" in line
    ]


def test_stores_are_found_as_windows_finds_them(windows, direct):
    windows.place(f"{JRE}\\lib\\security\\cacerts").touch()
    asked = {"path": CONFIG, "java_home": JRE, "working_directory": AGENT}
    zones = [
        {"id": name, "url": f"https://zis.example.org/{name}", "method": method, "mode": "pull"}
        for name, method in (("A", "https"), ("B", "http"))
    ]
    planned = direct.run(agent_cfg, **asked, zones=zones)
    read = direct.run(agent_cfg_info, **asked)
    for result in (planned, read):
        stores = {store["zone"]: store["path"] for store in result["trust_stores"]}
        assert (stores["A"], stores["B"]) == (f"{AGENT}\\Trusted.ks", f"{JRE}\\lib\\security\\cacerts")


@pytest.mark.parametrize(
    "store", ["C:\\sif\\Trusted.ks", "C:/sif/Trusted.ks", "\\\\nas\\sif\\Trusted.ks", "D:\\Program Files (x86)\\x\\T.ks"]
)
def test_absolute_store_paths_stay(store):
    assert is_absolute(store, windows=True)
    assert not is_absolute(store.rpartition("\\")[2].rpartition("/")[2], windows=True)
    assert same_path(store, store.upper().replace("/", "\\"))
    assert not same_path(store, store + "x") and not same_path("/sif/Trusted.ks", "/sif/TRUSTED.ks")


_BAD_PATHS = {
    "/opt/sif-agent/agent.cfg": "is no absolute path of a Windows host. Remedy: write it like C:",
    "agent.cfg": "is no absolute path of a Windows host. Remedy: write it like C:",
    "\\sif\\agent.cfg": "is no absolute path of a Windows host. Remedy: write it like C:",
    "C:\\sif\\agent|.cfg": "could not be read: Get-AnsibleParam: Parameter 'src' has an invalid path",
    AGENT: "could not be read: Path C:",
    f"{AGENT}\\other.cfg": "There is no file C:",
}


@pytest.mark.parametrize("path", _BAD_PATHS)
def test_a_bad_path_is_one_clear_error(direct, path):
    message = direct.run(agent_cfg_info, path=path)["msg"]
    assert _BAD_PATHS[path] in message and "Remedy: " in message, message


@pytest.mark.parametrize(
    "settings, words, trips",
    [
        ({"locked": [CONFIG]}, "could not be read: .*used by another process.*Remedy: close the program", ["slurp"]),
        ({"held": [CONFIG]}, "could not be written: .*used by another process. The file is as it was. Remedy: close", _FAILED),
        ({"readonly": [CONFIG.upper()]}, "is marked read-only.*Nothing was written. Remedy: .*attrib -R", _FAILED),
        ({"capacity": {"C": 100}}, "not enough space on the disk. The file is as it was. Remedy: make room on that drive", _FAILED),
        ({"replace_breaks": True}, "Unable to move the replacement file .*. The file is as it was. Remedy: mend", _FAILED),
    ],
    ids=["locked", "held", "readonly", "full", "broken off"],
)
def test_a_file_that_cannot_be_replaced_is_one_clear_error(windows, direct, settings, words, trips):
    windows.tree.change(**settings)
    place = windows.place(CONFIG)
    before = place.read_bytes()
    message = direct.run(agent_cfg, **_SET, backup=True)["msg"]
    assert message.startswith(CONFIG) and re.search(words, message), message
    assert place.read_bytes() == before
    assert [path.name for path in place.parent.iterdir()] == ["agent.cfg"], "a copy, or a backup of what was not changed, was left"
    assert windows.trips() == trips


def test_where_the_old_content_lies_is_said_when_it_cannot_be_put_back(windows, direct):
    before = windows.place(CONFIG).read_bytes()
    windows.tree.change(replace_breaks="for good")
    found = re.search(r"Its old content lies in (C:.*\.old)\. Remedy: let this account", direct.run(agent_cfg, **_SET)["msg"])
    assert windows.place(found[1]).read_bytes() == before


def test_a_file_that_changed_meanwhile_is_not_written(windows, direct, monkeypatch):
    place = windows.place(CONFIG)
    transfer = windows_files.transfer

    def transfer_while_the_console_saves(*arguments):
        place.write_bytes(b"saved by the console")
        return transfer(*arguments)

    monkeypatch.setattr(windows_files, "transfer", transfer_while_the_console_saves)
    message = direct.run(agent_cfg, **_SET)["msg"]
    assert "was changed by someone else while this task was at work. Nothing was written." in message, message
    assert place.read_bytes() == b"saved by the console"
