# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Method HTTP with an https:// URL: the JVM does TLS, with its own cacerts."""

from __future__ import annotations

import typing as t

from conftest import Agent
from connected import Connected

testinfra_hosts = ["podman://k12-agent-http"]


class TestConnectedByHttp(Connected):
    source_id = "AGENT-HTTP"
    zone = "DISTRICT_HTTP"
    trust_store = "/usr/lib/jvm/default-java/lib/security/cacerts"

    def test_the_public_authorities_are_still_trusted(self, agent: Agent) -> None:
        assert agent.trusted(self.trust_store).count("Owner: ") > 100

    def test_the_distributions_link_to_cacerts_is_kept(self, host: t.Any) -> None:
        assert host.file(self.trust_store).is_symlink
