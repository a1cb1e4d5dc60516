# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every way in which a ZIS may not answer, over real sockets, and the name it gets."""

from __future__ import annotations

import base64
import contextlib
import re
import socket
import ssl
import struct
import threading
import time

import pytest
from ansible_collections.k12.sif.plugins.module_utils._sif.connect import Proxy, parse_url
from ansible_collections.k12.sif.plugins.module_utils._sif.failures import BadInput, ZoneFailure
from ansible_collections.k12.sif.plugins.module_utils._sif.transport import Transport
from sif_servers import Server, answering, http


def _post(url, proxy=None, timeout=5.0):
    return Transport(parse_url(url, "url"), proxy=proxy, timeout=timeout).post(b"<question/>")


def _failure(url, proxy=None, timeout=5.0):
    with pytest.raises(ZoneFailure) as caught:
        _post(url, proxy, timeout)
    failure = caught.value
    assert failure.detail and failure.meaning.endswith(".") and failure.remedy.endswith(".")
    return failure


def _through(proxy):
    return Transport(parse_url("https://zis.invalid/Z", "url"), ssl.create_default_context(), proxy=proxy, timeout=0.5)


def _proxy(port, username=None, password=None):
    return Proxy(parse_url(f"http://127.0.0.1:{port}", "proxy"), username, password)


@pytest.fixture
def closed_port():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    return port


@pytest.fixture
def full_port():
    """A port that takes no more connections: the kernel drops further attempts, as a firewall would."""
    with contextlib.ExitStack() as stack:
        listener = stack.enter_context(socket.create_server(("127.0.0.1", 0), backlog=0))
        for dummy in range(3):
            waiting = stack.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(listener.getsockname())
        yield listener.getsockname()[1]


def test_a_message_is_posted_as_an_agent_does(conformance):
    with Server(answering(http(b"<answer/>"))) as server:
        assert _post(f"http://127.0.0.1:{server.port}/Zone%201?a=b") == b"<answer/>"
    request = server.requests[0]
    assert request.line == "POST /Zone%201?a=b HTTP/1.1"
    assert request.body == b"<question/>"
    assert request.headers["host"] == f"127.0.0.1:{server.port}"
    recorded = (conformance / "wire/pyzis-peer/0002-Zone1-PeerAgent-SIF_Ping.json").read_text()
    assert request.headers["content-type"].replace('"', '\\"') in recorded


def test_a_chunked_answer_and_one_without_length_are_read():
    chunked = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n<a/\r\n1\r\n>\r\n0\r\n\r\n"
    for answer in (chunked, b"HTTP/1.0 200 OK\r\n\r\n<a/>"):
        with Server(answering(answer)) as server:
            assert _post(f"http://127.0.0.1:{server.port}") == b"<a/>"


def test_an_unknown_host_name_is_dns():
    failure = _failure("http://zis.invalid:7080/Zone1")
    assert (failure.kind, failure.reason) == ("dns", None)
    assert "zis.invalid" in failure.detail


def test_a_closed_port_is_refused(closed_port):
    failure = _failure(f"http://127.0.0.1:{closed_port}/Zone1")
    assert failure.kind == "refused"
    assert f"127.0.0.1 port {closed_port}" in failure.detail


def test_dropped_packets_are_a_timeout_of_the_connection(full_port):
    started = time.monotonic()
    failure = _failure(f"http://127.0.0.1:{full_port}/", timeout=0.5)
    assert (failure.kind, failure.reason) == ("timeout", "connect")
    assert time.monotonic() - started < 3


def test_an_address_without_a_route_is_network():
    # TCP to the broadcast address: the kernel has no route for it, on every machine.
    failure = _failure("http://255.255.255.255:7080/", timeout=2)
    assert (failure.kind, failure.reason) == ("network", "unreachable")


def test_the_second_address_is_tried_when_the_first_refuses(monkeypatch, closed_port):
    with Server(answering(http(b"<a/>"))) as server:
        both = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port)) for port in (closed_port, server.port)]
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_arguments: both)
        assert _post("http://zis.example.org/") == b"<a/>"


def _silent(connection, server):
    server.read(connection)
    server.release.wait(10)


