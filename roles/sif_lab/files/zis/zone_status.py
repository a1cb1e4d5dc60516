# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""SIF_ZoneStatus and SIF_AgentACL of a zone as XML. Reading only.

Source for the order of elements: SIF Implementation Specification 2.x, infrastructure objects SIF_ZoneStatus and
SIF_AgentACL.
"""

from __future__ import annotations

import re
from typing import Dict, Iterable, List
from xml.sax.saxutils import escape, quoteattr

from . import PRODUCT, VENDOR, VERSION
from .zone import Agent, Zone

_CONTEXTS = "<SIF_Contexts><SIF_Context>SIF_Default</SIF_Context></SIF_Contexts>"

# Element of SIF_ZoneStatus, element per agent, list of the agent.
_NODE_LISTS = (
    ("SIF_Providers", "SIF_Provider", "provides"),
    ("SIF_Subscribers", "SIF_Subscriber", "subscribes"),
    ("SIF_AddPublishers", "SIF_Publisher", "publishes_add"),
    ("SIF_ChangePublishers", "SIF_Publisher", "publishes_change"),
    ("SIF_DeletePublishers", "SIF_Publisher", "publishes_delete"),
    ("SIF_Responders", "SIF_Responder", "responds"),
    ("SIF_Requesters", "SIF_Requester", "requests"),
)

_NODE = re.compile("<SIF_SIFNode .*?</SIF_SIFNode>", re.DOTALL)

_ACL_LISTS = (
    "SIF_ProvideAccess",
    "SIF_SubscribeAccess",
    "SIF_PublishAddAccess",
    "SIF_PublishChangeAccess",
    "SIF_PublishDeleteAccess",
    "SIF_RequestAccess",
    "SIF_RespondAccess",
)


def _objects(names: Iterable[str], with_query_support: bool = False) -> str:
    support = "<SIF_ExtendedQuerySupport>false</SIF_ExtendedQuerySupport>" if with_query_support else ""
    return "".join(f"<SIF_Object ObjectName={quoteattr(name)}>{support}{_CONTEXTS}</SIF_Object>" for name in names)


def _protocol(kind: str, secure: bool, url: str) -> str:
    return (
        f"<SIF_Protocol Type={quoteattr(kind)} Secure=\"{'Yes' if secure else 'No'}\">"
        f"<SIF_URL>{escape(url)}</SIF_URL></SIF_Protocol>"
    )


def _versions(versions: Iterable[str]) -> str:
    return "".join(f"<SIF_Version>{escape(version)}</SIF_Version>" for version in versions)


def _node(agent: Agent) -> str:
    protocol = _protocol(agent.protocol.type, agent.protocol.secure, agent.protocol.url) if agent.protocol else ""
    return (
        f'<SIF_SIFNode Type="Agent"><SIF_Name>{escape(agent.name)}</SIF_Name>'
        f"<SIF_SourceId>{escape(agent.source_id)}</SIF_SourceId><SIF_Mode>{agent.mode}</SIF_Mode>{protocol}"
        f"<SIF_VersionList>{_versions(agent.sif_versions)}</SIF_VersionList>"
        f"<SIF_AuthenticationLevel>{agent.authentication_level}</SIF_AuthenticationLevel>"
        f"<SIF_EncryptionLevel>{agent.encryption_level}</SIF_EncryptionLevel>"
        f"<SIF_MaxBufferSize>{agent.max_buffer_size}</SIF_MaxBufferSize>"
        f"<SIF_Sleeping>{'Yes' if agent.sleeping else 'No'}</SIF_Sleeping></SIF_SIFNode>"
    )


def zone_status(zone: Zone, agents: List[Agent], base_urls: Iterable[str]) -> str:
    """SIF_ZoneStatus. `base_urls`: the addresses the ZIS listens on, `http://host:port`."""
    lists: Dict[str, str] = {}
    for element, per_agent, kind in _NODE_LISTS:
        entries = "".join(
            f"<{per_agent} SourceId={quoteattr(agent.source_id)}><SIF_ObjectList>"
            f"{_objects(agent.objects[kind], kind == 'provides')}</SIF_ObjectList></{per_agent}>"
            for agent in agents
            if agent.objects[kind]
        )
        lists[element] = f"<{element}>{entries}</{element}>"
    protocols = "".join(
        _protocol(url.partition(":")[0].upper(), url.startswith("https:"), f"{url}/{zone.id}") for url in base_urls
    )
    return (
        f"<SIF_ZoneStatus ZoneId={quoteattr(zone.id)}><SIF_Name>{escape(zone.settings.name or zone.id)}</SIF_Name>"
        f"<SIF_Vendor><SIF_Name>{VENDOR}</SIF_Name><SIF_Product>{PRODUCT}</SIF_Product>"
        f"<SIF_Version>{VERSION}</SIF_Version></SIF_Vendor>{''.join(lists.values())}"
        f"<SIF_SIFNodes>{''.join(_node(agent) for agent in agents)}</SIF_SIFNodes>"
        f"<SIF_SupportedProtocols>{protocols}</SIF_SupportedProtocols>"
        f"<SIF_SupportedVersions>{_versions(zone.versions)}</SIF_SupportedVersions>{_CONTEXTS}</SIF_ZoneStatus>"
    )


def without_node(status: str, source_id: str) -> str:
    """A zone status that says nothing of one agent, as by a ZIS that does not show every agent to everybody."""
    return _NODE.sub(lambda node: "" if _is_of(node[0], source_id) else node[0], status)


def without_mode(status: str, source_id: str) -> str:
    """A zone status that does not say the mode of one agent."""
    return _NODE.sub(lambda node: re.sub("<SIF_Mode>.*?</SIF_Mode>", "", node[0]) if _is_of(node[0], source_id) else node[0], status)


def _is_of(node: str, source_id: str) -> bool:
    return f"<SIF_SourceId>{escape(source_id)}</SIF_SourceId>" in node


def agent_acl(zone: Zone) -> str:
    """SIF_AgentACL: everything the zone is about, to everybody who is registered."""
    objects = _objects(zone.object_names)
    return f"<SIF_AgentACL>{''.join(f'<{name}>{objects}</{name}>' for name in _ACL_LISTS)}</SIF_AgentACL>"
