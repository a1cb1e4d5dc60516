# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the lab product keeps its settings is learned from its console; what was learned then connects the agent."""

from __future__ import annotations

import base64
import os
import pathlib
import pty
import subprocess
import sys

import pytest
import yaml
from conftest import CANVAS, STATE

LEARN = "k12.sif.learn"
CONNECT = "k12.sif.connect"
SECRET = "lab-database-secret"
EXPECTED = {
    "school_year": {"level": "zone", "kind": "property", "name": "lab.schoolYear", "format": "{start}-{end}"},
    "schools": {"level": "zone", "kind": "child_list", "parent": "schools", "element": "school", "each": "number", "attribute": "number"},
    "smp": {"level": "zone", "kind": "child_attribute", "element": "plugin", "match": {"name": "StateMessaging"}, "attribute": "enabled",
            "vocabulary": {"on": "true", "off": "false"}},
}  # fmt: skip


@pytest.fixture
def console(agent):
    """The command line of the agent's console for one action."""

    def command(*action):
        return [str(agent.java_home / "bin" / "java"), "-jar", str(agent.directory / "lab-agent.jar"),
                "console", "--config", str(agent.config), *action]  # fmt: skip

    return command


@pytest.fixture
def unknowing(district, tmp_path):
    """The district with a product of which nobody knows where it keeps these settings; the profile file is not there yet."""
    return {**district, "sif_agent_profile": "powerschool", "sif_learn_profile_file": str(tmp_path / "maple.yml"), "sif_learn_zone": STATE}


def entries(path):
    """The locators of a profile, without what they say for people."""
    settings = yaml.safe_load(pathlib.Path(path).read_text())["settings"]
    return {name: {key: value for key, value in entry.items() if key != "console"} for name, entry in settings.items()}


def test_what_was_learned_connects(agent, zis, plays, district, unknowing, console):
    file = unknowing["sif_learn_profile_file"]
    lessons = [
        ("school_year", "2025-2026", console("set-year", STATE, "2025-2026")),
        ("schools", "Cedar High, 100", console("set-schools", STATE, "100,300")),
        ("smp", "off", console("set-smp", STATE, "off")),
    ]
    for setting, value, command in lessons:
        lesson = {"sif_learn_setting": setting, "sif_learn_to": value, "sif_learn_command": command}
        whole_file = base64.b64encode(agent.config.read_bytes()).decode()
        result = plays.run(LEARN, {"maple": {**unknowing, **lesson}}, "-vvv", "--diff")
        assert result.status == 0, result.output
        assert SECRET not in result.output and whole_file[:40] not in result.output
    assert entries(file) == EXPECTED
    profile = yaml.safe_load(pathlib.Path(file).read_text())
    assert profile["name"] == "powerschool"
    assert profile["settings"]["smp"]["console"] == "Zone > Zone Settings > Messaging Plug-ins"

    maple = {**district, "sif_agent_profile": file, "sif_agent_smp": True}
    connected = plays.run(CONNECT, {"maple": maple})
    assert connected.status == 0, connected.output
    zone = zis.zone(CANVAS)
    students = zone.request("StudentPersonal", source_id="PowerSchool")["objects"]
    assert students and all("StateProvinceId" in item["fields"] for item in students)

    maple["sif_agent_smp"] = False
    connected = plays.run(CONNECT, {"maple": maple})
    assert connected.status == 0, connected.output
    received = {
        name: [item["fields"] for item in zone.request(name, source_id="PowerSchool")["objects"]]
        for name in ("SchoolInfo", "StudentPersonal", "StudentSchoolEnrollment")
    }
    names = {item["SchoolName"] for item in received["SchoolInfo"]}
    assert names == {"District Office", "Alder Elementary", "Birch Middle", "Cedar High"}
    assert {item["@SchoolYear"] for item in received["StudentSchoolEnrollment"]} == {"2027"}
    assert received["StudentPersonal"] and not any("StateProvinceId" in item for item in received["StudentPersonal"])

    as_shipped = plays.run(CONNECT, {"maple": {**maple, "sif_agent_profile": "lab"}}, "--check")
    assert (as_shipped.status, as_shipped.changed) == (0, []), as_shipped.output


def with_canvas_zone(agent):
    """Give the agent a second zone, in which nothing was ever set."""
    before = agent.config.read_bytes()
    zone = f'</zone>\r\n    <zone id="{CANVAS}" template="Default" url="http://localhost/Z"/>\r\n'
    agent.config.write_bytes(before.replace(b"</zone>\r\n", zone.encode(), 1))


def test_the_other_word_is_learned_by_changing_back(agent, plays, unknowing, console, tmp_path):
    with_canvas_zone(agent)
    original = agent.config.read_bytes()
    folder = tmp_path / "group_vars" / "sif_agents"
    folder.mkdir(parents=True)
    lesson = {
        **unknowing,
        "sif_learn_zone": CANVAS,
        "sif_learn_setting": "smp",
        "sif_learn_to": True,
        "sif_learn_profile_file": str(folder / "profile.yml"),
        "sif_learn_command": console("set-smp", CANVAS, "on"),
    }
    half = plays.run(LEARN, {"maple": lesson})
    assert half.status != 0 and not (folder / "profile.yml").exists()
    assert len(half.failures) == 1 and "how the product writes off" in half.failures[0]

    agent.config.write_bytes(original)
    lesson["sif_learn_back_command"] = console("set-smp", CANVAS, "off")
    result = plays.run(LEARN, {"maple": lesson})
    assert result.status == 0, result.output
    written = yaml.safe_load((folder / "profile.yml").read_text())
    assert list(written) == ["sif_agent_profile"] and written["sif_agent_profile"]["settings"]["smp"]["match"] == EXPECTED["smp"]["match"]


