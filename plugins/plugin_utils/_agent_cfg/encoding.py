# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which characters the bytes of an XML file stand for, decided as the JDK's Xerces decides it.

Source of the rules: XML 1.0 appendix F, and what the parser of JDK 17 did with each case (tests/unit hold them).
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

from .encoding_names import CODECS, MULTI_BYTE, READ_OTHERWISE

_DECLARATION = re.compile(
    r"<\?xml[ \t\r\n]+version[ \t\r\n]*=[ \t\r\n]*(?:\"(?P<v1>[^\"]*)\"|'(?P<v2>[^']*)')"
    r"(?:[ \t\r\n]+encoding[ \t\r\n]*=[ \t\r\n]*(?:\"(?P<e1>[^\"]*)\"|'(?P<e2>[^']*)'))?"
    r"[^>]*\?>"
)
_UTF16_STARTS = {b"<\0?\0": "utf-16-le", b"\0<\0?": "utf-16-be"}


class EncodingError(ValueError):
    """The bytes cannot be read as text; the message says why, `remedy` what to do, `offset` at which byte."""

    def __init__(self, message: str, remedy: str, offset: int = 0) -> None:
        super().__init__(message)
        self.remedy = remedy
        self.offset = offset


@dataclass(frozen=True)
class Decoded:
    """Text of a file and all that is needed to turn changed text into bytes of the same kind."""

    text: str
    codec: str
    errors: str
    bom: bytes
    version: str
    declared: str | None

    def encode(self, text: str) -> bytes:
        """Bytes of `text` (without a byte order mark). Raises UnicodeEncodeError for what the encoding cannot hold."""
        return text.encode(self.codec, self.errors)

    def holds(self, character: str) -> bool:
        """Whether the agent reads this character again when it is written."""
        if character in READ_OTHERWISE.get(self.codec, ()):
            return False
        try:
            return character.encode(self.codec).decode(self.codec) == character
        except UnicodeError:
            return False


def decode(data: bytes) -> Decoded:
    """Decode a whole XML file. Raises EncodingError; what it returns encodes to exactly `data` again."""
    bom, codec = _start(data)
    body = data[len(bom) :]
    # The declaration is ASCII in every encoding accepted here: the head can be read before it is known.
    head = body[:2048].decode(codec if codec else "latin-1", "replace")
    declaration = _DECLARATION.match(head)
    version, declared = "1.0", None
    if declaration:
        version = declaration["v1"] or declaration["v2"] or ""
        declared = declaration["e1"] or declaration["e2"]
    if version not in ("1.0", "1.1"):
        raise EncodingError(f'XML version "{version}" is not supported', 'declare version="1.0"')
    codec = _agreed(codec, declared)
    strict = codec in ("utf-8", "ascii") or codec.startswith("utf-16") or codec in MULTI_BYTE
    # The JDK reads bytes without a meaning in a code page as U+FFFD; we must also be able to write them back. Where
    # characters have several bytes, it cannot be known which of them it would take together.
    errors = "strict" if strict else "surrogateescape"
    try:
        text = body.decode(codec, errors)
    except UnicodeDecodeError as error:
        raise EncodingError(
            f"byte 0x{body[error.start]:02x} is not valid in {declared or codec.upper()}"
            f" ({'as declared' if declared else 'the encoding of a file without an XML declaration of another'})",
            "save the file in the encoding that it declares, or declare the encoding it is saved in",
            len(bom) + error.start,
        ) from None
    if text.startswith("\ufeff"):
        raise EncodingError("there are two byte order marks", "remove one of them", len(bom))
    if "\0" in text:
        # Expat takes such bytes for UTF-16 on its own; the agent's parser refuses them.
        raise EncodingError(
            f"byte {text.index(chr(0)) + 1} is 0, which XML does not allow", "save the file as UTF-8", text.index("\0")
        )
    decoded = Decoded(text, codec, errors, bom, version, declared)
    unsure = READ_OTHERWISE.get(codec, frozenset()).intersection(text)
    if bom + decoded.encode(text) != data or unsure:
        raise EncodingError(f"the file cannot be written back exactly in {declared or codec}", "convert it to UTF-8")
    return decoded


def _start(data: bytes) -> tuple[bytes, str | None]:
    """Byte order mark and the encoding that the first bytes leave no doubt about."""
    for bom, codec in (
        (codecs.BOM_UTF8, None),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
    ):
        if data.startswith(bom):
            return bom, codec
    return b"", _UTF16_STARTS.get(data[:4])


def _agreed(codec: str | None, declared: str | None) -> str:
    """Python codec for what the first bytes and the declaration say together; the declaration wins, as in Xerces."""
    if declared is None:
        return codec or "utf-8"
    name = declared.upper()
    if codec:
        if name == "UTF-16" or name == codec.upper().replace("-LE", "LE").replace("-BE", "BE"):
            return codec
        raise EncodingError(f'the file is saved in UTF-16 but declares encoding="{declared}"', "make the two agree")
    if name in ("UTF-8", "UTF8"):
        return "utf-8"
    if name.startswith("UTF-16"):
        raise EncodingError(
            f'the file declares encoding="{declared}" but is not saved in UTF-16', "declare the encoding it is saved in"
        )
    if name not in CODECS:
        raise EncodingError(
            f'encoding "{declared}" is unknown or not supported', "save the file as UTF-8 and declare that"
        )
    return codecs.lookup(CODECS[name]).name
