# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A ZIS in this process and agents that talk to it over real sockets."""

from __future__ import annotations

import gzip
import http.client
import io
import itertools
import pathlib
import ssl
import sys
import urllib.parse
from xml.etree import ElementTree

FILES_DIR = pathlib.Path(__file__).resolve().parents[3] / "roles" / "sif_lab" / "files"
if str(FILES_DIR) not in sys.path:
    sys.path.insert(0, str(FILES_DIR))

from zis.core import Zis  # noqa: E402
from zis.journal import Journal  # noqa: E402
from zis.kimono import Kimono  # noqa: E402

NAMESPACE = "http://www.sifinfo.org/infrastructure/2.x"
_numbers = itertools.count(1)


def new_id() -> str:
    return f"{next(_numbers):032X}"


def without_namespaces(text: str) -> ElementTree.Element:
    root = ElementTree.fromstring(text)
    for element in root.iter():
        element.tag = element.tag.rpartition("}")[2]
    return root


class Ack:
    """A SIF_Ack as an agent sees it: `code` of the status or `error` as (category, code), one of them None."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.root = without_namespaces(text)
        body = self.root.find("SIF_Ack")
        assert body is not None, text
        self.body = body
        code = body.findtext("SIF_Status/SIF_Code")
        self.code = None if code is None else int(code)
        error = body.find("SIF_Error")
        self.error = None if error is None else (int(error.findtext("SIF_Category")), int(error.findtext("SIF_Code")))
        self.extended = body.findtext("SIF_Error/SIF_ExtendedDesc") or ""
        self.original_id = body.findtext("SIF_OriginalMsgId")

    @property
    def data(self) -> ElementTree.Element:
        return self.body.find("SIF_Status/SIF_Data")[0]


class Peer:
    """An agent in a zone. Methods send one message and return the Ack."""

    def __init__(self, url: str, source_id: str, zone: str = "Zone1", context: ssl.SSLContext | None = None) -> None:
        self.source_id = source_id
        self.zone = zone
        self.version = "2.3"
        self.namespace = NAMESPACE
        parts = urllib.parse.urlsplit(url)
        if parts.scheme == "https":
            self.connection = http.client.HTTPSConnection(parts.hostname, parts.port, timeout=10, context=context)
        else:
            self.connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=10)

    def post(self, body, headers=None, path=None, **options):
        """(status, headers, text) of one POST to the zone."""
        if isinstance(body, str):
            body = body.encode("utf-8")
        path = f"/{urllib.parse.quote(self.zone)}" if path is None else path
        self.connection.request("POST", path, body, headers or {}, **options)
        answer = self.connection.getresponse()
        content = answer.read()
        if answer.headers.get("Content-Encoding") == "gzip":
            content = gzip.decompress(content)
        return answer.status, answer.headers, content.decode("utf-8")

    def message(self, content: str, version=None) -> str:
        return f'<SIF_Message xmlns="{self.namespace}" Version="{version or self.version}">{content}</SIF_Message>'

    def header(self, msg_id=None, destination=None, extra="") -> str:
        to = f"<SIF_DestinationId>{destination}</SIF_DestinationId>" if destination else ""
        return (
            f"<SIF_Header><SIF_MsgId>{msg_id or new_id()}</SIF_MsgId>"
            "<SIF_Timestamp>2026-09-01T08:00:00Z</SIF_Timestamp>"
            f"<SIF_SourceId>{self.source_id}</SIF_SourceId>{to}{extra}</SIF_Header>"
        )

    def send(self, text: str) -> Ack:
        status, headers, answer = self.post(text)
        assert (status, headers["Content-Type"]) == (200, 'application/xml;charset="utf-8"'), answer
        return Ack(answer)

    def say(self, kind: str, content: str = "", msg_id=None, destination=None, header_extra="") -> Ack:
        return self.send(self.message(f"<{kind}>{self.header(msg_id, destination, header_extra)}{content}</{kind}>"))

    def system(self, what: str, content: str = "") -> Ack:
        return self.say(
            "SIF_SystemControl", f"<SIF_SystemControlData><{what}>{content}</{what}></SIF_SystemControlData>"
        )

    def register(
        self, mode="Pull", versions=("2.3",), buffer=393216, url=None, protocol="HTTP", name="Test Agent"
    ) -> Ack:
        where = f'<SIF_Protocol Type="{protocol}" Secure="No"><SIF_URL>{url}</SIF_URL></SIF_Protocol>' if url else ""
        return self.say(
            "SIF_Register",
            (
                f"<SIF_Name>{name}</SIF_Name>"
                + "".join(f"<SIF_Version>{v}</SIF_Version>" for v in versions)
                + f"<SIF_MaxBufferSize>{buffer}</SIF_MaxBufferSize><SIF_Mode>{mode}</SIF_Mode>{where}"
            ),
        )

    def provision(self, provides=(), subscribes=()) -> Ack:
        return self.say(
            "SIF_Provision",
            (
                f"<SIF_ProvideObjects>{objects(provides)}</SIF_ProvideObjects>"
                f"<SIF_SubscribeObjects>{objects(subscribes)}</SIF_SubscribeObjects>"
                "<SIF_PublishAddObjects/><SIF_PublishChangeObjects/><SIF_PublishDeleteObjects/><SIF_RequestObjects/>"
                f"<SIF_RespondObjects>{objects(provides)}</SIF_RespondObjects>"
            ),
        )

    def joined(self, provides=(), subscribes=()) -> "Peer":
        """Registers and provisions, as an agent does at its start."""
        assert self.register().code == 0
        assert self.provision(provides, subscribes).code == 0
        return self

    def pull(self):
        """The SIF_Message that waits, None for status 9."""
        ack = self.system("SIF_GetMessage")
        assert ack.code in (0, 9), ack.text
        return ack.data if ack.code == 0 else None

    def ack(self, msg_id: str, code=1, error=None) -> Ack:
        outcome = f"<SIF_Status><SIF_Code>{code}</SIF_Code></SIF_Status>"
        if error:
            outcome = (
                f"<SIF_Error><SIF_Category>{error[0]}</SIF_Category><SIF_Code>{error[1]}</SIF_Code>"
                "<SIF_Desc>no</SIF_Desc></SIF_Error>"
            )
        return self.say(
            "SIF_Ack",
            f"<SIF_OriginalSourceId>X</SIF_OriginalSourceId><SIF_OriginalMsgId>{msg_id}</SIF_OriginalMsgId>{outcome}",
        )

    def request(self, name="StudentPersonal", destination=None, size=393216, msg_id=None, header_extra="") -> Ack:
        return self.say(
            "SIF_Request",
            (
                f"<SIF_Version>2.*</SIF_Version><SIF_MaxBufferSize>{size}</SIF_MaxBufferSize>"
                f'<SIF_Query><SIF_QueryObject ObjectName="{name}"/></SIF_Query>'
            ),
            msg_id,
            destination,
            header_extra,
        )

    def respond(
        self, request_id, destination="Kimono", content="", packet=1, more="No", msg_id=None, error=None
    ) -> Ack:
        body = f"<SIF_ObjectData>{content}</SIF_ObjectData>"
        if error:
            body = (
                f"<SIF_Error><SIF_Category>{error[0]}</SIF_Category><SIF_Code>{error[1]}</SIF_Code>"
                "<SIF_Desc>no</SIF_Desc>"
                "<SIF_ExtendedDesc>because</SIF_ExtendedDesc></SIF_Error>"
            )
        return self.say(
            "SIF_Response",
            (
                f"<SIF_RequestMsgId>{request_id}</SIF_RequestMsgId><SIF_PacketNumber>{packet}</SIF_PacketNumber>"
                f"<SIF_MorePackets>{more}</SIF_MorePackets>{body}"
            ),
            msg_id,
            destination,
        )

    def event(self, name="StudentPersonal", action="Change", content="", msg_id=None) -> Ack:
        return self.say(
            "SIF_Event",
            (
                f'<SIF_ObjectData><SIF_EventObject ObjectName="{name}" Action="{action}">{content}'
                "</SIF_EventObject></SIF_ObjectData>"
            ),
            msg_id,
        )


def objects(names) -> str:
    return "".join(
        f'<SIF_Object ObjectName="{n}"><SIF_Contexts><SIF_Context>SIF_Default</SIF_Context></SIF_Contexts></SIF_Object>'
        for n in names
    )


def msg_id_of(message: ElementTree.Element) -> str:
    return message[0].findtext("SIF_Header/SIF_MsgId")


STUDENT = (
    '<StudentPersonal RefId="{0}"><LocalId>{0}</LocalId><Name Type="04"><LastName> Abel &amp; Co </LastName></Name>'
    "<PhoneNumberList><PhoneNumber><Number>1</Number></PhoneNumber><PhoneNumber><Number>2</Number></PhoneNumber>"
    "</PhoneNumberList></StudentPersonal>"
)


def student(number) -> str:
    return STUDENT.format(number)


class Lab:
    """A running ZIS with one HTTP listener."""

    def __init__(self, *zones: str, **options) -> None:
        self.output = io.StringIO()
        self.zis = Zis(zones or ("Zone1", "Zone2"), journal=Journal(self.output), **options)
        self.listener = self.zis.listen("http", "127.0.0.1", 0)
        self.url = self.listener.url
        self._peers: list[Peer] = []

    def peer(self, source_id="Agent", zone="Zone1") -> Peer:
        peer = Peer(self.url, source_id, zone)
        self._peers.append(peer)
        return peer

    def kimono(self, zone="Zone1") -> Kimono:
        return Kimono(self.url, zone, timeout=10)

    def hang_up(self) -> None:
        while self._peers:
            self._peers.pop().connection.close()

    def close(self) -> None:
        self.hang_up()
        self.zis.stop()

    def renew(self) -> None:
        """As if it had just been started."""
        self.hang_up()
        self.zis.reset()
        self.output.seek(0)
        self.output.truncate()


_shared: list[Lab] = []


def shared_lab() -> Lab:
    """A ZIS as good as new. One serves all tests: starting and ending one takes longer than most of them."""
    if not _shared:
        _shared.append(Lab())
    _shared[0].renew()
    return _shared[0]
