# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The report as data: what is written as JSON, and read again by the next report."""

from __future__ import annotations

import dataclasses
import typing as t

from . import shape
from .districts import District
from .drift import SNAPSHOT, Base, snapshot

FORMAT = "k12.sif.report"
VERSION = 1
_BASE = shape.having(at=shape.instant, districts=shape.named(SNAPSHOT))
_LAST = shape.having(generated_at=shape.instant, districts=shape.each(shape.anything), compared_with=shape.maybe(_BASE))


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
    _LAST(data, "its data")
    districts = [District.from_dict(item, f"districts[{number}]{_named(item)}") for number, item in enumerate(data["districts"])]
    base = data["compared_with"]
    return Last(data["generated_at"], {district.host: district for district in districts}, Base(base["at"], base["districts"]) if base else None)


def _named(item: t.Any) -> str:
    """So that a person finds it in a long list."""
    return f" ({item['host']})" if isinstance(item, t.Mapping) and isinstance(item.get("host"), str) else ""
