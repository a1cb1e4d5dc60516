# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The report as data: what is written as JSON, and read again by the next report."""

from __future__ import annotations

import dataclasses
import typing as t

from .districts import District
from .drift import Base, snapshot
from .words import moment

FORMAT = "k12.sif.report"
VERSION = 1


@dataclasses.dataclass(frozen=True)
class Last:
    """The last report.

    Attributes:
        at: when it was made, UTC.
        districts: its districts by host.
        base: what it was compared with itself; null when it was the first.
    """

    at: str
    districts: t.Mapping[str, District]
    base: Base | None

    def base_at(self, at: str) -> Base | None:
        """What a report made at this moment is compared with: this one, unless it is the very same report made once more."""
        if self.at == at:
            return self.base
        return Base(self.at, {host: snapshot(district) for host, district in self.districts.items()})


def read_last(data: t.Any) -> Last:
    """The last report from its data. Raises ValueError with a reason when it is none that this version reads."""
    if not isinstance(data, t.Mapping) or data.get("format") != FORMAT:
        raise ValueError(f"it holds no data of the playbook {FORMAT}")
    if data.get("version") != VERSION:
        raise ValueError(f"it has version {data.get('version')}, this collection reads version {VERSION}")
    if not isinstance(data.get("districts"), t.Sequence):
        raise ValueError("it has no districts")
    districts = [District.from_dict(item) for item in data["districts"]]
    moment(data.get("generated_at"))
    base = data.get("compared_with")
    if base is not None and not (isinstance(base, t.Mapping) and set(base) == {"at", "districts"}):
        raise ValueError("what it was compared with is not as this version writes it")
    return Last(data["generated_at"], {district.host: district for district in districts}, Base(**base) if base else None)
