# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A SIF_Message as it arrived, and the SIF_Ack, SIF_Request and SIF_Response that the ZIS writes itself."""

from __future__ import annotations

import datetime
import uuid
from xml.etree import ElementTree
from typing import Dict, Optional, Sequence
from xml.sax.saxutils import escape, quoteattr

from .sif_errors import MESSAGE_VERSION_UNSUPPORTED, MISSING_ELEMENT, NOT_WELL_FORMED, SifError
from .sif_xml import XSI, parse, text_of, to_int

NAMESPACE = "http://www.sifinfo.org/infrastructure/2.x"
VERSIONS = ("2.0", "2.0r1", "2.1", "2.2", "2.3", "2.4", "2.5", "2.6")
NEWEST_VERSION = VERSIONS[-1]

SUCCESS, IMMEDIATE, INTERMEDIATE, FINAL = 0, 1, 2, 3
DUPLICATE, SLEEPING, NO_MESSAGES = 7, 8, 9


class Message:
    """A message that was understood so far that one can answer it.

    Attributes: text (the SIF_Message element as sent), kind (SIF_Register...), type (for a SIF_SystemControl what it
    asks for, otherwise the kind), body (the element named by kind), msg_id, source_id, destination_id, contexts,
    version, namespace.
    """

    def __init__(self, raw: bytes) -> None:
        """Raises SifError 1/2 for what is no SIF_Message; use `check_header` for the rest."""
        root, namespace, self.text = parse(raw)
        if root.tag != "SIF_Message" or len(root) != 1:
            raise SifError(NOT_WELL_FORMED, "not a SIF_Message with one message in it")
        self.namespace = namespace or ""
        self.version = root.get("Version", "")
        self.body: ElementTree.Element = root[0]
        self.kind = self.type = self.body.tag
        if self.kind == "SIF_SystemControl":
            self.type = next((asked.tag for asked in self.body.iterfind("SIF_SystemControlData/*")), self.kind)
        header = self.body.find("SIF_Header")
        self.msg_id = text_of(header, "SIF_MsgId")
        self.source_id = text_of(header, "SIF_SourceId")
        self.destination_id = text_of(header, "SIF_DestinationId")
        self.contexts = [(c.text or "").strip() for c in self.body.iterfind("SIF_Header/SIF_Contexts/SIF_Context")]

    def check_header(self, versions: Sequence[str]) -> None:
        """Raises SifError when the message is of another version or says not who sent it."""
        if not self.namespace.endswith("infrastructure/2.x"):
            raise SifError(MESSAGE_VERSION_UNSUPPORTED, f"namespace {self.namespace!r} is not SIF 2.x")
        if self.version not in versions:
            raise SifError(
                MESSAGE_VERSION_UNSUPPORTED,
                f"SIF_Message/@Version is {self.version!r}; supported: {', '.join(versions)}",
            )
        for name, value in (("SIF_MsgId", self.msg_id), ("SIF_SourceId", self.source_id)):
            if not value:
                raise SifError(MISSING_ELEMENT, f"SIF_Header/{name}")

    def text_of(self, path: str) -> str:
        """Text at the path below the body, empty when missing."""
        return text_of(self.body, path)

    def require(self, path: str) -> str:
        """Text at the path below the body. Raises SifError 1/6."""
        value = self.text_of(path)
        if not value:
            raise SifError(MISSING_ELEMENT, f"{self.kind}/{path}")
        return value


def utc_now() -> datetime.datetime:
    return datetime.datetime.now(datetime.timezone.utc)


def new_msg_id() -> str:
    return uuid.uuid4().hex.upper()


def _envelope(content: str, version: str, namespace: str) -> str:
    attributes = f'xmlns={quoteattr(namespace)} xmlns:xsi="{XSI}" Version={quoteattr(version)}'
    return f"<SIF_Message {attributes}>{content}</SIF_Message>"


def _header(source_id: str, destination_id: str = "", msg_id: str = "", contexts: bool = False) -> str:
    return "".join(
        (
            "<SIF_Header>",
            f"<SIF_MsgId>{msg_id or new_msg_id()}</SIF_MsgId>",
            f"<SIF_Timestamp>{utc_now():%Y-%m-%dT%H:%M:%SZ}</SIF_Timestamp>",
            f"<SIF_SourceId>{escape(source_id)}</SIF_SourceId>",
            f"<SIF_DestinationId>{escape(destination_id)}</SIF_DestinationId>" if destination_id else "",
            "<SIF_Contexts><SIF_Context>SIF_Default</SIF_Context></SIF_Contexts>" if contexts else "",
            "</SIF_Header>",
        )
    )


