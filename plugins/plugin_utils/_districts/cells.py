# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks on the text of a single cell, whatever its column: what spreadsheet programs do to texts, and what must not get into an inventory."""

from __future__ import annotations

import ipaddress
import re
import unicodedata

from .problems import CellError

# Blanks that look like a space and come with text copied from mails and web pages.
_BLANKS = re.compile("[\u00a0\u2007\u202f]")
_ERROR_VALUE = re.compile(r"#(?:N/A|NV|#+|[^\W_][\w/]*[!?])", re.IGNORECASE)
_LONG_NUMBER = re.compile(r"\d(?:[.,]\d+)?E\+\d+")
_TELEPHONE = re.compile(r"[+-][\d ()./x-]*\d[\d ()./x-]*")
_TEMPLATE = re.compile(r"\{[{%#]")
_PLACEHOLDERS = frozenset({"-", "--", "?", "n/a", "none", "null", "tba", "tbd", "unknown"})
_HOST_LABEL = re.compile(r"(?![-_])[A-Za-z0-9_-]{1,63}(?<!-)")
_SCOPE = re.compile(r"[A-Za-z0-9_.-]+")
_CODE = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?")


def clean(text: str) -> str:
    """The text of a cell without blanks around it.

    Raises:
        CellError: a spreadsheet program has damaged it, it is a placeholder, or Ansible would run it as a template.
    """
    text = _BLANKS.sub(" ", text).strip()
    hidden = next((character for character in text if unicodedata.category(character) in ("Cc", "Cf", "Zl", "Zp")), None)
    if hidden is not None:
        what = "a line break" if hidden in "\r\n" else f"an invisible character (U+{ord(hidden):04X})"
        raise CellError(f"there is {what} in {text!r}", "delete the cell's text and type it anew")
    if _ERROR_VALUE.fullmatch(text):
        raise CellError(f"{text!r} is an error of the spreadsheet", "correct the formula or widen the column, then save as CSV again")
    if text.startswith(("=", "@")) or (text.startswith(("+", "-")) and len(text) > 1 and not _is_harmless_sign(text)):
        raise CellError(f"{text!r} is a formula", "replace the formula by its value (copy, Paste Special > Values)")
    if _LONG_NUMBER.fullmatch(text):
        raise CellError(f"{text!r} is a number that the spreadsheet has shortened", "format the column as Text and type the number again")
    if _TEMPLATE.search(text):
        raise CellError(f"{text!r} is a template, which is not run from a list", "write plain text; templates belong into the option compose")
    if text.lower() in _PLACEHOLDERS:
        raise CellError(f"{text!r} is a placeholder", "write the value, or leave the cell empty")
    return text


def _is_harmless_sign(text: str) -> bool:
    return bool(_TELEPHONE.fullmatch(text)) or text.lower() in _PLACEHOLDERS


def district_code(text: str) -> str:
    """A code that can name a host in an inventory. Raises CellError."""
    if not _CODE.fullmatch(text):
        raise CellError(
            f"{text!r} cannot name a host in the inventory",
            "use letters, digits, dots, dashes and underscores only, with a letter or digit at both ends",
        )
    if text.lower() in ("all", "ungrouped", "localhost"):
        raise CellError(f"{text!r} has a meaning of its own in Ansible", "use another code")
    return text


def host(text: str) -> str:
    """A host name or an IP address. Raises CellError."""
    address = _address(text)
    if address:
        # Behind the percent sign of an IPv6 address Python takes any text, which would get into the command line of ssh.
        scope = address.partition("%")[2]
        if scope and not _SCOPE.fullmatch(scope):
            raise CellError(f"{text!r} is no address", "write the name of a network interface behind the %, or the address alone")
        return address
    labels = text.removesuffix(".").split(".")
    if len(text) > 253 or not all(_HOST_LABEL.fullmatch(label) for label in labels) or labels[-1].isdigit():
        remedy = "write only the name or address of the agent's server, such as sis.maple.example.org, without https://, user or port"
        raise CellError(f"{text!r} is no host name", remedy)
    return text


def same_host(text: str) -> str:
    """What two spellings of one host or address have in common."""
    return _address(text) or text.lower().removesuffix(".")


def _address(text: str) -> str | None:
    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        return None


def group_part(text: str) -> str:
    """Text as a part of a group's name: small letters, digits and underscores. Raises CellError when nothing is left."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode("ascii").lower()
    name = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")
    if not name:
        raise CellError(f"no name of a group can be made of {text!r}", "use letters a to z and digits")
    return name
