# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""After a change and a second run: both agents are connected and share what the inventory says now."""

from __future__ import annotations

import pytest
from conftest import Kimono

testinfra_hosts = ["podman://k12-zis"]

each_agent = pytest.mark.parametrize(
    ("zone", "source_id"), [("DISTRICT_HTTP", "AGENT-HTTP"), ("DISTRICT_HTTPS", "AGENT-HTTPS")]
)


@each_agent
def test_the_agent_shares_what_the_inventory_says_now(zone: str, source_id: str) -> None:
    assert {school["LocalId"] for school in Kimono(zone).receive("SchoolInfo", source_id)} == {"001", "100", "200"}


@each_agent
def test_the_agent_is_connected(zone: str, source_id: str) -> None:
    seen = Kimono(zone).agent(source_id)
    assert (seen["mode"], seen["sleeping"], seen["secure"]) == ("Pull", False, True)
