# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""SIF 2.x infrastructure messages: builds the two questions, reads the acknowledgement and the zone status.

Forms: SIF Implementation Specification 2.5, chapter Infrastructure, SIF_SystemControl, SIF_Ack and SIF_ZoneStatus
(U(http://specification.sifassociation.org/Implementation/2.5/)), and the messages of OpenADK agents with two ZISes.
"""

from __future__ import annotations

import datetime
import re
import typing as t
import uuid
import xml.etree.ElementTree as ET
from xml.sax.saxutils import escape

from .failures import BadInput, excerpt

NAMESPACE = "http://www.sifinfo.org/infrastructure/2.x"
PING = "SIF_Ping"
GET_ZONE_STATUS = "SIF_GetZoneStatus"

_NOT_IN_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_VERSION = re.compile(r"2\.[0-9]+(r[0-9]+)?\Z")
_NAMESPACE_END = "infrastructure/2.x"
_ENCODINGS = ("utf-8", "utf-16", "utf-16-le", "utf-16-be", "us-ascii", "iso-8859-1", "windows-1252")

_QUESTION = """<SIF_Message xmlns="{namespace}" Version="{version}">
  <SIF_SystemControl>
    <SIF_Header>
      <SIF_MsgId>{message_id}</SIF_MsgId>
      <SIF_Timestamp>{timestamp}</SIF_Timestamp>
      <SIF_Security>
        <SIF_SecureChannel>
          <SIF_AuthenticationLevel>0</SIF_AuthenticationLevel>
          <SIF_EncryptionLevel>0</SIF_EncryptionLevel>
        </SIF_SecureChannel>
      </SIF_Security>
      <SIF_SourceId>{source_id}</SIF_SourceId>
    </SIF_Header>
    <SIF_SystemControlData>
      <{control}/>
    </SIF_SystemControlData>
  </SIF_SystemControl>
</SIF_Message>
"""


class NotSif(Exception):
    """What came is no SIF 2.x acknowledgement. The text says what it is instead."""


class SifError(t.NamedTuple):
    """SIF_Error: category and code are numbers of the specification's code sets."""

    category: int
    code: int
    description: str


class Ack(t.NamedTuple):
    """SIF_Ack: either a status or an error.

    Attributes:
        zis: SIF_SourceId of the sender, the id of the ZIS.
        original_message_id: the message that this answers.
        status: SIF_Status/SIF_Code (0 success, 1 accepted, 8 receiver is sleeping), None with an error.
        error: the error, None with a status.
        zone_status: SIF_ZoneStatus as read by C(_zone_status), None when there is none.
    """

    zis: t.Optional[str]
    original_message_id: t.Optional[str]
    status: t.Optional[int]
    error: t.Optional[SifError]
    zone_status: t.Optional[dict[str, t.Any]]


def build_question(control: str, source_id: str, sif_version: str) -> tuple[str, bytes]:
    """Build a SIF_SystemControl message that asks and changes nothing.

    Args:
        control: C(PING) or C(GET_ZONE_STATUS).
        source_id: the agent id to ask as.
        sif_version: for example C(2.3).
    Returns:
        the message id (32 hexadecimal digits) and the message in UTF-8.
    Raises:
        BadInput: the source id or the version cannot be sent.
    """
    if control not in (PING, GET_ZONE_STATUS):
        raise ValueError("{0} is no question".format(control))
    if not source_id.strip() or source_id != source_id.strip() or _NOT_IN_XML.search(source_id):
        raise BadInput(
            "source_id {0!r} is blank, has blanks at its ends, or characters that XML cannot carry."
            " Remedy: give the agent id exactly as the zone knows it.".format(source_id)
        )
    if not _VERSION.match(sif_version):
        raise BadInput(
            "sif_version {0!r} is no SIF 2.x version. Remedy: give it like 2.3 or 2.0r1.".format(sif_version)
        )
    message_id = uuid.uuid4().hex.upper()
    text = _QUESTION.format(
        namespace=NAMESPACE,
        version=sif_version,
        message_id=message_id,
        timestamp=datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ"),
        source_id=escape(source_id),
        control=control,
    )
    return message_id, text.encode("utf-8")


def parse_ack(data: bytes) -> Ack:
    """Read a SIF_Message with a SIF_Ack.

    Args:
        data: the body of the HTTP answer.
    Raises:
        NotSif: it is something else, is not well-formed, or has a document type declaration.
    """
    root = _parse(data)
    namespace, name = _split(root.tag)
    if name != "SIF_Message" or not namespace.endswith(_NAMESPACE_END):
        raise NotSif("XML with the root element {0}, not a SIF 2.x message".format(excerpt(root.tag)))
    for element in root.iter():
        element.tag = _split(element.tag)[1]
    ack = root.find("SIF_Ack")
    if ack is None:
        found = ", ".join(child.tag for child in root) or "nothing"
        raise NotSif("a SIF message without SIF_Ack, but with {0}".format(excerpt(found)))
    error = _error(ack.find("SIF_Error"))
    status = _number(_text(ack, "SIF_Status/SIF_Code"))
    if error is None and status is None:
        raise NotSif("a SIF_Ack with neither SIF_Status/SIF_Code nor SIF_Error")
    zone_status = ack.find("SIF_Status/SIF_Data/SIF_ZoneStatus")
    return Ack(
        zis=_text(ack, "SIF_Header/SIF_SourceId"),
        original_message_id=_text(ack, "SIF_OriginalMsgId"),
        status=None if error else status,
        error=error,
        zone_status=None if zone_status is None else _zone_status(zone_status),
    )


def _parse(data: bytes) -> ET.Element:
    text = _decode(data)
    start = text.lstrip()[:15].lower()
    if start.startswith(("<html", "<!doctype html")):
        title = re.search(r"<title[^>]*>([^<]*)", text, re.IGNORECASE)
        raise NotSif("an HTML page" + (" with the title '{0}'".format(excerpt(title.group(1))) if title else ""))
    _refuse_doctype(text)
    try:
        return ET.fromstring(text)
    except (ET.ParseError, ValueError) as error:
        raise NotSif("text that is not well-formed XML ({0}): {1}".format(error, excerpt(text) or "nothing")) from None


def _decode(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encoding = "utf-16"
    else:
        declared = re.match(rb"(?:\xef\xbb\xbf)?<\?xml[^>]*?encoding\s*=\s*[\"']([A-Za-z0-9._-]+)", data[:200])
        encoding = declared.group(1).decode("ascii").lower() if declared else "utf-8"
    if encoding not in _ENCODINGS:
        raise NotSif("XML in the encoding {0}, which SIF does not use".format(encoding))
    try:
        return data.decode("utf-8-sig" if encoding == "utf-8" else encoding)
    except UnicodeDecodeError as error:
        raise NotSif("bytes that are not {0}: {1}".format(encoding, error.reason)) from None


def _refuse_doctype(text: str) -> None:
    """SIF needs no document type, and one could make the parser expand entities without end."""
    position = 0
    while True:
        while text[position:position + 1].isspace():
            position += 1
        if text.startswith("<?", position):
            end = text.find("?>", position + 2)
        elif text.startswith("<!--", position):
            end = text.find("-->", position + 4) + 1
        else:
            break
        if end <= 0:
            break
        position = end + 2
    if text.startswith("<!DOCTYPE", position):
        raise NotSif("XML with a document type declaration, which a ZIS never sends")


def _split(tag: t.Any) -> tuple[str, str]:
    namespace, _brace, name = str(tag).rpartition("}")
    return namespace.lstrip("{"), name


def _text(element: ET.Element, path: str) -> t.Optional[str]:
    text = (element.findtext(path) or "").strip()
    return text or None


def _number(text: t.Optional[str]) -> t.Optional[int]:
    return int(text) if text and re.match(r"[0-9]{1,9}\Z", text) else None


def _error(element: t.Optional[ET.Element]) -> t.Optional[SifError]:
    if element is None:
        return None
    texts = [_text(element, "SIF_Desc"), _text(element, "SIF_ExtendedDesc")]
    return SifError(
        category=_number(_text(element, "SIF_Category")) or 0,
        code=_number(_text(element, "SIF_Code")) or 0,
        description=excerpt(": ".join(text for text in texts if text), 500),
    )


def _zone_status(element: ET.Element) -> dict[str, t.Any]:
    return {
        "id": element.get("ZoneId") or None,
        "name": _text(element, "SIF_Name"),
        "vendor": _text(element, "SIF_Vendor/SIF_Name"),
        "product": _text(element, "SIF_Vendor/SIF_Product"),
        "version": _text(element, "SIF_Vendor/SIF_Version"),
        "supported_versions": _texts(element, "SIF_SupportedVersions/SIF_Version"),
        "supported_protocols": [_protocol(found) for found in element.findall("SIF_SupportedProtocols/SIF_Protocol")],
        "providers": _roles(element, "SIF_Providers/SIF_Provider"),
        "subscribers": _roles(element, "SIF_Subscribers/SIF_Subscriber"),
        "agents": [
            _agent(node) for node in element.findall("SIF_SIFNodes/SIF_SIFNode") if node.get("Type", "Agent") == "Agent"
        ],
    }


def _texts(element: ET.Element, path: str) -> list[str]:
    """The texts in their order, each once: some ZISes repeat themselves."""
    return list(dict.fromkeys(text for text in ((found.text or "").strip() for found in element.findall(path)) if text))


def _roles(element: ET.Element, path: str) -> t.Optional[list[dict[str, t.Any]]]:
    """None when there is no such list, which is not the same as an empty one."""
    if element.find(path.partition("/")[0]) is None:
        return None
    return [
        {
            "source_id": found.get("SourceId"),
            "objects": [entry.get("ObjectName") for entry in found.findall("SIF_ObjectList/SIF_Object")],
        }
        for found in element.findall(path)
    ]


def _agent(node: ET.Element) -> dict[str, t.Any]:
    sleeping = _text(node, "SIF_Sleeping")
    protocol = node.find("SIF_Protocol")
    return {
        "source_id": _text(node, "SIF_SourceId"),
        "name": _text(node, "SIF_Name"),
        "mode": _text(node, "SIF_Mode"),
        "sleeping": None if sleeping is None else sleeping.lower() == "yes",
        "versions": _texts(node, "SIF_VersionList/SIF_Version"),
        "max_buffer_size": _number(_text(node, "SIF_MaxBufferSize")),
        "protocol": None if protocol is None else _protocol(protocol),
    }


def _protocol(element: ET.Element) -> t.Optional[dict[str, t.Any]]:
    """None for the empty SIF_Protocol that OpenZIS gives for an agent in Pull mode."""
    kind, url = element.get("Type") or None, _text(element, "SIF_URL")
    if kind is None and url is None:
        return None
    return {"type": kind, "secure": element.get("Secure", "").lower() == "yes", "url": url}
