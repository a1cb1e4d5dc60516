# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A change with a way back on a Windows host: the states of k12.sif.restore_point, and each thing that can go wrong."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import time

import pytest
from ansible_collections.k12.sif.plugins.action.agent_cfg import ActionModule as agent_cfg
from ansible_collections.k12.sif.plugins.action.restore_point import ActionModule
from ansible_collections.k12.sif.plugins.module_utils._recovery import control
from ansible_collections.k12.sif.plugins.plugin_utils._host import windows_control, windows_scripts
from ansible_collections.k12.sif.plugins.plugin_utils._host.windows_disk import WindowsDisk
from conftest import AGENT, CONFIG
from emulation import scripts
from emulation.tree import WindowsError

POINTS = f"{AGENT}\\restore-points"
STORE = f"{AGENT}\\Kimono.ks"
SERVICE = {"directory": POINTS, "service": "sif agent", "stop_timeout": 2, "keep": 2}
IMAGE = f'"{AGENT}\\bin\\wrapper.exe" -s "{AGENT}\\conf\\wrapper.conf"'


@pytest.fixture
def service(windows):
    windows.place(f"{AGENT}\\conf\\wrapper.conf").write_text("#c\nwrapper.java.command=..\\jre\\bin\\java\nwrapper.working.dir=..\n")
    services = {"SIF Agent": {"path": IMAGE, "state": "started", "dependency_of": ["Watch"]}, "Watch": {"state": "started"}}
    windows.tree.change(services=services)
    return windows


@pytest.fixture
def change(service, direct, monkeypatch):
    """One use of the module."""
    monkeypatch.setattr(control, "_SETTLE", 0.2)
    monkeypatch.setattr(windows_control, "_RECOVERY", 0.2)

    def run(state, check_mode=False, **more):
        return direct.run(ActionModule, check_mode, **{**SERVICE, "state": state, **more})

    return run


def kept(change, **more):
    result = change("kept", paths=[CONFIG, STORE], wanted=["zones"], **more)
    assert "point" in result, result
    return result["point"]


def states(windows):
    return {name: service["state"] for name, service in windows.tree.settings["services"].items()}


def test_a_change_is_kept_tried_and_proved(service, change):
    before = service.place(CONFIG).read_bytes()
    told = change("listed", check_mode=True)
    assert (told["points"], told["open"], told["agent_runs"], told["unit"]["name"]) == ([], None, True, "SIF Agent")
    assert change("kept", check_mode=True, paths=[CONFIG])["changed"] is True
    assert not service.tree.map(POINTS).exists()

    made = kept(change)
    assert states(service) == {"SIF Agent": "stopped", "Watch": "stopped"}
    assert (made["state"], made["agent_ran"], made["dependants"]) == ("open", True, ["Watch"])
    folder = service.tree.map(f"{POINTS}\\{made['name']}")
    manifest = json.loads((folder / "manifest.json").read_text())
    assert [entry["exists"] for entry in manifest["files"]] == [True, False]
    assert (folder / manifest["files"][0]["copy"]).read_bytes() == before

    busy = change("kept", paths=[CONFIG])["msg"]
    assert "The change of another run is open on this agent" in busy
    assert "if it was interrupted, the first run after 20" in busy

    service.place(CONFIG).write_bytes(before + b"<!-- new -->")
    assert change("tried", name=made["name"])["agent_runs"] is True
    assert change("proved", name=made["name"])["removed"] == []
    assert states(service) == {"SIF Agent": "started", "Watch": "started"}
    listed = change("listed")
    assert [(one["name"], one["state"]) for one in listed["points"]] == [(made["name"], "proved")]
    assert listed["open"] is None

    back = kept(change)
    assert change("recalled", name=made["name"])["put_back"] == [CONFIG]
    assert change("tried", name=back["name"])["agent_runs"] and "failed" not in change("proved", name=back["name"])
    assert service.place(CONFIG).read_bytes() == before


