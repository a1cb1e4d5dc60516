# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""TLS to a ZIS: what is trusted, and the name of everything that can go wrong."""

from __future__ import annotations

import datetime
import ssl
import threading

import pki
import pytest
from ansible_collections.k12.sif.plugins.module_utils._sif import tls
from ansible_collections.k12.sif.plugins.module_utils._sif.connect import Proxy, parse_url
from ansible_collections.k12.sif.plugins.module_utils._sif.failures import BadInput, ZoneFailure
from ansible_collections.k12.sif.plugins.module_utils._sif.transport import Transport
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from sif_servers import Server, answering, http, tunnelling

_DAY = datetime.timedelta(days=1)
_VERSIONS = {"TLS 1.2": ssl.TLSVersion.TLSv1_2, "TLS 1.3": ssl.TLSVersion.TLSv1_3}
_ANSWER = answering(http(b"<answer/>"))


@pytest.fixture(scope="module")
def authority():
    return pki.issue("Lab Root")


@pytest.fixture(scope="module")
def client_authority():
    return pki.issue("Client Root")


@pytest.fixture
def serving(tmp_path):
    """Makes the server side's context for a certificate, its chain, and perhaps clients of an authority."""

    def make(leaf, *chain, clients=None, version=None):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        (tmp_path / "chain.pem").write_text("".join(item.pem for item in (leaf, *chain)))
        (tmp_path / "key.pem").write_text(leaf.key_pem)
        context.load_cert_chain(tmp_path / "chain.pem", tmp_path / "key.pem")
        if clients is not None:
            context.load_verify_locations(cadata=clients.pem)
            context.verify_mode = ssl.CERT_REQUIRED
        if version is not None:
            context.minimum_version = context.maximum_version = version
        return context

    return make


def _keys(number):
    return [ec.generate_private_key(ec.SECP256R1()) for dummy in range(number)]


def _key_id(key):
    return x509.SubjectKeyIdentifier.from_public_key(key.public_key())


def _transport(port, trusted, host="localhost", proxy=None, timeout=5.0, **options):
    context = tls.build_context(tls.TlsOptions(trusted, **options))
    return Transport(parse_url(f"https://{host}:{port}/Zone1", "url"), context, proxy, timeout)


def _failure(context, trusted, **options):
    with Server(_ANSWER, context) as server:
        with pytest.raises(ZoneFailure) as caught:
            _transport(server.port, trusted, **options).post(b"<question/>")
    assert server.requests == [] or caught.value.reason == "client_certificate_required"
    assert caught.value.detail and caught.value.meaning.endswith(".") and caught.value.remedy.endswith(".")
    return caught.value


def _answer(context, trusted, **options):
    with Server(_ANSWER, context) as server:
        return _transport(server.port, trusted, **options).post(b"<question/>")


@pytest.mark.parametrize("version", _VERSIONS.values(), ids=_VERSIONS)
def test_the_authority_is_enough(authority, serving, version):
    assert _answer(serving(pki.server("zis", authority), version=version), authority.pem) == b"<answer/>"


def test_exactly_what_is_given_is_an_anchor(authority, serving):
    intermediate = pki.issue("Lab Intermediate", authority)
    leaf = pki.server("zis", intermediate)
    context = serving(leaf, intermediate)
    for anchor in (authority, intermediate, leaf):
        assert _answer(context, anchor.pem) == b"<answer/>"
    assert _failure(context, pki.issue("Lab Root").pem).reason == "unknown_ca"
    others = pki.issue("Other Root").pem + "some text between\n"
    assert _failure(context, others).reason == "unknown_ca"
    assert _answer(context, others + authority.pem) == b"<answer/>"


def test_authorities_of_the_same_name_are_told_apart_by_their_key(serving):
    """As after the renewal of an authority's key."""
    old, new = (pki.issue("Root", key=key, extensions=[(_key_id(key), False)]) for key in _keys(2))
    names_key = x509.AuthorityKeyIdentifier(_key_id(new.key).digest, None, None)
    context = serving(pki.server("zis", new, extensions=[(names_key, False)]))
    assert _answer(context, old.pem + new.pem) == b"<answer/>"
    assert _failure(context, old.pem).reason == "unknown_ca"


