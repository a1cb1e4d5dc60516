# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How Java reads the small texts of an agent.cfg: numbers, booleans, names without case, blanks, map order.

Source: the API documentation of JDK 17 (Integer.parseInt, String.trim, String.equalsIgnoreCase, String.hashCode,
HashMap), compared with a JDK 17 by tests.
"""

from __future__ import annotations

import typing as t
import unicodedata

INT_MIN, INT_MAX = -(2**31), 2**31 - 1
LONG_MIN, LONG_MAX = -(2**63), 2**63 - 1

_DOTTED_CAPITAL_I = "\u0130"


def trim(text: str) -> str:
    """C(String.trim): cuts every character up to the blank (U+0020) at both ends, and no other white space."""
    return text.strip(_BLANKS)


_BLANKS = "".join(chr(code) for code in range(0x21))


def parse_int(text: str, lowest: int = INT_MIN, highest: int = INT_MAX) -> int | None:
    """C(Integer.parseInt): an optional sign and decimal digits of any script; nothing else, no blanks.

    Returns:
        the number, or None where Java throws a NumberFormatException.
    """
    digits = text[1:] if text[:1] in ("+", "-") else text
    if not digits:
        return None
    value = 0
    for character in digits:
        digit = _digit(character)
        if digit is None:
            return None
        value = value * 10 + digit
        if value > -LONG_MIN:
            return None
    value = -value if text[0] == "-" else value
    return value if lowest <= value <= highest else None


def parse_long(text: str) -> int | None:
    """C(Long.parseLong), as C(parse_int)."""
    return parse_int(text, LONG_MIN, LONG_MAX)


def _digit(character: str) -> int | None:
    if "0" <= character <= "9":
        return ord(character) - 48
    # Java looks at UTF-16 units one by one, so digits outside the basic plane are none.
    return unicodedata.decimal(character, None) if ord(character) <= 0xFFFF else None


def equals_ignore_case(left: str, right: str) -> bool:
    """C(String.equalsIgnoreCase): character by character, upper case then lower case of each."""
    if left == right:
        return True
    return len(left) == len(right) and all(_same_letter(a, b) for a, b in zip(left, right))


def _same_letter(left: str, right: str) -> bool:
    if left == right:
        return True
    left, right = _upper(left), _upper(right)
    return left == right or _lower(left) == _lower(right)


def _upper(character: str) -> str:
    upper = character.upper()
    return upper if len(upper) == 1 else character


def _lower(character: str) -> str:
    if character == _DOTTED_CAPITAL_I:
        return "i"
    lower = character.lower()
    return lower if len(lower) == 1 else character


def is_true(text: str) -> bool:
    """The ADK's reading of a boolean property: "true" in any case; everything else, also "yes" and "1", is false."""
    return equals_ignore_case(text, "true")


def is_enabled(text: str) -> bool:
    """The ADK's reading of an C(enabled) attribute: "true" or "yes" in any case, without blanks."""
    return equals_ignore_case(text, "true") or equals_ignore_case(text, "yes")


def tokens(text: str, delimiter: str = ",") -> list[str]:
    """C(java.util.StringTokenizer): the non-empty parts between delimiters, not trimmed."""
    return [token for token in text.split(delimiter) if token]


def hash_code(text: str | None) -> int:
    """C(String.hashCode) as an unsigned 32 bit number; 0 for null, as in a HashMap."""
    value = 0
    if text is not None:
        units = text.encode("utf-16-be", "surrogatepass")
        for index in range(0, len(units), 2):
            value = (31 * value + (units[index] << 8 | units[index + 1])) & 0xFFFFFFFF
    return value


Key = t.TypeVar("Key", bound="str | None")


def hash_map_order(keys: t.Iterable[Key]) -> list[Key]:
    """The order in which a C(java.util.HashMap) that got these keys one after the other hands them out again."""
    distinct = list(dict.fromkeys(keys))
    capacity = 16
    while len(distinct) > capacity * 3 // 4:
        capacity *= 2

    def bucket(key: Key) -> int:
        code = hash_code(key)
        return (code ^ code >> 16) & (capacity - 1)

    return sorted(distinct, key=bucket)