def test_the_log_is_judged_where_it_is(service, change):
    log = service.place(f"{AGENT}\\logs\\agent.log")
    log.write_text("2026-11-24 02:00:00,000 old PKIX path building failed\n")
    path = {"log_path": f"{AGENT}\\logs\\agent.log"}
    made = kept(change, **path)
    change("tried", name=made["name"], **path)
    assert change("listed", **path)["log_findings"] == []
    with log.open("a") as stream:
        stream.write("2026-11-24 02:10:00,000 SIF_Register successful, Jane Doe\n2026-11-24 02:10:01,000 Category=4; Code=9; Jane Doe\n")
    told = change("listed", **path)
    assert told["log_findings"] == ["Category=4; Code=9"]
    log.unlink()
    assert change("listed", **path)["log_findings"] == []


def test_an_open_change_is_undone_by_the_next_run(service, change):
    before = service.place(CONFIG).read_bytes()
    kept(change, guard_timeout=0)
    service.place(CONFIG).write_bytes(b"half")
    service.place(STORE).write_bytes(b"new")
    listed = change("listed")
    assert (listed["open"]["state"], listed["guard_alive"]) == ("open", False)
    assert "gave no sign of life any more, so it was interrupted" in change("kept", paths=[CONFIG])["msg"]
    assert change("restored", check_mode=True)["changed"] and service.place(CONFIG).read_bytes() == b"half"
    assert change("restored")["put_back"] == [CONFIG, STORE]
    assert change("restored")["changed"] is False
    assert service.place(CONFIG).read_bytes() == before and not service.tree.map(STORE).exists()
    assert states(service) == {"SIF Agent": "started", "Watch": "started"}


def test_of_two_runs_that_begin_at_once_one_steps_back_at_least(service, change, monkeypatch):
    write, other = WindowsDisk.write, []

    def write_late(disk, path, content):
        """The first run has made its folder; before it writes its manifest a second one, with a later name, does all of its work."""
        if not other:
            other.append(None)
            other[0] = kept(change)
        write(disk, path, content)

    monkeypatch.setattr(WindowsDisk, "write", write_late)
    first = change("kept", paths=[CONFIG])
    assert "began to change this agent in the same moment, so this one stepped back. Remedy: wait" in first["msg"], first
    assert [point["name"] for point in change("listed")["points"]] == [other[0]["name"]]


def test_points_are_pruned_and_an_unchanged_one_goes(service, change):
    for number in range(3):
        made = kept(change)
        service.place(CONFIG).write_bytes(b"%d" % number)
        assert change("tried", name=made["name"])["agent_runs"] and "failed" not in change("proved", name=made["name"])
    assert len(list(service.tree.map(POINTS).iterdir())) == 2
    same = kept(change)
    change("tried", name=same["name"])
    assert same["name"] in change("proved", name=same["name"])["removed"]
    assert "There is no restore point x in C:" in change("recalled", name="x")["msg"]


def change_services(windows, **services):
    known = windows.tree.settings["services"]
    for name, values in services.items():
        known.setdefault(name.replace("_", " "), {}).update(values)
    windows.tree.change(services=known)


def test_a_service_that_does_not_stop_is_one_clear_error(service, change):
    change_services(service, SIF_Agent={"never_stops": True})
    before = service.place(CONFIG).read_bytes()
    message = change("kept", paths=[CONFIG], stop_timeout=1)["msg"]
    assert message.startswith("The agent's process is still there 1 seconds after it was told to stop. Remedy: "), message
    assert "no guard on a Windows host" in message and service.place(CONFIG).read_bytes() == before
    # Windows starts nothing that depends on a service that is stopping.
    assert "What depends on it stays stopped until this change is undone: the service Watch could not be started" in message
    assert "is still there 1 seconds" in change("restored", stop_timeout=1)["msg"]
    assert change("restored", stop_timeout=1, force_stop=True)["put_back"] == []
    assert states(service) == {"SIF Agent": "started", "Watch": "started"}
    assert "point" in change("kept", paths=[CONFIG], stop_timeout=1, force_stop=True)
    assert states(service)["SIF Agent"] == "stopped"


