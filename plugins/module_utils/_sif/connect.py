# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Opens the connection to the ZIS, through a proxy if one is named, and says why it could not."""

from __future__ import annotations

import base64
import errno
import http.client
import socket
import time
import typing as t
from urllib.parse import urlsplit

from .failures import BadInput, ZoneFailure, excerpt

_PORTS = {"http": 80, "https": 443}
_CHECK_PROXY = "Check proxy (host and port); have the proxy's administrator allow the ZIS's host and port."


class Address(t.NamedTuple):
    """A URL in its parts.

    Attributes:
        scheme: C(http) or C(https).
        host: host name or IP address, without brackets.
        port: TCP port.
        target: path and query, at least C(/).
    """

    scheme: str
    host: str
    port: int
    target: str

    @property
    def authority(self) -> str:
        """Host and port as in a Host header or a CONNECT request: an IPv6 address in brackets, the port always."""
        return "{0}:{1}".format("[{0}]".format(self.host) if ":" in self.host else self.host, self.port)


class Proxy(t.NamedTuple):
    """A proxy with its address and, for Basic authentication, a user name and password."""

    address: Address
    username: t.Optional[str] = None
    password: t.Optional[str] = None

    @property
    def headers(self) -> dict[str, str]:
        """What the proxy wants to see in a request."""
        if self.username is None:
            return {}
        token = "{0}:{1}".format(self.username, self.password or "").encode("utf-8")
        return {"Proxy-Authorization": "Basic " + base64.b64encode(token).decode("ascii")}


class Deadline:
    """The moment at which an exchange must be over."""

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds

    def apply(self, sock: socket.socket) -> None:
        """Let the next operation of the socket last no longer than what remains.

        Raises:
            socket.timeout: nothing remains.
        """
        remaining = self._end - time.monotonic()
        if remaining <= 0:
            raise socket.timeout("no time is left")
        sock.settimeout(remaining)


def parse_url(url: str, argument: str, schemes: t.Sequence[str] = ("http", "https")) -> Address:
    """Take a URL apart.

    Args:
        url: for example C(https://zis.example.org:8443/Zone1).
        argument: name of the argument it came in, for the error text.
        schemes: what it may begin with.
    Raises:
        BadInput: it is no such URL. The text does not repeat one that holds a password.
    """
    remedy = "Remedy: give it like {0}://host:port/path.".format(schemes[-1])
    try:
        parts = urlsplit(url)
        port = parts.port
        if parts.username is not None or parts.password is not None:
            raise BadInput("{0} must not hold a user name or password. {1}".format(argument, remedy))
        host = parts.hostname or ""
        host.encode("idna")
    except BadInput:
        raise
    except ValueError as error:  # UnicodeError is one
        raise BadInput("{0} {1!r} is no URL: {2}. {3}".format(argument, url, error, remedy)) from None
    if parts.scheme not in schemes or not host or port == 0 or not url.isprintable() or " " in url or parts.fragment:
        raise BadInput("{0} {1!r} is no usable URL. {2}".format(argument, url, remedy))
    target = parts.path or "/"
    if parts.query:
        target += "?" + parts.query
    if not target.isascii():
        raise BadInput("{0} {1!r} has characters that must be percent-encoded. {2}".format(argument, url, remedy))
    return Address(parts.scheme, host, port or _PORTS[parts.scheme], target)


def connect(address: Address, proxy: t.Optional[Proxy], deadline: Deadline) -> socket.socket:
    """Open a TCP connection to the ZIS, or to the proxy in front of it.

    For https through a proxy the tunnel (CONNECT) is open when this returns; TLS has not begun.

    Raises:
        ZoneFailure: class C(dns), C(refused), C(timeout) or C(network); C(proxy) for all that is about the proxy.
    """
    if proxy is None:
        return _open(address, deadline)
    try:
        sock = _open(proxy.address, deadline)
    except ZoneFailure as failure:
        detail = "proxy {0}: {1}".format(proxy.address.authority, failure.detail)
        raise _proxy(failure.kind, detail, "The proxy cannot be reached.") from None
    if address.scheme == "https":
        try:
            _tunnel(sock, address, proxy, deadline)
        except BaseException:
            sock.close()
            raise
    return sock


