# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The JVM's own trust store, as the modules for agent.cfg find it on a host."""

from __future__ import annotations

import pytest
from ansible_collections.k12.sif.plugins.action.agent_cfg import ActionModule as agent_cfg
from ansible_collections.k12.sif.plugins.action.agent_cfg_info import ActionModule as agent_cfg_info
from ansible_collections.k12.sif.tests.unit.plugins.action.playbook import act, play

AGENT_CFG = '<agent id="A"><zone id="Z" url="https://zis/Z"><property name="adk.messaging.transport" value="http"/></zone></agent>'
JRE, JDK8 = "lib/security/", "jre/lib/security/"


@pytest.mark.parametrize(
    "there, expected",
    [
        ([JRE + "cacerts"], JRE + "cacerts"),
        ([JRE + "cacerts", JRE + "jssecacerts"], JRE + "jssecacerts"),
        ([JDK8 + "cacerts", "lib/tools.jar"], JDK8 + "cacerts"),
        ([JDK8 + "cacerts", JDK8 + "jssecacerts"], JDK8 + "jssecacerts"),
        (["bin/java"], None),
    ],
    ids=["jre", "jssecacerts", "jdk 8", "jdk 8 with jssecacerts", "neither"],
)
def test_own_store(tmp_path, there, expected):
    home = tmp_path / "a java's home"
    for name in there:
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        (home / name).touch()
    config = tmp_path / "agent.cfg"
    config.write_text(AGENT_CFG)
    for action in (agent_cfg, agent_cfg_info):
        result = act(action, path=str(config), java_home=str(home))
        assert result["trust_stores"][0]["path"] == (str(home / expected) if expected else None), result


def test_the_java_program_may_be_a_link_out_of_its_folder(tmp_path):
    home = tmp_path / "jvm" / "java-17"
    for name in ("bin/java", JRE + "cacerts"):
        (home / name).parent.mkdir(parents=True)
        (home / name).touch()
    (tmp_path / "usr" / "bin").mkdir(parents=True)
    (tmp_path / "usr" / "bin" / "java").symlink_to(home / "bin" / "java")
    config = tmp_path / "agent.cfg"
    config.write_text(AGENT_CFG)
    asked = {"path": str(config), "java_home": str(tmp_path / "usr")}
    result = play(tmp_path, {"k12.sif.agent_cfg_info": asked})
    assert result.results[0]["trust_stores"][0]["path"] == str(home / JRE / "cacerts")
