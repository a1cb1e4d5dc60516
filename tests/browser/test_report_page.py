# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The report of 120 districts in a real browser."""

from __future__ import annotations

import base64
import time

import pytest
from chromium import chromium

SHOWN = "Array.from(document.querySelectorAll('#all tbody tr:not([hidden])'))"
NAMES = f"{SHOWN}.map((row) => row.cells[0].querySelector('a').textContent)"


def test_the_page_loads_in_two_seconds_with_nothing_from_anywhere(report):
    with chromium() as page:
        page.look()
        begun = time.monotonic()
        page.open(report)
        took = time.monotonic() - begun
        navigation = page.run("performance.getEntriesByType('navigation')[0].toJSON()")
        print(f"\n120 districts: {report.stat().st_size // 1024} KiB, loaded after {navigation['loadEventEnd']:.0f} ms, painted after {took:.2f} s")
        assert navigation["loadEventEnd"] < 2000 and took < 2
        requests = {event["params"]["request"]["url"] for event in page.events if event.get("method") == "Network.requestWillBeSent"}
        assert requests <= {"about:blank", report.as_uri()}
        assert not [event for event in page.events if event.get("method") in ("Log.entryAdded", "Runtime.exceptionThrown")]


def test_the_table_is_filtered_by_words_and_states(page):
    assert page.run(f"{SHOWN}.length") == 120
    page.run("document.getElementById('find').focus()")
    page.write("push fir")
    assert page.run(NAMES) == ["Fir City Schools"]
    assert page.run("document.getElementById('shown').textContent") == "1 of 120 shown"
    page.run("document.getElementById('find').select()")
    page.write("nobody has this name")
    assert page.run(f"{SHOWN}.length") == 0
    page.run("document.getElementById('find').select()")
    page.write("oak")
    page.run("document.querySelector('[value=connected]').click()")
    assert page.run(f"new Set({SHOWN}.map((row) => row.dataset.state)).has('connected')") is False
    assert page.run(f"{SHOWN}.length") == 6


def test_the_table_is_sorted_with_the_keyboard_both_ways(page):
    button = "document.querySelectorAll('#all thead button')"
    page.run(f"{button}[0].focus()")
    page.press("Enter")
    names = page.run(NAMES)
    assert names == sorted(names, key=str.casefold) and len(names) == 120
    assert page.run("document.querySelector('#all th').getAttribute('aria-sort')") == "ascending"
    page.press("Enter")
    assert page.run(NAMES) == names[::-1]
    assert page.run("document.querySelector('#all th').getAttribute('aria-sort')") == "descending"

    page.run(f"{button}[4].focus()")
    page.press("Enter")
    days = page.run(f"{SHOWN}.map((row) => row.cells[4].dataset.key)")
    known = [day for day in days if day]
    assert known == sorted(known) and days == known + [""] * (120 - len(known)), "what is not known stands last"
    assert known[0] == "2026-11-12"


def test_everything_is_reached_with_the_keyboard_beginning_with_a_way_past_the_top(page):
    page.press("Tab")
    assert page.run("document.activeElement.textContent") == "Skip to the report"
    page.press("Enter")
    seen = set()
    for _press in range(40):
        page.press("Tab")
        seen.add(page.run("document.activeElement.tagName"))
        assert page.run("document.activeElement.matches(':focus-visible') && getComputedStyle(document.activeElement).outlineStyle") != "none"
    assert {"A"} <= seen


@pytest.mark.parametrize("scripts", [True, False], ids=["with-scripts", "without-scripts"])
def test_a_tile_leads_to_the_detail_and_opens_it(browser, report, scripts):
    browser.look()
    browser.command("Emulation.setScriptExecutionDisabled", value=not scripts)
    try:
        browser.open(report)
        browser.run("Array.from(document.querySelectorAll('.tiles a')).find((link) => link.textContent.includes('Willow Unified')).click()")
        browser.run("new Promise((done) => setTimeout(done, 300))") if scripts else time.sleep(0.3)
        opened = "document.querySelector(':target').closest('details')"
        assert browser.run(f"{opened}.open && {opened}.querySelector('summary').textContent").startswith("Willow Unified")
    finally:
        browser.command("Emulation.setScriptExecutionDisabled", value=False)


def test_without_scripts_everything_can_be_read_and_nothing_pretends_to_work(browser, report):
    browser.command("Emulation.setScriptExecutionDisabled", value=True)
    try:
        browser.look()
        browser.open(report)
        assert browser.run(f"{SHOWN}.length") == 120
        assert browser.run("[document.querySelectorAll('#all button').length, document.getElementById('filter').offsetHeight]") == [0, 0]
    finally:
        browser.command("Emulation.setScriptExecutionDisabled", value=False)


@pytest.mark.parametrize("width", [390, 768, 1280])
def test_the_page_fits_the_window(browser, report, width):
    browser.look(width=width)
    browser.open(report)
    assert browser.run("document.documentElement.scrollWidth") <= width


LOOKS = {"light": ("screen", "light"), "dark": ("screen", "dark"), "print": ("print", "dark")}


@pytest.mark.parametrize("name", LOOKS)
def test_the_page_has_its_colours_in_light_dark_and_print(browser, report, pictures, name):
    media, scheme = LOOKS[name]
    browser.look(media, scheme, 794 if media == "print" else 1280)
    browser.open(report)
    paper = browser.run("getComputedStyle(document.querySelector('section')).backgroundColor")
    ink = browser.run("getComputedStyle(document.querySelector('h1')).color")
    assert (paper, ink) == {
        "light": ("rgb(255, 255, 255)", "rgb(27, 31, 36)"),
        "dark": ("rgb(27, 32, 38)", "rgb(231, 235, 240)"),
        "print": ("rgb(255, 255, 255)", "rgb(27, 31, 36)"),
    }[name]  # fmt: skip
    assert browser.run("document.getElementById('filter').offsetHeight > 0") is (media == "screen")
    browser.picture(pictures / f"{name}.png", 6000)
    if media == "print":
        answer = browser.command("Page.printToPDF", printBackground=False)
        (pictures / "report.pdf").write_bytes(base64.b64decode(answer["data"]))
        assert (pictures / "report.pdf").read_bytes().startswith(b"%PDF")
