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
_LATE_ALERT_SECONDS = 5.0
_TLS_ALERT = "\x15\x03"
# How nginx, Apache httpd and Jetty/Tomcat word it
_PLAIN_ON_TLS_PORT = (b"sent to HTTPS port", b"speaking plain HTTP to an SSL-enabled", b"requires TLS")


class Transport:
    """The way to one zone.

    Args:
        address: the zone's URL.
        context: for https, from C(tls.build_context); None for http.
        proxy: the proxy to go through, or None. The environment's proxy settings are not looked at, as Java does not.
        timeout: seconds that one exchange may last, from looking up the name to the last byte.
    """

    def __init__(
        self,
        address: Address,
        context: t.Optional[ssl.SSLContext] = None,
        proxy: t.Optional[Proxy] = None,
        timeout: float = 30,
    ) -> None:
        self._address = address
        self._context = context
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
            raise tls.classify(error, hello=True) from None
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
                "Check that the port is the one for HTTPS; raise timeout; ask the administrator of the ZIS.",
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
        while not answer.isclosed() and len(content) <= _LONGEST_ANSWER:
            deadline.apply(sock)
            part = answer.read1(65536)
            if not part:
                break
            content += part
        if len(content) > _LONGEST_ANSWER:
            raise not_sif("an answer of more than {0} bytes".format(_LONGEST_ANSWER))
        if answer.length:
            raise http.client.IncompleteRead(bytes(content), answer.length)
        return bytes(content)

    def _broken(self, error: Exception) -> ZoneFailure:
        """The connection was there and broke, or what came is no HTTP."""
        if isinstance(error, http.client.BadStatusLine) and str(error.line).startswith(_TLS_ALERT):
            return _tls_port("the answer is a TLS alert")
        if isinstance(error, http.client.HTTPException) and not isinstance(error, ConnectionError):
            return not_sif("no HTTP: {0}".format(excerpt(repr(error))))
        if self._context is not None:
            alert = self._late_alert()
            if alert is not None:
                return alert
        seen = getattr(error, "strerror", None) or error
        return ZoneFailure(
            "network",
            "the connection was closed before there was an answer: {0}".format(seen),
            "The ZIS, or a firewall or proxy on the way, ended the connection.",
            "Ask again; check the port" + ("." if self._context else ", and whether it speaks TLS (then use https)."),
            reason="closed",
        )

    def _late_alert(self) -> t.Optional[ZoneFailure]:
        """With TLS 1.3 the ZIS says that it wants a client certificate, or another one, only after the handshake.

        Sent while a request is under way, that alert can be lost when the connection is reset. So the handshake is
        done once more, and nothing is sent after it.
        """
        deadline = Deadline(min(self._timeout, _LATE_ALERT_SECONDS))
        sock = self._open(deadline)
        try:
            deadline.apply(sock)
            sock.recv(1)
        except ssl.SSLError as error:
            return tls.classify(error, hello=True)
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
        "Compare the zone's URL with the one the zone's administrator gave (host, port, path); check for a proxy or a"
        " log-in page on the way.",
    )


def _tls_port(detail: str) -> ZoneFailure:
    meaning = "This port speaks TLS, the URL says http."
    remedy = "Use https:// in the zone's URL and the agent's transport https, or the plain port of the ZIS."
    return ZoneFailure("not_sif", detail, meaning, remedy, reason="tls_port")


def _http_status(answer: http.client.HTTPResponse, content: bytes, proxied: bool) -> ZoneFailure:
    detail = "HTTP status {0} {1}".format(answer.status, excerpt(answer.reason or ""))
    location = answer.getheader("Location")
    if location:
        detail += ", Location {0}".format(excerpt(location))
    if content:
        detail += ": {0}".format(excerpt(content))
    if answer.status == 400 and any(text in content for text in _PLAIN_ON_TLS_PORT):
        return _tls_port(detail)
    meaning, remedy = _explain_status(answer.status)
    if proxied and answer.status >= 500:
        remedy += " The answer may be the proxy's: check that it reaches the ZIS."
    return ZoneFailure("http_status", detail, meaning, remedy, reason=str(answer.status))


def _explain_status(status: int) -> tuple[str, str]:
    if 300 <= status < 400:
        return (
            "The URL leads elsewhere; an agent cannot follow that.",
            "Write the new URL into the zone, if it is the ZIS's.",
        )
    if status in (401, 403):
        return (
            "The web server in front of the ZIS does not let us in.",
            "Ask the administrator of the ZIS what it wants: a client certificate, or another address.",
        )
    if status in (404, 405, 410):
        return (
            "There is a web server, but no zone at this URL.",
            "Compare the path of the zone's URL with the one the zone's administrator gave; case matters.",
        )
    if status >= 500:
        return (
            "The ZIS, or the web server in front of it, has an internal error or is down.",
            "Ask the administrator of the ZIS for its state, then ask again.",
        )
    return (
        "The web server does not accept the message.",
        "Check that the URL is the zone's; give this detail to the administrator of the ZIS.",
    )
