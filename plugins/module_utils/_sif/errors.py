# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""SIF 2.x error categories and codes: what each means, and the remedy when a district's agent meets it.

Sources: SIF Implementation Specification 2.5, Code Sets, Error Category and Error Code
(U(http://specification.sifassociation.org/Global/2.5/infrastructure/2/CodeSets.html)),
U(https://www.visualsi.com/sif-error-categories-and-codes/), and C(SIFErrorCodes) of OpenADK.
The meanings are theirs in our words; the remedies are ours.
"""

from __future__ import annotations

import typing as t

_ASK_ZIS = "Give the category, code and text of this error to the administrator of the ZIS."
_AGENT_ID = (
    "Compare the agent id (agent/@id in agent.cfg; case matters) with the one the zone's administrator gave,"
    " and the zone's URL with the zone that admits this agent."
)
_REGISTERED = (
    _AGENT_ID
    + " If both are right the agent never registered there: restart it and look for SIF_Register in its log."
)
_ACCESS = "Ask the administrator of the ZIS to give this agent the permission in this zone."
_CERTIFICATE = (
    "The ZIS wants a client certificate that it trusts: put one into the agent's key store (keyStore, transport https)"
    " and give it here as client_certificate and client_key; ask the administrator of the ZIS which authority it must"
    " be from."
)
_SECURE = "Change the zone's URL to https:// and the agent's transport to https."
REGISTER_FOR_PULL = (
    "Set the agent to Pull (adk.messaging.mode) and restart it, so that it registers anew. If this stays, ask the"
    " administrator of the ZIS to remove the old registration, then restart the agent."
)
_VERSION = (
    "Set the agent's SIF version (agent/@sifVersion) to one the zone supports, and give the same here as sif_version."
)
_ZONE_OR_VERSION = "Check that the URL is the zone's, path included. " + _VERSION
_BUFFER = "Raise adk.messaging.maxBufferSize in agent.cfg and restart the agent."
_MAPPINGS = "Look into the agent's log: usually a mapping cannot be evaluated. Mend the mapping and restart the agent."
_PUBLISH = "Look whether the agent publishes this object in this zone; restart it so that it provisions anew."
_TRANSPORT = (
    "Check the zone's URL, its protocol and the firewall between agent and ZIS; a Push agent must be reachable from"
    " the ZIS."
)

# category: (its name, the remedy where a code has no own)
_CATEGORIES: t.Dict[int, t.Tuple[str, str]] = {
    0: ("Unknown", _ASK_ZIS),
    1: ("XML validation", _ZONE_OR_VERSION),
    2: ("Encryption", _ASK_ZIS),
    3: ("Authentication", _CERTIFICATE),
    4: ("Access and permissions", _ACCESS),
    5: ("Registration", _REGISTERED),
    6: ("Provision", _PUBLISH),
    7: ("Subscription", _ASK_ZIS),
    8: ("Request and response", _MAPPINGS),
    9: ("Event reporting and processing", _ASK_ZIS),
    10: ("Transport", _TRANSPORT),
    11: ("System", _ASK_ZIS),
    12: ("Generic message handling", _ZONE_OR_VERSION),
    13: ("Selective message blocking", _ASK_ZIS),
    14: ("SIF zone service", _ASK_ZIS),
}

# (category, code): (meaning, the remedy where it is not the category's)
_CODES: t.Dict[t.Tuple[int, int], t.Tuple[str, t.Optional[str]]] = {
    (1, 2): ("The ZIS could not read the message as XML", None),
    (1, 3): ("The message does not satisfy the zone's schema", None),
    (1, 4): ("An element or attribute has a value the zone does not allow", None),
    (1, 5): ("A mandatory element or attribute is missing", None),
    (1, 6): ("A mandatory element is missing", None),
    (3, 2): ("The sender could not be authenticated", None),
    (3, 3): ("The sender showed no certificate", None),
    (3, 4): ("The sender's certificate is not valid", None),
    (3, 5): ("The sender's certificate is not trusted by the ZIS", None),
    (3, 6): ("The sender's certificate has expired", None),
    (3, 7): ("The signature is not valid", None),
    (4, 2): ("The agent is not permitted to register in this zone", _AGENT_ID + " If both are right: " + _ACCESS),
    (4, 3): ("The agent is not permitted to provide this object", None),
    (4, 4): ("The agent is not permitted to subscribe to this object", None),
    (4, 5): ("The agent is not permitted to request this object", None),
    (4, 6): ("The agent is not permitted to respond to requests for this object", None),
    (4, 7): ("The agent is not permitted to report events", None),
    (4, 8): ("The agent is not permitted to administer policies", None),
    (4, 9): ("The zone does not know this agent id: it is wrong, or not registered there", _REGISTERED),
    (4, 10): ("The agent is not permitted to report that objects were added", None),
    (4, 11): ("The agent is not permitted to report that objects were changed", None),
    (4, 12): ("The agent is not permitted to report that objects were deleted", None),
    (5, 2): ("The agent id is not valid in this zone", _AGENT_ID),
    (5, 3): (
        "The zone does not support the transport protocol of the agent",
        "Change the agent's transport (http or https) and the URL together, as the zone wants it.",
    ),
    (5, 4): ("The zone does not support the SIF version of the agent", _VERSION),
    (5, 6): ("The agent's buffer is too small for this zone", _BUFFER),
    (5, 7): ("The zone requires a secure transport (HTTPS)", _SECURE),
    (5, 9): ("The agent is registered for Push, but asks as a Pull agent", REGISTER_FOR_PULL),
    (5, 10): (
        "The zone does not support the compression the agent asks for",
        "Remove adk.messaging.acceptEncoding from agent.cfg and restart the agent.",
    ),
    (6, 3): ("The zone does not know this object", None),
    (6, 4): (
        "Another agent already provides this object in this zone",
        "Ask the administrator of the ZIS to remove the other provider: a second agent, or an old registration under"
        " another agent id.",
    ),
    (6, 5): ("The agent is not the provider of this object", None),
    (7, 3): ("The zone does not know this object", None),
    (7, 4): ("The agent is not a subscriber of this object", None),
    (8, 3): ("The zone does not know this object", None),
    (8, 4): ("No agent provides this object in this zone", _PUBLISH),
    (8, 7): ("The agent does not support the SIF version of the request", _VERSION),
    (8, 8): ("The agent cannot answer within the buffer size of the request", _BUFFER),
    (8, 9): ("The agent does not support the query", None),
    (8, 11): ("A response is larger than the buffer size of the request", _BUFFER),
    (8, 13): ("A response has a SIF version that was not asked for", _VERSION),
    (9, 3): ("The event is not valid", None),
    (10, 2): ("The transport protocol is not supported", None),
    (10, 3): ("A secure channel was asked for, and there is none", _SECURE),
    (10, 4): ("A connection could not be made", None),
    (12, 2): ("The ZIS does not support this message", None),
    (12, 3): ("The ZIS does not support the SIF version of the message", _VERSION),
    (12, 4): ("The ZIS does not support the SIF context of the message", _ASK_ZIS),
}


def explain(category: int, code: int) -> tuple[str, str]:
    """Say what a SIF error means and what to do about it.

    Args:
        category: SIF_Error/SIF_Category; one that the specification does not have is said to be such.
        code: SIF_Error/SIF_Code within the category.
    Returns:
        meaning and remedy, each a sentence or more.
    """
    name, remedy = _CATEGORIES.get(category, ("A category that SIF 2.x does not define", _ASK_ZIS))
    unlisted = "General error" if code == 1 else "No more is known about this code"
    meaning, own_remedy = _CODES.get((category, code), (unlisted, None))
    return "{0}: {1}.".format(name, meaning), own_remedy or remedy