def _original(name: str, value: str) -> str:
    return f"<{name}>{escape(value)}</{name}>" if value else f'<{name} xsi:nil="true"/>'


def _error_xml(error: SifError) -> str:
    extended = f"<SIF_ExtendedDesc>{escape(error.extended)}</SIF_ExtendedDesc>" if error.extended else ""
    return (
        f"<SIF_Error><SIF_Category>{error.category}</SIF_Category><SIF_Code>{error.code}</SIF_Code>"
        f"<SIF_Desc>{escape(error.desc)}</SIF_Desc>{extended}</SIF_Error>"
    )


def _ack(message: Optional[Message], zis_id: str, outcome: str) -> str:
    known = message is not None and message.namespace.endswith("infrastructure/2.x")
    source_id, msg_id = (message.source_id, message.msg_id) if message is not None else ("", "")
    version = message.version if message is not None and message.version in VERSIONS else NEWEST_VERSION
    content = (
        f"<SIF_Ack>{_header(zis_id, source_id)}{_original('SIF_OriginalSourceId', source_id)}"
        f"{_original('SIF_OriginalMsgId', msg_id)}{outcome}</SIF_Ack>"
    )
    return _envelope(content, version, message.namespace if message is not None and known else NAMESPACE)


def status_ack(message: Message, zis_id: str, code: int, data: str = "") -> str:
    """SIF_Ack with a status; `data` is XML for SIF_Data."""
    data = f"<SIF_Data>{data}</SIF_Data>" if data else ""
    return _ack(message, zis_id, f"<SIF_Status><SIF_Code>{code}</SIF_Code>{data}</SIF_Status>")


def error_ack(message: Optional[Message], zis_id: str, error: SifError) -> str:
    """SIF_Ack with an error; `message` is None when it could not be read."""
    return _ack(message, zis_id, _error_xml(error))


def request(
    source_id: str,
    object_name: str,
    destination_id: str = "",
    versions: Sequence[str] = ("2.*",),
    max_buffer_size: int = 393216,
    conditions: Sequence[Dict[str, str]] = (),
    join: str = "And",
    version: str = NEWEST_VERSION,
) -> str:
    """A SIF_Request; each condition has element, operator (EQ...) and value."""
    where = ""
    if conditions:
        parts = "".join(
            f"<SIF_Condition><SIF_Element>{escape(c['element'])}</SIF_Element>"
            f"<SIF_Operator>{escape(c.get('operator', 'EQ'))}</SIF_Operator>"
            f"<SIF_Value>{escape(c['value'])}</SIF_Value></SIF_Condition>"
            for c in conditions
        )
        kind = join if len(conditions) > 1 else "None"
        group = f'<SIF_Conditions Type="{kind}">{parts}</SIF_Conditions>'
        where = f'<SIF_ConditionGroup Type="None">{group}</SIF_ConditionGroup>'
    wanted = "".join(f"<SIF_Version>{escape(v)}</SIF_Version>" for v in versions)
    return _envelope(
        f"<SIF_Request>{_header(source_id, destination_id, contexts=True)}{wanted}"
        f"<SIF_MaxBufferSize>{max_buffer_size}</SIF_MaxBufferSize>"
        f"<SIF_Query><SIF_QueryObject ObjectName={quoteattr(object_name)}/>{where}</SIF_Query></SIF_Request>",
        version,
        NAMESPACE,
    )


def response(
    source_id: str,
    destination_id: str,
    request_id: str,
    data: str = "",
    error: Optional[SifError] = None,
    version: str = NEWEST_VERSION,
    namespace: str = NAMESPACE,
) -> str:
    """A SIF_Response in one packet, with objects as XML or with an error."""
    content = _error_xml(error) if error else f"<SIF_ObjectData>{data}</SIF_ObjectData>"
    return _envelope(
        f"<SIF_Response>{_header(source_id, destination_id)}<SIF_RequestMsgId>{escape(request_id)}</SIF_RequestMsgId>"
        f"<SIF_PacketNumber>1</SIF_PacketNumber><SIF_MorePackets>No</SIF_MorePackets>{content}</SIF_Response>",
        version,
        namespace,
    )


def reported_error(body: ElementTree.Element) -> Optional[Dict[str, object]]:
    """The SIF_Error that an agent put into a SIF_Ack or SIF_Response, as category, code, desc, extended_desc."""
    error = body.find("SIF_Error")
    if error is None:
        return None
    return {
        "category": to_int(text_of(error, "SIF_Category")),
        "code": to_int(text_of(error, "SIF_Code")),
        "desc": text_of(error, "SIF_Desc"),
        "extended_desc": text_of(error, "SIF_ExtendedDesc"),
    }
