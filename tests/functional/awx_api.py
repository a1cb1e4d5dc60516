# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""As much of AWX's API as the collection awx.awx uses to create things: lists, objects, associations, surveys, approval nodes."""

from __future__ import annotations

import http.server
import json
import re
import threading
import typing as t
import urllib.parse

TOKEN = "only-for-this-test"
_UNIFIED = ("job_templates", "projects", "inventory_sources", "workflow_job_templates")
_QUESTION_TYPES = {"text", "textarea", "password", "integer", "float", "multiplechoice", "multiselect"}


class Store:
    """The objects, by kind and id; lists of associated ids and surveys by the address below the object."""

    def __init__(self) -> None:
        self.objects: dict[str, dict[int, dict[str, t.Any]]] = {}
        self.below: dict[str, t.Any] = {}
        self.refused: list[str] = []
        self._last_id = 0

    def add(self, kind: str, fields: dict[str, t.Any]) -> dict[str, t.Any]:
        self._last_id += 1
        url = f"/api/v2/{kind}/{self._last_id}/"
        item = {"id": self._last_id, "url": url, "type": kind.removesuffix("s"), "summary_fields": {}, "related": {}, **fields}
        if kind in ("job_templates", "workflow_job_templates"):
            item["related"]["survey_spec"] = url + "survey_spec/"
        if kind == "job_templates":
            item["organization"] = self.objects["projects"][fields["project"]]["organization"]
        if kind == "projects":
            item["scm_revision"] = ""
        self.objects.setdefault(kind, {})[self._last_id] = item
        return item

    def named(self, kind: str) -> dict[str, dict[str, t.Any]]:
        return {item["name"]: item for item in self.objects.get(kind, {}).values()}

    def listed(self, kind: str, wanted: dict[str, str]) -> dict[str, t.Any]:
        kinds = _UNIFIED if kind == "unified_job_templates" else (kind,)
        items = [item for name in kinds for item in self.objects.get(name, {}).values()]
        found = [item for item in items if all(str(item.get(field)) == value for field, value in wanted.items())]
        return {"count": len(found), "next": None, "results": found}

    def snapshot(self) -> str:
        return json.dumps([self.objects, self.below], sort_keys=True)

    def approve(self, node: dict[str, t.Any], fields: dict[str, t.Any]) -> dict[str, t.Any]:
        template = self.add("workflow_approval_templates", {key: fields[key] for key in ("name", "description") if key in fields})
        node["unified_job_template"] = template["id"]
        node["related"]["unified_job_template"] = template["url"]
        return template


def survey_problem(survey: dict[str, t.Any]) -> str | None:
    """What AWX refuses in a survey, by the rules of its API reference."""
    if not {"name", "description", "spec"} <= set(survey):
        return "name, description and spec are needed"
    for question in survey["spec"]:
        missing = {"type", "question_name", "question_description", "variable", "required"} - set(question)
        if missing or question["type"] not in _QUESTION_TYPES:
            return f"{question}: {missing or 'its type is unknown'}"
        if question["type"] == "multiplechoice" and question["default"] not in question["choices"]:
            return f"{question}: the default is no choice"
    return None


class _Handler(http.server.BaseHTTPRequestHandler):
    store: Store

    def log_message(self, *_arguments: t.Any) -> None:
        """Silence."""

    def _answer(self, status: int, body: t.Any = None) -> None:
        content = b"" if body is None else json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.send_header("X-API-Product-Name", "AWX")
        self.end_headers()
        self.wfile.write(content)

    def _handle(self) -> None:
        if self.headers.get("Authorization") != f"Bearer {TOKEN}":
            self._answer(401, {"detail": "no token"})
            return
        address = urllib.parse.urlsplit(self.path)
        match = re.fullmatch(r"/api/v2/(\w+)/(?:(\d+)/(?:(\w+)/)?)?", address.path)
        body = json.loads(self.rfile.read(int(self.headers.get("Content-Length") or 0)) or "{}")
        if not match:
            self.store.refused.append(self.path)
            self._answer(404, {"detail": "not found"})
        elif match[3]:
            self._below(match[1], int(match[2]), match[3], body)
        elif match[2]:
            item = self.store.objects[match[1]][int(match[2])]
            if self.command == "PATCH":
                item.update({key: value for key, value in body.items() if key in item})
            self._answer(200, item)
        elif self.command == "POST":
            self._answer(201, self.store.add(match[1], body))
        else:
            self._answer(200, self.store.listed(match[1], dict(urllib.parse.parse_qsl(address.query))))

    def _below(self, kind: str, number: int, name: str, body: dict[str, t.Any]) -> None:
        item, below = self.store.objects[kind][number], self.store.below
        address = f"{kind}/{number}/{name}"
        if name == "create_approval_template":
            self._answer(201, self.store.approve(item, body))
        elif name == "survey_spec" and self.command == "POST":
            problem = survey_problem(body)
            if problem:
                self.store.refused.append(problem)
            below[address] = body
            self._answer(400 if problem else 200, {"error": problem} if problem else {})
        elif self.command == "POST":
            below.setdefault(address, []).append(body["id"])
            self._answer(204)
        elif name == "survey_spec":
            self._answer(200, below.get(address, {}))
        else:
            self._answer(200, {"count": 0, "next": None, "results": [{"id": number} for number in below.get(address, [])]})

    do_GET = do_POST = do_PATCH = _handle  # noqa: N815  (the names that http.server asks for)


class Awx:
    """The API on a port of this machine, with an organization and two credentials as a new AWX has them."""

    def __init__(self) -> None:
        self.store = Store()
        self.store.add("organizations", {"name": "Default"})
        self.store.add("credentials", {"name": "SIF servers"})
        self.store.add("credentials", {"name": "SIF vault"})
        handler = type("Handler", (_Handler,), {"store": self.store})
        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
