# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each kind of bad row gives one clear message: file, row, column, what is wrong, remedy; the good rows are there all the same."""

from __future__ import annotations

import re

import pytest
from ansible_collections.k12.sif.plugins.plugin_utils._districts.problems import ListError
from ansible_collections.k12.sif.plugins.plugin_utils._districts.reading import Layout, Source, read_districts
from lists import GOOD, OTHER, text

# What changes in a good row, the column that must be named, and words of the message.
BAD_CELLS = {
    "no code": ({"district code": " "}, "A", "the cell is empty"),
    "a code that names no host": ({"district code": "Maple Local"}, "A", "'Maple Local' cannot name a host"),
    "a code like a pattern of Ansible": ({"district code": "maple[1:3]"}, "A", "cannot name a host"),
    "a code that means something in Ansible": ({"district code": "all"}, "A", "'all' has a meaning of its own"),
    "a code that is a group": ({"district code": "Linux"}, "A", "a group of the inventory has the name 'linux'"),
    "no name": ({"district name": ""}, "B", "the cell is empty"),
    "no PowerSchool URL": ({"PowerSchool URL": ""}, "C", "the cell is empty"),
    "a PowerSchool URL that is none": ({"PowerSchool URL": "our server"}, "C", "'our server' has blanks"),
    "a mail address as URL": ({"PowerSchool URL": "mailto:it@maple.example.org"}, "C", "mail address"),
    "a host that is a URL": ({"host": "https://sif.maple.example.org"}, "D", "is no host name"),
    "a host with a user": ({"host": "root@sif.maple.example.org"}, "D", "is no host name"),
    "a host that is an option of ssh": ({"host": "-oProxyCommand=id"}, "D", "is a formula"),
    "an address with options of ssh": ({"host": "fe80::1%$(id) -o"}, "D", "is no address"),
    "no host though self-hosted": ({"host": ""}, "D", "the cell is empty"),
    "a host though cloud-hosted": ({"PowerSchool URL": "https://maple.powerschool.com", "system": ""}, "D", "there is no server to log on to"),
    "no ZIS URL": ({"ZIS URL": ""}, "E", "the cell is empty"),
    "a ZIS URL without scheme": ({"ZIS URL": "zis.example.org/MAPLE"}, "E", "there is no scheme"),
    "a ZIS URL with an impossible port": ({"ZIS URL": "https://zis.example.org:70000/MAPLE"}, "E", "not between 1 and 65535"),
    "no zone id": ({"zone id": ""}, "F", "the cell is empty"),
    "a zone id with a blank": ({"zone id": "MAPLE LOCAL"}, "F", "there is a blank"),
    "an unknown method": ({"method": "SOAP"}, "G", "'SOAP' is unknown"),
    "method HTTPS with an http URL": ({"ZIS URL": "http://zis.example.org/MAPLE"}, "G", "needs an https:// URL"),
    "a school year of two years": ({"school year": "2026-2028"}, "H", "2028 does not follow 2026"),
    "a school year of one number": ({"school year": "2026"}, "H", "'2026' is no school year"),
    "excluded schools of a self-hosted district alone": ({"excluded schools": "Dogwood Academy"}, "I", "all its schools must be known"),
    "an error of the spreadsheet": ({"contact": "#REF!"}, "J", "'#REF!' is an error of the spreadsheet"),
    "a column too narrow": ({"contact": "########"}, "J", "is an error of the spreadsheet"),
    "a formula": ({"contact": "=HYPERLINK(A1)"}, "J", "is a formula"),
    "a formula that begins with a sign": ({"contact": "+cmd|' /C calc'!A0"}, "J", "is a formula"),
    "a formula to keep zeros": ({"district code": '="007"'}, "A", "is a formula"),
    "a shortened number": ({"district code": "1.23457E+11"}, "A", "the spreadsheet has shortened"),
    "a template": ({"contact": "{{ lookup('pipe', 'id') }}"}, "J", "is a template"),
    "a line break": ({"contact": "J. Doe\r\nM. Roe"}, "J", "there is a line break"),
    "an invisible character": ({"zone id": "MA\u200bPLE"}, "F", "an invisible character (U+200B)"),
    "a placeholder": ({"school year": "TBD"}, "H", "'TBD' is a placeholder"),
    "a state without letters": ({"state": "**"}, "K", "no name of a group"),
    "an unknown system": ({"system": "Solaris"}, "M", "'Solaris' is unknown"),
    "a system though cloud-hosted": ({"PowerSchool URL": "https://maple.powerschool.com", "host": ""}, "M", "not yours to manage"),
}


def _read(content: str, **layout):
    return read_districts(Source(content.encode(), "list.csv"), Layout(**layout), reserved={"sif_agents", "linux"})


@pytest.mark.parametrize("name", BAD_CELLS)
def test_a_bad_cell_gives_one_message(name):
    change, column, words = BAD_CELLS[name]
    districts, problems = _read(text(OTHER, {**GOOD, **change}))
    assert [district.code for district in districts] == ["OAK"]
    message = "\n".join(map(str, problems))
    assert re.fullmatch(rf"list\.csv, row 3, column {column} \([\w ]+\): .+\. Remedy: .+\.", message), message
    assert words in message


