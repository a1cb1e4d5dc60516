# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Little servers with real sockets that behave, or misbehave, in one way each."""

from __future__ import annotations

import contextlib
import re
import socket
import ssl
import threading
import typing as t
from xml.sax.saxutils import escape


class Request(t.NamedTuple):
    """A request as it came: the first line, headers by lower-case name, and the body."""

    line: str
    headers: dict[str, str]
    body: bytes


class Server:
    """Accepts connections on 127.0.0.1 and hands each to a function, in a thread of its own.

    Args:
        handle: gets the connected socket and the server; for TLS after the handshake.
        context: speak TLS with this.
    """

    def __init__(
        self, handle: t.Callable[[socket.socket, Server], None], context: ssl.SSLContext | None = None
    ) -> None:
        self._handle = handle
        self._context = context
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        self.requests: list[Request] = []

    def __enter__(self) -> Server:
        threading.Thread(target=self._serve, daemon=True).start()
        return self

    def __exit__(self, *_error: object) -> None:
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()

    def _serve(self) -> None:
        while True:
            try:
                connection = self._socket.accept()[0]
            except OSError:
                return
            threading.Thread(target=self._one, args=[connection], daemon=True).start()

    def _one(self, connection: socket.socket) -> None:
        connection.settimeout(10)
        with connection, contextlib.suppress(OSError):
            if self._context is not None:
                connection = self._context.wrap_socket(connection, server_side=True)
            self._handle(connection, self)
            connection.close()

    def read(self, connection: socket.socket) -> Request:
        """Read one request and remember it."""
        stream = connection.makefile("rb")
        line = stream.readline().decode().strip()
        headers = {}
        while text := stream.readline().decode().strip():
            name, _colon, value = text.partition(":")
            headers[name.lower()] = value.strip()
        request = Request(line, headers, stream.read(int(headers.get("content-length", "0"))))
        self.requests.append(request)
        return request


def http(body: bytes, status: str = "200 OK", *headers: str) -> bytes:
    """An HTTP response."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Connection: close", *headers, "", ""]
    return "\r\n".join(lines).encode() + body


def answering(answer: bytes | t.Callable[[Request], bytes]) -> t.Callable[[socket.socket, Server], None]:
    """Answers every request with these bytes, or with what the function makes of the request."""

    def handle(connection: socket.socket, server: Server) -> None:
        request = server.read(connection)
        connection.sendall(answer(request) if callable(answer) else answer)

    return handle


def tunnelling(port: int) -> t.Callable[[socket.socket, Server], None]:
    """A proxy: opens a tunnel to the given port of this host, whatever host it is asked for."""

    def handle(connection: socket.socket, server: Server) -> None:
        server.read(connection)
        with socket.create_connection(("127.0.0.1", port)) as other:
            connection.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
            backward = threading.Thread(target=_copy, args=[other, connection], daemon=True)
            backward.start()
            _copy(connection, other)
            backward.join(10)

    return handle


def _copy(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while part := source.recv(65536):
            target.sendall(part)
        target.shutdown(socket.SHUT_WR)


def control_of(body: bytes) -> str:
    """What a SIF_SystemControl message asks for."""
    return re.search(rb"<SIF_SystemControlData>\s*<(\w+)/>", body).group(1).decode()


def ack(body: bytes, content: str) -> bytes:
    """A SIF_Ack to a message, with the given XML after its header."""
    message_id = re.search(rb"<SIF_MsgId>(\w+)</SIF_MsgId>", body).group(1).decode()
    return (
        '<SIF_Message xmlns="http://www.sifinfo.org/infrastructure/2.x" Version="2.3"><SIF_Ack><SIF_Header>'
        "<SIF_MsgId>0123456789ABCDEF0123456789ABCDEF</SIF_MsgId><SIF_SourceId>TestZIS</SIF_SourceId></SIF_Header>"
        f"<SIF_OriginalMsgId>{message_id}</SIF_OriginalMsgId>{content}</SIF_Ack></SIF_Message>"
    ).encode()


def status(code: int, data: str = "") -> str:
    data = f"<SIF_Data>{data}</SIF_Data>" if data else ""
    return f"<SIF_Status><SIF_Code>{code}</SIF_Code>{data}</SIF_Status>"


def error(category: int, code: int, text: str = "no") -> str:
    return (
        f"<SIF_Error><SIF_Category>{category}</SIF_Category><SIF_Code>{code}</SIF_Code>"
        f"<SIF_Desc>{escape(text)}</SIF_Desc></SIF_Error>"
    )


def zone_status(
    source_id: str = "Agent",
    mode: str = "Pull",
    sleeping: str = "No",
    zone: str = "Zone1",
    providers: t.Optional[t.Dict[str, t.List[str]]] = None,
) -> str:
    """A SIF_ZoneStatus with one agent; C(providers) are the objects of each, None leaves the list out."""
    listed = "".join(
        f'<SIF_Provider SourceId="{name}"><SIF_ObjectList>'
        + "".join(f'<SIF_Object ObjectName="{item}"/>' for item in objects)
        + "</SIF_ObjectList></SIF_Provider>"
        for name, objects in (providers or {}).items()
    )
    return (
        f'<SIF_ZoneStatus ZoneId="{zone}"><SIF_Name>A zone</SIF_Name>'
        + ("" if providers is None else f"<SIF_Providers>{listed}</SIF_Providers>")
        + '<SIF_SIFNodes><SIF_SIFNode Type="Agent">'
        f"<SIF_Name>An agent</SIF_Name><SIF_SourceId>{source_id}</SIF_SourceId><SIF_Mode>{mode}</SIF_Mode>"
        f"<SIF_Sleeping>{sleeping}</SIF_Sleeping></SIF_SIFNode></SIF_SIFNodes></SIF_ZoneStatus>"
    )


def zis(ping: str = status(1), get_zone_status: str = status(0, zone_status())) -> t.Callable:
    """Answers the two questions with the given content, and anything else with an error."""
    contents = {"SIF_Ping": ping, "SIF_GetZoneStatus": get_zone_status}
    return answering(lambda request: http(ack(request.body, contents.get(control_of(request.body), error(12, 2)))))
