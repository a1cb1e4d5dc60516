# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files as people and spreadsheet programs write them, their headings, and what becomes of a district."""

from __future__ import annotations

import pytest
from ansible_collections.k12.sif.plugins.plugin_utils._districts.cells import clean
from ansible_collections.k12.sif.plugins.plugin_utils._districts.columns import letters
from ansible_collections.k12.sif.plugins.plugin_utils._districts.problems import CellError, ListError
from ansible_collections.k12.sif.plugins.plugin_utils._districts.reading import Layout, Source, read_districts
from ansible_collections.k12.sif.plugins.plugin_utils._districts.table import read_rows
from ansible_collections.k12.sif.plugins.plugin_utils._districts.variables import groups_of, variables_of, why_no_variable
from hypothesis import given
from hypothesis import strategies as st
from lists import GOOD, OTHER, text

NAMED = {**GOOD, "district name": "École d\u2019Érable"}
_FILES = {
    "UTF-8": text(NAMED).encode(),
    "Excel: CSV UTF-8": text(NAMED).encode("utf-8-sig"),
    "Excel: CSV UTF-8 in Europe": text(NAMED, separator=";").encode("utf-8-sig"),
    "Excel: Unicode Text": text(NAMED, separator="\t").encode("utf-16"),
    "big-endian UTF-16": b"\xfe\xff" + text(NAMED).encode("utf-16-be"),
    "a blank line before the headings": ("\r\n" + text(NAMED, separator=";")).encode(),
    "with the separator said first": ("sep=|\r\n" + text(NAMED, separator="|")).encode(),
    "line ends of Unix": text(NAMED).replace("\r\n", "\n").encode(),
    "no line end at the end": text(NAMED).rstrip().encode(),
}


def _read(content: bytes, encoding: str = "auto", **layout):
    return read_districts(Source(content, "list.csv", encoding), Layout(**layout))


def _message(content: bytes, encoding: str = "auto", **layout) -> str:
    with pytest.raises(ListError) as error:
        _read(content, encoding, **layout)
    return str(error.value)


@pytest.mark.parametrize("name", _FILES)
def test_what_programs_write_is_read(name):
    districts, problems = _read(_FILES[name])
    assert not problems
    assert [district.name for district in districts] == ["École d\u2019Érable"]


def test_an_old_code_page_is_not_guessed_but_read_when_said():
    content = text(NAMED).encode("windows-1252")
    message = _message(content)
    assert message.startswith("list.csv: line 2 is not utf-8 (byte 0xc9). Remedy: in Excel use File > Save As > CSV UTF-8")
    assert "windows-1252" in message
    assert _read(content, "windows-1252")[0][0].name == "École d\u2019Érable"


def test_a_byte_order_mark_decides():
    assert _read(text(NAMED).encode("utf-8-sig"), "windows-1252")[0][0].name == "École d\u2019Érable"


def test_a_byte_that_the_code_page_does_not_have_is_named():
    message = _message(text(GOOD).encode() + b"\x81", "windows-1252")
    assert "line 3 is not windows-1252 (byte 0x81)" in message
    assert message.endswith("or set the option encoding correctly.")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "the file is empty"),
        (b"\xef\xbb\xbf \r\n,,\r\n", "the file is empty"),
        (b"PK\x03\x04\x14\x00", "this is a workbook of a spreadsheet program, not CSV. Remedy: in Excel use File > Save As"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "this is a workbook"),
        (text(GOOD).encode("utf-16-le"), "there are NUL characters in it"),
        (text(GOOD).encode() + b'"open', "list.csv, row 3: this is no CSV (unexpected end of data)"),
        (text(GOOD).encode() + b'"a"b,c', "list.csv, row 3: this is no CSV"),
        (text(GOOD).split("\r\n", maxsplit=1)[0].encode(), "there is no district below the headings"),
    ],
)
def test_what_is_no_list_is_refused(content, words):
    message = _message(content)
    assert message.startswith("list.csv")
    assert words in message
    assert message.count("Remedy: ") == 1


def test_headings_are_compared_without_case_blanks_and_punctuation():
    row = {heading.upper().replace(" ", "_"): value for heading, value in GOOD.items()}
    assert _read(text(row).encode())[0][0].code == "MAPLE"


