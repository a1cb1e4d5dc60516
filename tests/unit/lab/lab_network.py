# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What can stand between an agent's host and the lab ZIS: a port that nobody answers at, and a proxy."""

from __future__ import annotations

import contextlib
import socket
import threading
import typing as t


@contextlib.contextmanager
def dropping() -> t.Iterator[int]:
    """A port at which no connection comes about, as behind a firewall that drops packets."""
    with contextlib.ExitStack() as opened:
        listener = opened.enter_context(socket.create_server(("127.0.0.1", 0), backlog=0))
        port = listener.getsockname()[1]
        for _full in range(4):
            waiting = opened.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(("127.0.0.1", port))
        yield port


@contextlib.contextmanager
def silent() -> t.Iterator[int]:
    """A port that takes connections and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


@contextlib.contextmanager
def proxy(answer: str, upstream: int = 0) -> t.Iterator[int]:
    """A proxy that answers CONNECT with a status line, and with an upstream port goes on as the tunnel to it."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=_serve, args=(listener, answer, upstream), daemon=True)
        thread.start()
        yield listener.getsockname()[1]


def _serve(listener: socket.socket, answer: str, upstream: int) -> None:
    while True:
        try:
            connection, _where = listener.accept()
        except OSError:
            return  # the test is over
        threading.Thread(target=_tunnel, args=(connection, answer, upstream), daemon=True).start()


def _tunnel(connection: socket.socket, answer: str, upstream: int) -> None:
    with connection:
        request = b""
        while b"\r\n\r\n" not in request:
            part = connection.recv(4096)
            if not part:
                return
            request += part
        connection.sendall(f"{answer}\r\n\r\n".encode("ascii"))
        if not upstream:
            return
        with socket.create_connection(("127.0.0.1", upstream)) as other:
            back = threading.Thread(target=_copy, args=(other, connection), daemon=True)
            back.start()
            _copy(connection, other)
            back.join(5)


def _copy(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while part := source.recv(65536):
            target.sendall(part)
        target.shutdown(socket.SHUT_WR)
