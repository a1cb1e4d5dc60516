# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The page of the report: whole, safe, readable by everybody, and in need of nothing else."""

from __future__ import annotations

import base64
import hashlib
import html.parser
import itertools
import json
import pathlib
import re

import pytest
from ansible_collections.k12.sif.plugins.plugin_utils._report import page
from ansible_collections.k12.sif.plugins.plugin_utils._report.last import read_last
from ansible_collections.k12.sif.plugins.plugin_utils._report.report import make
from report_districts import AT, EARLIER, document, entry, region

STYLE = (pathlib.Path(page.__file__).parent / "page.css").read_text(encoding="utf-8")
VOID = {"meta", "input", "br", "circle", "rect", "path", "line", "use"}
EVIL = """"><script>alert(1)</script><img src=x onerror=alert(1)>'&{{ 7 * 7 }}{% raw %}"""


class Elements(html.parser.HTMLParser):
    """Every element with its attributes and the text inside it; refuses what is not closed as it was opened."""

    def __init__(self, text):
        super().__init__()
        self.open, self.found = [], []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        element = {"tag": tag, "text": "", **dict(attrs)}
        self.found.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_startendtag(self, tag, attrs):
        self.found.append({"tag": tag, "text": "", **dict(attrs)})

    def handle_endtag(self, tag):
        assert self.open and self.open[-1]["tag"] == tag, (tag, self.getpos())
        self.open.pop()

    def handle_data(self, data):
        for element in self.open:
            element["text"] += data

    def all(self, tag):
        return [element for element in self.found if element["tag"] == tag]


@pytest.fixture(scope="module")
def whole():
    return Elements(make(region(), (), AT, "SIF connections", None, 30, 30).html)


def made(entries):
    return make(entries, (), AT, "SIF connections", None, 30, 30).html


def test_every_district_has_a_tile_a_row_and_a_detail_which_the_others_lead_to(whole):
    ids = {element["id"] for element in whole.found if "id" in element}
    assert len(ids) == sum("id" in element for element in whole.found), "an id is there twice"
    links = [element["href"].removeprefix("#") for element in whole.all("a")]
    assert set(links) <= ids
    assert len([element for element in whole.all("tr") if "data-state" in element]) == 120
    details = [element for element in whole.all("details") if (element.get("class") or "").startswith("district")]
    assert len(details) == 120
    tiles = [element for element in whole.all("span") if element.get("class") == "name"]
    names = {item["name"] for item in region()}
    assert names <= {tile["text"] for tile in tiles}
    assert sum("open" in element for element in details) == 10, "what needs somebody is open"


@pytest.mark.parametrize(
    "entries",
    [
        [entry("maple"), entry("oak")],
        [entry("maple", document=document(mode="fail"))],
        [entry("maple", failure="x")],
        [entry("maple", hosted=True), entry("oak")],
    ],
    ids=["all connected", "all problem", "all unchecked", "no problem"],
)
def test_no_link_leads_to_a_state_that_no_district_has(entries):
    found = Elements(made(entries))
    ids = {element["id"] for element in found.found if "id" in element}
    links = {element["href"].removeprefix("#") for element in found.all("a")}
    assert links <= ids
    assert sum((element.get("class") or "").startswith("card") for element in found.found) >= 4, "all four numbers are there"


def test_all_names_of_a_change_are_there_also_of_districts_that_are_gone():
    names = [f"oak-{number}" for number in range(12)]
    first = make([entry(name) for name in names], (), EARLIER, "SIF", None, 30, 30)
    second = make([entry(name, document=document(name, mode="fail")) for name in names[:11]], (), AT, "SIF", read_last(json.loads(first.json)), 30, 30)
    found = Elements(second.html)
    changes = next(element["text"] for element in found.all("ul") if element.get("class") == "changes")
    assert [name for name in names if name.capitalize() not in changes] == []
    summaries = [element["text"].strip() for element in found.all("summary")]
    assert "and 3 more" in summaries