@pytest.mark.parametrize("version", _VERSIONS.values(), ids=_VERSIONS)
@pytest.mark.parametrize("trusted", ["other", "", None])
def test_an_unknown_authority_is_named(authority, serving, version, trusted):
    trusted = pki.issue("Other Root").pem if trusted == "other" else trusted
    failure = _failure(serving(pki.server("zis", authority), version=version), trusted)
    assert (failure.kind, failure.reason) == ("tls", "unknown_ca")
    assert "PKIX" in failure.meaning and "trust store" in failure.remedy


def test_a_self_signed_certificate_is_an_unknown_authority_too(serving):
    leaf = pki.server("zis", None)
    assert _failure(serving(leaf), "").reason == "unknown_ca"
    assert _answer(serving(leaf), leaf.pem) == b"<answer/>"


def test_a_missing_intermediate_is_an_unknown_authority(authority, serving):
    intermediate = pki.issue("Lab Intermediate", authority)
    assert _failure(serving(pki.server("zis", intermediate)), authority.pem).reason == "unknown_ca"


@pytest.mark.parametrize(("names", "host"), [(["zis.example.org"], "localhost"), (["localhost"], "127.0.0.1")])
def test_another_name_is_a_mismatch_unless_names_are_not_checked(authority, serving, names, host):
    context = serving(pki.server("zis", authority, names=names))
    failure = _failure(context, authority.pem, host=host)
    assert (failure.kind, failure.reason) == ("tls", "name_mismatch")
    assert host in failure.detail
    assert _answer(context, authority.pem, host=host, check_host_name=False) == b"<answer/>"


def test_not_checking_the_name_does_not_mean_trusting_everybody(authority, serving):
    context = serving(pki.server("zis", authority))
    assert _failure(context, "", check_host_name=False).reason == "unknown_ca"


@pytest.mark.parametrize("version", _VERSIONS.values(), ids=_VERSIONS)
def test_expired_and_not_yet_valid_are_named(authority, serving, version):
    expired = pki.server("zis", authority, start=pki.NOW - 10 * _DAY, end=pki.NOW - _DAY)
    assert _failure(serving(expired, version=version), authority.pem).reason == "expired"
    future = pki.server("zis", authority, start=pki.NOW + _DAY, end=pki.NOW + 10 * _DAY)
    assert _failure(serving(future, version=version), authority.pem).reason == "not_yet_valid"


def test_an_expired_authority_is_named(serving):
    authority = pki.issue("Old Root", start=pki.NOW - 10 * _DAY, end=pki.NOW - _DAY)
    assert _failure(serving(pki.server("zis", authority)), authority.pem).reason == "expired"


@pytest.mark.parametrize("version", _VERSIONS.values(), ids=_VERSIONS)
def test_a_wanted_client_certificate_is_named(authority, client_authority, serving, version):
    context = serving(pki.server("zis", authority), clients=client_authority, version=version)
    for dummy in range(5):  # with TLS 1.3 the alert may or may not be lost behind a reset
        failure = _failure(context, authority.pem)
        assert (failure.kind, failure.reason) == ("tls", "client_certificate_required")
    assert "client_certificate" in failure.remedy


@pytest.mark.parametrize("version", _VERSIONS.values(), ids=_VERSIONS)
def test_a_client_certificate_is_shown(authority, client_authority, serving, version, tmp_path):
    context = serving(pki.server("zis", authority), clients=client_authority, version=version)
    client = pki.issue("Agent", client_authority, ca=False)
    stranger = pki.issue("Agent", authority, ca=False)
    shown = {"client_certificate": client.pem, "client_key": client.key_pem}
    assert _answer(context, authority.pem, **shown) == b"<answer/>"
    for dummy in range(5):
        refused = _failure(context, authority.pem, client_certificate=stranger.pem, client_key=stranger.key_pem)
        assert (refused.kind, refused.reason) == ("tls", "client_certificate_required")


def test_no_key_is_left_behind(client_authority, tmp_path):
    client = pki.issue("Agent", client_authority, ca=False)
    tls.build_context(tls.TlsOptions(None, True, client.pem, client.key_pem), str(tmp_path))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion")
