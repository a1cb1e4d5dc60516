# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Turns the text of a file, as a playbook has it in a variable, into the bytes of the file."""

from __future__ import annotations

import re

_ENCODING = re.compile(r"""^\s*<\?xml[^>]*?\sencoding\s*=\s*["']([A-Za-z][\w.-]*)["']""")


def bytes_of(text: str | bytes) -> bytes:
    """The bytes of a file with this text: in the encoding that its XML declaration names, otherwise in UTF-8.

    Where the text cannot be written so (unknown name, a character the encoding does not have), it is UTF-8, and
    parsing tells what is wrong.
    """
    if isinstance(text, bytes):
        return text
    text = text.removeprefix("\ufeff")
    declared = _ENCODING.match(text)
    codec = declared[1] if declared else "utf-8"
    try:
        data = text.encode(codec)
        if data.decode(codec) == text:
            return data
    except (LookupError, UnicodeError):
        pass
    return text.encode("utf-8", "surrogatepass")
