# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The ZIS changes to a new authority, and the agent stays connected all the time."""

from __future__ import annotations

import pytest
from conftest import CANVAS, Authority
from lab import wait_for

CONNECT = "k12.sif.connect"


@pytest.fixture
def next_authority(tmp_path):
    """The authority that the ZIS changes to, of the same name as the old one."""
    return Authority(tmp_path / "next", "Kimono Lab CA")


def test_rotation_with_overlap(agent, zis, plays, https_district, next_authority):
    def seen():
        return zis.zone(CANVAS).agent("PowerSchool")

    def certificates(authority):
        return [{"alias": "kimono", "content": authority.ca.read_text()}]

    def polls_on():
        last = seen()["last_poll_at"]
        return wait_for(lambda: seen()["last_poll_at"] != last, "the agent polls")

    old = dict(https_district, sif_agent_keep_previous_certificates=True)
    old["sif_agent_certificates"] = [{"alias": "kimono", "content": https_district["sif_agent_certificates"][0]["content"]}]
    first = plays.run(CONNECT, {"oak": old})
    assert first.status == 0, first.output
    assert seen()["register_count"] == 1

    new = dict(old, sif_agent_certificates=certificates(next_authority))
    rotated = plays.run(CONNECT, {"oak": new}, "--diff")
    assert rotated.status == 0, rotated.output
    assert seen()["register_count"] == 2, "a changed store needs exactly one restart"
    assert "kimono-previous" in rotated.output
    polls_on()

    zis.zone(CANVAS).call("POST", "certificate", {"cert": str(next_authority.cert), "key": str(next_authority.key)})
    polls_on()
    again = plays.run(CONNECT, {"oak": new})
    assert (again.status, again.changed) == (0, []), again.output
    assert seen()["register_count"] == 2, "the agent was restarted without need"
