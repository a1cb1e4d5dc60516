# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The action k12.sif.agent_cfg_learn, and the profile file that it extends."""

from __future__ import annotations

import base64

import pytest
import yaml
from ansible_collections.k12.sif.plugins.action.agent_cfg_learn import ActionModule
from ansible_collections.k12.sif.plugins.plugin_utils._host.action import InputError
from ansible_collections.k12.sif.plugins.plugin_utils._host.profile_file import ProfileFile
from ansible_collections.k12.sif.tests.unit.plugins.action.playbook import act

SMP = {"kind": "child", "element": "plugin", "match": {"name": "SM"}, "console": "Zone > Plug-ins"}
YEAR = {"level": "zone", "kind": "property", "name": "y", "format": "{end}"}


def encoded(inside=""):
    return base64.b64encode(f'<agent><zone id="Z" url="http://h/Z">{inside}</zone></agent>'.encode()).decode()


AFTER = encoded('<property name="y" value="2027"/>')


def learn(tmp_path, **options):
    options = {"before": encoded(), "after": AFTER, "setting": "school_year", "zone": "Z", "to": "2026-2027", **options}
    options.setdefault("profile_file", str(tmp_path / "maple.yml"))
    return act(ActionModule, **{name: value for name, value in options.items() if value is not None})


# The action


def test_what_is_learned_is_returned_and_shown(tmp_path):
    result = learn(tmp_path, profile="powerschool")
    assert result["changed"] and result["complete"] and result["locator"] == YEAR
    assert result["differences"] == [{"location": "agent/zone[@id='Z']", "setting": "y", "before": None, "after": "2027"}]
    assert result["diff"]["before"] == "" and "  school_year:\n    level: zone\n" in result["diff"]["after"]
    assert result["console"].startswith("File > Agent Settings") and not list(tmp_path.iterdir())


def test_what_is_known_already_changes_nothing(tmp_path):
    (tmp_path / "maple.yml").write_text(learn(tmp_path)["diff"]["after"])
    assert not learn(tmp_path)["changed"]


def test_without_the_file_after_the_options_are_checked(tmp_path):
    result = learn(tmp_path, after=None, setting="smp", to="on", profile={"settings": {"smp": SMP}})
    assert (result["changed"], result["complete"], result["console"]) == (False, False, "Zone > Plug-ins")
    with pytest.raises(InputError, match="The file before has no zone 'X'. Remedy: "):
        learn(tmp_path, after=None, zone="X")


def test_a_second_change_is_asked_for(tmp_path):
    options = {"setting": "smp", "to": True, "after": encoded('<plugin name="SM" use="yes"/>')}
    result = learn(tmp_path, **options)
    assert not result["complete"] and not result["changed"] and "sif_learn_back" in result["explanation"]
    result = learn(tmp_path, **options, back=encoded('<plugin name="SM" use="no"/>'))
    assert result["complete"] and result["locator"]["vocabulary"] == {"on": "yes", "off": "no"}
    assert "vocabulary:\n      'on': 'yes'\n      'off': 'no'\n" in result["diff"]["after"]


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"after": encoded()}, "^Nothing differs"),
        ({"after": "no base64!"}, "after is not in base64"),
        ({"before": base64.b64encode(b"<agent>").decode()}, "^The file before, line 1"),
        ({"profile_file": "/nonexistent/x.yml"}, "no folder /nonexistent"),
        ({"profile": "pwerschool"}, "There is no profile pwerschool"),
    ],
)
def test_errors_name_the_remedy(tmp_path, options, told):
    with pytest.raises(InputError, match=told) as caught:
        learn(tmp_path, **options)
    assert "Remedy: " in str(caught.value)


# The file


def written(path, base, setting="school_year", locator=None):
    file = ProfileFile(str(path), base)
    file.write(file.text_with(setting, locator or YEAR))
    return yaml.safe_load(path.read_text())


def test_a_new_file_begins_with_the_profile_of_the_inventory(tmp_path):
    base = {"name": "sis", "settings": {"smp": SMP, "school_year": {"kind": "unknown", "console": "Agent > Year"}}}
    profile = written(tmp_path / "maple.yml", base)
    assert profile == {"name": "sis", "settings": {"school_year": {**YEAR, "console": "Agent > Year"}, "smp": SMP}}
    assert list(profile["settings"]) == ["school_year", "smp"]
    assert [path.name for path in tmp_path.iterdir()] == ["maple.yml"]


def test_a_file_that_is_there_is_extended(tmp_path):
    path = tmp_path / "maple.yml"
    path.write_text(yaml.safe_dump({"name": "own", "settings": {"smp": SMP, "school_year": {"kind": "unknown"}}}))
    path.chmod(0o600)
    assert written(path, "lab") == {"name": "own", "settings": {"school_year": YEAR, "smp": SMP}}
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_file_that_the_inventory_names_before_it_is_there(tmp_path):
    path = tmp_path / "maple.yml"
    assert written(path, str(path)) == {"name": "maple", "settings": {"school_year": YEAR}}


@pytest.mark.parametrize("folder", ["group_vars/sif_agents", "host_vars"])
def test_a_file_of_variables_holds_the_variable(tmp_path, folder):
    path = tmp_path / folder / "profile.yml"
    path.parent.mkdir(parents=True)
    assert written(path, "adk")["sif_agent_profile"]["settings"]["school_year"] == YEAR
    both = written(path, "lab", "smp", SMP)
    assert list(both) == ["sif_agent_profile"] and both["sif_agent_profile"]["name"] == "adk"
    assert both["sif_agent_profile"]["settings"] == {"school_year": YEAR, "schools": None, "smp": SMP}
    path.write_text("sif_agent_profile: lab\n")
    assert written(path, "adk")["sif_agent_profile"]["settings"]["smp"]["match"] == {"name": "StateMessaging"}


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("sif_agent_smp: false\nsif_agent_profile: lab\n", r"holds other variables \(sif_agent_smp\)"),
        ("a: !vault x", "is not readable YAML"),
        ("- a", "is not a YAML mapping"),
        ("", "is not a YAML mapping"),
        ("sif_agent_profile: {settings: {smp: {kind: chld}}}", "cannot be extended: .*'chld'"),
    ],
)
def test_a_file_that_would_lose_something_is_refused(tmp_path, content, told):
    path = tmp_path / "group_vars" / "all.yml"
    path.parent.mkdir()
    path.write_text(content)
    with pytest.raises(InputError, match=told) as caught:
        written(path, "adk")
    assert "Remedy: " in str(caught.value) and path.read_text() == content


def test_a_folder_that_is_gone(tmp_path):
    (tmp_path / "gone").mkdir()
    file = ProfileFile(str(tmp_path / "gone" / "maple.yml"), "adk")
    (tmp_path / "gone").rmdir()
    with pytest.raises(InputError, match="cannot be written: No such file"):
        file.write("x")
