# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How the admin API shows agents and their queues."""

from __future__ import annotations

from typing import Any, Dict, List

from .consumer import iso
from .zone import Agent, Zone


def describe_agent(zone: Zone, agent: Agent) -> Dict[str, Any]:
    push = None
    if agent.mode == "Push":
        push = {
            "attempts": agent.push_attempts,
            "last_attempt_at": iso(agent.push_last_at),
            "last_error": agent.push_last_error or None,
        }
    protocol = (
        {"type": agent.protocol.type, "secure": agent.protocol.secure, "url": agent.protocol.url}
        if agent.protocol
        else None
    )
    return {
        "source_id": agent.source_id,
        "name": agent.name,
        "vendor": agent.vendor or None,
        "agent_version": agent.version or None,
        "mode": agent.mode,
        "sleeping": agent.sleeping,
        "sif_versions": agent.sif_versions,
        "message_version": agent.message_version,
        "max_buffer_size": agent.max_buffer_size,
        "secure": agent.secure,
        "registered_at": iso(agent.registered_at),
        "last_register_at": iso(agent.last_register_at),
        "register_count": zone.register_count(agent.source_id),
        "last_seen": iso(agent.last_seen),
        "last_message": agent.last_message,
        "last_poll_at": iso(agent.last_poll_at),
        "queue_length": len(agent.queue),
        "blocked": agent.blocking is not None,
        **agent.objects,
        "protocol": protocol,
        "push": push,
    }


def describe_queue(agent: Agent) -> List[Dict[str, Any]]:
    return [
        {
            "msg_id": item.message.msg_id,
            "type": item.message.kind,
            "source_id": item.message.source_id,
            "size": len(item.message.text.encode("utf-8")),
            "queued_at": iso(item.queued_at),
            "deliveries": item.deliveries,
            "blocking": item is agent.blocking,
        }
        for item in agent.queue
    ]
