# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the ZIS takes from a socket: encodings, sizes, speed, nonsense."""

from __future__ import annotations

import gzip
import socket
import time

import pytest

from zis.request_body import MAX_BODY, accepts_gzip
from zis_peer import Ack, Lab


def register_text(peer):
    return peer.message(
        f"<SIF_Register>{peer.header()}<SIF_Name>N</SIF_Name><SIF_Version>2.3</SIF_Version><SIF_MaxBufferSize>9999"
        "</SIF_MaxBufferSize><SIF_Mode>Pull</SIF_Mode></SIF_Register>"
    )


def raw(lab, data, timeout=5.0):
    """Everything the ZIS answers to these bytes until it closes."""
    with socket.create_connection((lab.listener.host, lab.listener.port), timeout=timeout) as connection:
        connection.sendall(data)
        parts = []
        while part := connection.recv(65536):
            parts.append(part)
        return b"".join(parts)


class TestEncodings:
    def test_chunked(self, lab):
        peer = lab.peer()
        text = register_text(peer).encode("utf-8")
        status, _headers, answer = peer.post(
            [text[:10], text[10:200], text[200:]], encode_chunked=True, headers={"Transfer-Encoding": "chunked"}
        )
        assert (status, Ack(answer).code) == (200, 0)
        assert peer.system("SIF_Ping").code == 1, "the connection goes on"

    def test_chunk_extensions_and_trailers(self, lab):
        text = register_text(lab.peer()).encode("utf-8")
        answer = raw(
            lab,
            b"POST /Zone1 HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
            b"%x;a=b\r\n%s\r\n0\r\nX-Trailer: 1\r\n\r\n" % (len(text), text),
        )
        assert b"<SIF_Code>0</SIF_Code>" in answer

    @pytest.mark.parametrize("chunks", [b"xyz\r\n", b"-5\r\nabc", b"3\r\nabcdef\r\n", b"\r\n", b"0x3\r\nabc\r\n"])
    def test_broken_chunks(self, lab, chunks):
        answer = raw(lab, b"POST /Zone1 HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks)
        assert answer.startswith(b"HTTP/1.1 400 ")

    def test_gzip_request_and_answer(self, lab):
        peer = lab.peer()
        status, _headers, answer = peer.post(gzip.compress(register_text(peer).encode()), {"Content-Encoding": "gzip"})
        assert (status, Ack(answer).code) == (200, 0)
        acl = peer.message(
            f"<SIF_SystemControl>{peer.header()}<SIF_SystemControlData><SIF_GetAgentACL/></SIF_SystemControlData>"
            "</SIF_SystemControl>"
        )
        _status, headers, answer = peer.post(acl, {"Accept-Encoding": "gzip;q=1.0, identity;q=0.5, *;q=0"})
        assert headers["Content-Encoding"] == "gzip" and Ack(answer).code == 0
        _status, headers, answer = peer.post(acl, {"Accept-Encoding": "identity"})
        assert headers["Content-Encoding"] is None and Ack(answer).code == 0

    @pytest.mark.parametrize(
        "header, expected",
        [
            ("", False),
            ("gzip", True),
            ("deflate, gzip;q=0.5", True),
            ("gzip;q=0", False),
            ("gzip; q=0.0", False),
            ("*;q=0", False),
            ("GZIP", True),
            ("x-gzip", True),
            ("identity", False),
        ],
    )
    def test_accept_encoding(self, header, expected):
        assert accepts_gzip(header) is expected

    @pytest.mark.parametrize(
        "body, encoding, status",
        [
            (b"not gzip", "gzip", 400),
            (gzip.compress(b"<a/>" * 100, mtime=0)[:-20], "gzip", 400),
            (b"", "gzip", 400),
            (b"x", "br", 415),
        ],
    )
    def test_broken_content_encoding(self, lab, body, encoding, status):
        assert lab.peer().post(body, {"Content-Encoding": encoding})[0] == status

    def test_gzip_bomb(self, lab):
        bomb = gzip.compress(b"\0" * (MAX_BODY + 1))
        assert len(bomb) < 100_000
        assert lab.peer().post(bomb, {"Content-Encoding": "gzip"})[0] == 413


class TestPaths:
    @pytest.mark.parametrize("path", ["/", "/a/b", "/Zone1/b", "//", "/admins/health", "/%2e%2e/x", "*"])
    def test_not_found(self, lab, path):
        assert lab.peer().post(b"<a/>", path=path)[0] == 404

    def test_trailing_slash_and_query(self, lab):
        peer = lab.peer()
        for path in ("/Zone1/", "/Zone1?x=1"):
            assert peer.post(register_text(peer), path=path)[0] == 200

    def test_a_browser_gets_1_2(self, lab):
        peer = lab.peer()
        peer.connection.request("GET", "/Zone1")
        answer = peer.connection.getresponse()
        assert answer.status == 200 and Ack(answer.read().decode()).error == (1, 2)
        peer.connection.request("GET", "/favicon.ico")
        assert peer.connection.getresponse().status == 404

    def test_the_connection_goes_on_after_a_404(self, lab):
        peer = lab.peer()
        peer.post(b"<a/>", path="/a/b")
        connection = peer.connection.sock
        assert peer.register().code == 0 and peer.connection.sock is connection

    @pytest.mark.parametrize("method", ["PUT", "DELETE", "HEAD", "PATCH", "OPTIONS"])
    def test_other_methods(self, lab, method):
        peer = lab.peer()
        peer.connection.request(method, "/Zone1")
        assert peer.connection.getresponse().status == 405

    def test_refused_requests_are_logged(self, lab):
        lab.peer().post(b"<a/>", path="/a/b")
        [entry] = lab.kimono().messages()
        assert (entry["outcome"], entry["type"]) == ("HTTP 404", "POST") and "/a/b" in entry["detail"]


class TestSizeAndSpeed:
    @pytest.mark.parametrize(
        "headers, status",
        [
            (b"Content-Length: 99999999999\r\n", 413),
            (b"Content-Length: x\r\n", 400),
            (b"Content-Length: -1\r\n", 400),
            (b"Transfer-Encoding: deflate\r\n", 501),
            (b"Transfer-Encoding: chunked\r\n\r\nffffffff\r\n", 413),
        ],
    )
    def test_refused_at_once(self, lab, headers, status):
        answer = raw(lab, b"POST /Zone1 HTTP/1.1\r\nHost: x\r\n" + headers + b"\r\n")
        assert answer.startswith(b"HTTP/1.1 %d " % status)

    def test_too_large_is_told_even_while_the_caller_sends(self, lab):
        assert lab.peer().post(b"x" * (MAX_BODY + 1))[0] == 413

    def test_large_message(self, lab):
        peer = lab.peer().joined()
        event = "<StudentPersonal><LocalId>1</LocalId></StudentPersonal>" * 20_000
        assert peer.event(content=event).code == 0
        assert len(lab.kimono().events()) == 10_000, "no more are kept"

    def test_a_caller_that_stops_sending(self):
        lab = Lab()
        lab.zis.read_timeout = 0.3
        try:
            answer = raw(lab, b"POST /Zone1 HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n<SIF_")
            assert answer.startswith(b"HTTP/1.1 408 ")
        finally:
            lab.close()

    def test_a_caller_that_drips(self):
        lab = Lab()
        lab.zis.read_timeout = 0.3
        try:
            with socket.create_connection((lab.listener.host, lab.listener.port), timeout=5) as connection:
                connection.sendall(b"POST /Zone1 HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n")
                for dummy in range(8):
                    connection.sendall(b"x")
                    time.sleep(0.06)
                assert connection.recv(1000).startswith(b"HTTP/1.1 408 ")
        finally:
            lab.close()

    def test_a_caller_that_leaves(self, lab, capsys):
        with socket.create_connection((lab.listener.host, lab.listener.port)) as connection:
            connection.sendall(b"POST /Zone1 HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n<SIF_")
        assert lab.peer().register().code == 0
        assert capsys.readouterr().err == ""

    def test_no_http_at_all(self, lab):
        assert b"400" in raw(lab, b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\r\n\r\n")
        assert lab.peer().register().code == 0

    def test_slow_callers_hold_up_nobody(self, lab):
        waiting = [socket.create_connection((lab.listener.host, lab.listener.port)) for dummy in range(20)]
        for connection in waiting:
            connection.sendall(b"POST /Zone1 HTTP/1.1\r\nContent-Le")
        started = time.monotonic()
        assert lab.peer().register().code == 0
        assert time.monotonic() - started < 1
        for connection in waiting:
            connection.close()


def test_keep_alive_and_closing():
    lab = Lab()
    peer = lab.peer().joined()
    connection = peer.connection.sock
    peer.system("SIF_Ping")
    assert peer.connection.sock is connection
    lab.close()
    with pytest.raises(OSError):
        peer.system("SIF_Ping")
        peer.system("SIF_Ping")
