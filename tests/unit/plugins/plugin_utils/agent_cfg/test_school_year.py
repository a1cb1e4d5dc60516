# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""School years by the calendar, and as products write them."""

from __future__ import annotations

import datetime

import pytest
from ansible_collections.k12.sif.plugins.plugin_utils._agent_cfg.school_year import SchoolYear, parse_start
from hypothesis import given
from hypothesis import strategies as st


@pytest.mark.parametrize(
    ("day", "starts", "year"),
    [
        ((2026, 6, 30), "07-01", "2025-2026"),
        ((2026, 7, 1), "07-01", "2026-2027"),
        ((2026, 12, 31), "07-01", "2026-2027"),
        ((2027, 1, 1), "07-01", "2026-2027"),
        ((2026, 8, 14), "08-15", "2025-2026"),
        ((2026, 8, 15), "08-15", "2026-2027"),
        ((2026, 2, 1), "01-01", "2026-2027"),
    ],
)
def test_current_year(day, starts, year):
    assert str(SchoolYear.of(datetime.date(*day), starts)) == year


def test_a_year_is_over_when_the_next_begins():
    year = SchoolYear.parse("2025-2026")
    assert not year.is_over(datetime.date(2026, 6, 30))
    assert year.is_over(datetime.date(2026, 7, 1))
    assert not year.is_over(datetime.date(2026, 7, 1), "08-01")


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("{start}-{end}", "2026-2027"),
        ("{end}", "2027"),
        ("{start2}/{end2}", "26/27"),
        ("SY{start}", "SY2026"),
        ("x", "x"),
    ],
)
def test_formats(pattern, text):
    assert SchoolYear(2026).format(pattern) == text


def test_turn_of_the_century():
    assert SchoolYear(2099).format("{start2}-{end2}") == "99-00"


@pytest.mark.parametrize("text", ["2026", "2026-2028", "2027-2026", "26-27", " 2026-2027", "Current", ""])
def test_no_school_years(text):
    with pytest.raises(ValueError, match="no school year"):
        SchoolYear.parse(text)


@pytest.mark.parametrize("text", ["7-1", "13-01", "02-30", "07/01", ""])
def test_no_days(text):
    with pytest.raises(ValueError, match="no day of the year"):
        parse_start(text)


@given(st.dates(datetime.date(1990, 1, 1), datetime.date(2100, 1, 1)), st.dates().map(lambda day: f"{day:%m-%d}"))
def test_every_day_is_in_its_year(day, starts):
    year = SchoolYear.of(day, starts)
    assert SchoolYear.parse(str(year)) == year
    assert not year.is_over(day, starts)
    assert SchoolYear(year.start - 1).is_over(day, starts)
