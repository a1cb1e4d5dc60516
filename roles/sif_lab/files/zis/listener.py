# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""HTTP and HTTPS: reads requests, whatever they send and however slowly, and writes the answers."""

from __future__ import annotations

import gzip
import http.server
import socket
import socketserver
import ssl
import sys
import threading
import time
import urllib.parse
from typing import TYPE_CHECKING, Any, Optional, Set, Tuple

from . import VERSION
from .request_body import BadRequest, BodyReader, accepts_gzip

if TYPE_CHECKING:
    from .core import Zis

IDLE_TIMEOUT = 120.0
GZIP_FROM = 1024
DRAIN_TIMEOUT, DRAIN_PAUSE = 2.0, 0.2


class HttpAnswer:
    """Status, type and text of an HTTP answer; status 0 for none, only the end of the connection."""

    def __init__(self, status: int, content_type: str, text: str) -> None:
        self.status = status
        self.content_type = content_type
        self.text = text


def tls_context(cert: str, key: Optional[str] = None, client_ca: Optional[str] = None) -> ssl.SSLContext:
    """Server context. Raises OSError (ssl.SSLError included) naming the file that cannot be used."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    # Asking for a passphrase would hang a service; no password makes an encrypted key an error.
    try:
        context.load_cert_chain(cert, key, password=lambda: b"")
    except OSError as error:
        raise OSError(f"certificate {cert} with key {key or cert} cannot be used: {error}") from None
    if client_ca:
        context.verify_mode = ssl.CERT_REQUIRED
        try:
            context.load_verify_locations(client_ca)
        except OSError as error:
            raise OSError(f"client CA {client_ca} cannot be used: {error}") from None
    return context


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = f"k12-sif-lab-zis/{VERSION}"
    sys_version = ""
    disable_nagle_algorithm = True
    timeout = IDLE_TIMEOUT
    server: "_Server"

    def setup(self) -> None:
        super().setup()
        self.generation = self.server.generation
        self.busy = False
        self.server.handlers.add(self)

    def finish(self) -> None:
        self.server.handlers.discard(self)
        super().finish()

    def _serve(self) -> None:
        if self.server.zis.stopping.is_set():
            self.close_connection = True
            return
        self.busy = True
        self.unread = True
        try:
            try:
                answer = self._answer()
            except BadRequest as error:
                self.server.zis.journal.write(
                    f"HTTP {error.status}",
                    kind=self.command,
                    detail=f"{self.path} {error}",
                    secure=self.server.secure,
                    peer=self.client_address[0],
                )
                answer = HttpAnswer(error.status, "text/plain", f"{error}\n")
            if answer.status:
                self._send(answer)
            else:
                self.close_connection = True
            if self.unread:
                self._drain()
        finally:
            self.busy = False
            if self.generation != self.server.generation:
                self.close_connection = True

    do_GET = do_POST = do_DELETE = do_PUT = do_PATCH = do_HEAD = do_OPTIONS = _serve  # noqa: N815

    def _answer(self) -> HttpAnswer:
        zis = self.server.zis
        path, _mark, query = self.path.partition("?")
        path = path.rstrip("/")
        body = self._read_body()
        if path == "/admin" or path.startswith("/admin/"):
            return zis.admin.handle(self.command, path, query, body)
        steps = [urllib.parse.unquote(step) for step in path.split("/")[1:]]
        if len(steps) != 1 or (self.command != "POST" and steps[0] not in zis.zones):
            raise BadRequest(404, "there is nothing here")
        if self.command not in ("GET", "POST"):
            raise BadRequest(405, "a zone takes POST")
        # A GET comes from a browser; an empty message gets it the answer that a real ZIS gives.
        return zis.receive(
            steps[0], body if self.command == "POST" else b"", self.server.secure, self.client_address[0]
        )

    def _read_body(self) -> bytes:
        limit = self.server.zis.read_timeout
        self.connection.settimeout(limit)
        try:
            body = BodyReader(self.rfile, self.headers, limit).read()
            self.unread = False
            return body
        except (socket.timeout, TimeoutError):
            raise BadRequest(408, f"the body did not come within {limit:g} s") from None
        finally:
            self.connection.settimeout(IDLE_TIMEOUT)

    def _send(self, answer: HttpAnswer) -> None:
        body = answer.text.encode("utf-8")
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.content_type)
        if len(body) >= GZIP_FROM and accepts_gzip(self.headers.get("Accept-Encoding", "")):
            body = gzip.compress(body, 6)
            self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body)))
        if self.close_connection or self.unread:
            self.close_connection = True
            self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def _drain(self) -> None:
        # Closing with bytes unread would reset the connection, and the caller might never see the answer.
        until = time.monotonic() + DRAIN_TIMEOUT
        self.connection.settimeout(DRAIN_PAUSE)
        try:
            while time.monotonic() < until and self.rfile.read1(1 << 16):
                pass
        except OSError:
            pass

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """The journal has a line per message; requests that are no HTTP are told of here."""

    def log_error(self, format: str, *args: Any) -> None:  # noqa: A002
        self.server.zis.journal.write(
            "HTTP error", kind="HTTP", detail=format % args, secure=self.server.secure, peer=self.client_address[0]
        )


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    block_on_close = False
    allow_reuse_address = True
    request_queue_size = 128

    def __init__(self, zis: "Zis", address: Tuple[str, int], context: Optional[ssl.SSLContext]) -> None:
        self.zis = zis
        self.context = context
        self.secure = context is not None
        self.generation = 0
        self.handlers: Set[_Handler] = set()
        self.connections: Set[socket.socket] = set()
        self.address_family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
        super().__init__(address, _Handler)

    def finish_request(self, request: Any, client_address: Any) -> None:
        """Runs in the thread of the connection, so a caller that is slow at its handshake holds up nobody."""
        connection = request
        if self.context is not None:
            request.settimeout(self.zis.read_timeout)
            try:
                connection = self.context.wrap_socket(request, server_side=True)
            except OSError as error:
                self.zis.journal.write("TLS error", kind="TLS", detail=str(error), secure=True, peer=client_address[0])
                return
        self.connections.add(connection)
        try:
            super().finish_request(connection, client_address)
        finally:
            self.connections.discard(connection)
            if connection is not request:
                connection.close()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A caller that goes away is no event; anything else is a defect of ours and must be seen."""
        if not isinstance(sys.exc_info()[1], (ConnectionError, TimeoutError, socket.timeout, ssl.SSLError)):
            super().handle_error(request, client_address)

    def close_idle(self) -> None:
        """Lets no connection live longer than its current answer."""
        self.generation += 1
        for handler in list(self.handlers):
            if not handler.busy:
                _hang_up(handler.connection)

    def close_all(self) -> None:
        for connection in list(self.connections):
            _hang_up(connection)