def test_the_page_says_in_words_what_its_colours_say(whole):
    heads = [element["text"] for element in whole.all("h2")]
    assert heads[0] == "98 of 120 districts are connected"
    rows = [element["text"] for element in whole.all("td") if element.get("class") == "state"]
    assert {row.strip() for row in rows} == {"Connected", "Problem", "Not checked", "Hosted and waiting"}
    assert all(element.get("aria-hidden") == "true" for element in whole.all("svg"))


def test_the_page_has_a_structure_for_those_who_do_not_see_it(whole):
    assert whole.all("html")[0]["lang"] == "en" and len(whole.all("h1")) == len(whole.all("main")) == 1
    levels = [int(element["tag"][1]) for element in whole.found if re.fullmatch("h[1-6]", element["tag"])]
    assert all(later <= earlier + 1 for earlier, later in itertools.pairwise(levels))
    assert all(element.get("scope") in ("col", "row") for element in whole.all("th"))
    assert all(element.get("aria-labelledby") for element in whole.all("section"))


def test_the_page_needs_nothing_else_and_runs_no_other_script(whole):
    script = whole.all("script")
    assert len(script) == 1 and set(script[0]) == {"tag", "text"}
    policy = next(element["content"] for element in whole.all("meta") if element.get("http-equiv") == "Content-Security-Policy")
    fingerprint = base64.b64encode(hashlib.sha256(script[0]["text"].encode()).digest()).decode()
    assert policy == f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{fingerprint}'"
    assert not [element for element in whole.found if "src" in element or element["tag"] in ("link", "img", "iframe", "object")]
    assert not re.search(r"@import|url\(", STYLE)
    assert all(element["href"].startswith("#") for element in whole.found if "href" in element)


def test_what_comes_from_hosts_and_inventory_is_text_and_nothing_else():
    evil = document(EVIL)
    for check in evil["checks"]:
        check.update(result="fail", title=EVIL, evidence=EVIL, remedy=EVIL)
    for certificate in evil["facts"]["certificates"]:
        certificate.update(subject=EVIL, where=EVIL, not_after="2026-12-01")
    evil["facts"].update(zone_id=EVIL, zis_url=f"javascript:{EVIL}", method=EVIL, school_year={"wanted": EVIL, "shared": EVIL, "over": False})
    known = {"name": EVIL, "code": EVIL, "contact": EVIL}
    entries = [entry(EVIL, document=evil, **known), entry("failing", failure=EVIL, **known), entry("hosted", hosted=True, school_year=EVIL, **known)]
    plain, hurt = Elements(made([entry("a"), entry("b", failure="x"), entry("c", hosted=True)])), Elements(make(entries, (), AT, EVIL, None, 30, 30).html)
    assert len(hurt.all("script")) == 1 and not hurt.all("img")
    assert {element["tag"] for element in hurt.found} <= {element["tag"] for element in plain.found} | {"time", "small", "details", "p", "li", "h3"}
    attributes = {name for element in hurt.found for name in element if name not in ("tag", "text")}
    assert not [name for name in attributes if name.startswith("on")]
    assert EVIL in hurt.all("h1")[0]["text"] and "{{ 7 * 7 }}" in hurt.all("h1")[0]["text"]


def test_a_report_of_one_district_reads_well():
    text = " ".join(Elements(made([entry()])).all("body")[0]["text"].split())
    assert "1 of 1 district is connected" in text and "The district was asked." in text
    assert "This is the first report" in text and "What to do" not in text


def palettes():
    blocks = re.findall(r":root \{(.*?)\}", STYLE, flags=re.DOTALL)
    return [dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", block)) for block in blocks]


def luminance(colour):
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, two):
    dark, light = sorted((luminance(one), luminance(two)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("number", [0, 1], ids=["light", "dark"])
def test_text_has_the_contrast_that_wcag_asks_for(number):
    colours = palettes()[number]
    for paper in ("paper", "ground", "problem-soft", "unchecked-soft", "waiting-soft"):
        for ink in ("ink", "quiet", "link", "connected", "problem", "waiting", "unchecked", "warn"):
            assert contrast(colours[ink], colours[paper]) >= 4.5, (ink, paper)
    for sign in ("connected", "problem", "waiting", "unchecked", "warn"):
        assert contrast(colours["on"], colours[sign]) >= 4.5, sign
