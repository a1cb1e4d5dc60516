# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The action k12.sif.agent_cfg_info, run as Ansible runs it; only the module that reads the file is played."""

from __future__ import annotations

import base64
import json
import pathlib
import re

import pytest
from ansible.errors import AnsibleError
from ansible.parsing.dataloader import DataLoader
from ansible.playbook.play_context import PlayContext
from ansible.playbook.task import Task
from ansible.plugins.loader import connection_loader
from ansible.template import Templar
from ansible_collections.k12.sif.plugins.action.agent_cfg_info import ActionModule

VARIANTS = pathlib.Path(__file__).parents[2] / "fixtures" / "variants"
# Their keys are names from the file, not of the structure.
NAMED_BY_THE_FILE = ("agentProperties", "properties", "ownProperties", "objects", "valuesets", "rootMappingObjects")

AGENT = """<?xml version="1.0"?>
<agent id="SIS" sifVersion="2.3">
  <property name="adk.messaging.transport" value="https"/>
  <property name="adk.messaging.mode" value=" Push"/>
  <property name="jdbc.password" value="s3cret"/>
  <transport protocol="https" enabled="true">
    <property name="keyStore" value="/k"/><property name="keyStorePassword" value="s3cret"/>
    <property name="trustStore" value="Trusted.ks"/><property name="trustStorePassword" value="s3cret"/>
  </transport>
  <zone id="Z" url="https://u:s3cret@zis/Z"><property name="api.token" value="s3cret"/></zone>
  <mappings id="Default"><property name="secret" value="s3cret"/><mappings id="x"><property name="secret" value="s3cret"/></mappings></mappings>
</agent>
"""


@pytest.fixture
def run(monkeypatch):
    """Runs the action with these arguments on a host with these files."""

    def run_action(arguments, files=(), check_mode=False):
        task = Task()
        task.args = arguments
        task.check_mode = check_mode
        task.async_val = 0
        loader = DataLoader()
        connection = connection_loader.get("local", PlayContext(), "/dev/null")
        action = ActionModule(task, connection, PlayContext(), loader, Templar(loader), None)
        asked = []

        def execute(module_name=None, module_args=None, **_more):
            asked.append((module_name, module_args))
            content = dict(files).get(module_args["src"])
            if content is None:
                return {"failed": True, "msg": f"file not found: {module_args['src']}"}
            return {"content": base64.b64encode(content).decode(), "encoding": "base64"}

        monkeypatch.setattr(action, "_execute_module", execute)
        monkeypatch.setattr(action, "_remove_tmp_path", lambda *_args, **_kwargs: None)
        result = action.run(task_vars={"inventory_hostname": "host"})
        json.dumps(result)
        return result, asked

    return run_action


@pytest.mark.parametrize("check_mode", [True, False])
def test_a_file_on_the_host(run, check_mode):
    result, asked = run({"path": "/srv/agent/agent.cfg"}, {"/srv/agent/agent.cfg": AGENT.encode()}, check_mode)
    assert [module for module, _arguments in asked] == ["ansible.legacy.slurp"]
    assert (result["changed"], result["loads"], result["stage"]) == (False, True, None)
    assert result["effective"]["zones"][0]["mode"] == "PULL"
    assert [problem["code"] for problem in result["problems"]] == ["choice", "relative-path"]
    assert result["trust_stores"][0]["path"] == "/srv/agent/Trusted.ks"


def test_passwords_are_masked_unless_asked_for(run):
    result, _asked = run({"content": AGENT})
    assert "s3cret" not in json.dumps(result)
    assert result["effective"]["transports"]["https"]["trust_store_password"] == "********"
    assert result["effective"]["transports"]["https"]["properties"]["trustStore"] == "Trusted.ks"
    assert result["effective"]["mappings"][0]["children"][0]["properties"] == {"secret": "********"}
    result, _asked = run({"content": AGENT, "show_passwords": True})
    assert result["effective"]["transports"]["https"]["trust_store_password"] == "s3cret"
    assert result["effective"]["zones"][0]["own_properties"] == {"api.token": "s3cret"}


