# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter: texts in, differences out, one clear error for what is no XML."""

from __future__ import annotations

import pytest
from ansible.errors import AnsibleFilterError
from ansible_collections.k12.sif.plugins.filter.agent_cfg_diff import FilterModule

agent_cfg_diff = FilterModule().filters()["agent_cfg_diff"]


def test_differences_of_two_texts():
    before = '<agent id="A"><property name="y" value="1"/></agent>'
    assert agent_cfg_diff(before, before) == []
    assert agent_cfg_diff(before, before.replace('"1"', '"2"')) == [
        {"location": "agent[@id='A']", "setting": "y", "before": "1", "after": "2"}
    ]


@pytest.mark.parametrize("encoding", ["ISO-8859-1", "UTF-16", "utf-8", "windows-1252", "no-such-encoding"])
def test_a_text_is_read_in_the_encoding_it_declares(encoding):
    text = f'<?xml version="1.0" encoding="{encoding}"?><agent id="Caf\u00e9"/>'
    if encoding == "no-such-encoding":
        with pytest.raises(AnsibleFilterError, match="no-such-encoding"):
            agent_cfg_diff(text, text)
    else:
        assert agent_cfg_diff("\ufeff" + text, '<agent id="Caf\u00e9"/>') == []


@pytest.mark.parametrize(
    "text, told", [("<agent>", "file after cannot be read: line 1"), ("", "empty"), (None, "no text"), ({}, "dict")]
)
def test_what_cannot_be_compared_is_one_clear_error(text, told):
    with pytest.raises(AnsibleFilterError, match=told):
        agent_cfg_diff("<agent/>", text)
