# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The request to PowerSchool, the checklist and the note to Instructure in a real browser and on paper."""

from __future__ import annotations

import json

import pytest
from chromium import chromium
from test_report_page import CONTRAST, LOOKS


def values(data):
    """Each value in the data of a request, however deep; of the files only those that go with it."""
    if isinstance(data, dict):
        data = list(data.values())
    if isinstance(data, list):
        return [value for item in data for value in values(item)]
    return [] if str(data).endswith((".html", ".md", ".txt")) else [str(data)]


def test_the_request_is_printed_with_every_value_and_needs_nothing_from_anywhere(request_folder):
    path = request_folder / "request.html"
    with chromium() as page:
        page.look()
        page.open(path)
        text = page.pdf(request_folder.parent / "request.pdf")
        assert page.requests() <= {"about:blank", path.as_uri()}
        assert page.complaints() == []
    # A long value is broken into lines wherever it fits.
    printed = "".join(text.split())
    wanted = values(json.loads((request_folder / "request.json").read_text(encoding="utf-8")))
    assert len(wanted) > 10 and [value for value in wanted if "".join(value.split()) not in printed] == []


@pytest.mark.parametrize("name", LOOKS)
@pytest.mark.parametrize("text", ["request", "checklist", "connection-test"])
def test_it_can_be_read_in_light_dark_and_print(browser, request_folder, text, name):
    media, scheme = LOOKS[name]
    browser.look(media, scheme, 794 if media == "print" else 1280)
    browser.open(request_folder / f"{text}.html")
    browser.picture(request_folder.parent / f"{text}-{name}.png")
    answer = browser.run(CONTRAST)
    assert answer["bad"] == [] and answer["seen"] > 15
    assert browser.run("document.documentElement.scrollWidth") <= 1280