@pytest.mark.parametrize("sent", [b"", b"HTTP/1.1 200 OK\r\nContent-Le", http(b"<a/>")[:-2]])
def test_a_slow_answer_is_a_timeout_of_the_answer(sent):
    def slow(connection, server):
        connection.sendall(sent)
        _silent(connection, server)

    with Server(slow) as server:
        server.release = threading.Event()
        failure = _failure(f"http://127.0.0.1:{server.port}/", timeout=0.5)
        server.release.set()
    assert (failure.kind, failure.reason) == ("timeout", "answer")
    assert "0.5 seconds" in failure.detail


def test_an_answer_that_drips_does_not_last_longer_than_the_timeout():
    def drip(connection, server):
        server.read(connection)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        for dummy in range(100):
            connection.sendall(b"x")
            time.sleep(0.1)

    with Server(drip) as server:
        started = time.monotonic()
        failure = _failure(f"http://127.0.0.1:{server.port}/", timeout=0.6)
    assert (failure.kind, failure.reason) == ("timeout", "answer")
    assert time.monotonic() - started < 2


@pytest.mark.parametrize("sent", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf"])
def test_a_connection_that_ends_too_early_is_network_or_no_sif(sent):
    with Server(answering(sent)) as server:
        failure = _failure(f"http://127.0.0.1:{server.port}/")
    assert (failure.kind, failure.reason) == (("network", "closed") if not sent else ("not_sif", None))
    assert "https" in failure.remedy or "IncompleteRead" in failure.detail


def test_a_reset_connection_is_network():
    def reset(connection, server):
        server.read(connection)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    with Server(reset) as server:
        failure = _failure(f"http://127.0.0.1:{server.port}/")
    assert (failure.kind, failure.reason) == ("network", "closed")


@pytest.mark.parametrize(
    ("status", "meaning"),
    [
        ("302 Found", "leads elsewhere"),
        ("400 Bad Request", "does not accept"),
        ("401 Unauthorized", "does not let us in"),
        ("403 Forbidden", "does not let us in"),
        ("404 Not Found", "no zone at this URL"),
        ("405 Method Not Allowed", "no zone at this URL"),
        ("500 Internal Server Error", "internal error"),
        ("503 Service Unavailable", "internal error"),
    ],
)
def test_another_http_status_is_named_with_its_text(status, meaning):
    with Server(answering(http(b"some <b>reason</b>\n", status, "Location: http://elsewhere/"))) as server:
        failure = _failure(f"http://127.0.0.1:{server.port}/")
    assert (failure.kind, failure.reason) == ("http_status", status[:3])
    assert meaning in failure.meaning
    assert status in failure.detail and "http://elsewhere/" in failure.detail and "some <b>reason</b>" in failure.detail


@pytest.mark.parametrize(
    "answer",
    [
        b"\x15\x03\x03\x00\x02\x02\x0a",
        http(b"<center>The plain HTTP request was sent to HTTPS port</center>", "400 Bad Request"),
    ],
)
def test_http_to_a_port_for_tls_says_so(answer):
    with Server(answering(answer)) as server:
        failure = _failure(f"http://127.0.0.1:{server.port}/")
    assert (failure.kind, failure.reason) == ("not_sif", "tls_port")
    assert "https://" in failure.remedy


def test_a_service_that_is_no_web_server_is_not_sif():
    with Server(answering(b"220 mail.example.org ESMTP ready\r\n")) as server:
        failure = _failure(f"http://127.0.0.1:{server.port}/")
    assert failure.kind == "not_sif"
    assert "220 mail.example.org" in failure.detail


def test_an_answer_without_end_is_cut_off():
    def endless(connection, server):
        server.read(connection)
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            connection.sendall(b"x" * 1_000_000)

    with Server(endless) as server:
        failure = _failure(f"http://127.0.0.1:{server.port}/", timeout=20)
    assert failure.kind == "not_sif"
    assert "more than" in failure.detail


# Proxies


def test_a_plain_proxy_is_asked_for_the_whole_url():
    with Server(answering(http(b"<a/>"))) as server:
        assert _post("http://zis.invalid:7080/Zone1", _proxy(server.port, "user", "päss:word")) == b"<a/>"
    request = server.requests[0]
    assert request.line == "POST http://zis.invalid:7080/Zone1 HTTP/1.1"
    assert request.headers["host"] == "zis.invalid:7080"
    token = request.headers["proxy-authorization"].partition("Basic ")[2]
    assert base64.b64decode(token).decode() == "user:päss:word"


def test_proxy_settings_of_the_environment_are_not_used(monkeypatch, closed_port):
    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{closed_port}")
    with Server(answering(http(b"<a/>"))) as server:
        assert _post(f"http://127.0.0.1:{server.port}/") == b"<a/>"


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        ("407 Proxy Authentication Required", "authentication"),
        ("403 Forbidden", "forbidden"),
        ("502 Bad Gateway", "gateway"),
        ("504 Gateway Timeout", "gateway"),
    ],
)
def test_a_proxy_that_opens_no_tunnel_is_named(status, reason):
    with Server(answering(http(b"", status))) as server:
        with pytest.raises(ZoneFailure) as caught:
            _through(_proxy(server.port)).post(b"")
    assert (caught.value.kind, caught.value.reason) == ("proxy", reason)
    assert status in caught.value.detail
    assert server.requests[0].line == "CONNECT zis.invalid:443 HTTP/1.1"


