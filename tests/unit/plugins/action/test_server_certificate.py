# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fetching the chain of a server: with every Python at hand, TLS 1.2 and 1.3, SNI, client certificates, through a proxy."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import pathlib
import socket
import ssl
import subprocess
import sys
import threading

import pytest
from ansible_collections.k12.sif.plugins.module_utils._sif import chain as subject
from ansible_collections.k12.sif.plugins.module_utils._sif.connect import Address, Proxy
from ansible_collections.k12.sif.plugins.module_utils._sif.failures import BadInput, ZoneFailure
from ansible_collections.k12.sif.plugins.modules.server_certificate_info import fetch
from ansible_collections.k12.sif.plugins.plugin_utils._truststore.certificates import fingerprint
from ansible_collections.k12.sif.plugins.plugin_utils._truststore.store import open_store
from ansible_collections.k12.sif.tests.unit.plugins.action.playbook import play
from ansible_collections.k12.sif.tests.unit.plugins.plugin_utils.truststore import pki

ROOT = pki.issue("District Root")
MIDDLE = pki.issue("District Issuing", ROOT)
LEAF = pki.server("localhost", MIDDLE)
OTHER = pki.server("other", ROOT, ["other.example.org"])
COLLECTIONS = pathlib.Path(subject.__file__).parents[6]
_PYENV = pathlib.Path(os.environ.get("PYENV_ROOT", pathlib.Path.home() / ".pyenv")) / "versions"
PYTHONS = sorted(map(str, _PYENV.glob("3.[89].*/bin/python"))) + sorted(map(str, _PYENV.glob("3.1?.*/bin/python"))) or [sys.executable]
SCRIPT = """
import hashlib, json, sys
from ansible_collections.k12.sif.plugins.module_utils._sif.chain import fetch_chain
from ansible_collections.k12.sif.plugins.module_utils._sif.connect import Address
found = fetch_chain(Address("https", "127.0.0.1", int(sys.argv[1]), "/"), None, "localhost", 20)
digests = [hashlib.sha256(der).hexdigest() for der in found.chain]
print(json.dumps([list(sys.version_info[:2]), digests, found.complete, found.tls_version]))
"""


@pytest.fixture
def zis(tmp_path):
    with pki.TlsServer(tmp_path, LEAF, MIDDLE) as running:
        yield running


def chain_of(port: int, name: str = "localhost", proxy: Proxy | None = None) -> subject.Presented:
    return subject.fetch_chain(Address("https", "127.0.0.1", port, "/"), proxy, name, 20)


@pytest.mark.parametrize("python", PYTHONS, ids=lambda path: pathlib.Path(path).parent.parent.name)
@pytest.mark.parametrize("version", ["TLSv1_2", "TLSv1_3"])
def test_every_python(zis, python, version):
    zis.context.minimum_version = zis.context.maximum_version = ssl.TLSVersion[version]
    environment = {**os.environ, "PYTHONPATH": str(COLLECTIONS), "PYTHONDONTWRITEBYTECODE": "1"}
    run = subprocess.run(
        [python, "-c", SCRIPT, str(zis.port)], env=environment, check=False, capture_output=True, text=True, timeout=60
    )
    assert run.returncode == 0, run.stderr
    python_version, digests, complete, spoken = json.loads(run.stdout)
    whole = [hashlib.sha256(issued.der).hexdigest() for issued in (LEAF, MIDDLE)]
    only_leaf = tuple(python_version) < (3, 10) and version == "TLSv1_3"
    assert digests == (whole[:1] if only_leaf else whole)
    assert (complete, spoken) == (not only_leaf, version.replace("_", "."))


def test_the_server_selects_its_certificate_by_the_name(zis, tmp_path):
    other = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    file = tmp_path / "other.pem"
    file.write_text(OTHER.key_pem + OTHER.pem)
    other.load_cert_chain(file)

    def choose(connection, name, _context):
        if name == "other.example.org":
            connection.context = other

    zis.context.sni_callback = choose
    assert chain_of(zis.port).chain == [LEAF.der, MIDDLE.der]
    assert chain_of(zis.port, "other.example.org").chain == [OTHER.der]


@pytest.mark.parametrize("version", ["TLSv1_2", "TLSv1_3"])
def test_a_server_that_wants_a_client_certificate_still_shows_its_own(zis, tmp_path, version):
    authority = tmp_path / "ca.pem"
    authority.write_text(ROOT.pem)
    zis.context.load_verify_locations(authority)
    zis.context.verify_mode = ssl.CERT_REQUIRED
    zis.context.minimum_version = zis.context.maximum_version = ssl.TLSVersion[version]
    presented = chain_of(zis.port)
    assert presented.chain == [LEAF.der, MIDDLE.der]
    # In TLS 1.3 the client is done before the server looks at its certificate.
    assert (presented.handshake_error is None) == (version == "TLSv1_3")


