# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Talks to the admin API of the lab ZIS: what Kimono would receive, who is registered, and faults.

Use it from Python (`Kimono`) or from a shell:
`python3 -m zis.kimono --url http://127.0.0.1:7080 --zone Z request StudentPersonal`.
"""

from __future__ import annotations

import argparse
import json
import ssl
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from typing import Any, Dict, Iterable, List, Optional, Sequence, Tuple

MAX_WAIT = 60.0  # seconds; the ZIS waits no longer in one call


class KimonoError(Exception):
    """The ZIS could not be reached or did not do it. The text says why."""


class Kimono:
    """One zone of a lab ZIS.

    :param url: address of the ZIS, `http(s)://host:port`.
    :param zone: zone id; only `health`, `zones`, `messages`, `reset` and faults do without.
    :param ca_file: PEM file with the CA to trust for https; None: the system's.
    :param timeout: seconds to wait for an answer beyond what a call waits itself.
    Every method raises KimonoError.
    """

    def __init__(self, url: str, zone: str = "", ca_file: Optional[str] = None, timeout: float = 30.0) -> None:
        self.url = url.rstrip("/")
        self.zone = zone
        self._timeout = timeout
        context = None
        if self.url.startswith("https:"):
            try:
                context = ssl.create_default_context(cafile=ca_file)
            except OSError as error:
                raise KimonoError(f"CA file {ca_file}: {error}") from None
        # The lab is near: a proxy of the environment would only be in the way.
        self._opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=context)
        )

    def call(self, method: str, path: str, body: Optional[Dict[str, Any]] = None, **query: Any) -> Any:
        """One request to the admin API; `query` members that are None are left out."""
        given = {key: value for key, value in query.items() if value is not None}
        target = f"{self.url}/admin/{path}" + (f"?{urllib.parse.urlencode(given)}" if given else "")
        data = json.dumps(body or {}).encode("utf-8") if method == "POST" else None
        request = urllib.request.Request(target, data=data, method=method, headers={"Content-Type": "application/json"})
        try:
            with self._opener.open(request, timeout=self._timeout + query.get("wait", 0)) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            raise KimonoError(_reason(error)) from None
        except (OSError, ValueError) as error:
            raise KimonoError(f"{self.url}: {getattr(error, 'reason', error)}") from None

    def _zone_path(self, path: str = "") -> str:
        if not self.zone:
            raise KimonoError("no zone given")
        return f"zones/{urllib.parse.quote(self.zone, safe='')}{path}"

    def health(self) -> Dict[str, Any]:
        return self.call("GET", "health")

    def zones(self) -> List[Dict[str, Any]]:
        return self.call("GET", "zones")["zones"]

    def create_zone(self, **settings: Any) -> Dict[str, Any]:
        return self.call("POST", "zones", {"id": self.zone, **settings})

    def configure(self, **settings: Any) -> Dict[str, Any]:
        """Changes settings of the zone, such as asleep=True."""
        return self.call("POST", self._zone_path(), settings)

    def agents(self) -> List[Dict[str, Any]]:
        return self.call("GET", self._zone_path("/agents"))["agents"]

    def agent(self, source_id: str) -> Optional[Dict[str, Any]]:
        """The agent of that id, None when it is not registered."""
        return next((agent for agent in self.agents() if agent["source_id"] == source_id), None)

    def queue(self, source_id: str) -> List[Dict[str, Any]]:
        """What waits for the agent, without taking it."""
        return self.call("GET", self._zone_path(f"/agents/{urllib.parse.quote(source_id, safe='')}/queue"))["queue"]

    def request(self, object_name: str, wait: float = 30.0, **options: Any) -> Dict[str, Any]:
        """Requests objects and waits up to `wait` seconds for the last packet; `state` says how it ended.

        :param options: source_id, conditions, join, version, max_buffer_size.
        """
        made = self.call("POST", self._zone_path("/requests"), {"object": object_name, **options})
        until = time.monotonic() + wait
        while made["state"] == "pending":
            left = max(0.0, until - time.monotonic())
            made = self.call("GET", self._zone_path(f"/requests/{made['id']}"), wait=round(min(left, MAX_WAIT), 3))
            if left <= 0:
                break
        return made

    def events(self, **filters: Any) -> List[Dict[str, Any]]:
        """Events received; filters: since, object, source_id, action."""
        return self.call("GET", self._zone_path("/events"), **filters)["events"]

    def messages(self, **filters: Any) -> List[Dict[str, Any]]:
        """The log of messages; filters: limit, zone, agent, type, outcome."""
        return self.call("GET", "messages", **filters)["messages"]

    def fault(self, fault: str, **options: Any) -> Dict[str, Any]:
        """Injects a fault in the zone, or in all when no zone is given; options: agent, message, seconds, times, category, code."""
        return self.call("POST", "faults", {"fault": fault, "zone": self.zone or None, **options})

    def faults(self) -> List[Dict[str, Any]]:
        return self.call("GET", "faults")["faults"]

    def clear_faults(self) -> int:
        """Ends the faults of the zone, or all when no zone is given; returns how many."""
        return self.call("DELETE", "faults", zone=self.zone or None)["cleared"]

    def reset(self) -> None:
        self.call("POST", "reset")


def _reason(error: urllib.error.HTTPError) -> str:
    try:
        return str(json.load(error)["error"])
    except (ValueError, KeyError, TypeError, OSError):
        return f"{error.url}: HTTP {error.code}"


def _table(rows: Iterable[Dict[str, Any]], columns: Sequence[str]) -> str:
    cells = [list(columns)] + [[_cell(row.get(column)) for column in columns] for row in rows]
    widths = [max(len(line[i]) for line in cells) for i in range(len(columns))]
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(line, widths)).rstrip() for line in cells)


def _cell(value: Any) -> str:
    if isinstance(value, (list, tuple)):
        return ",".join(str(item) for item in value) or "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "-" if value is None else str(value)


_COLUMNS: Dict[str, Tuple[str, ...]] = {
    "zones": ("id", "name", "asleep", "require_secure", "agents"),
    "agents": (
        "source_id",
        "name",
        "mode",
        "sleeping",
        "secure",
        "register_count",
        "last_register_at",
        "last_poll_at",
        "queue_length",
        "provides",
    ),
    "events": ("n", "at", "source_id", "action", "name", "refid"),
    "messages": ("n", "at", "zone", "source_id", "type", "outcome", "fault", "detail"),
    "faults": ("id", "fault", "zone", "agent", "message", "seconds", "times", "hits"),
}


def _object_rows(objects: List[Dict[str, Any]]) -> Tuple[List[Dict[str, Any]], List[str]]:
    columns = ["name"]
    for item in objects:
        columns.extend(path for path in item["fields"] if path not in columns)
    return [{"name": item["name"], **item["fields"]} for item in objects], columns


def _show(command: str, result: Any, as_table: bool) -> str:
    if not as_table or (command not in _COLUMNS and command != "request"):
        return json.dumps(result, indent=1)
    if command == "request":
        rows, columns = _object_rows(result["objects"])
        error = result["error"]
        ending = f": {error['category']}/{error['code']} {error['desc']} {error['extended_desc']}" if error else ""
        summary = f"{result['count']} {result['object']}, {result['packets']} packets, {result['state']}{ending}"
        return f"{_table(rows, columns)}\n{summary}"
    if command == "zones":
        result = [{**zone, "agents": [agent["source_id"] for agent in zone["agents"]]} for zone in result]
    return _table(result, _COLUMNS[command])


def _condition(text: str) -> Dict[str, str]:
    element, equals, value = text.partition("=")
    if not equals or not element:
        raise argparse.ArgumentTypeError(f"{text!r} is not ELEMENT=VALUE")
    return {"element": element, "operator": "EQ", "value": value}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="zis.kimono", description="Asks the lab ZIS what Kimono would see.")
    parser.add_argument("--url", required=True, help="http(s)://HOST:PORT of the ZIS")
    parser.add_argument("--zone", default="", help="zone id")
    parser.add_argument("--ca", metavar="PEM", help="CA to trust for https")
    parser.add_argument("--format", choices=("table", "json"), default="table")
    commands = parser.add_subparsers(dest="command", required=True)
    for name in ("health", "zones", "agents", "events", "messages", "faults", "reset"):
        commands.add_parser(name)
    request = commands.add_parser(
        "request", help="request objects; status 0 when they came, 1 for an error, 2 when still waiting"
    )
    request.add_argument("object")
    request.add_argument("--source-id", help="ask this agent instead of the provider")
    request.add_argument("--where", metavar="ELEMENT=VALUE", type=_condition, action="append", default=[])
    request.add_argument("--version", default="2.*")
    request.add_argument("--max-buffer-size", type=int, default=393216)
    request.add_argument("--wait", type=float, default=30.0, help="seconds (default: %(default)s)")
    fault = commands.add_parser("fault", help="inject a fault, or `fault clear`")
    fault.add_argument("fault")
    fault.add_argument("--agent")
    fault.add_argument("--message")
    fault.add_argument("--seconds", type=float)
    fault.add_argument("--times", type=int)
    fault.add_argument("--category", type=int)
    fault.add_argument("--code", type=int)
    return parser


def _run(client: Kimono, options: argparse.Namespace) -> Tuple[Any, int]:
    if options.command == "request":
        result = client.request(
            options.object,
            wait=options.wait,
            conditions=options.where,
            version=options.version,
            max_buffer_size=options.max_buffer_size,
            **({"source_id": options.source_id} if options.source_id else {}),
        )
        return result, {"complete": 0, "error": 1}.get(result["state"], 2)
    if options.command == "fault":
        if options.fault == "clear":
            return {"cleared": client.clear_faults()}, 0
        given = {name: getattr(options, name) for name in ("agent", "message", "seconds", "times", "category", "code")}
        return client.fault(options.fault, **{name: value for name, value in given.items() if value is not None}), 0
    return getattr(client, options.command)(), 0


def main(arguments: Optional[List[str]] = None) -> int:
    """Prints what was asked for. Returns the exit status."""
    options = _parser().parse_args(arguments)
    try:
        result, status = _run(Kimono(options.url, options.zone, options.ca), options)
    except KimonoError as error:
        print(f"zis.kimono: {error}", file=sys.stderr)
        return 1
    print(_show(options.command, result, options.format == "table"))
    return status


if __name__ == "__main__":
    sys.exit(main())
