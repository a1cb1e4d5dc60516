# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""SIF 2.x error categories and codes that this ZIS uses.

Source: SIF Implementation Specification 2.x, appendix "Code Sets"
(http://specification.sifassociation.org/Global/2.5/infrastructure/2/CodeSets.html).
"""

from __future__ import annotations

from typing import Dict, Tuple

Code = Tuple[int, int]

NOT_WELL_FORMED: Code = (1, 2)
INVALID_VALUE: Code = (1, 4)
MISSING_ELEMENT: Code = (1, 6)
REGISTER_DENIED: Code = (4, 2)
PROVIDE_DENIED: Code = (4, 3)
SUBSCRIBE_DENIED: Code = (4, 4)
REQUEST_DENIED: Code = (4, 5)
RESPOND_DENIED: Code = (4, 6)
PUBLISH_DENIED: Code = (4, 7)
UNKNOWN_SOURCE: Code = (4, 9)
INVALID_SOURCE: Code = (5, 2)
PROTOCOL_UNSUPPORTED: Code = (5, 3)
SIF_VERSION_UNSUPPORTED: Code = (5, 4)
BUFFER_TOO_SMALL: Code = (5, 6)
SECURE_TRANSPORT_REQUIRED: Code = (5, 7)
REGISTERED_FOR_PUSH: Code = (5, 9)
HAS_PROVIDER: Code = (6, 4)
NOT_THE_PROVIDER: Code = (6, 5)
NOT_A_SUBSCRIBER: Code = (7, 4)
NO_PROVIDER: Code = (8, 4)
INVALID_REQUEST_ID: Code = (8, 10)
RESPONSE_TOO_LARGE: Code = (8, 11)
INVALID_PACKET: Code = (8, 12)
WRONG_DESTINATION: Code = (8, 14)
REQUEST_CANCELLED: Code = (8, 18)
SYSTEM_ERROR: Code = (11, 1)
GENERIC_ERROR: Code = (12, 1)
MESSAGE_UNSUPPORTED: Code = (12, 2)
MESSAGE_VERSION_UNSUPPORTED: Code = (12, 3)
CONTEXT_UNSUPPORTED: Code = (12, 4)
NO_SUCH_MESSAGE: Code = (12, 6)
ONLY_EVENTS_BLOCK: Code = (13, 2)
WRONG_FINAL_ACK: Code = (13, 4)

DESCRIPTIONS: Dict[Code, str] = {
    NOT_WELL_FORMED: "Message is not well-formed",
    INVALID_VALUE: "Invalid value for element/attribute",
    MISSING_ELEMENT: "Missing mandatory element/attribute",
    REGISTER_DENIED: "No permission to register",
    PROVIDE_DENIED: "No permission to provide this object",
    SUBSCRIBE_DENIED: "No permission to subscribe to this object",
    REQUEST_DENIED: "No permission to request this object",
    RESPOND_DENIED: "No permission to respond to this object request",
    PUBLISH_DENIED: "No permission to publish events of this object",
    UNKNOWN_SOURCE: "SIF_SourceId is not registered",
    INVALID_SOURCE: "The SIF_SourceId is invalid",
    PROTOCOL_UNSUPPORTED: "Requested transport protocol is unsupported",
    SIF_VERSION_UNSUPPORTED: "Requested SIF_Version(s) not supported",
    BUFFER_TOO_SMALL: "Requested SIF_MaxBufferSize is too small",
    SECURE_TRANSPORT_REQUIRED: "ZIS requires a secure transport",
    REGISTERED_FOR_PUSH: "Agent is registered for push mode",
    HAS_PROVIDER: "Object already has a provider",
    NOT_THE_PROVIDER: "Not the provider of the object",
    NOT_A_SUBSCRIBER: "Not a subscriber of the object",
    NO_PROVIDER: "No provider",
    INVALID_REQUEST_ID: "Invalid SIF_RequestMsgId specified in SIF_Response",
    RESPONSE_TOO_LARGE: "SIF_Response is larger than requested SIF_MaxBufferSize",
    INVALID_PACKET: "SIF_PacketNumber is invalid in SIF_Response",
    WRONG_DESTINATION: "SIF_DestinationId does not match SIF_SourceId from SIF_Request",
    REQUEST_CANCELLED: "SIF_Request cancelled by requesting agent",
    SYSTEM_ERROR: "Generic system error",
    GENERIC_ERROR: "Generic message handling error",
    MESSAGE_UNSUPPORTED: "Message not supported",
    MESSAGE_VERSION_UNSUPPORTED: "Version not supported",
    CONTEXT_UNSUPPORTED: "Context not supported",
    NO_SUCH_MESSAGE: "No such message (as identified by SIF_OriginalMsgId)",
    ONLY_EVENTS_BLOCK: "SMB can only be invoked during a SIF_Event acknowledgement",
    WRONG_FINAL_ACK: "Incorrect SIF_MsgId in final SIF_Ack",
}


class SifError(Exception):
    """A message is refused: the category and code to answer with, and a sentence about this case."""

    def __init__(self, code: Code, extended: str = "") -> None:
        self.category, self.code = code
        self.desc = DESCRIPTIONS.get(code, "Refused")
        super().__init__(f"{code[0]}/{code[1]} {self.desc}: {extended}")
        self.extended = extended

    def describe(self) -> Dict[str, object]:
        """As the admin API shows it."""
        return {"category": self.category, "code": self.code, "desc": self.desc, "extended_desc": self.extended}