def test_a_proxy_that_wants_a_password_for_plain_http_is_named():
    with Server(answering(http(b"", "407 Proxy Authentication Required"))) as server:
        failure = _failure("http://zis.invalid/", _proxy(server.port, "user", "wrong-secret"))
    assert (failure.kind, failure.reason) == ("proxy", "authentication")
    assert "wrong-secret" not in str(failure.as_result())


def test_a_proxy_that_is_not_there_is_the_proxys_failure(closed_port):
    failure = _failure("http://zis.invalid/", _proxy(closed_port))
    assert (failure.kind, failure.reason) == ("proxy", "refused")
    nowhere = Proxy(parse_url("http://proxy.invalid:3128", "proxy"))
    failure = _failure("http://zis.invalid/", nowhere)
    assert (failure.kind, failure.reason) == ("proxy", "dns")


@pytest.mark.parametrize(("sent", "reason"), [(b"220 ESMTP\r\n", "not_a_proxy"), (None, "timeout")])
def test_what_is_no_proxy_is_named(sent, reason):
    with Server(answering(sent) if sent else _silent) as server:
        server.release = threading.Event()
        with pytest.raises(ZoneFailure) as caught:
            _through(_proxy(server.port)).post(b"")
        server.release.set()
    assert (caught.value.kind, caught.value.reason) == ("proxy", reason)


def test_a_bad_gateway_of_a_plain_proxy_hints_at_the_proxy():
    with Server(answering(http(b"", "502 Bad Gateway"))) as server:
        failure = _failure("http://zis.invalid/", _proxy(server.port))
    assert (failure.kind, failure.reason) == ("http_status", "502")
    assert "proxy" in failure.remedy


# URLs


@pytest.mark.parametrize(
    ("url", "host", "port", "target", "authority"),
    [
        ("http://zis.example.org", "zis.example.org", 80, "/", "zis.example.org:80"),
        ("https://zis.example.org/Z?x=1", "zis.example.org", 443, "/Z?x=1", "zis.example.org:443"),
        ("http://[::1]:7080/Z", "::1", 7080, "/Z", "[::1]:7080"),
    ],
)
def test_urls_are_taken_apart(url, host, port, target, authority):
    address = parse_url(url, "url")
    assert (address.host, address.port, address.target, address.authority) == (host, port, target, authority)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "zis.example.org:7080/Zone1",
        "ftp://zis/",
        "http://",
        "http:///Zone1",
        "http://zis:99999/",
        "http://zis:0/",
        "http://zis:x/",
        "http://zis/a b",
        "http://zis/a\nb",
        "http://zis/Zöne",
        "http://zis/#part",
        "http://.zis/",
        "http://[::1/",
        "http://" + "a" * 64 + "/",
    ],
)
def test_what_is_no_usable_url_is_bad_input(url):
    with pytest.raises(BadInput, match="^url .* Remedy: "):
        parse_url(url, "url")


def test_a_password_in_a_url_is_refused_and_not_repeated():
    with pytest.raises(BadInput) as caught:
        parse_url("http://user:geheim@proxy:3128", "proxy", ("http",))
    assert "proxy must not hold" in str(caught.value)
    assert not re.search("geheim|user:", str(caught.value))
    with pytest.raises(BadInput, match="http://host:port"):
        parse_url("https://proxy:3128", "proxy", ("http",))
