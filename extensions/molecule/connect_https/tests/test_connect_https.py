# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Method HTTPS: the agent does TLS, with the key store and trust store that agent.cfg names."""

from __future__ import annotations

from conftest import AGENT, Agent
from connected import Connected

testinfra_hosts = ["podman://k12-agent-https"]


class TestConnectedByHttps(Connected):
    source_id = "AGENT-HTTPS"
    zone = "DISTRICT_HTTPS"
    trust_store = f"{AGENT}/Kimono.ks"

    def test_the_other_certificate_in_the_store_is_kept(self, agent: Agent) -> None:
        assert "Alias name: other\n" in agent.trusted(self.trust_store)

    def test_the_jvms_own_trust_store_is_left_alone(self, agent: Agent) -> None:
        assert "Kimono Lab CA" not in agent.trusted("/usr/lib/jvm/default-java/lib/security/cacerts")
