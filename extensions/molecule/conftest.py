# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the scenarios ask of the containers: Kimono's view at the ZIS, and the agent's side."""

from __future__ import annotations

import dataclasses
import json
import typing as t

import pytest
import testinfra

AGENT = "/opt/sif-lab/agent"


class Kimono:
    """One zone of the ZIS as Kimono sees it, by the ZIS's own client in its container."""

    def __init__(self, zone: str) -> None:
        self._zone = zone
        self._host = testinfra.get_host("podman://k12-zis")

    def _ask(self, *words: str) -> t.Any:
        program = 'cd "$(dirname "$(sed -n 2p /opt/sif-lab/zis/zis.args)")"'
        client = "python3 -m zis.kimono --url http://127.0.0.1:7080 --format json --zone"
        return json.loads(self._host.check_output(" ".join([program, "&&", client, self._zone, *words])))

    def agent(self, source_id: str) -> dict[str, t.Any]:
        """The ZIS's record of a registered agent; a test fails when there is none."""
        found = [agent for agent in self._ask("agents") if agent["source_id"] == source_id]
        assert found, f"the ZIS knows no agent {source_id} in zone {self._zone}"
        return found[0]

    def receive(self, name: str, source_id: str) -> list[dict[str, str]]:
        """The fields of all objects of one kind that the agent sends when Kimono asks for them."""
        return [item["fields"] for item in self._ask("request", name, "--source-id", source_id, "--wait", "30")["objects"]]


@dataclasses.dataclass
class Agent:
    """The lab agent in its container."""

    host: t.Any

    @property
    def log(self) -> str:
        return self.host.file(f"{AGENT}/logs/agent.log").content_string

    def trusted(self, store: str) -> str:
        """What Java's own keytool lists in a trust store with the usual password."""
        return self.host.check_output(f"keytool -list -v -storepass changeit -keystore {store}")


@pytest.fixture
def agent(host: t.Any) -> Agent:
    return Agent(host)