def test_services_that_depend_on_the_agent_run_again_whatever_fails(service, change):
    change_services(service, SIF_Agent={"dependency_of": ["Watch", "Backup"]}, Backup={"state": "started", "refuses_to_stop": True})
    message = change("kept", paths=[CONFIG], stop_timeout=1)["msg"]
    assert message.startswith("The service Backup depends on sif agent and did not stop: the agent's process is still there"), message
    assert states(service) == {"SIF Agent": "started", "Watch": "started", "Backup": "started"}

    # Somebody starts the agent by hand before the next run; what was stopped with it is remembered all the same.
    change_services(service, Watch={"state": "stopped"})
    assert change("restored")["put_back"] == []
    assert states(service) == {"SIF Agent": "started", "Watch": "started", "Backup": "started"}


def test_a_killed_service_that_windows_starts_again_is_refused(service, change, monkeypatch):
    monkeypatch.setattr(windows_control, "_RECOVERY", 1.5)
    change_services(service, SIF_Agent={"never_stops": True, "recovers": 1})
    message = change("kept", paths=[CONFIG], stop_timeout=1, force_stop=True)["msg"]
    assert "was killed, and Windows has started it again, because its recovery says so. Remedy: set its recovery" in message
    assert change("listed")["agent_runs"] is True and states(service)["Watch"] == "started"


def test_a_service_that_takes_its_time_to_start_is_waited_for(service, change, monkeypatch):
    made = kept(change)
    change_services(service, SIF_Agent={"start_takes": 2})
    begun = time.time()
    assert change("tried", name=made["name"])["agent_runs"] is True and time.time() > begun + 2
    monkeypatch.setattr(windows_control, "_START_TIMEOUT", 1)
    change_services(service, SIF_Agent={"start_takes": 60})
    change("restored")
    kept_again = kept(change)
    assert "the service sif agent is still start_pending 1 seconds after" in change("tried", name=kept_again["name"])["msg"].lower()


@pytest.mark.parametrize(
    "services, name, words",
    [
        ({"SIF_Agent": {"disabled": True}}, "sif agent", "The service sif agent could not be started: sc.exe start ended with status 1058"),
        ({"SIF_Other": {}}, "sif*", "Several services of this host match sif.: SIF Agent, SIF Other. Remedy: name one of them."),
    ],
    ids=["disabled", "ambiguous"],
)
def test_a_service_that_cannot_be_started_or_told_is_one_clear_error(service, change, services, name, words):
    made = kept(change)
    change_services(service, **services)
    assert re.search(words, change("tried", name=made["name"], service=name)["msg"])


def test_a_process_that_cannot_be_asked_for_is_one_clear_error(service, change, monkeypatch):
    def denied(*dummy, **dummies):
        raise WindowsError("Access is denied", 5)

    monkeypatch.setitem(scripts._KNOWN, windows_scripts.END_OF_PROCESS, denied)
    message = change("kept", paths=[CONFIG])["msg"]
    assert "whether process 4242 of the service Watch has ended could not be found out: Access is denied. Remedy: " in message, message
    assert states(service) == {"SIF Agent": "started", "Watch": "started"}


def test_a_process_that_outlives_its_service_is_waited_for(service, change):
    services = service.tree.settings["services"]
    services["SIF Agent"]["lingers"] = until = time.time() + 3
    service.tree.change(services=services)
    kept(change)
    assert time.time() >= until


