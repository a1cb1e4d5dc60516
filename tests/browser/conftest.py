# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The page of a region with 120 districts, and the browser that shows it. Pictures stay in build/report, for people to look at."""

from __future__ import annotations

import pathlib
import sys

import pytest
from ansible_collections.k12.sif.plugins.filter.connection_report import connection_report
from chromium import chromium

COLLECTION = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(COLLECTION / "tests" / "unit"))
from report_districts import AT, EARLIER, document, region  # noqa: E402  (made-up districts, which the unit tests use, too)


@pytest.fixture(scope="session")
def pictures():
    directory = COLLECTION / "build" / "report"
    directory.mkdir(parents=True, exist_ok=True)
    return directory


@pytest.fixture(scope="session")
def report(pictures):
    """Path of the page; two districts are worse than a week before, one is better, and the hosted ones were not asked again."""
    before = region()
    for number, results in ((61, {}), (8, {}), (45, {"smp": "fail"})):
        before[number]["document"] = document(before[number]["host"], at=EARLIER, **results)
    title = "Example region: SIF connections"
    first = connection_report(before, EARLIER, title=title)
    asked = [item for item in region() if not item.get("hosted")]
    second = connection_report(asked, AT, title=title, inventory=[item["host"] for item in before], last=first["json"])
    for kind in ("html", "csv", "json"):
        (pictures / f"report.{kind}").write_text(second[kind], encoding="utf-8", newline="")
    return pictures / "report.html"


@pytest.fixture(scope="session")
def browser():
    with chromium() as page:
        yield page


@pytest.fixture
def page(browser, report):
    """The report, freshly loaded in a light window."""
    browser.look()
    browser.open(report)
    return browser
