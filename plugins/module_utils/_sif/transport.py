# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One HTTP exchange with a ZIS: sends a message, returns the body of the answer, or says why there is none.

SIF HTTP(S) transport: a message is the body of a POST to the zone's URL, its SIF_Ack the body of the response
(SIF Implementation Specification 2.5, chapter Infrastructure, SIF HTTPS Transport).
"""

from __future__ import annotations

import http.client
import socket
import ssl
import typing as t

from . import tls
from .connect import Address, Deadline, Proxy, connect, proxy_authentication
from .failures import ZoneFailure, excerpt

_LONGEST_ANSWER = 16 * 1024 * 1024
_TLS_ALERT = "\x15\x03"
_USE_HTTPS = "Use https:// in the zone's URL and the agent's transport https, or the plain port of the ZIS."


class Transport:
    """The way to one zone.

    Args:
        address: the zone's URL.
        context: for https, from C(tls.build_context); None for http.
        client_certificate: whether the context can show a client certificate.
        proxy: the proxy to go through, or None. The environment's proxy settings are not looked at, as Java does not.
        timeout: seconds that one exchange may last, from looking up the name to the last byte.
    """

    def __init__(
        self,
        address: Address,
        context: t.Optional[ssl.SSLContext] = None,
        client_certificate: bool = False,
        proxy: t.Optional[Proxy] = None,
        timeout: float = 30,
    ) -> None:
        self._address = address
        self._context = context
        self._client_certificate = client_certificate
        self._proxy = proxy
        self._timeout = timeout

    def post(self, body: bytes) -> bytes:
        """Send a message on a connection of its own.

        Returns:
            the body of an answer with HTTP status 200.
        Raises:
            ZoneFailure: there was none.
        """
        deadline = Deadline(self._timeout)
        sock = self._open(deadline)
        try:
            return self._exchange(sock, body, deadline)
        except socket.timeout:
            raise ZoneFailure(
                "timeout",
                "connected, but there was no complete answer within {0:g} seconds".format(self._timeout),
                "The ZIS is slow or hangs, or something on the way swallows the answer.",
                "Ask again; raise timeout; ask the administrator of the ZIS for its state.",
                reason="answer",
            ) from None
        except ssl.SSLError as error:
            raise tls.classify(error, self._address.host, hello=True) from None
        except (OSError, http.client.HTTPException) as error:
            raise self._broken(error) from None
        finally:
            sock.close()

    def _open(self, deadline: Deadline) -> socket.socket:
        sock = connect(self._address, self._proxy, deadline)
        if self._context is None:
            return sock
        try:
            deadline.apply(sock)
            return tls.handshake(sock, self._context, self._address.host)
        except socket.timeout:
            raise ZoneFailure(
                "timeout",
                "connected, but the TLS handshake did not end within {0:g} seconds".format(self._timeout),
                "The ZIS hangs, what answers does not speak TLS, or something on the way swallows it.",
                "Check that the port is the one for HTTPS; raise timeout; ask the administrator of the ZIS for its state.",
                reason="handshake",
            ) from None
        except BaseException:
            sock.close()
            raise

    def _exchange(self, sock: socket.socket, body: bytes, deadline: Deadline) -> bytes:
        connection = http.client.HTTPConnection(self._address.host, self._address.port)
        connection.auto_open = 0
        connection.sock = sock
        headers = {
            "Host": self._address.authority,
            "Content-Type": 'application/xml;charset="utf-8"',
            "User-Agent": "k12.sif",
            "Connection": "close",
        }
        target = self._address.target
        if self._proxy is not None and self._context is None:
            target = "http://" + self._address.authority + target
            headers.update(self._proxy.headers)
        deadline.apply(sock)
        connection.request("POST", target, body, headers)
        deadline.apply(sock)
        answer = connection.getresponse()
        if answer.status == 407 and self._proxy is not None:
            raise proxy_authentication(answer.status, answer.reason)
        content = self._read(answer, sock, deadline)
        if answer.status != 200:
            raise _http_status(answer, content, self._proxy is not None)
        return content

    def _read(self, answer: http.client.HTTPResponse, sock: socket.socket, deadline: Deadline) -> bytes:
        content = bytearray()
        while len(content) <= _LONGEST_ANSWER:
            deadline.apply(sock)
            part = answer.read1(65536)
            if not part:
                if answer.length:
                    raise http.client.IncompleteRead(bytes(content), answer.length)
                return bytes(content)
            content += part
        raise not_sif("an answer of more than {0} bytes".format(_LONGEST_ANSWER))

    def _broken(self, error: Exception) -> ZoneFailure:
        """The connection was there and broke, or what came is no HTTP."""
        if isinstance(error, http.client.BadStatusLine) and str(error.line).startswith(_TLS_ALERT):
            return ZoneFailure("not_sif", "the answer is a TLS alert", "This port speaks TLS, the URL says http.", _USE_HTTPS, reason="tls_port")
        if isinstance(error, http.client.HTTPException) and not isinstance(error, ConnectionError):
            return not_sif("no HTTP: {0}".format(excerpt(repr(error))))
        if self._context is not None and not self._client_certificate:
            alert = self._late_alert()
            if alert is not None:
                return alert
        return ZoneFailure(
            "network",
            "the connection was closed before there was an answer: {0}".format(getattr(error, "strerror", None) or error),
            "The ZIS, or a firewall or proxy on the way, ended the connection.",
            "Ask again; check whether the port is the right one" + ("." if self._context else ", and whether it speaks TLS (then: https)."),
            reason="closed",
        )

    def _late_alert(self) -> t.Optional[ZoneFailure]:
        """With TLS 1.3 the ZIS says that it wants a client certificate only after the handshake.

        Sent while a request is under way, that alert can be lost when the connection is reset. So the handshake is
        done once more, and nothing is sent after it.
        """
        deadline = Deadline(self._timeout)
        sock = self._open(deadline)
        try:
            deadline.apply(sock)
            sock.recv(1)
        except ssl.SSLError as error:
            return tls.classify(error, self._address.host, hello=True)
        except OSError:
            pass
        finally:
            sock.close()
        return None


def not_sif(what: str) -> ZoneFailure:
    """Something answered with HTTP status 200, but it is no ZIS or not this zone's URL."""
    return ZoneFailure(
        "not_sif",
        "the answer is {0}".format(what),
        "What answers at this URL is no SIF 2.x ZIS.",
        "Compare the zone's URL with the one the zone's administrator gave (host, port, path); check for a proxy or a log-in page on the way.",
    )


