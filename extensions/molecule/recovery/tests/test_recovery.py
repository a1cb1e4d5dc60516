# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""After failed changes and a rollback: both agents run as before, and the way there is on record."""

from __future__ import annotations

import json
import typing as t

import pytest
import testinfra
from conftest import AGENT, Kimono

testinfra_hosts = ["podman://k12-zis"]

each_agent = pytest.mark.parametrize(
    ("container", "zone", "source_id"),
    [("k12-agent-http", "DISTRICT_HTTP", "AGENT-HTTP"), ("k12-agent-https", "DISTRICT_HTTPS", "AGENT-HTTPS")],
)


def points(host: t.Any) -> list[dict[str, t.Any]]:
    """The manifests of all restore points, oldest first."""
    names = sorted(host.check_output(f"ls {AGENT}/restore-points").split())
    return [json.loads(host.file(f"{AGENT}/restore-points/{name}/manifest.json").content_string) for name in names]


@each_agent
def test_the_agent_is_connected_as_before(container: str, zone: str, source_id: str) -> None:
    host = testinfra.get_host(f"podman://{container}")
    assert host.service("sif-lab-agent").is_running
    seen = Kimono(zone).agent(source_id)
    assert (seen["mode"], seen["sleeping"]) == ("Pull", False)
    config = host.file(f"{AGENT}/agent.cfg")
    assert "2026-2027" in config.content_string and "2025-2026" not in config.content_string
    assert (config.user, config.mode) == ("sif-lab", 0o640)


@each_agent
def test_no_change_is_open_and_no_guard_is_left(container: str, zone: str, source_id: str) -> None:
    host = testinfra.get_host(f"podman://{container}")
    assert "open" not in {point["state"] for point in points(host)}
    assert host.run(f"flock --nonblock {AGENT}/restore-points/.guard true").rc == 0


def test_the_failed_change_was_restored_by_the_run() -> None:
    last = points(testinfra.get_host("podman://k12-agent-http"))[-1]
    assert (last["state"], last["restored_by"]) == ("restored", "the run")


def test_the_rollback_is_a_restore_point_of_its_own() -> None:
    host = testinfra.get_host("podman://k12-agent-https")
    forced, back = points(host)[-2:]
    assert (forced["state"], back["state"]) == ("proved", "proved")
    assert back["wanted"][0].startswith("back to ")
    assert host.file(f"{AGENT}/restore-points").mode == 0o700