def proxy_authentication(status: int, reason: str) -> ZoneFailure:
    """The proxy answered 407."""
    return _proxy(
        "authentication",
        "the proxy answered {0} {1}".format(status, excerpt(reason)),
        "The proxy wants a user name and password, or does not accept those given.",
        "Give proxy_username and proxy_password, or have the ZIS excepted from the proxy.",
    )


def _open(address: Address, deadline: Deadline) -> socket.socket:
    try:
        found = socket.getaddrinfo(address.host, address.port, 0, socket.SOCK_STREAM)
    except (socket.gaierror, UnicodeError) as error:
        raise ZoneFailure(
            "dns",
            "{0}: {1}".format(address.host, getattr(error, "strerror", None) or error),
            "The host name cannot be resolved.",
            "Check the host name in the URL for typing errors, and the name service of the host that asks.",
        ) from None
    tried = []
    last: OSError = OSError("no address")
    for family, kind, protocol, _name, where in found:
        sock = None
        try:
            sock = socket.socket(family, kind, protocol)
            deadline.apply(sock)
            sock.connect(where)
            return sock
        except OSError as error:
            if sock is not None:
                sock.close()
            last = error
            tried.append("{0} port {1}: {2}".format(where[0], where[1], getattr(error, "strerror", None) or error))
    raise _unconnected(last, "; ".join(tried))


def _unconnected(error: OSError, detail: str) -> ZoneFailure:
    if isinstance(error, ConnectionRefusedError):
        return ZoneFailure(
            "refused",
            detail,
            "The host is there, but nothing listens on this port, or a firewall rejects the connection.",
            "Check the port in the URL; ask the administrator of the ZIS whether it runs; check the firewall.",
        )
    if isinstance(error, socket.timeout) or error.errno == errno.ETIMEDOUT:
        return ZoneFailure(
            "timeout",
            detail,
            "No connection came about in time: usually a firewall drops the packets, or the host is down.",
            "Open the firewall from this host to the ZIS, or set proxy; raise timeout if the line is slow.",
            reason="connect",
        )
    return ZoneFailure(
        "network",
        detail,
        "There is no way to this host.",
        "Check the network and the routes of the host that asks.",
        reason="unreachable",
    )


def _tunnel(sock: socket.socket, address: Address, proxy: Proxy, deadline: Deadline) -> None:
    lines = ["CONNECT {0} HTTP/1.1".format(address.authority), "Host: {0}".format(address.authority)]
    lines += ["{0}: {1}".format(name, value) for name, value in proxy.headers.items()]
    where = "proxy {0}".format(proxy.address.authority)
    try:
        deadline.apply(sock)
        sock.sendall("\r\n".join(lines + ["", ""]).encode("ascii"))
        answer = http.client.HTTPResponse(sock, method="CONNECT")
        answer.begin()
    except socket.timeout:
        detail = "{0} did not answer CONNECT in time".format(where)
        raise _proxy("timeout", detail, "The proxy does not answer.") from None
    except (OSError, http.client.HTTPException) as error:
        detail = "{0}: {1}".format(where, excerpt(repr(error)))
        raise _proxy("not_a_proxy", detail, "What answers there is no HTTP proxy.") from None
    if answer.status == 407:
        raise proxy_authentication(answer.status, answer.reason)
    if not 200 <= answer.status < 300:
        raise _proxy(
            "forbidden" if answer.status in (401, 403, 405) else "gateway",
            "{0} answered {1} with {2} {3}".format(where, lines[0], answer.status, excerpt(answer.reason)),
            "The proxy does not let this host through to the ZIS, or does not reach it.",
        )


def _proxy(reason: str, detail: str, meaning: str, remedy: str = _CHECK_PROXY) -> ZoneFailure:
    return ZoneFailure("proxy", detail, meaning, remedy, reason=reason)
