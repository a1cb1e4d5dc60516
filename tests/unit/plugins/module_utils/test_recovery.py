# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Restore points and their guard, with a small process for an agent."""

from __future__ import annotations

import contextlib
import errno
import os
import pathlib
import shutil
import stat
import subprocess
import time

import pytest
import yaml
from ansible_collections.k12.sif.plugins.module_utils._recovery import control, files, guard
from ansible_collections.k12.sif.plugins.module_utils._recovery.change import ARGUMENTS, Change, ChangeError
from ansible_collections.k12.sif.plugins.module_utils._recovery.points import Point, Points
from ansible_collections.k12.sif.plugins.modules import restore_point

AGENT = """[ ! -e late ] || sleep 1; echo $$ >pid; [ ! -e stubborn ] || trap "" TERM; [ -e short ] || while :; do sleep 0.1; done
"""
CONTROL = r"""#!/bin/sh
cd "$(dirname "$0")" || exit 1
runs() { [ -r pid ] && kill -0 "$(cat pid)" 2>/dev/null; }
case $1 in
start)
    echo start >>calls
    [ ! -e broken ] || exit 1
    runs || { setsid sh ./agent </dev/null >log 2>&1 & sleep 0.3; }
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
        (directory / "agent").write_text(AGENT)
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
    host.change("kept")
    host.change("recalled", name=names[-1])
    assert host.config.read_text() == "state 2"
    host.change("restored")


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


def test_an_agent_may_appear_a_moment_after_its_start_command(host):
    name = host.change("kept")["point"]["name"]
    host.write()
    (host.directory / "late").touch()
    assert host.change("tried", name=name)["agent_runs"] is True
    assert host.change("restored")["agent_runs"] is True
    assert host.files() == ("old", False)


def test_an_agent_that_ends_at_once_or_does_not_start_is_found_out(host, monkeypatch):
    monkeypatch.setattr(control, "_APPEAR", 0.5)
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


def test_failed_runs_do_not_drive_out_proved_changes(host):
    proved = host.change("kept")["point"]["name"]
    host.write()
    host.change("proved", name=proved, keep=2)
    for number in range(4):
        host.change("kept")
        host.config.write_text(f"failed {number}")
        host.change("restored", keep=2)
    states = [point["state"] for point in host.change("listed")["points"]]
    assert states == ["proved", "restored", "restored"]


def test_what_cannot_be_removed_is_no_reason_to_undo(host, monkeypatch):
    old = host.change("kept")["point"]["name"]
    host.write()
    host.change("proved", name=old)
    name = host.change("kept")["point"]["name"]
    host.config.write_text("newer")

    def busy(_path):
        raise OSError(errno.EBUSY, "Device or resource busy")

    monkeypatch.setattr(files, "remove_folder", busy)
    done = host.change("proved", name=name, keep=1)
    assert (done["point"]["state"], done["removed"]) == ("proved", []) and "cannot be removed" in done["warnings"][0]
    with pytest.raises(ChangeError, match="is proved, so it is not undone"):
        host.change("restored", name=name)
    assert host.config.read_text() == "newer"


def test_going_back_to_a_point_means_all_files_as_they_were_then(host):
    first = host.change("kept", paths=[str(host.config)])["point"]["name"]
    host.config.write_text("1")
    host.change("proved", name=first)
    second = host.change("kept", paths=[str(host.store)])["point"]["name"]
    host.store.write_text("2")
    host.change("proved", name=second)
    check = host.change("recalled", name=first, check_mode=True)
    assert check["put_back"] == [str(host.config), str(host.store)] and host.files() == ("1", True)
    with pytest.raises(ChangeError, match="no open change"):
        host.change("recalled", name=first)
    back = host.change("kept")["point"]["name"]
    assert host.change("recalled", name=first)["put_back"] == check["put_back"]
    host.change("tried", name=back)
    host.change("proved", name=back)
    assert host.files() == ("old", False)


def test_files_are_put_back_together_or_not_at_all(host, monkeypatch):
    host.store.write_text("old")
    host.change("kept")
    host.write()
    prepare = files._prepared

    def full_at_the_second(path, *others):
        if path == str(host.store):
            raise OSError(errno.EIO, "Input/output error")
        return prepare(path, *others)

    monkeypatch.setattr(files, "_prepared", full_at_the_second)
    with pytest.raises(ChangeError, match="trust.ks could not be put back"):
        host.change("restored")
    assert (host.config.read_text(), host.store.read_text()) == ("new", "new") and host.runs
    assert not list(host.directory.glob(".k12_sif-*"))
    monkeypatch.undo()
    host.change("restored")
    assert (host.config.read_text(), host.store.read_text()) == ("old", "old")


def test_other_permissions_are_put_back(host):
    host.change("kept")
    host.config.chmod(0o666)
    assert host.change("restored")["put_back"] == [str(host.config)]
    assert stat.S_IMODE(host.config.stat().st_mode) == 0o640


def test_an_agent_that_something_else_started_is_stopped_first(host):
    name = host.change("kept")["point"]["name"]
    host.call("start")
    process = (host.directory / "pid").read_text()
    host.write()
    host.change("tried", name=name)
    assert host.runs and (host.directory / "pid").read_text() != process
    # It wrote its old files back, but what it has in its memory came from the new ones.
    host.config.write_text("old")
    host.store.unlink()
    process = (host.directory / "pid").read_text()
    assert host.change("restored")["put_back"] == []
    assert host.runs and (host.directory / "pid").read_text() != process


def test_what_an_agent_saves_when_it_stops_is_kept(host):
    host.control.write_text(CONTROL.replace("echo stop >>calls", "echo stop >>calls; echo saved >agent.cfg"))
    point = host.change("kept")["point"]
    copies = sorted(path.name for path in pathlib.Path(point["directory"]).iterdir())
    assert copies == ["1-agent.cfg", "manifest.json"]
    host.write()
    host.change("restored")
    assert host.config.read_text() == "saved\n"


def test_a_file_that_cannot_be_kept_does_not_stop_the_agent(host):
    with pytest.raises(ChangeError, match="Is a directory"):
        host.change("kept", paths=[str(host.directory)])
    assert host.calls == ["start"]


def test_a_damaged_old_point_is_in_nobodys_way(host):
    for content in ("1", "2"):
        name = host.change("kept")["point"]["name"]
        host.config.write_text(content)
        host.change("proved", name=name)
    first, second = sorted(host.points.glob("*/manifest.json"))
    first.write_text("{")
    assert [point["name"] for point in host.change("listed")["points"]] == [second.parent.name]
    second.write_text("{")
    with pytest.raises(ChangeError, match="no readable manifest"):
        host.change("listed")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may give a folder to somebody else")
@pytest.mark.parametrize("what", ["folder", "point"])
def test_points_that_somebody_else_may_have_written_are_not_trusted(host, what):
    name = host.change("kept")["point"]["name"]
    host.write()
    os.chown(host.points if what == "folder" else host.points / name, 65534, 65534)
    for state in ("listed", "restored"):
        with pytest.raises(ChangeError, match="belongs to another account"):
            host.change(state, name=name)
    assert host.files() == ("new", True)
    os.chown(host.points if what == "folder" else host.points / name, 0, 0)
    host.change("restored")


def test_a_full_disk_does_not_keep_a_file_from_being_put_back(tmp_path, monkeypatch):
    path, point = tmp_path / "agent.cfg", tmp_path / "point"
    path.write_text("old")
    point.mkdir()
    entry = files.keep(str(path), str(point), 1)
    path.write_text("new")

    def full(_handle):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with files.ready(entry, str(point)) as put_in_place:
        put_in_place()
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


@pytest.fixture
def small_disk(tmp_path):
    """A host whose files all lie on a disk that can be filled to its last byte."""
    directory = tmp_path / "small"
    directory.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=512k", "small", str(directory)], check=True)
    host = Host(directory)
    host.config.write_text("old" * 3000)
    host.call("start")

    def fill() -> None:
        with contextlib.suppress(OSError), (directory / "filler").open("ab", buffering=0) as stream:
            while True:
                stream.write(b"x" * 4096)

    host.fill = fill
    yield host
    (directory / "filler").unlink(missing_ok=True)
    shutil.rmtree(host.points, ignore_errors=True)
    if host.runs:
        os.kill(int((directory / "pid").read_text()), 9)
    subprocess.run(["umount", "--lazy", str(directory)], check=True)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may mount the small file system that gets full")
@pytest.mark.parametrize("full_before", ["kept", "written", "tried", "proved", "restored", "the guard"])
def test_a_disk_that_gets_full_at_any_moment_strands_nobody(small_disk, full_before):
    host, old = small_disk, small_disk.config.read_text()
    if full_before == "kept":
        host.fill()
        with pytest.raises(ChangeError, match=r"No space left on device|cannot be made"):
            host.change("kept")
        assert host.runs and host.config.read_text() == old
        return
    # So many words that one more line of the manifest would begin another page of the disk.
    manifest = pathlib.Path(host.change("kept", wanted=[""])["point"]["directory"], "manifest.json")
    words = "x" * (4096 - 20 - len(manifest.read_bytes().rstrip()))
    host.change("restored")
    name = host.change("kept", wanted=[words], guard_timeout=3 if full_before == "the guard" else 30)["point"]["name"]
    if full_before == "written":
        host.fill()
        host.change("restored")
    else:
        host.config.write_text("new")
        if full_before == "the guard":
            host.fill()
            assert within(15, lambda: host.change("listed")["open"] is None)
        else:
            if full_before == "tried":
                host.fill()
            host.change("tried", name=name)
            host.fill()
            host.change("restored" if full_before == "restored" else "proved", name=name)
    listed = host.change("listed")
    assert host.runs and listed["open"] is None
    assert host.config.read_text() == ("new" if full_before in ("tried", "proved") else old)


def test_a_guard_that_cannot_start_the_agent_tries_again(host, monkeypatch):
    monkeypatch.setattr(guard, "_RETRY", 1.0)
    (host.directory / "broken").touch()
    host.change("kept", guard_timeout=1)
    host.write()
    assert within(15, lambda: host.files() == ("old", False)) and not host.runs
    (host.directory / "broken").unlink()
    assert within(15, lambda: host.runs and host.change("listed")["open"] is None)


def test_a_guard_without_a_readable_manifest_starts_the_agent(host):
    point = host.change("kept", guard_timeout=1)["point"]
    pathlib.Path(point["directory"], "manifest.json").write_text("{")
    assert within(15, lambda: host.runs)
