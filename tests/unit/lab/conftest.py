# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fixtures shared by the tests of the lab."""

from __future__ import annotations

import pytest

import agent_jar
import zis_peer


@pytest.fixture(scope="session")
def lab_agent_jar(tmp_path_factory):
    """The lab agent, built once per test session."""
    return agent_jar.build(tmp_path_factory.mktemp("lab-agent") / "lab-agent.jar")


@pytest.fixture
def lab():
    """A ZIS as good as new, see zis_peer.shared_lab."""
    return zis_peer.shared_lab()
