# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""School years: which one a date falls into, and how products write them."""

from __future__ import annotations

import dataclasses
import datetime
import re

DEFAULT_START = "07-01"
_YEARS = re.compile(r"(\d{4})-(\d{4})")
_FORMAT = re.compile(r"\{(start|end)(2|-\d+)?\}")
_START = re.compile(r"(\d{2})-(\d{2})")


@dataclasses.dataclass(frozen=True)
class SchoolYear:
    """The school year that begins in the calendar year C(start) and ends in the next one."""

    start: int

    @property
    def end(self) -> int:
        """The calendar year in which the school year ends."""
        return self.start + 1

    def __str__(self) -> str:
        return f"{self.start}-{self.end}"

    @classmethod
    def parse(cls, text: str) -> SchoolYear:
        """Read C(2026-2027). Raises ValueError with a reason."""
        match = _YEARS.fullmatch(text)
        if not match:
            raise ValueError(f"{text!r} is no school year; write it like 2026-2027, or current")
        start, end = int(match[1]), int(match[2])
        if end != start + 1:
            raise ValueError(f"{text!r} is no school year: {end} does not follow {start}")
        return cls(start)

    @classmethod
    def of(cls, day: datetime.date, starts: str = DEFAULT_START) -> SchoolYear:
        """The school year a day belongs to. C(starts): first day of a school year as MM-DD, C(07-01) unless told."""
        month, first = parse_start(starts)
        return cls(day.year if (day.month, day.day) >= (month, first) else day.year - 1)

    def is_over(self, day: datetime.date, starts: str = DEFAULT_START) -> bool:
        """True when C(day) lies in a later school year."""
        return SchoolYear.of(day, starts).start > self.start

    def format(self, pattern: str) -> str:
        """Write the year as a product does.

        C({start}-{end}) is 2026-2027, C({end}) 2027, C({start2}/{end2}) 26/27, and C({start-1990}) 36, for products that
        count the years from one of their own.
        """
        return _FORMAT.sub(self._part, pattern)

    def _part(self, match: re.Match[str]) -> str:
        year, how = (self.start if match[1] == "start" else self.end), match[2]
        if how is None:
            return str(year)
        return f"{year % 100:02}" if how == "2" else str(year + int(how))


def parse_start(text: str) -> tuple[int, int]:
    """Month and day of MM-DD. Raises ValueError."""
    match = _START.fullmatch(text)
    try:
        if match:
            # A leap year has every day that can begin a school year.
            day = datetime.date(2024, int(match[1]), int(match[2]))
            return day.month, day.day
    except ValueError:
        pass
    raise ValueError(f"{text!r} is no day of the year; write it like 07-01")