@pytest.mark.parametrize(
    ("headings", "layout", "words"),
    [
        ({"excluded schools": "excluded scools"}, {}, "row 1, column I (excluded scools): this heading is not known. Remedy: is 'excluded schools' meant?"),
        ({"contact": "Remarks"}, {}, "row 1, column J (Remarks): this heading is not known. Remedy: list it under variables or ignore_columns"),
        ({"contact": "Code"}, {}, "row 1, column J (Code): column A (district code) means the same. Remedy: delete one of the two"),
        ({"zone id": ""}, {}, "row 1: there is no column 'zone id'. Remedy: add it"),
        ({}, {"variables": {"Folder": "agent_folder"}}, "row 1: there is no column 'Folder'"),
        ({}, {"renamed": {"contact": "Responsible"}, "ignored": ["contact"]}, "row 1: there is no column 'Responsible'"),
    ],
)
def test_a_heading_that_is_wrong_is_refused(headings, layout, words):
    row = {headings.get(heading, heading): value for heading, value in GOOD.items()}
    message = _message(text(row).encode(), **layout)
    assert message.startswith(f"list.csv, {words}")
    assert "\n" not in message


def test_columns_can_be_renamed_added_and_ignored():
    row = {("IRN" if heading == "district code" else heading): value for heading, value in GOOD.items()}
    row |= {"Agent folder": "/opt/sif", "Remarks": "=A1"}
    layout = {"renamed": {"district_code": "irn"}, "variables": {"agent folder": "agent_folder"}, "ignored": ["remarks"]}
    districts, problems = _read(text(row).encode(), **layout)
    assert not problems
    assert variables_of(districts[0])["agent_folder"] == "/opt/sif"


def test_variables_and_groups_of_a_self_hosted_district():
    schools = "code,number,name,id\r\nmaple,001,District Office,1\r\nMAPLE,400,Dogwood Academy,\r\n"
    row = {**GOOD, "excluded schools": "400", "method": "https", "system": "Linux"}
    districts, problems = read_districts(Source(text(row).encode(), "list.csv"), Layout(), Source(schools.encode(), "schools.csv"))
    assert not problems
    assert variables_of(districts[0]) == {
        "ansible_host": "sif.maple.example.org",
        "sif_agent_method": "HTTPS",
        "sif_agent_powerschool_url": "https://sis.maple.example.org",
        "sif_agent_school_year": "2026-2027",
        "sif_agent_schools": {
            "known": [{"number": "001", "name": "District Office", "id": "1"}, {"number": "400", "name": "Dogwood Academy"}],
            "exclude": ["400"],
        },
        "sif_agent_zis_url": "https://zis.example.org/MAPLE",
        "sif_agent_zone_id": "MAPLE",
        "sif_district_code": "MAPLE",
        "sif_district_contact": "J. Doe, +1 330 555-0100",
        "sif_district_name": "Maple Local Schools",
        "sif_district_region": "North East",
        "sif_district_state": "OH",
    }
    assert groups_of(districts[0]) == ["self_hosted", "linux", "state_oh", "region_north_east"]


def test_variables_and_groups_of_a_cloud_hosted_district():
    row = {**OTHER, "excluded schools": "Dogwood Academy\r\n Elm School", "method": "", "school year": "", "contact": "", "region": ""}
    districts, problems = _read(text(row).encode())
    assert not problems
    assert variables_of(districts[0]) == {
        "sif_agent_powerschool_url": "https://oak.powerschool.com",
        "sif_agent_schools": {"exclude": ["Dogwood Academy", "Elm School"]},
        "sif_agent_zis_url": "https://zis.example.org/OAK",
        "sif_agent_zone_id": "OAK",
        "sif_district_code": "OAK",
        "sif_district_name": "Oak City Schools",
        "sif_district_state": "OH",
    }
    assert groups_of(districts[0]) == ["cloud_hosted", "state_oh"]


@pytest.mark.parametrize("name", ["sif_agent_zone_id", "sif_agent_schools", "db_password", "vault_token", "a-b", "2nd", ""])
def test_variables_that_a_column_cannot_set(name):
    assert why_no_variable(name)


def test_variables_that_a_column_can_set():
    assert why_no_variable("sif_agent_config_path") is None


def test_columns_have_the_letters_of_a_spreadsheet():
    assert [letters(index) for index in (0, 25, 26, 51, 52, 701, 702)] == ["A", "Z", "AA", "AZ", "BA", "ZZ", "AAA"]


@given(st.binary(max_size=300), st.sampled_from(["auto", "utf-8", "utf-16", "windows-1252"]))
def test_any_bytes_are_read_or_refused(content, encoding):
    try:
        rows = read_rows(content, "list.csv", encoding)
    except ListError as error:
        assert all(str(problem).startswith("list.csv") for problem in error.problems)
    else:
        assert all(any(cell.strip() for cell in row.cells) for row in rows)


@given(st.text(max_size=40))
def test_no_cell_that_is_let_through_is_a_template_or_a_formula(content):
    try:
        kept = clean(content)
    except CellError as error:
        assert error.message
        assert error.remedy
    else:
        assert not any(mark in kept for mark in ("{{", "{%", "{#", "\n", "\r", "\0"))
        assert not kept.startswith(("=", "@", "\t"))
