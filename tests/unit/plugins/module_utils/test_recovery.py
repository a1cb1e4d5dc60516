# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Restore points and their guard, with a small process for an agent."""

from __future__ import annotations

import errno
import os
import pathlib
import shutil
import stat
import subprocess
import time

import pytest
import yaml
from ansible_collections.k12.sif.plugins.module_utils._recovery import files
from ansible_collections.k12.sif.plugins.module_utils._recovery.change import ARGUMENTS, Change, ChangeError
from ansible_collections.k12.sif.plugins.module_utils._recovery.points import Point, Points
from ansible_collections.k12.sif.plugins.modules import restore_point

CONTROL = r"""#!/bin/sh
cd "$(dirname "$0")" || exit 1
runs() { [ -r pid ] && kill -0 "$(cat pid)" 2>/dev/null; }
case $1 in
start)
    echo start >>calls
    [ ! -e broken ] || exit 1
    runs || { setsid sh -c 'echo $$ >pid; [ ! -e stubborn ] || trap "" TERM; [ -e short ] || while :; do sleep 0.1; done' </dev/null >log 2>&1 & sleep 0.3; }
    ;;
stop)
    echo stop >>calls
    ! runs || kill "$(cat pid)"
    ;;
status) runs || exit 3 ;;
esac
"""


class Host:
    """A host with an agent, its file, and the module."""

    def __init__(self, directory: pathlib.Path) -> None:
        self.directory = directory
        self.control = directory / "control"
        self.control.write_text(CONTROL)
        self.control.chmod(0o755)
        self.config = directory / "agent.cfg"
        self.config.write_text("old")
        self.config.chmod(0o640)
        self.store = directory / "trust.ks"
        self.points = directory / "points"

    def call(self, word: str) -> int:
        return subprocess.run([str(self.control), word], check=False).returncode

    @property
    def runs(self) -> bool:
        return self.call("status") == 0

    @property
    def calls(self) -> list[str]:
        return (self.directory / "calls").read_text().split()

    def change(self, state: str, check_mode: bool = False, **options):
        given = {name: argument.get("default") for name, argument in ARGUMENTS.items()}
        given.update({f"{word}_command": [str(self.control), word] for word in ("start", "stop", "status")})
        given.update(directory=str(self.points), state=state, stop_timeout=2, guard_timeout=30)
        given.update(pid_file=str(self.directory / "pid"), paths=[str(self.config), str(self.store)])
        given.update(options)
        return getattr(Change(given, check_mode), state)()

    def files(self) -> tuple[str, bool]:
        return self.config.read_text(), self.store.exists()

    def write(self) -> None:
        self.config.write_text("new")
        self.store.write_text("new")


def within(seconds: float, condition) -> bool:
    until = time.monotonic() + seconds
    while not condition() and time.monotonic() < until:
        time.sleep(0.1)
    return bool(condition())


@pytest.fixture
def host(tmp_path):
    host = Host(tmp_path)
    host.call("start")
    yield host
    shutil.rmtree(host.points, ignore_errors=True)  # the guards end with their points
    if host.runs:
        os.kill(int((tmp_path / "pid").read_text()), 9)


def test_documentation_is_what_the_module_accepts():
    documented = yaml.safe_load(restore_point.DOCUMENTATION)["options"]
    told = {name: {key: value for key, value in option.items() if key != "description"} for name, option in documented.items()}
    assert told == ARGUMENTS


def test_a_proved_change_stays_and_leaves_a_point(host):
    begun = host.change("kept", wanted=["zone"])
    assert not host.runs and host.change("listed")["guard_alive"]
    host.write()
    host.change("tried", name=begun["point"]["name"])
    assert host.runs
    done = host.change("proved", name=begun["point"]["name"])
    assert (done["point"]["state"], done["removed"]) == ("proved", [])
    assert host.files() == ("new", True) and host.calls == ["start", "stop", "start"]
    assert [entry["exists"] for entry in done["point"]["files"]] == [True, False]
    assert within(5, lambda: not host.change("listed")["guard_alive"])


def test_an_undone_change_leaves_everything_as_it_was(host):
    name = host.change("kept")["point"]["name"]
    host.write()
    host.config.chmod(0o600)
    host.change("tried", name=name)
    undone = host.change("restored", name=name)
    assert undone["put_back"] == [str(host.config), str(host.store)]
    assert host.files() == ("old", False) and host.runs
    assert stat.S_IMODE(host.config.stat().st_mode) == 0o640


def test_an_agent_that_runs_with_unchanged_files_is_not_restarted_again(host):
    name = host.change("kept")["point"]["name"]
    host.change("tried", name=name)
    assert host.change("restored")["put_back"] == []
    assert host.calls == ["start", "stop", "start"]


def test_copies_are_for_the_owner_only(host):
    point = host.change("kept")["point"]
    assert stat.S_IMODE(host.points.stat().st_mode) == stat.S_IMODE(os.stat(point["directory"]).st_mode) == 0o700
    assert stat.S_IMODE(os.stat(os.path.join(point["directory"], point["files"][0]["copy"])).st_mode) == 0o600
    host.change("restored")


def test_a_link_stays_and_its_target_is_put_back(host):
    target = host.directory / "elsewhere.cfg"
    host.config.rename(target)
    host.config.symlink_to(target)
    host.change("kept")
    target.write_text("new")
    host.change("restored")
    assert host.config.is_symlink() and target.read_text() == "old"