def test_options_of_the_jvm(run):
    options = {"adk.messaging.mode": "Push", "javax.net.ssl.trustStore": "/opt/t.jks", "adk.messaging.pullFrequency": 5}
    content = AGENT.replace('transport" value="https"', 'transport" value="http"')
    result, _asked = run({"content": content, "system_properties": options, "java_home": "/jvm"})
    assert result["effective"]["zones"][0]["mode"] == "PUSH"
    assert result["effective"]["zones"][0]["pull_frequency"] == 5
    assert result["trust_stores"][0]["path"] == "/opt/t.jks"
    assert "overridden" in [problem["code"] for problem in result["problems"]]


def test_where_relative_paths_start(run):
    result, _asked = run({"content": AGENT})
    assert result["trust_stores"][0]["path"] is None
    result, _asked = run({"content": AGENT, "working_directory": "/var/lib/agent"})
    assert result["trust_stores"][0]["path"] == "/var/lib/agent/Trusted.ks"


@pytest.mark.parametrize(
    "content, stage",
    [("", "read"), ("<agent", "read"), ('<agent sifVersion="9"/>', "version"), ("<agent><zone/></agent>", "apply")],
)
def test_a_file_that_does_not_load_is_a_result(run, content, stage):
    result, _asked = run({"content": content})
    assert (result["loads"], result["stage"], result["effective"], result["trust_stores"]) == (False, stage, None, [])
    assert result["problems"][0]["severity"] == "error"
    assert result["problems"][0]["remedy"]


@pytest.mark.parametrize(
    "arguments, told",
    [
        ({"path": "/no/agent.cfg"}, "There is no file /no/agent.cfg .*Remedy"),
        ({}, "one of the following is required"),
        ({"path": "/a", "content": "<agent/>"}, "mutually exclusive"),
        (
            {"content": "<agent>" + '<mappings id="m">' * 60 + "</mappings>" * 60 + "</agent>"},
            "nested more than 50 deep.*Remedy",
        ),
    ],
)
def test_wrong_input_is_one_clear_error(run, arguments, told):
    with pytest.raises(AnsibleError, match=told):
        run(arguments)


def in_snake_case(value, as_they_are=False):
    """What a real agent makes of a file, with the keys that results have here."""
    if isinstance(value, list):
        return [in_snake_case(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {
        key if as_they_are else re.sub("(?<!^)([A-Z])", r"_\1", key).lower(): in_snake_case(item, key in NAMED_BY_THE_FILE)
        for key, item in value.items()
    }


def check_file(run, data, expected, content):
    """By path as bytes, and by content as Ansible hands on a text that may be no UTF-8."""
    arguments = {"content": data.decode("utf-8", "surrogateescape")} if content else {"path": "/agent.cfg"}
    result, _asked = run({**arguments, "show_passwords": True}, {"/agent.cfg": data})
    assert (result["loads"], result["stage"]) == (expected["ok"], expected.get("stage"))
    settings = {key: value for key, value in expected.items() if key != "ok"}
    assert result["effective"] == (in_snake_case(settings) if expected["ok"] else None)
    assert result["loads"] is not any(problem["severity"] == "error" for problem in result["problems"])


EXPECTED = json.loads((VARIANTS / "expected.json").read_text())


@pytest.mark.parametrize("content", [False, True], ids=["path", "content"])
@pytest.mark.parametrize("name", EXPECTED)
def test_what_a_real_agent_makes_of_each_variant(run, name, content):
    assert len(EXPECTED) >= 84
    check_file(run, (VARIANTS / f"{name}.cfg").read_bytes(), EXPECTED[name], content)


@pytest.mark.parametrize("content", [False, True], ids=["path", "content"])
def test_what_a_real_agent_makes_of_real_files(run, conformance, content):
    files = sorted((conformance / "corpus").glob("*.cfg"))
    assert len(files) >= 7
    for file in files:
        check_file(run, file.read_bytes(), json.loads(file.with_suffix(".json").read_text()), content)