def test_only_tls_1_2_and_newer_is_spoken(authority, serving):
    context = serving(pki.server("zis", authority))
    context.minimum_version = ssl.TLSVersion.TLSv1
    context.maximum_version = ssl.TLSVersion.TLSv1_1
    context.set_ciphers("ALL:@SECLEVEL=0")
    assert _failure(context, authority.pem).reason == "old_protocol"


def test_no_common_cipher_is_another_failure(authority, serving):
    context = serving(pki.server("zis", authority), version=ssl.TLSVersion.TLSv1_2)
    context.set_ciphers("AECDH-AES128-SHA:@SECLEVEL=0")
    assert _failure(context, authority.pem).reason == "other"


def test_a_plain_port_does_not_speak_tls(authority):
    with Server(lambda connection, _server: connection.sendall(http(b"", "400 Bad Request"))) as server:
        with pytest.raises(ZoneFailure) as caught:
            _transport(server.port, authority.pem).post(b"")
    assert (caught.value.kind, caught.value.reason) == ("tls", "not_tls")
    assert "http://" in caught.value.remedy


def test_a_connection_closed_instead_of_a_handshake_is_another_failure(authority):
    with Server(lambda connection, _server: connection.recv(10000)) as server:
        with pytest.raises(ZoneFailure) as caught:
            _transport(server.port, authority.pem).post(b"")
    assert (caught.value.kind, caught.value.reason) == ("tls", "other")


def test_a_handshake_that_does_not_end_is_a_timeout(authority):
    release = threading.Event()
    with Server(lambda _connection, _server: release.wait(10)) as server:
        with pytest.raises(ZoneFailure) as caught:
            _transport(server.port, authority.pem, timeout=0.5).post(b"")
        release.set()
    assert (caught.value.kind, caught.value.reason) == ("timeout", "handshake")


def test_the_name_is_sent_even_if_it_is_not_checked(authority, serving):
    seen = []
    context = serving(pki.server("zis", authority))
    context.sni_callback = lambda _socket, name, _context: seen.append(name)
    _answer(context, authority.pem, check_host_name=False)
    assert seen == ["localhost"]


def test_tls_goes_through_a_proxy(authority, serving):
    leaf = pki.server("zis", authority, names=["zis.invalid"])
    with Server(_ANSWER, serving(leaf)) as zis, Server(tunnelling(zis.port)) as server:
        proxy = Proxy(parse_url(f"http://127.0.0.1:{server.port}", "proxy"), "user", "word")
        assert _transport(443, authority.pem, host="zis.invalid", proxy=proxy).post(b"<question/>") == b"<answer/>"
    assert zis.requests[0].line == "POST /Zone1 HTTP/1.1"
    assert "proxy-authorization" not in zis.requests[0].headers
    assert server.requests[0].line == "CONNECT zis.invalid:443 HTTP/1.1"
    assert server.requests[0].headers["proxy-authorization"].startswith("Basic ")


@pytest.mark.parametrize("trusted", ["text", "-----BEGIN CERTIFICATE-----\n", "-----BEGIN PUBLIC KEY-----"])
def test_text_without_a_certificate_is_bad_input(trusted):
    with pytest.raises(BadInput, match="no PEM certificate"):
        tls.build_context(tls.TlsOptions(trusted))


def test_the_broken_certificate_is_pointed_at(authority):
    broken = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"
    with pytest.raises(BadInput, match="certificate 2 of 3"):
        tls.build_context(tls.TlsOptions(authority.pem + broken + authority.pem))


def test_client_certificates_that_cannot_be_used_are_bad_input(client_authority, tmp_path):
    client, other = (pki.issue("Agent", client_authority, ca=False) for dummy in range(2))
    encrypted = client.key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.BestAvailableEncryption(b"x")
    ).decode()
    for key in (other.key_pem, encrypted, "no key"):
        with pytest.raises(BadInput) as caught:
            tls.build_context(tls.TlsOptions(None, True, client.pem, key), str(tmp_path))
        assert key not in str(caught.value)
    with pytest.raises(BadInput, match="belong together"):
        tls.build_context(tls.TlsOptions(None, True, client.pem, None))
    assert list(tmp_path.iterdir()) == []


def test_certificates_are_counted(authority, client_authority):
    assert tls.count_certificates(authority.pem + client_authority.pem) == 2
    assert tls.count_certificates("") == 0