@pytest.mark.parametrize(
    "options, settings, words",
    [
        ({"service": "Nobody"}, {}, "Windows does not know the service Nobody. Remedy: correct the name"),
        ({}, {"locked": [CONFIG]}, "cannot be kept in .*used by another process. Remedy: close the program.*Nothing was changed"),
        ({"paths": [AGENT]}, {}, "cannot be kept: it is no file"),
        ({"directory": "restore-points"}, {}, "restore-points is no absolute path of a Windows host. Remedy: write it like"),
    ],
    ids=["no service", "locked", "folder", "relative"],
)
def test_what_cannot_be_kept_stops_nothing_for_long(service, change, options, settings, words):
    service.tree.change(**settings)
    message = change("kept", **{"paths": [CONFIG], **options})["msg"]
    assert re.search(words, message), message
    assert states(service) == {"SIF Agent": "started", "Watch": "started"}
    assert not service.tree.map(POINTS).exists() or list(service.tree.map(POINTS).iterdir()) == []


def test_a_file_held_open_is_not_put_back_and_the_agent_runs(service, change):
    made = kept(change)
    service.place(CONFIG).write_bytes(b"new")
    service.tree.change(held=[CONFIG])
    message = change("restored")["msg"]
    assert "could not be put back from" in message and made["name"] in message
    assert states(service) == {"SIF Agent": "started", "Watch": "started"}
    service.tree.change(held=[])
    assert change("restored")["put_back"] == [CONFIG]
    assert service.place(CONFIG).read_bytes() != b"new"


def test_a_damaged_copy_is_not_put_back(service, change):
    made = kept(change)
    service.place(CONFIG).write_bytes(b"new")
    service.tree.map(f"{POINTS}\\{made['name']}\\1-agent.cfg").write_bytes(b"damaged")
    assert "is missing or was changed since it was kept, so it is not put back" in change("restored")["msg"]
    assert service.place(CONFIG).read_bytes() == b"new"


def test_a_full_disk_at_any_write_changes_nothing(service, change, direct):
    disk = service.tree
    config, points, log = "D:\\sif\\agent.cfg", "D:\\sif\\points", "C:\\log"
    place = service.place(config)
    before = service.place(CONFIG).read_bytes()
    store = service.place("D:\\sif\\Kimono.ks")
    store.write_bytes(b"x" * 6000)
    more = {"directory": points, "log_path": log}
    failed_at = set()
    for free in range(0, 3 * len(before) + 45000, 2999):
        place.write_bytes(before)
        disk.change(capacity={"D": len(before) + store.stat().st_size + free})
        made = change("kept", paths=[config, "D:\\sif\\Kimono.ks"], **more)
        changed = "msg" not in made and direct.run(agent_cfg, path=config, properties={"smoke": "one", "more": "x" * 400})
        tried = changed and "msg" not in changed and change("tried", name=made["point"]["name"], **more)
        proved = tried and "msg" not in tried and change("proved", name=made["point"]["name"], **more)
        for state, result in (("kept", made), ("changed", changed), ("tried", tried), ("proved", proved)):
            if result and "msg" in result:
                assert "not enough space on the disk" in result["msg"], result
                failed_at.add(state)
        if not proved or "msg" in proved:
            back = change("restored", **more)
            assert "msg" not in back, (free, back)
            assert place.read_bytes() == before
        assert states(service) == {"SIF Agent": "started", "Watch": "started"}, free
        assert change("listed", **more)["open"] is None
        assert not [path for path in place.parent.rglob("*") if path.suffix in (".new", ".old") or "k12_sif-" in path.name]
        shutil.rmtree(disk.map(points), ignore_errors=True)
    assert failed_at == {"kept", "changed"} and proved, failed_at


def test_what_was_changed_is_put_back_on_a_disk_that_is_full(service, change):
    before = service.place(CONFIG).read_bytes()
    made = kept(change)
    service.place(CONFIG).write_bytes(b"new")
    service.tree.change(capacity={"C": 0})
    assert change("tried", name=made["name"])["agent_runs"] is True
    assert change("restored")["put_back"] == [CONFIG]
    assert service.place(CONFIG).read_bytes() == before