def _http_status(answer: http.client.HTTPResponse, content: bytes, proxied: bool) -> ZoneFailure:
    status = answer.status
    detail = "HTTP status {0} {1}".format(status, excerpt(answer.reason or ""))
    location = answer.getheader("Location")
    if location:
        detail += ", Location {0}".format(excerpt(location))
    if content:
        detail += ": {0}".format(excerpt(content))
    if 300 <= status < 400:
        meaning, remedy = "The URL leads elsewhere; an agent does not follow that.", "Write the new URL into the zone, if it is the ZIS's."
    elif status in (401, 403):
        meaning, remedy = "The web server in front of the ZIS does not let us in.", "Ask the administrator of the ZIS what it wants: a client certificate, or another address."
    elif status in (404, 405, 410):
        meaning, remedy = "There is a web server, but no zone at this URL.", "Compare the path of the zone's URL with the one the zone's administrator gave; case matters."
    elif b"HTTPS port" in content or b"requires TLS" in content:
        meaning, remedy = "This port speaks TLS, the URL says http.", _USE_HTTPS
    elif status >= 500:
        meaning, remedy = "The ZIS, or the web server in front of it, has an internal error or is down.", "Ask the administrator of the ZIS for its state, then ask again."
        if proxied:
            remedy += " The answer may be the proxy's: check that it reaches the ZIS."
    else:
        meaning, remedy = "The web server does not accept the message.", "Check that the URL is the zone's; give this detail to the administrator of the ZIS."
    return ZoneFailure("http_status", detail, meaning, remedy, reason=str(status))
