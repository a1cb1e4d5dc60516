# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What was learned of an agent, for the checks to ask. A task that failed is known by what its result does not have."""

from __future__ import annotations

import datetime
import typing as t

from .._agent_cfg.profile import Profile
from .attribution import setting_of

Result = t.Mapping[str, t.Any]


class Facts:
    """The facts of one host.

    Args:
        data: C(wanted), the inventory's words (C(zis_url), C(zone_id), C(method), C(school_year), C(schools), C(smp),
            C(mappings), C(certificates), C(trust_store), C(provides), C(expiry_days); null for what it does not set); and the results of
            the tasks that asked: C(plan) and C(other_smp) (k12.sif.agent_cfg in check mode), C(config)
            (k12.sif.agent_cfg_info), C(chain) (k12.sif.server_certificate_info), C(store) (k12.sif.truststore_info),
            C(store_plan) (k12.sif.truststore in check mode), C(zone) (k12.sif.zone_info), C(process)
            (k12.sif.agent_process_info).
        profile: where the product keeps its own settings; None when that is not known.
        today: the day of the checks.
    """

    def __init__(self, data: t.Mapping[str, t.Any], profile: Profile | None, today: datetime.date) -> None:
        # Before 2.19, ansible-core gives the numbers of templates as text.
        numbers = {name: int(data["wanted"][name]) for name in ("certificates", "expiry_days") if name in data["wanted"]}
        # Before ansible-core 2.19 a variable that is null comes out of a template as an empty text.
        given = {name: None if value == "" else value for name, value in data["wanted"].items()}
        self.wanted: Result = {**given, **numbers}
        self.profile = profile
        self.today = today
        self._results = data

    def result(self, name: str, key: str) -> Result | None:
        """The result of a task; None when it failed or was not run, known by the missing C(key)."""
        found = self._results.get(name)
        return found if isinstance(found, t.Mapping) and key in found else None

    def reason(self, name: str) -> str:
        """Why there is no result of a task."""
        found = self._results.get(name) or {}
        if found.get("skipped"):
            return "it was not asked for"
        return str(found.get("msg") or "no reason given").strip()

    @property
    def zone_id(self) -> str:
        return self.wanted["zone_id"]

    @property
    def https(self) -> bool:
        """Whether the inventory's URL needs a certificate."""
        return self.wanted["zis_url"].lower().startswith("https:")

    @property
    def effective(self) -> Result | None:
        """The settings that the agent works with; None when it could not load its file, or the file could not be read."""
        config = self.result("config", "loads")
        return config["effective"] if config else None

    @property
    def effective_zone(self) -> Result | None:
        """The zone for Canvas as the agent sees it."""
        zones = (self.effective or {}).get("zones", [])
        return next((zone for zone in zones if zone["id"] == self.zone_id), None)

    @property
    def reads(self) -> Result | None:
        """Which trust store the agent reads for the zone."""
        config = self.result("config", "loads")
        stores = config["trust_stores"] if config else []
        return next((store for store in stores if store["zone"] == self.zone_id), None)

    def changes(self, setting: str) -> list[Result] | None:
        """The planned changes of one setting; None when nothing could be planned."""
        plan = self.result("plan", "changes")
        if plan is None:
            return None
        return [change for change in plan["changes"] if setting_of(change, self.zone_id, self.profile) == setting]

    def file(self, path: str | None) -> Result | None:
        """What is known of a file on the host."""
        process = self.result("process", "files")
        return next((file for file in process["files"] if file["path"] == path), None) if process else None


def told(change: Result) -> str:
    """A change in a few words: what is in the file, and what should be."""
    before = "nothing" if change["before"] is None else change["before"]
    after = "nothing" if change["after"] is None else change["after"]
    setting = str(change["setting"]).removeprefix("property ")
    return f"{setting} is {before}, should be {after}"


def shortened(texts: t.Sequence[str], most: int = 4) -> str:
    """The first of some texts, and how many more there are."""
    more = len(texts) - most
    return "; ".join(texts[:most]) + (f"; and {more} more" if more > 0 else "")
