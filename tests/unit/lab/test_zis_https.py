# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""HTTPS: trust, client certificates, and a new certificate while it runs."""

from __future__ import annotations

import socket
import ssl
import time

import pytest

from zis_certificates import Authority
from zis.kimono import Kimono, KimonoError
from zis_peer import Lab, Peer


@pytest.fixture
def old(tmp_path):
    return Authority(tmp_path, "old-ca")


@pytest.fixture
def lab():
    running = Lab()
    yield running
    running.close()


def listen(lab, authority, name="server", **options):
    cert, key = authority.issue(name)
    return lab.zis.listen("https", "127.0.0.1", 0, cert=str(cert), key=str(key), **options)


def trusting(authority):
    return ssl.create_default_context(cafile=str(authority.ca_file))


def test_both_listeners_serve_the_same_zones(lab, old):
    secure = listen(lab, old)
    peer = Peer(secure.url, "Agent", context=trusting(old)).joined(provides=["SchoolInfo"])
    assert lab.kimono().agent("Agent")["secure"] is True
    assert Kimono(secure.url, "Zone1", str(old.ca_file)).agent("Agent")["provides"] == ["SchoolInfo"]
    status = peer.system("SIF_GetZoneStatus").data
    protocols = {
        p.get("Type"): (p.get("Secure"), p.findtext("SIF_URL"))
        for p in status.iterfind("SIF_SupportedProtocols/SIF_Protocol")
    }
    assert protocols == {"HTTP": ("No", f"{lab.url}/Zone1"), "HTTPS": ("Yes", f"{secure.url}/Zone1")}


def test_secure_zone_and_fault_let_https_in(lab, old):
    secure = listen(lab, old)
    lab.kimono().configure(require_secure=True)
    lab.kimono().fault("require_secure")
    assert Peer(secure.url, "Agent", context=trusting(old)).register().code == 0
    assert lab.peer().register().error == (5, 7)


def test_untrusted(lab, old, tmp_path):
    secure = listen(lab, old)
    with pytest.raises(ssl.SSLCertVerificationError):
        Peer(secure.url, "Agent", context=trusting(Authority(tmp_path, "other-ca"))).register()
    with pytest.raises(KimonoError, match="CERTIFICATE_VERIFY_FAILED"):
        Kimono(secure.url, "Zone1").agents()
    assert Peer(secure.url, "Agent", context=trusting(old)).register().code == 0


def test_client_certificate(lab, old, tmp_path):
    secure = listen(lab, old, client_ca=str(old.ca_file))
    context = trusting(old)
    with pytest.raises(OSError):
        Peer(secure.url, "Agent", context=context).register()
    stranger = trusting(old)
    stranger.load_cert_chain(*Authority(tmp_path, "other-ca").issue("stranger"))
    with pytest.raises(OSError):
        Peer(secure.url, "Agent", context=stranger).register()
    context.load_cert_chain(*old.issue("client"))
    assert Peer(secure.url, "Agent", context=context).register().code == 0


@pytest.mark.parametrize("given", [False, True])
def test_new_certificate_while_running(lab, old, tmp_path, given):
    """The files are replaced, or others are named; connections that are open end with their next answer."""
    secure = listen(lab, old)
    before = Peer(secure.url, "Agent", context=trusting(old)).joined()
    new = Authority(tmp_path, "new-ca")
    cert, key = new.issue("other" if given else "server")
    body = {"cert": str(cert), "key": str(key)} if given else {}
    assert lab.kimono().call("POST", "certificate", body) == {"reloaded": 1}
    assert Peer(secure.url, "Agent", context=trusting(new)).register().code == 0
    with pytest.raises(ssl.SSLCertVerificationError):
        Peer(secure.url, "Agent", context=trusting(old)).register()
    with pytest.raises(OSError):
        before.system("SIF_Ping")
        before.system("SIF_Ping")


def test_reload_over_its_own_connection(lab, old):
    secure = listen(lab, old)
    assert Kimono(secure.url, "Zone1", str(old.ca_file)).call("POST", "certificate") == {"reloaded": 1}


def test_unusable_certificate_is_refused_and_the_old_one_stays(lab, old, tmp_path):
    secure = listen(lab, old)
    (tmp_path / "bad.pem").write_text("nothing")
    for body in ({"cert": str(tmp_path / "bad.pem")}, {"cert": str(tmp_path / "missing.pem")}):
        with pytest.raises(KimonoError, match=r"certificate .*(bad|missing)\.pem"):
            lab.kimono().call("POST", "certificate", body)
    assert Peer(secure.url, "Agent", context=trusting(old)).register().code == 0


def test_plain_http_on_the_tls_port_is_logged_and_harmless(lab, old):
    secure = listen(lab, old)
    with socket.create_connection((secure.host, secure.port), timeout=5) as connection:
        connection.sendall(b"POST /Zone1 HTTP/1.1\r\n\r\n")
        try:
            assert connection.recv(1000)[:4] != b"HTTP"
        except ConnectionResetError:
            pass  # as good a refusal as an alert
    until = time.monotonic() + 5
    while not lab.kimono().messages(type="TLS", outcome="TLS error"):
        assert time.monotonic() < until
        time.sleep(0.02)
    assert Peer(secure.url, "Agent", context=trusting(old)).register().code == 0


def test_a_silent_caller_holds_up_nobody(lab, old):
    secure = listen(lab, old)
    with socket.create_connection((secure.host, secure.port)):
        started = time.monotonic()
        assert Peer(secure.url, "Agent", context=trusting(old)).register().code == 0
        assert time.monotonic() - started < 1