def test_every_wrong_cell_of_every_row_is_reported():
    rows = [{**GOOD, **change, "district code": change.get("district code", f"D{index}"), "host": change.get("host", f"host{index}"),
             "ZIS URL": change.get("ZIS URL", f"https://zis.example.org/{index}")}
            for index, (change, _column, _words) in enumerate(BAD_CELLS.values()) if "PowerSchool URL" not in change]
    districts, problems = _read(text(*rows))
    assert not districts
    assert sorted({problem.row for problem in problems}) == list(range(2, len(rows) + 2))


@pytest.mark.parametrize(
    ("change", "column"),
    [
        ({"district code": "maple"}, "A (district code)"),
        ({"host": "SIF.maple.example.org"}, "D (host)"),
        ({"host": "sif.maple.example.org."}, "D (host)"),
        ({"ZIS URL": GOOD["ZIS URL"], "zone id": "MAPLE"}, "F (zone id)"),
    ],
)
def test_rows_that_claim_the_same_are_both_refused(change, column):
    third = {**GOOD, "district code": "ELM", "host": "elm", "ZIS URL": "https://zis.example.org/ELM", "zone id": "ELM", **change}
    districts, problems = _read(text(GOOD, OTHER, third))
    assert [district.code for district in districts] == ["OAK"]
    assert [(problem.row, problem.column) for problem in problems] == [(2, f"column {column}"), (4, f"column {column}")]
    assert "is in row 4" in str(problems[0])
    assert "is in row 2" in str(problems[1])


def test_two_spellings_of_an_address_are_the_same_host():
    first, second = ({**GOOD, "district code": code, "zone id": code, "host": host} for code, host in (("ELM", "2001:DB8::1"), ("FIR", "2001:db8:0::1")))
    districts, problems = _read(text(first, second))
    assert not districts
    assert [problem.column for problem in problems] == ["column D (host)"] * 2


@pytest.mark.parametrize("address", ["192.0.2.7", "fe80::1%eth0.7", "2001:db8::1"])
def test_a_host_may_be_an_address(address):
    districts, problems = _read(text({**GOOD, "host": address}))
    assert not problems
    assert districts[0].host == address


def test_districts_may_share_a_host_when_asked():
    third = {**GOOD, "district code": "ELM", "ZIS URL": "https://zis.example.org/ELM", "zone id": "ELM"}
    districts, problems = _read(text(GOOD, third), shared_hosts=True)
    assert not problems
    assert [district.host for district in districts] == ["sif.maple.example.org"] * 2


def test_a_separator_that_is_not_quoted_is_noticed():
    # The contact holds a comma, so all that follows is one column too far to the right.
    districts, problems = _read(text(OTHER) + ",".join(GOOD.values()) + "\r\n")
    assert [district.code for district in districts] == ["OAK"]
    assert str(problems[0]).startswith("list.csv, row 3, column N: there is 'linux' in a column without heading. Remedy: add a heading")


def test_passwords_in_urls_are_not_shown():
    for column in ("PowerSchool URL", "ZIS URL"):
        _districts, problems = _read(text({**GOOD, column: "https://admin:hunter2@sis.maple.example.org/x"}))
        assert [problem.message for problem in problems] == [
            "there is a user name or password in 'https://********@sis.maple.example.org/x'"
        ]


def test_rows_are_numbered_as_a_spreadsheet_shows_them():
    folded = {**OTHER, "excluded schools": "Dogwood Academy\nElm School"}
    content = text(folded) + "\r\n,,,\r\n" + text({**GOOD, "zone id": ""}).split("\r\n", 1)[1]
    _districts, problems = _read(content)
    assert [problem.row for problem in problems] == [5]
    assert _read("sep=,\r\n" + content)[1][0].row == 5


SCHOOLS = "district code,school number,school name\r\nMAPLE,001,District Office\r\nMAPLE,400,Dogwood Academy\r\n"


def _read_with_schools(schools: str, *rows):
    return read_districts(Source(text(*rows).encode(), "list.csv"), Layout(), Source(schools.encode(), "schools.csv"))


@pytest.mark.parametrize(
    ("excluded", "words"),
    [
        ("Dogwood Academie", "is 'Dogwood Academy' meant?"),
        ("1", "there is no school '1'"),
        ("400;none", "'none' is a placeholder"),
        ("400; =A1", "is a formula"),
    ],
)
def test_an_excluded_school_that_is_not_known_is_refused(excluded, words):
    districts, problems = _read_with_schools(SCHOOLS, {**GOOD, "excluded schools": excluded}, OTHER)
    assert [district.code for district in districts] == ["OAK"]
    assert len(problems) == 1
    assert str(problems[0]).startswith("list.csv, row 2, column I (excluded schools): ")
    assert words in str(problems[0])


def test_excluded_schools_of_a_district_without_schools_are_refused():
    _districts, problems = _read_with_schools(SCHOOLS, GOOD, {**OTHER, "excluded schools": "400"})
    assert "row 3, column I (excluded schools): the list of schools has none of district OAK" in str(problems[0])


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("MAPLE,400,Again", "schools.csv, row 4, column B (school number): school '400' of MAPLE is already in row 3"),
        ("MAPLE,,No number", "schools.csv, row 4, column B (school number): the cell is empty"),
        ("MAPLE,500,", "schools.csv, row 4, column C (school name): the cell is empty"),
        ("ELM,100,Elm School", "schools.csv: it has schools of districts that are not in the list of districts: elm"),
    ],
)
def test_a_bad_list_of_schools_lists_nothing(row, words):
    with pytest.raises(ListError) as error:
        _read_with_schools(SCHOOLS + row, GOOD, OTHER)
    assert [str(problem)[: len(words)] for problem in error.value.problems] == [words]
