# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads the body of an HTTP request: length or chunks, gzip, and an end to everything that is too large or too slow."""

from __future__ import annotations

import time
import zlib
from email.message import Message as Headers
from io import BufferedIOBase

MAX_BODY = 16 << 20


class BadRequest(Exception):
    """The request cannot be read; answered with the status, then the connection is closed."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status


def gunzip(data: bytes) -> bytes:
    """Raises BadRequest for what is no gzip or unpacks to more than MAX_BODY."""
    unpacker = zlib.decompressobj(31)
    try:
        unpacked = unpacker.decompress(data, MAX_BODY + 1)
    except zlib.error as error:
        raise BadRequest(400, f"the body is not gzip: {error}") from None
    if len(unpacked) > MAX_BODY:
        raise BadRequest(413, f"more than {MAX_BODY} bytes")
    if not unpacker.eof:
        raise BadRequest(400, "the gzip body is cut off")
    return unpacked


def accepts_gzip(header: str) -> bool:
    """Whether Accept-Encoding names gzip with a quality above 0."""
    for item in header.split(","):
        name, _semicolon, parameters = item.strip().lower().partition(";")
        if name.strip() in ("gzip", "x-gzip"):
            key, _equals, quality = parameters.replace(" ", "").partition("=")
            return not (key == "q" and quality.strip("0.") == "")
    return False


class BodyReader:
    """Reads one body. `seconds`: how long all of it may take; a single read is limited by the socket's own timeout."""

    def __init__(self, stream: BufferedIOBase, headers: Headers, seconds: float) -> None:
        self._stream = stream
        self._headers = headers
        self._deadline = time.monotonic() + seconds

    def read(self) -> bytes:
        """The body without its encodings; empty when there is none. Raises BadRequest, TimeoutError, OSError."""
        body = self._read_transferred()
        encoding = self._headers.get("Content-Encoding", "identity").strip().lower()
        if encoding in ("gzip", "x-gzip"):
            return gunzip(body)
        if encoding != "identity":
            raise BadRequest(415, f"Content-Encoding {encoding}")
        return body

    def _read_transferred(self) -> bytes:
        transfer = self._headers.get("Transfer-Encoding", "").strip().lower()
        if transfer == "chunked":
            return self._read_chunks()
        if transfer:
            raise BadRequest(501, f"Transfer-Encoding {transfer}")
        length = self._headers.get("Content-Length", "0").strip()
        if not (length.isascii() and length.isdigit()):
            raise BadRequest(400, f"Content-Length {length}")
        return self._read_exactly(int(length[:20]), 0)

    def _read_exactly(self, size: int, already: int) -> bytes:
        if size + already > MAX_BODY:
            raise BadRequest(413, f"more than {MAX_BODY} bytes")
        parts = []
        while size:
            if time.monotonic() > self._deadline:
                raise TimeoutError
            part = self._stream.read1(min(size, 1 << 16))
            if not part:
                raise BadRequest(400, "the body is cut off")
            parts.append(part)
            size -= len(part)
        return b"".join(parts)

    def _read_chunks(self) -> bytes:
        body = bytearray()
        while True:
            size = self._chunk_size(self._stream.readline(1024))
            if size == 0:
                break
            body += self._read_exactly(size, len(body))
            if self._stream.readline(3).strip():
                raise BadRequest(400, "not a chunk")
        for _trailer in range(100):
            if not self._stream.readline(8192).strip():
                return bytes(body)
        raise BadRequest(400, "too many trailers")

    @staticmethod
    def _chunk_size(line: bytes) -> int:
        digits = line.split(b";")[0].strip()
        if not digits or len(digits) > 16 or digits.strip(b"0123456789abcdefABCDEF"):
            raise BadRequest(400, "not a chunk")
        return int(digits, 16)
