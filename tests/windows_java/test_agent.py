# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lab agent, run by a Windows Java, with the configuration and the stores that this collection makes for it."""

from __future__ import annotations

import json
import pathlib

import pytest
from ansible_collections.k12.sif.plugins.action.agent_cfg import ActionModule as agent_cfg
from ansible_collections.k12.sif.plugins.action.agent_cfg_info import ActionModule as agent_cfg_info
from ansible_collections.k12.sif.plugins.action.key_store import ActionModule as key_store
from ansible_collections.k12.sif.plugins.action.truststore import ActionModule as truststore
from conftest import AGENT, CONFIG, JRE, STORE_PASSWORD, School, emulated
from lab import wait_for

CANVAS = emulated.functional.CANVAS


@pytest.fixture
def school(windows, agent, zis, authority):
    return School(windows, agent, zis, authority)


def process_id(agent):
    return int((agent.directory / "agent.pid").read_text())


def program(agent):
    """What runs as the agent; a path of Windows if wine runs it."""
    return pathlib.Path(f"/proc/{process_id(agent)}/cmdline").read_bytes().split(b"\0")[0].decode()


def configure(direct, zis, trust_store):
    stores = {"trustStore": trust_store, "keyStore": "Agent.ks"}
    passwords = {"trustStorePassword": STORE_PASSWORD, "keyStorePassword": STORE_PASSWORD}
    https = {"protocol": "https", "properties": {**stores, **passwords}}
    zone = {"id": CANVAS, "url": f"{zis.https}/{CANVAS}", "method": "https", "mode": "pull", "pull_frequency": 500}
    result = direct.run(agent_cfg, path=CONFIG, transports=[https], zones=[zone])
    assert result.get("changed"), result
    return direct.run(agent_cfg_info, path=CONFIG, working_directory=AGENT, show_passwords=True)


# Relative to the agent's working directory, and as people write it; the folders are called Stores and SIF.
@pytest.mark.parametrize("trust_store", ["stores\\Kimono.ks", "c:/program files/../PROGRAMDATA\\sif/Kimono.ks"])
def test_it_connects_with_the_store_that_the_model_says(windows, agent, zis, authority, direct, java, trust_store):
    model = configure(direct, zis, trust_store)
    [verdict] = [json.loads(line) for line in java.java("-jar", "lab-agent.jar", "check", "agent.cfg")]
    seen, known = verdict["transports"]["https"], model["effective"]["transports"]["https"]
    assert verdict["sourceId"] == model["effective"]["source_id"]
    assert seen["trustStore"] == known["trust_store"] == trust_store and seen["keyStore"] == known["key_store"] == "Agent.ks"

    [store] = [one["path"] for one in model["trust_stores"] if one["zone"] == CANVAS]
    for folder in (f"{AGENT}\\Stores", "C:\\ProgramData\\SIF"):
        windows.place(f"{folder}\\x")
    assert direct.run(key_store, path=f"{AGENT}\\Agent.ks", password=STORE_PASSWORD)["changed"]
    assert direct.run(truststore, path=store, password=STORE_PASSWORD, certificates=[authority.ca.read_text()])["changed"]
    agent.control("start")
    name = model["effective"]["source_id"]
    wait_for(lambda: (zis.zone(CANVAS).agent(name) or {}).get("secure"), "the ZIS knows the agent", 60)
    assert program(agent) == f"{JRE}\\bin\\java.exe"


def test_the_role_connects_a_windows_java(school, tasks):
    """All of the change: stop, stores, agent.cfg, start, and the proof by the ZIS."""
    school.agent.control("start")
    services = school.windows.tree.settings["services"]
    services["SIF Agent"]["state"] = "started"
    school.windows.tree.change(services=services)
    before = process_id(school.agent)
    variables = {
        **school.variables,
        "sif_agent_method": "HTTPS",
        "sif_agent_directory": AGENT,
        "sif_agent_trust_store": "C:\\ProgramData\\SIF\\Kimono.ks",
        "sif_agent_key_store": "Agent.ks",
        "sif_agent_key_store_password": STORE_PASSWORD,
        "sif_agent_key_store_create": True,
        "sif_agent_proof_timeout": 60,
    }
    school.windows.place(variables["sif_agent_trust_store"])
    result = tasks.plays.run("k12.sif.connect", {"ps": variables}, "--diff")
    assert result.status == 0, result.output
    assert (school.seen()["secure"], school.seen()["sleeping"]) == (True, False)
    assert program(school.agent) == f"{JRE}\\bin\\java.exe" and process_id(school.agent) != before