def _hang_up(connection: socket.socket) -> None:
    # Of the plain socket: SSLSocket.shutdown would pull the TLS object away under the thread that reads.
    try:
        socket.socket.shutdown(connection, socket.SHUT_RDWR)
    except OSError:
        pass


class Listener:
    """One address. Opening raises OSError; `reload` takes a new certificate for new connections."""

    def __init__(
        self,
        zis: "Zis",
        scheme: str,
        host: str,
        port: int,
        cert: Optional[str] = None,
        key: Optional[str] = None,
        client_ca: Optional[str] = None,
    ) -> None:
        self.scheme = scheme
        self._files = (cert, key, client_ca)
        context = tls_context(cert or "", key, client_ca) if scheme == "https" else None
        try:
            self._server = _Server(zis, (host, port), context)
        except OSError as error:
            raise OSError(f"cannot listen on {scheme} {host}:{port}: {error.strerror or error}") from None
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.1,), name=f"listen {host}", daemon=True
        )

    @property
    def host(self) -> str:
        return str(self._server.server_address[0])

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    @property
    def url(self) -> str:
        """`scheme://host:port`; a wildcard address is shown as this machine's name."""
        host = socket.gethostname() if self.host in ("0.0.0.0", "::") else self.host
        return f"{self.scheme}://{'[' + host + ']' if ':' in host else host}:{self.port}"

    def describe(self) -> dict:
        return {"scheme": self.scheme, "host": self.host, "port": self.port, "url": self.url}

    def start(self) -> None:
        self._thread.start()

    def reload(self, cert: Optional[str] = None, key: Optional[str] = None) -> bool:
        """Reads the certificate again, or another one. False for http. Raises OSError; then the old one stays."""
        if self.scheme != "https":
            return False
        files = (cert, key, self._files[2]) if cert else self._files
        self._server.context = tls_context(*files)
        self._files = files
        self._server.close_idle()
        return True

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._server.close_all()
        self._thread.join()