def test_a_change_of_nothing_leaves_no_point(host):
    name = host.change("kept")["point"]["name"]
    host.change("tried", name=name)
    assert host.change("proved", name=name)["removed"] == [name]
    assert host.change("listed")["points"] == []


def test_only_the_newest_points_are_kept(host):
    names = []
    for number in range(4):
        names.append(host.change("kept")["point"]["name"])
        host.config.write_text(f"state {number}")
        host.change("proved", name=names[-1], keep=2)
    assert [point["name"] for point in host.change("listed")["points"]] == names[-2:]
    host.change("recalled", name=names[-1])
    assert host.config.read_text() == "state 2"


def test_a_second_run_is_refused_and_told_when(host):
    host.change("kept")
    with pytest.raises(ChangeError, match=r"another run is open .* its guard undoes it at 20\d\d-"):
        host.change("kept")
    host.change("restored")


def test_the_guard_undoes_a_change_whose_run_is_gone(host):
    name = host.change("kept", guard_timeout=2)["point"]["name"]
    host.write()
    assert within(15, lambda: host.change("listed")["open"] is None)
    assert host.files() == ("old", False) and host.runs
    assert host.change("listed")["points"][-1]["restored_by"] == "the guard"
    with pytest.raises(ChangeError, match="not open any more: restored by the guard"):
        host.change("tried", name=name)
    assert f"{name}: put back {host.config}" in (host.points / ".guard.log").read_text()


def test_a_guard_that_is_gone_leaves_the_change_to_the_next_run(host):
    host.change("kept", guard_timeout=0)
    host.write()
    assert host.change("listed")["guard_alive"] is False
    with pytest.raises(ChangeError, match="its guard is gone"):
        host.change("kept")
    host.change("restored")
    assert host.files() == ("old", False) and host.runs


def test_an_agent_that_does_not_stop_is_an_error_or_killed(host):
    (host.directory / "stubborn").touch()
    host.call("stop")
    assert within(5, lambda: not host.runs)
    host.call("start")
    with pytest.raises(ChangeError, match=r"still there 1 seconds after .*Nothing was changed"):
        host.change("kept", stop_timeout=1)
    assert host.runs and host.files() == ("old", False)
    # It ends late: whoever gave up on it must not have left the school without an agent.
    (host.directory / "stubborn").unlink()
    os.kill(int((host.directory / "pid").read_text()), 9)
    assert within(10, lambda: host.runs and host.change("listed")["open"] is None)
    (host.directory / "stubborn").touch()
    host.call("stop")
    assert within(5, lambda: not host.runs)
    host.call("start")
    host.change("kept", stop_timeout=1, force_stop=True)
    assert not host.runs
    (host.directory / "stubborn").unlink()
    host.change("restored")


def test_an_agent_that_ends_at_once_or_does_not_start_is_found_out(host):
    name = host.change("kept")["point"]["name"]
    host.write()
    (host.directory / "short").touch()
    with pytest.raises(ChangeError, match="no longer running"):
        host.change("tried", name=name)
    (host.directory / "short").unlink()
    (host.directory / "broken").touch()
    with pytest.raises(ChangeError, match="control start ended with status 1"):
        host.change("tried", name=name)
    (host.directory / "broken").unlink()
    host.change("restored")
    assert host.files() == ("old", False) and host.runs


def test_a_file_that_cannot_be_kept_stops_nothing_for_long(host):
    with pytest.raises(ChangeError, match=r"cannot be read: Is a directory.*Nothing was changed"):
        host.change("kept", paths=[str(host.directory)])
    assert host.runs and host.change("listed")["points"] == []


def test_a_damaged_copy_is_not_put_back(host):
    point = host.change("kept")["point"]
    host.write()
    copy = pathlib.Path(point["directory"]) / point["files"][0]["copy"]
    copy.write_text("damaged")
    with pytest.raises(ChangeError, match="was changed since it was kept"):
        host.change("restored")
    assert host.files() == ("new", True) and host.runs, "better with what there is than not at all"
    copy.write_text("old")
    host.change("restored")


@pytest.mark.parametrize("state", ["kept", "tried", "proved", "recalled", "restored"])
def test_check_mode_does_nothing(host, state):
    name = host.change("kept")["point"]["name"]
    host.write()
    host.change("proved", name=name)

    def seen():
        return {path: path.read_bytes() for path in host.points.rglob("manifest.json")}, host.calls

    before = seen()
    assert host.change(state, check_mode=True, name=name)["changed"] is True
    assert seen() == before
    assert host.files() == ("new", True)


def test_a_full_disk_does_not_keep_a_file_from_being_put_back(tmp_path, monkeypatch):
    path, point = tmp_path / "agent.cfg", tmp_path / "point"
    path.write_text("old")
    point.mkdir()
    entry = files.keep(str(path), str(point), 1)
    path.write_text("new")

    def full(_handle):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    files.put_back(entry, str(point))
    assert path.read_text() == "old"
    assert sorted(item.name for item in tmp_path.iterdir()) == ["agent.cfg", "point"]
    with pytest.raises(files.FilesError, match="cannot be kept .* Remedy: make room"):
        files.keep(str(path), str(point), 2)


def test_a_full_disk_does_not_keep_the_manifest_from_being_closed(tmp_path, monkeypatch):
    point = Points(str(tmp_path)).create(wanted=["a", "b"])

    def full(_handle):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    point.note("proved", state="proved", wanted=[])
    assert Point.read(point.directory).state == "proved"
