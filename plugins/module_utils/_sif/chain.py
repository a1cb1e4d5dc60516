# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What certificate chain a TLS server presents, seen without trusting any of it."""

from __future__ import annotations

import socket
import ssl
import typing as t

from .connect import Address, Deadline, Proxy, connect
from .failures import ZoneFailure, excerpt
from .tls import classify

# What k12.sif.server_certificate_info accepts: the same for its action plugin and its module.
ARGUMENTS = {
    "host": {"type": "str", "required": True},
    "port": {"type": "int", "default": 443},
    "server_name": {"type": "str"},
    "proxy": {"type": "str"},
    "proxy_username": {"type": "str"},
    "proxy_password": {"type": "str", "no_log": True},
    "timeout": {"type": "float", "default": 30},
}
RULES = {
    "required_together": [("proxy_username", "proxy_password")],
    "required_by": {"proxy_username": "proxy"},
}
_RECORD_HEADER, _HANDSHAKE_HEADER = 5, 4  # bytes
_HANDSHAKE, _CERTIFICATE = 22, 11  # RFC 5246, section 7.4
_READ_SIZE = 65536


class Presented(t.NamedTuple):
    """What a server showed.

    Attributes:
        chain: DER, as the server sent it: its own certificate first.
        complete: whether C(chain) is all that the server sent; old Pythons show only the first certificate of TLS 1.3.
        tls_version: for example C(TLSv1.3).
        handshake_error: why the handshake was not completed after the chain had come, for example because the server
            wants a client certificate; None if it was.
    """

    chain: list[bytes]
    complete: bool
    tls_version: t.Optional[str]
    handshake_error: t.Optional[str]


def fetch_chain(address: Address, proxy: t.Optional[Proxy], server_name: str, timeout: float) -> Presented:
    """Fetch the chain of a server.

    Args:
        address: where it listens.
        proxy: the HTTP proxy on the way, if any.
        server_name: the name to ask for (SNI); by it a server selects its certificate.
        timeout: seconds for the whole exchange.
    Raises:
        ZoneFailure: the server cannot be reached, or shows no certificate.
    """
    if hasattr(ssl.SSLObject, "get_unverified_chain") or hasattr(_ssl_object_type(), "get_unverified_chain"):
        return _attempt(address, proxy, server_name, timeout, None)
    try:
        # Python 3.9 and older have no way to ask for the chain, but up to TLS 1.2 it travels in the clear.
        return _attempt(address, proxy, server_name, timeout, ssl.TLSVersion.TLSv1_2)
    except ZoneFailure as failure:
        if failure.kind != "tls":
            raise
        return _attempt(address, proxy, server_name, timeout, None)


def _ssl_object_type() -> type:
    """The C type behind SSLObject; it had the chain before SSLObject did (Python 3.10 to 3.12)."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    return type(context.wrap_bio(ssl.MemoryBIO(), ssl.MemoryBIO())._sslobj)


def _attempt(
    address: Address, proxy: t.Optional[Proxy], server_name: str, timeout: float, newest: t.Optional[ssl.TLSVersion]
) -> Presented:
    deadline = Deadline(timeout)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if newest is not None:
        context.maximum_version = newest
    received, sent = ssl.MemoryBIO(), ssl.MemoryBIO()
    secured = context.wrap_bio(received, sent, server_hostname=server_name)
    with connect(address, proxy, deadline) as raw:
        seen, error = _shake_hands(raw, secured, received, sent, deadline)
    chain, complete = _chain(secured, seen)
    if not chain:
        if isinstance(error, socket.timeout):
            raise ZoneFailure(
                "timeout",
                "{0} did not answer the TLS handshake in time".format(address.authority),
                "The server does not answer.",
                "Check the port; raise timeout if the line is slow.",
            )
        raise classify(error or OSError("the server presented no certificate"), hello=secured.cipher() is not None)
    reason = None if error is None else excerpt(str(error) or type(error).__name__)
    return Presented(chain, complete, secured.version(), reason)


def _shake_hands(
    raw: socket.socket, secured: ssl.SSLObject, received: ssl.MemoryBIO, sent: ssl.MemoryBIO, deadline: Deadline
) -> tuple[bytes, t.Optional[OSError]]:
    """Go through the handshake as far as it gets: all bytes that the server sent, and the error at its end."""
    seen = b""
    error: t.Optional[OSError] = None
    while True:
        waiting = False
        try:
            secured.do_handshake()
        except ssl.SSLWantReadError:
            waiting = True
        except OSError as failure:
            error = failure
        try:
            deadline.apply(raw)
            raw.sendall(sent.read())
            if not waiting:
                return seen, error
            data = raw.recv(_READ_SIZE)
        except OSError as failure:
            return seen, error or failure
        if not data:
            return seen, ssl.SSLEOFError(ssl.SSL_ERROR_EOF, "the server closed the connection")
        seen += data
        received.write(data)


def _chain(secured: ssl.SSLObject, seen: bytes) -> tuple[list[bytes], bool]:
    """The chain as DER, and whether it is whole."""
    ask = getattr(secured, "get_unverified_chain", None) or getattr(secured._sslobj, "get_unverified_chain", None)
    if ask is not None:
        found = ask() or []
        return [item if isinstance(item, bytes) else ssl.PEM_cert_to_DER_cert(item.public_bytes()) for item in found], True
    chain = certificates_in_clear(seen)
    if chain:
        return chain, True
    try:
        leaf = secured.getpeercert(binary_form=True)
    except ValueError:  # the handshake did not come that far
        leaf = None
    return [leaf] if leaf else [], False


def certificates_in_clear(data: bytes) -> list[bytes]:
    """The certificates in the first bytes that a TLS 1.2 server sent (RFC 5246, sections 6.2.1 and 7.4.2), as DER.

    Empty when there are none, as in TLS 1.3, where they are encrypted.
    """
    messages = b""
    while len(data) >= _RECORD_HEADER and data[0] == _HANDSHAKE:
        length = int.from_bytes(data[3:_RECORD_HEADER], "big")
        messages += data[_RECORD_HEADER : _RECORD_HEADER + length]
        data = data[_RECORD_HEADER + length :]
    while len(messages) >= _HANDSHAKE_HEADER:
        kind, body = messages[0], _counted(messages[1:])
        if kind == _CERTIFICATE:
            chain, rest = [], _counted(body)
            while rest:
                chain.append(_counted(rest))
                rest = rest[3 + len(chain[-1]) :]
            return chain
        messages = messages[_HANDSHAKE_HEADER + len(body) :]
    return []


def _counted(data: bytes) -> bytes:
    """What follows a length of three bytes."""
    return data[3 : 3 + int.from_bytes(data[:3], "big")]
