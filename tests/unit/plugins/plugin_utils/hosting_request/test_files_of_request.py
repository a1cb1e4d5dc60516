# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The files beside the texts: their names, the manifest, and ticks that stay."""

from __future__ import annotations

import dataclasses
import json

import pytest
from ansible_collections.k12.sif.plugins.plugin_utils._hosting_request.attachments import attachments_of
from ansible_collections.k12.sif.plugins.plugin_utils._hosting_request.files import MANIFEST, files_named_in, files_of, with_ticks_of
from ansible_collections.k12.sif.plugins.plugin_utils._hosting_request.request import read_request
from ansible_collections.k12.sif.plugins.plugin_utils._truststore.certificates import fingerprint, read_certificates
from districts import CA, DISTRICTS, MAPLE, NOW, files_for, request_of


def test_attached_certificate_is_the_given_one():
    (file, item), = attachments_of(request_of("maple")).certificates
    attached = read_certificates(files_for("maple")[file.name], file.name)
    assert attached == read_certificates(CA.content, "ca") and fingerprint(attached[0]) == item.sha256


def test_names_of_files_can_be_used_anywhere_and_differ():
    request = request_of("elm")
    documents = [dataclasses.replace(request.mappings.documents[0], id=name) for name in ("A", "a", "../../etc/passwd", "\u00e9", "A 2", "CON:1")]
    mappings = dataclasses.replace(request.mappings, documents=tuple(documents))
    names = [file.name for file, _document in attachments_of(dataclasses.replace(request, mappings=mappings)).mappings]
    assert names == ["mappings-A.xml", "mappings-a-2.xml", "mappings-..-..-etc-passwd.xml", "mappings.xml", "mappings-A-2-2.xml", "mappings-CON-1.xml"]


@pytest.mark.parametrize("name", DISTRICTS)
def test_manifest_names_all_files_and_holds_the_values(name):
    files = files_for(name)
    manifest = json.loads(files[MANIFEST])
    assert sorted([*manifest["files"], MANIFEST]) == sorted(files)
    assert files_named_in(files[MANIFEST]) == manifest["files"]
    assert (manifest["mode"], manifest["school_year"], manifest["zone_id"]) == ("Pull", "2026-2027", DISTRICTS[name][0]["zone_id"])


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", *(f'{{"files": {names}}}' for names in ('"a"', '["../a"]', '["/etc/passwd"]', "[1]", '["a\\n"]'))]
)
def test_a_foreign_manifest_is_no_list_of_files_to_remove(text):
    with pytest.raises(ValueError):
        files_named_in(text)


def test_a_manifest_that_names_the_folder_itself_removes_nothing():
    assert files_named_in('{"files": [".", "..", "request.txt"]}') == ["request.txt"]


@pytest.mark.parametrize("suffix", ["md", "txt"])
def test_ticks_stay_where_the_line_stays(suffix):
    def checklist(**changes):
        return files_of(read_request({**MAPLE, **changes}, [CA], NOW))[f"checklist.{suffix}"]

    before = checklist()
    count = before.count("[ ] ")
    ticked = before.replace("[ ] ", "[x] ").replace("\n", "\r\n")
    assert count > 15 and with_ticks_of(ticked, before).count("[x] ") == count
    after = with_ticks_of(ticked, checklist(zone_id="MAPLE_2", school_year="2027-2028"))
    still_open = [line for line in after.splitlines() if "[ ] " in line]
    assert len(still_open) == 3 and "MAPLE_2" in still_open[0] and all("2027-2028" in line for line in still_open[1:])


def test_a_tick_goes_with_the_second_line_of_its_item():
    before = "[x] certificate was imported. Its fingerprint:\n    AA:BB\n[x] same\n"
    assert with_ticks_of(before, before.replace("AA", "CC").replace("[x]", "[ ]")) == "[ ] certificate was imported. Its fingerprint:\n    CC:BB\n[x] same\n"
