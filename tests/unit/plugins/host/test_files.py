# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading and writing files on a host: absent, unreadable and changed meanwhile are told apart."""

from __future__ import annotations

import base64
import hashlib
import shlex
import types

import pytest
from ansible_collections.k12.sif.plugins.plugin_utils._host.errors import HostError
from ansible_collections.k12.sif.plugins.plugin_utils._host.files import HostFile, HostFiles


class FakeAction:
    """Answers modules from a table and records what was asked of it."""

    def __init__(self, answers, shell=None):
        self._connection = types.SimpleNamespace(_shell=types.SimpleNamespace(quote=shlex.quote))
        self._shell_answer = shell or {"rc": 127, "stdout": "", "stderr": "sha256sum: not found"}
        self._answers = answers
        self.asked = []

    def _low_level_execute_command(self, dummy):
        return self._shell_answer

    def _execute_module(self, module_name, module_args, task_vars):
        self.asked.append(module_name)
        return self._answers[module_name]


def _reading(answer):
    return HostFiles(FakeAction({"ansible.legacy.slurp": answer}), {})


def test_content_is_read():
    read = _reading({"content": base64.b64encode(b"\xef\xbb\xbf<agent/>\r\n").decode()}).read("/a")
    assert read.content == b"\xef\xbb\xbf<agent/>\r\n"
    assert read.checksum == hashlib.sha256(read.content).hexdigest()


def test_a_missing_file_is_no_error():
    read = _reading({"failed": True, "msg": "File not found: /a"}).read("/a")
    assert (read.exists, read.checksum) == (False, None)


@pytest.mark.parametrize("reason", ["File is not readable: /a", "Source is a directory and must be a file: /a"])
def test_an_unreadable_file_is_not_missing(reason):
    with pytest.raises(HostError, match=reason):
        _reading({"failed": True, "msg": reason}).read("/a")


@pytest.mark.parametrize(
    "stat",
    [{"exists": False}, {"exists": True, "checksum": "0" * 64}, {"exists": True}],
    ids=["removed", "changed", "unreadable"],
)
def test_a_file_that_changed_meanwhile_is_not_written(stat):
    action = FakeAction({"ansible.legacy.stat": {"stat": stat}})
    with pytest.raises(HostError, match="Nothing was written"):
        HostFiles(action, {}).write(HostFile("/a", b"old"), b"new")
    assert action.asked == ["ansible.legacy.stat"]


def test_a_file_that_appeared_meanwhile_is_not_written():
    action = FakeAction({"ansible.legacy.stat": {"stat": {"exists": True, "checksum": "0" * 64}}})
    with pytest.raises(HostError, match="changed by someone else"):
        HostFiles(action, {}).write(HostFile("/a", None), b"new")


@pytest.mark.parametrize("stdout", ["missing\n", "0" * 64 + "  -\n"])
def test_what_the_hosts_own_sha256sum_says_is_enough(stdout):
    action = FakeAction({}, shell={"rc": 0, "stdout": stdout})
    with pytest.raises(HostError, match="changed by someone else"):
        HostFiles(action, {}).write(HostFile("/a", b"old"), b"new")
    assert action.asked == []
