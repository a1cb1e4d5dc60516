# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""After a change and a second run: both agents are connected and share what the inventory says now."""

from __future__ import annotations

import pytest
from conftest import Kimono

SOURCE_IDS = ["AGENT-HTTP", "AGENT-HTTPS"]

testinfra_hosts = ["podman://k12-zis"]


@pytest.mark.parametrize("source_id", SOURCE_IDS)
def test_the_agent_shares_what_the_inventory_says_now(kimono: Kimono, source_id: str) -> None:
    assert {school["LocalId"] for school in kimono.receive("SchoolInfo", source_id)} == {"001", "100", "200"}


@pytest.mark.parametrize("source_id", SOURCE_IDS)
def test_the_agent_is_connected(kimono: Kimono, source_id: str) -> None:
    seen = kimono.agent(source_id)
    assert (seen["mode"], seen["sleeping"], seen["secure"]) == ("Pull", False, True)
