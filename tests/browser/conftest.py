# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pages as the playbooks write them, and the browser that shows them. Pictures stay in build/, for people to look at."""

from __future__ import annotations

import pathlib
import sys

import pytest
from ansible_collections.k12.sif.plugins.filter.connection_report import connection_report
from chromium import chromium
from plays import inventory_of, play

COLLECTION = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(COLLECTION / "tests" / "unit"))
from report_districts import AT, EARLIER, document, entry, region  # noqa: E402  (made-up districts, which the unit tests use, too)


def folder(name):
    directory = COLLECTION / "build" / name
    directory.mkdir(parents=True, exist_ok=True)
    return directory


@pytest.fixture(scope="session")
def pictures():
    return folder("report")


@pytest.fixture(scope="session")
def report(pictures, tmp_path_factory):
    """Path of the page on 120 districts; two are worse than a week before, one is better, fourteen have a new method, hosted ones were not asked."""
    directory = tmp_path_factory.mktemp("region")
    before = region()
    for number, results in ((61, {}), (8, {}), (45, {"smp": "fail"})):
        before[number]["document"] = document(before[number]["host"], at=EARLIER, **results)
    for item in before[80:95]:
        if "document" in item:
            item["document"]["facts"]["method"] = "HTTP"
    last = directory / "last.json"
    last.write_text(connection_report(before, EARLIER)["json"], encoding="utf-8")
    play(
        "k12.sif.report", inventory_of(region(), directory), "--forks", "8", "--limit", "own", "-e", f"sif_report_at={AT}",
        "-e", f"sif_report_last={last}", "-e", f"sif_report_directory={pictures}", "-e", "{sif_report_title: 'Example region: SIF connections'}",
    )  # fmt: skip
    return pictures / "report.html"


@pytest.fixture(scope="session")
def calm(tmp_path_factory):
    """Path of the page on three districts of which all are connected."""
    path = tmp_path_factory.mktemp("calm") / "report.html"
    path.write_text(connection_report([entry("maple"), entry("oak"), entry("elm")], AT)["html"], encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def request_folder():
    """The folder with the request of the example's district that needs a certificate, and what belongs to it."""
    directory = folder("request")
    play(
        "k12.sif.request", COLLECTION / "examples" / "hosted" / "inventory" / "hosts.yml", "-e", f"sif_agent_hosting_request_directory={directory}"
    )
    return directory / "maple"


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
