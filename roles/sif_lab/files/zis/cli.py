# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Command line of the ZIS."""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
import threading
from typing import List, Optional, Tuple

from . import PRODUCT, VERSION
from .core import Zis


def _address(text: str) -> Tuple[str, int]:
    host, colon, port = text.rpartition(":")
    host = host[1:-1] if host.startswith("[") and host.endswith("]") else host
    if not colon or not host or not (port.isascii() and port.isdigit()) or int(port) > 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is not HOST:PORT")
    return host, int(port)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="zis", description=f"{PRODUCT} {VERSION}: a SIF 2.x ZIS for demonstrations and tests."
    )
    parser.add_argument(
        "--http",
        metavar="HOST:PORT",
        type=_address,
        action="append",
        default=[],
        help="listen for HTTP; 0 = a free port",
    )
    parser.add_argument(
        "--https", metavar="HOST:PORT", type=_address, action="append", default=[], help="listen for HTTPS"
    )
    parser.add_argument("--cert", metavar="PEM", help="server certificate with its chain")
    parser.add_argument("--key", metavar="PEM", help="key of the certificate, when not in the same file")
    parser.add_argument("--client-ca", metavar="PEM", help="demand client certificates of this CA")
    parser.add_argument("--zone", metavar="ID", action="append", default=[], help="a zone; may be repeated")
    parser.add_argument("--zis-id", metavar="NAME", default="LabZIS", help="SourceId of the ZIS (default: %(default)s)")
    parser.add_argument("--port-file", metavar="FILE", help="write the addresses listened on to this file, as JSON")
    parser.add_argument(
        "--push-retry",
        metavar="SECONDS",
        type=float,
        default=30.0,
        help="pause after a failed delivery to a Push agent (default: %(default)s)",
    )
    parser.add_argument("--push-ca", metavar="PEM", help="CA of Push agents on https")
    return parser


def _write_port_file(path: str, zis: Zis) -> None:
    content = {"pid": os.getpid(), "listeners": [listener.describe() for listener in zis.listeners]}
    temporary = f"{path}.{os.getpid()}"
    with open(temporary, "w", encoding="utf-8") as stream:
        json.dump(content, stream)
    os.replace(temporary, path)  # whoever waits for the file never sees half of it


def _open(zis: Zis, options: argparse.Namespace) -> None:
    for host, port in options.http:
        zis.listen("http", host, port)
    for host, port in options.https:
        zis.listen("https", host, port, cert=options.cert, key=options.key, client_ca=options.client_ca)
    if options.port_file:
        _write_port_file(options.port_file, zis)


def main(arguments: Optional[List[str]] = None) -> int:
    """Runs until SIGTERM or SIGINT. Returns the exit status."""
    parser = _parser()
    options = parser.parse_args(arguments)
    if not options.http and not options.https:
        parser.error("nothing to listen on: give --http or --https")
    if options.https and not options.cert:
        parser.error("--https needs --cert")
    try:
        zis = Zis(dict.fromkeys(options.zone), options.zis_id, options.push_retry, options.push_ca)
    except ValueError as error:
        parser.error(str(error))

    end, reload = threading.Event(), threading.Event()
    wake = threading.Event()

    def on_signal(number: int, _frame: object) -> None:
        (reload if number == getattr(signal, "SIGHUP", None) else end).set()
        wake.set()

    for name in ("SIGTERM", "SIGINT", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), on_signal)
    try:
        _open(zis, options)
    except OSError as error:
        zis.stop()
        print(f"zis: {error}", file=sys.stderr)
        return 1
    for listener in zis.listeners:
        zis.journal.say(f"listening on {listener.url}, zones: {', '.join(zis.zones) or 'none'}")
    while not end.is_set():
        wake.wait()
        wake.clear()
        if reload.is_set():
            reload.clear()
            try:
                zis.journal.say(f"certificate read again for {zis.reload_certificate()} listeners")
            except OSError as error:
                zis.journal.say(f"certificate kept: {error}")
    zis.stop()
    zis.journal.say("stopped")
    return 0