def test_a_manifest_that_cannot_be_written_strands_nothing(service, change):
    before = service.place(CONFIG).read_bytes()
    made = kept(change)
    service.place(CONFIG).write_bytes(b"new")
    manifest = f"{POINTS}\\{made['name']}\\manifest.json"
    for settings, restored in (({"held": [manifest]}, False), ({"held": [], "replace_breaks": True}, False)):
        service.tree.change(**settings)
        assert "cannot be written: " in change("tried", name=made["name"])["msg"]
        assert change("listed")["open"]["name"] == made["name"], "the change was forgotten"
    service.tree.change(replace_breaks=False)
    assert change("restored")["put_back"] == [CONFIG]
    assert service.place(CONFIG).read_bytes() == before and states(service)["SIF Agent"] == "started"


def test_restore_points_are_closed_to_others_and_read_in_one_trip(service, change):
    names = []
    for number in range(5):
        made = kept(change, keep=5)
        names.append(made["name"])
        service.place(CONFIG).write_bytes(b"%d" % number)
        change("tried", name=made["name"])
        assert "msg" not in change("proved", name=made["name"], keep=5)
    assert service.tree.settings["private"] == [f"{POINTS}\\{name}" for name in names]
    service.trips()
    assert [point["name"] for point in change("listed")["points"]] == names
    assert service.trips() == ["win_powershell", "win_service_info", "slurp"]  # the points; the service and its wrapper.conf
    service.tree.change(locked=[f"{POINTS}\\{names[4]}\\manifest.json"])
    assert f"{names[4]} has no readable manifest: [Errno 5] The process cannot access" in change("listed")["msg"]


@pytest.fixture
def commands(service, direct, change, monkeypatch):
    """An agent with commands: the file C(on) says whether it runs. Returns what is done with one more line in a command."""
    monkeypatch.setattr(control, "COMMAND_TIMEOUT", 2)
    folder = service.place(f"{AGENT}\\on").parent
    lines = {"start": f"touch '{folder}/on'", "stop": f"rm '{folder}/on'", "status": f"test -e '{folder}/on' || exit 3"}
    (folder / "on").touch()

    def run(state, more=None, **options):
        for name, line in lines.items():
            (folder / f"{name}.bat").write_text(line + "\n" + (more or {}).get(name, ""))
        told = {f"{name}_command": [f"{AGENT}\\{name}.bat", 'a "b" \\'] for name in lines}
        return direct.run(ActionModule, directory=POINTS, state=state, **told, **options)

    return run


def test_a_command_that_hangs_is_one_clear_error(service, commands):
    before, running = service.place(CONFIG).read_bytes(), service.tree.map(f"{AGENT}\\on")
    hanging = commands("kept", {"stop": f"touch '{running}'\nsleep 60"}, paths=[CONFIG], stop_timeout=1)["msg"]
    assert "is still there 1 seconds after it was told to stop; the stop command did not end in time. Remedy: " in hanging, hanging
    assert "msg" not in commands("restored")
    assert service.place(CONFIG).read_bytes() == before and running.exists()

    begun = time.monotonic()
    for name, words in (("status", "the status command"), ("start", "the command")):
        made = commands("kept", paths=[CONFIG])["point"]["name"]
        message = commands("tried", {name: "sleep 60"}, name=made)["msg"]
        assert words in message.lower() and "did not end in time" in message, message
        assert "msg" not in commands("restored")
    assert time.monotonic() - begun < 30 and running.exists()


def test_an_agent_that_a_start_command_leaves_behind_does_not_hold_it_up(service, commands):
    made = commands("kept", paths=[CONFIG])["point"]["name"]
    begun = time.monotonic()
    assert commands("tried", {"start": "sleep 20 &"}, name=made)["agent_runs"] is True
    assert time.monotonic() - begun < 10


@pytest.mark.parametrize("words", [["a"], ["a b", ""], ['say "x"', "C:\\new folder\\"], ["\\\\server\\x", 'a\\"b', "tab\tx"]])
def test_arguments_of_commands_arrive_as_they_are(words):
    assert scripts.arguments_of(subprocess.list2cmdline(words)) == words
