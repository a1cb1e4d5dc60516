# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tells by its URL whether PowerSchool hosts a PowerSchool, or somebody else does.

Rule of Instructure's connection guides: the URL of an instance that PowerSchool hosts ends in powerschool.com; every other
instance is hosted by the institution, its region or its state.
"""

from __future__ import annotations

import ipaddress
import re
import typing as t

_CLOUD = "powerschool.com"
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://")
_LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)")
_PORT = re.compile(r"0*([1-9][0-9]{0,4})")
_LONGEST_HOST = 253  # characters; RFC 1035 section 2.3.4


class HostKindError(ValueError):
    """It cannot be told who hosts. The text says why, with the remedy."""


def is_cloud_hosted(url: t.Any) -> bool:
    """Whether PowerSchool hosts the instance with this URL: its host is powerschool.com or a name below it.

    Args:
        url: the URL that people open in a browser; C(https://) may be missing.
    Raises:
        HostKindError: it is no URL, so nothing can be told.
    """
    host = host_of(url)
    return host == _CLOUD or host.endswith(f".{_CLOUD}")


def host_of(url: t.Any) -> str:
    """The host of a URL as the name service knows it: lower case, internationalized names in their ASCII form.

    Raises:
        HostKindError: it is no URL.
    """
    if not isinstance(url, str):
        raise _refused("The PowerSchool URL", "is not set" if url is None else f"is no text but a {type(url).__name__}")
    text = url.strip()
    if not text:
        raise _refused("The PowerSchool URL", "is empty")
    scheme = _SCHEME.match(text)
    rest = text[scheme.end():] if scheme else text
    authority = re.split(r"[/?#]", rest, maxsplit=1)[0]
    shown = repr(_without_user(text, authority))
    # A browser takes a backslash for a slash, so where such a URL leads depends on who reads it.
    if re.search(r"[\s\\\x00-\x1f\x7f]", text):
        raise _refused(shown, "has blanks, control characters or backslashes in it")
    if scheme and scheme[1].lower() not in ("http", "https"):
        raise _refused(shown, f"begins with {scheme[1]}://")
    user, at, place = authority.rpartition("@")
    if at and (not scheme or "@" in user):
        raise _refused(shown, "is a mail address, or has more than one @")
    return _host(place, bool(scheme), shown)


def _host(place: str, has_scheme: bool, shown: str) -> str:
    host, port = _split_port(place, shown)
    number = _PORT.fullmatch(port)
    if port and not (number and int(number[1]) <= 65535):
        raise _refused(shown, "has a port that is no number between 1 and 65535")
    if host.startswith("["):
        return host.lower()
    try:
        # The rules by which names become ASCII also fold full-width letters and dots, as a browser does.
        name = host.encode("idna").decode("ascii").lower().removesuffix(".")
    except UnicodeError:
        raise _refused(shown, "names no host") from None
    labels = name.split(".")
    if len(name) > _LONGEST_HOST or not all(_LABEL.fullmatch(label) for label in labels):
        raise _refused(shown, "names no host")
    if labels[-1].isdigit() and not _is_address(name, ipaddress.IPv4Address):
        raise _refused(shown, "names no host: it ends in a number but is no address")
    if not has_scheme and len(labels) == 1:
        raise _refused(shown, "is a single word")
    return name


def _split_port(place: str, shown: str) -> tuple[str, str]:
    if place.startswith("["):
        host, bracket, port = place.partition("]")
        if not bracket or not _is_address(host[1:], ipaddress.IPv6Address) or port[:1] not in ("", ":"):
            raise _refused(shown, "names no host: the brackets hold no address")
        return host + bracket, port[1:]
    host, _colon, port = place.partition(":")
    return host, port


def _is_address(text: str, kind: type) -> bool:
    try:
        kind(text)
    except ValueError:
        return False
    return True


def _without_user(text: str, authority: str) -> str:
    """The URL as it may be shown: a name and password in it are nobody's business."""
    user, at, _place = authority.rpartition("@")
    return text.replace(f"{user}@", "********@", 1) if at else text


def _refused(what: str, why: str) -> HostKindError:
    return HostKindError(
        f"{what} {why}, so nobody can tell who hosts PowerSchool."
        " Remedy: write the URL that people open in a browser, such as https://maple.powerschool.com."
    )
