# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads a URL as C(new java.net.URL(text)) of JDK 17 does: what is malformed, and what the URL is afterwards.

Only what stands in a configuration matters here: a URL without context. The result may still be of no use to an agent
(another scheme, no host); the agent finds that out when it connects.
"""

from __future__ import annotations

import ipaddress
import typing as t

from .java_text import equals_ignore_case, parse_int, trim

KNOWN_SCHEMES = frozenset({"file", "ftp", "http", "https", "jar", "jmod", "jrt", "mailto"})


class MalformedUrl(ValueError):
    """Java would throw a MalformedURLException; the text says why, in our words."""


class JavaUrl(t.NamedTuple):
    """The parts of a URL after C(new java.net.URL); C(port) is -1 when none is given."""

    scheme: str
    authority: str | None
    host: str
    port: int
    path: str
    query: str | None
    fragment: str | None

    def __str__(self) -> str:
        text = self.scheme + ":"
        if self.authority:
            text += "//" + self.authority
        text += self.path
        if self.query is not None:
            text += "?" + self.query
        return text if self.fragment is None else text + "#" + self.fragment


def parse_url(text: str) -> JavaUrl:
    """Parse a URL as a Java agent does.

    Raises:
        MalformedUrl: where Java throws a MalformedURLException.
    """
    rest = trim(text)
    if equals_ignore_case(rest[:4], "url:"):
        rest = rest[4:]
    scheme, rest = _split_scheme(rest)
    rest, fragment = _cut(rest, "#")
    if scheme == "mailto":
        if not rest.strip():
            raise MalformedUrl("there is no mail address")
        return JavaUrl(scheme, None, "", -1, rest, None, None)
    if scheme == "jar":
        inner = rest.rpartition("!/")[0]
        if not inner:
            raise MalformedUrl("there is no !/ after the archive's URL")
        parse_url(inner)
        return JavaUrl(scheme, "", "", -1, rest, None, fragment)
    return _parse_hierarchical(scheme, rest, fragment)


def _split_scheme(text: str) -> tuple[str, str]:
    scheme, colon, rest = text.partition(":")
    if text.startswith("#") or not colon or "/" in scheme or not _is_scheme(scheme.lower()):
        raise MalformedUrl("there is no scheme (http:// or https://) in front")
    scheme = scheme.lower()
    if scheme not in KNOWN_SCHEMES:
        raise MalformedUrl(f"its scheme would be '{scheme}', which Java does not know; is http:// or https:// missing?")
    return scheme, rest


def _is_scheme(text: str) -> bool:
    return text[:1].isalpha() and all(character.isalnum() or character in ".+-" for character in text)


def _cut(text: str, separator: str) -> tuple[str, str | None]:
    head, found, tail = text.partition(separator)
    return head, tail if found else None


def _parse_hierarchical(scheme: str, text: str, fragment: str | None) -> JavaUrl:
    text, query = _cut(text, "?")
    authority, host, port = None, "", -1
    if text.startswith("//") and not text.startswith("////"):
        authority, slash, path = text[2:].partition("/")
        text = slash + path
        host, port = _host_and_port(authority)
        if any(character < " " or character == "\x7f" for character in host):
            raise MalformedUrl("there is a control character in the host name")
    return JavaUrl(scheme, authority, host, port, text, query, fragment)


def _host_and_port(authority: str) -> tuple[str, int]:
    if authority.count("@") > 1:
        return "", -1
    host = authority.rpartition("@")[2]
    if host.startswith("["):
        return _bracketed_host(host)
    host, colon, port = host.partition(":")
    return host, _port(port) if colon else -1


def _bracketed_host(host: str) -> tuple[str, int]:
    end = host.find("]")
    if end <= 2 or not _is_ipv6(host[1:end]):
        raise MalformedUrl("the address in brackets is no IPv6 address")
    tail = host[end + 1 :]
    if tail and not tail.startswith(":"):
        raise MalformedUrl("something other than :port follows the address in brackets")
    return host[: end + 1], _port(tail[1:])


def _is_ipv6(text: str) -> bool:
    address, percent, zone = text.partition("%")
    if percent and not zone:
        return False
    try:
        ipaddress.IPv6Address(address)
    except ValueError:
        return False
    return True


def _port(text: str) -> int:
    if not text:
        return -1
    port = parse_int(text)
    if port is None:
        raise MalformedUrl(f"the port '{text}' is no number")
    if port < -1:
        raise MalformedUrl(f"the port {port} is negative")
    return port