class ConnectProxy:
    """An HTTP proxy for one CONNECT, which wants a user name and password."""

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self.asked = ""
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        client, _address = self._listener.accept()
        with self._listener, client:
            self.asked = client.recv(65536).decode()
            if "Proxy-Authorization: Basic " + base64.b64encode(b"me:pass").decode() not in self.asked:
                client.sendall(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")
                return
            with socket.create_connection(("127.0.0.1", int(self.asked.split()[1].rpartition(":")[2])), 10) as server:
                client.sendall(b"HTTP/1.1 200 Connected\r\n\r\n")
                back = threading.Thread(target=self._copy, args=(server, client), daemon=True)
                back.start()
                self._copy(client, server)
                back.join(10)

    @staticmethod
    def _copy(source: socket.socket, target: socket.socket) -> None:
        try:
            while data := source.recv(65536):
                target.sendall(data)
            target.shutdown(socket.SHUT_WR)
        except OSError:
            pass


def test_through_a_proxy(zis):
    proxy = ConnectProxy()
    where = Address("http", "127.0.0.1", proxy.port, "/")
    assert chain_of(zis.port, proxy=Proxy(where, "me", "pass")).chain == [LEAF.der, MIDDLE.der]
    assert proxy.asked.startswith(f"CONNECT 127.0.0.1:{zis.port} HTTP/1.1")


def test_a_proxy_that_refuses(zis):
    where = Address("http", "127.0.0.1", ConnectProxy().port, "/")
    with pytest.raises(ZoneFailure) as caught:
        chain_of(zis.port, proxy=Proxy(where))
    assert (caught.value.kind, caught.value.reason) == ("proxy", "authentication")


def answering(data: bytes) -> int:
    """The port of a server that sends this and closes."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        connection, _address = listener.accept()
        with listener, connection:
            connection.recv(65536)
            connection.sendall(data)

    threading.Thread(target=serve, daemon=True).start()
    return listener.getsockname()[1]


@pytest.mark.parametrize(
    ("data", "reason"), [(b"HTTP/1.1 400 Bad Request\r\n\r\n", "not_tls"), (b"", "other"), (b"\x15\x03\x03\0\x02\x02\x46", "old_protocol")]
)
def test_servers_that_show_nothing(data, reason):
    with pytest.raises(ZoneFailure) as caught:
        chain_of(answering(data))
    assert (caught.value.kind, caught.value.reason) == ("tls", reason)


def test_nobody_listens():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(ZoneFailure) as caught:
        chain_of(port)
    assert caught.value.kind == "refused"


@pytest.mark.parametrize("data", [b"", b"\x16", b"\x16\x03\x03\0\x05\x0b\0\0\xff\xff", b"\x16\x03\x03\0\x04\x0b\0\0\0", b"\x16\x03\x03\xff\xff\x02"])
def test_broken_records_hold_no_certificate(data):
    assert not any(subject.certificates_in_clear(data))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"host": "https://zis.example.org"}, "is no host name"),
        ({"host": ""}, "is no host name"),
        ({"port": 0}, "port must be"),
        ({"timeout": 0}, "timeout must be"),
        ({"proxy": "proxy:3128"}, "proxy 'proxy:3128' is no usable URL"),
    ],
)
def test_wrong_arguments(change, message):
    arguments = {"host": "zis", "port": 443, "server_name": None, "proxy": None, "proxy_username": None, "timeout": 5, **change}
    with pytest.raises(BadInput, match=message):
        fetch({**arguments, "proxy_password": None})


def test_from_a_server_into_a_store(zis, tmp_path):
    """The modules as Ansible runs them: look, refuse the unknown, pin, nothing more to do; trust on first use, with a warning."""
    where = {"host": "localhost", "port": zis.port}

    def trust(name: str, **options) -> dict:
        arguments = {"path": str(tmp_path / name), "password": pki.PASSWORD, "from_server": {**where, **options}}
        return {"k12.sif.truststore": arguments}

    right, wrong = fingerprint(MIDDLE.der), fingerprint(OTHER.der)
    results, output, _seconds = play(
        tmp_path,
        {"k12.sif.server_certificate_info": where},
        trust("pinned", sha256_fingerprint=wrong),
        trust("pinned", sha256_fingerprint=right),
        trust("pinned", sha256_fingerprint=right),
        trust("first", trust_on_first_use=True),
        trust("first", trust_on_first_use=True),
        {"k12.sif.server_certificate_info": {"host": "localhost", "port": 1, "timeout": 5}},
    )
    seen, refused, pinned, again, first, second, nobody = results
    assert [item["role"] for item in seen["chain"]] == ["server", "issuing_ca"]
    assert seen["issuing_ca"]["sha256"] == right and seen["chain_pem"] == LEAF.pem + MIDDLE.pem
    assert (seen["complete"], seen["handshake_error"], seen["changed"]) == (True, None, False)
    assert refused["failed"] and f"has the fingerprint {wrong}" in refused["msg"]
    assert [change["alias"] for change in pinned["changes"]] == ["localhost"] and not again["changed"]
    assert first["changed"] and "nobody compared the fingerprint" in first["warnings"][0]
    assert not second["changed"] and "warnings" not in second
    assert nobody["failed"] and "could not be fetched" in nobody["msg"] and "Remedy: " in nobody["msg"]
    for name in ("pinned", "first"):
        entries = open_store((tmp_path / name).read_bytes(), pki.PASSWORD).entries
        assert [entry.certificates for entry in entries] == [(MIDDLE.der,)]
    assert "Traceback" not in output
