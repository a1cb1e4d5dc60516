# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The service control manager of an emulated host. A service can be backed by the lab agent's start script."""

from __future__ import annotations

import fnmatch
import math
import pathlib
import subprocess
import time
import typing as t

from .tree import Tree


class Services:
    """The services that C(services) in the host's settings names: C(path), C(state), C(dependency_of), C(script) (a start script of
    this machine), C(stop_takes) and C(start_takes) (seconds between being told and being there), C(never_stops), C(refuses_to_stop),
    C(disabled) and C(recovers) (seconds after which Windows starts it again when it was killed)."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree

    def one(self, name: str) -> dict[str, t.Any] | None:
        """The service as it is now; names are compared without regard to case."""
        for key, service in self._tree.settings.get("services", {}).items():
            if key.lower() == name.lower():
                return {"name": key, "path": "", "dependency_of": [], "start_mode": "auto", **service, **self._now(service)}
        return None

    def named(self, name: str) -> list[dict[str, t.Any]]:
        """The service of that name, else those that it matches as a wildcard."""
        one = self.one(name)
        if one:
            return [one]
        keys = self._tree.settings.get("services", {})
        return [self.one(key) for key in keys if fnmatch.fnmatch(key.lower(), name.lower())]

    def ask_to_start(self, name: str) -> int:
        """As sc.exe does: returns its exit status at once, while the service may still be starting. What it depends on is started."""
        service = self.one(name)
        if service is None:
            return 1060
        if service["state"] != "stopped":
            return 1056
        if service.get("disabled"):
            return 1058
        for other in self._tree.settings["services"]:
            needed = self.one(other)
            if service["name"] in needed["dependency_of"] and needed["state"] != "started":
                if needed["state"] != "stopped" or self.ask_to_start(other):
                    return 1068
        if service.get("script") and not self._run(service, "start"):
            return 1053
        starting = {"starting_until": time.time() + service.get("start_takes", 0)}
        self._keep(service["name"], state="started", stopping_until=None, recovers_at=None, **starting)
        return 0

    def ask_to_stop(self, name: str) -> int:
        """As sc.exe does: returns its exit status at once, while the service may still be stopping."""
        service = self.one(name)
        if service is None:
            return 1060
        if service["state"] == "stopped":
            return 1062
        if any((self.one(other) or {}).get("state") != "stopped" for other in service["dependency_of"]):
            return 1051
        if service.get("refuses_to_stop"):
            return 1052
        if service.get("never_stops"):
            self._keep(service["name"], state="stop_pending")
            return 0
        if service.get("script"):
            self._run(service, "stop")
        self._keep(service["name"], state="stopped", stopping_until=time.time() + service.get("stop_takes", 0))
        return 0

    def kill(self, number: int) -> bool:
        for name in self._tree.settings.get("services", {}):
            service = self.one(name)
            if service["process_id"] == number:
                if service.get("script"):
                    self._run(service, "stop")
                recovery = time.time() + service["recovers"] if "recovers" in service else None
                self._keep(name, state="stopped", stopping_until=None, recovers_at=recovery)
                return True
        return False

    def lingering(self) -> list[int]:
        """Numbers of processes that are there although their service has stopped: C(lingers) of a service says until when."""
        services = self._tree.settings.get("services", {}).values()
        return [4242 for service in services if service.get("lingers", 0) > time.time()]

    def _now(self, service: dict[str, t.Any]) -> dict[str, t.Any]:
        state = service.get("state", "stopped")
        if state == "stopped" and time.time() >= (service.get("recovers_at") or math.inf):
            state = "started"
        if state == "stopped" and (service.get("stopping_until") or 0) > time.time():
            state = "stop_pending"
        if state == "started" and (service.get("starting_until") or 0) > time.time():
            state = "start_pending"
        number = 4242
        if state == "started" and service.get("script"):
            if subprocess.run([service["script"], "status"], stdin=subprocess.DEVNULL, check=False).returncode:
                state = "stopped"
            else:
                number = int((pathlib.Path(service["script"]).parent / "agent.pid").read_text())
        return {"state": state, "process_id": 0 if state == "stopped" else number}

    @staticmethod
    def _run(service: dict[str, t.Any], word: str) -> bool:
        done = subprocess.run([service["script"], word], stdin=subprocess.DEVNULL, capture_output=True, check=False)
        return done.returncode == 0

    def _keep(self, name: str, **values: t.Any) -> None:
        services = self._tree.settings["services"]
        services[name].update(values)
        self._tree.change(services=services)