def test_from_two_files_and_nothing_in_check_mode(agent, plays, unknowing, console, tmp_path):
    given = {name: tmp_path / f"{name}.cfg" for name in ("before", "after")}
    given["before"].write_bytes(agent.config.read_bytes())
    subprocess.run(console("set-year", STATE, "2027-2028"), check=True)
    given["after"].write_bytes(agent.config.read_bytes())
    untouched = agent.checksums()
    lesson = {**unknowing, "sif_learn_setting": "school_year", "sif_learn_to": "2027-2028"}
    lesson.update({f"sif_learn_{name}": str(path) for name, path in given.items()})
    file = pathlib.Path(lesson["sif_learn_profile_file"])

    check = plays.run(LEARN, {"maple": lesson}, "--check", "--diff")
    assert check.status == 0 and check.changed and not file.exists(), check.output
    assert "lab.schoolYear" in check.output and "not written in check mode" in check.output

    first = plays.run(LEARN, {"maple": lesson})
    assert first.status == 0 and entries(file)["school_year"] == EXPECTED["school_year"], first.output
    second = plays.run(LEARN, {"maple": lesson})
    assert (second.status, second.changed) == (0, []), second.output
    assert agent.checksums() == untouched


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({}, ["Nothing differs", "save there"]),
        ({"sif_learn_command": "set-schools 100,300"}, ["is not understood", "<school number"]),
        ({"sif_learn_setting": "year"}, ["sif_learn_setting is year", "school_year, schools or smp"]),
        ({"sif_learn_to": ""}, ["sif_learn_to is not set"]),
        ({"sif_learn_to": "2026"}, ["'2026' is no school year"]),
        ({"sif_learn_zone": "STATE"}, ["has no zone 'STATE'", "did you mean 'STATE_REPORTING'"]),
        ({"sif_learn_profile_file": "/nonexistent/x.yml"}, ["no folder /nonexistent"]),
        ({"sif_agent_config_path": "/nonexistent/agent.cfg"}, ["/nonexistent/agent.cfg cannot be read", "sif_agent_config_path"]),
        ({"sif_learn_before": "/nonexistent/a.cfg"}, ["Only one of sif_learn_before and sif_learn_after"]),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, dict) else "",
)
def test_what_cannot_be_learned_is_one_clear_error(agent, plays, unknowing, console, change, words):
    action, _blank, schools = change.get("sif_learn_command", "save").partition(" ")
    command = console(action, *([STATE, schools] if schools else []))
    lesson = {**unknowing, "sif_learn_setting": "school_year", "sif_learn_to": "2025-2026", **change, "sif_learn_command": command}
    result = plays.run(LEARN, {"maple": lesson})
    assert result.status != 0 and len(result.failures) == 1, result.output
    for word in [*words, "Remedy: "]:
        assert word in result.failures[0]
    assert not pathlib.Path(unknowing["sif_learn_profile_file"]).exists()


def test_a_person_at_the_console(agent, unknowing, console, tmp_path):
    """With a terminal, the playbook says what to do where, waits, and asks for a second change where one is not enough."""
    with_canvas_zone(agent)
    lesson = {**unknowing, "sif_learn_zone": CANVAS, "sif_learn_setting": "smp", "sif_learn_to": "on", "ansible_connection": "local"}
    lesson["ansible_python_interpreter"] = sys.executable
    inventory = tmp_path / "hosts.yml"
    inventory.write_text(yaml.safe_dump({"sif_agents": {"hosts": {"maple": lesson}}}))
    program = str(pathlib.Path(sys.executable).parent / "ansible-playbook")
    child, terminal = pty.fork()
    if child == 0:
        os.execve(program, [program, "-i", str(inventory), LEARN], {**os.environ, "ANSIBLE_NOCOLOR": "1"})
    shown = b""

    def read_until(text):
        nonlocal shown
        while text not in shown:
            shown += os.read(terminal, 4096)  # an OSError at the end of the play fails the test
        said, shown = shown.split(text, 1)
        return said.decode()

    first = read_until(b"Press Enter when it is saved")
    assert f"set the state messaging plug-in (SMP) of zone {CANVAS} to on in the console" in " ".join(first.split())
    assert "Zone > Zone Settings > Messaging Plug-ins" in first
    subprocess.run(console("set-smp", CANVAS, "on"), check=True)
    os.write(terminal, b"\r")
    second = read_until(b"Press Enter when it is saved")
    assert "to off again" in " ".join(second.split())
    subprocess.run(console("set-smp", CANVAS, "off"), check=True)
    os.write(terminal, b"\r")
    read_until(b"PLAY RECAP")
    try:
        while os.read(terminal, 4096):
            pass
    except OSError:
        pass  # how a terminal says that the program has ended
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert entries(unknowing["sif_learn_profile_file"])["smp"] == EXPECTED["smp"]
