# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A change with a way back on a Windows host: the states of k12.sif.restore_point, and each thing that can go wrong."""

from __future__ import annotations

import json
import re
import time

import pytest
from ansible_collections.k12.sif.plugins.action.restore_point import ActionModule
from ansible_collections.k12.sif.plugins.module_utils._recovery import control
from ansible_collections.k12.sif.plugins.plugin_utils._host.windows_disk import WindowsPoints
from conftest import AGENT, CONFIG

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
    assert (told["log_registered"], told["log_findings"]) == (True, ["Category=4; Code=9"])
    log.unlink()
    assert change("listed", **path)["log_registered"] is None


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


def test_two_runs_that_begin_at_once_find_each_other_out(service, change, monkeypatch):
    monkeypatch.setattr(WindowsPoints, "open", lambda _points: None)  # neither saw the other's point before it made its own
    first = kept(change)
    second = change("kept", paths=[CONFIG])
    assert "began to change this agent in the same moment" in second["msg"]
    monkeypatch.undo()
    assert [point["name"] for point in change("listed")["points"]] == [first["name"]]


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


def test_a_service_that_does_not_stop_is_one_clear_error(service, change):
    services = service.tree.settings["services"]
    services["SIF Agent"]["never_stops"] = True
    service.tree.change(services=services)
    before = service.place(CONFIG).read_bytes()
    message = change("kept", paths=[CONFIG], stop_timeout=1)["msg"]
    assert message.startswith("The agent's process is still there 1 seconds after it was told to stop. Remedy: "), message
    assert "no guard on a Windows host" in message and service.place(CONFIG).read_bytes() == before
    assert states(service)["Watch"] == "started", "what depends on the agent was stopped for nothing"
    assert change("restored")["put_back"] == []
    assert "point" in change("kept", paths=[CONFIG], stop_timeout=1, force_stop=True)
    assert states(service)["SIF Agent"] == "stopped"


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
        ({}, {"locked": [CONFIG]}, "could not be looked at: Failed to get hash of file.*Remedy: close the program.*Nothing was changed"),
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
