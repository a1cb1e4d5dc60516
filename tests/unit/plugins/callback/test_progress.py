# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One line for each host, whatever happened to it, and the same verdict as Ansible's own; a rescued or ignored failure is none."""

from __future__ import annotations

import os
import pathlib
import pty
import re
import subprocess
import sys

import pytest

PLAY = """
- name: Connect
  hosts: all
  gather_facts: false
  serial: [1, 4]
  tasks:
    - name: Change something
      ansible.builtin.command: /bin/true
      changed_when: inventory_hostname == 'b'
    - name: Refuse wrong input
      ansible.builtin.assert:
        that: item
        fail_msg: "zone is empty. Remedy: set it."
        quiet: true
      loop: [true, "{{ inventory_hostname != 'c' }}"]
    - block:
        - name: Try
          ansible.builtin.fail:
            msg: tried in vain
          when: inventory_hostname == 'd'
      rescue:
        - name: Repair
          ansible.builtin.command: /bin/true
          changed_when: false
    - name: Look
      ansible.builtin.fail:
        msg: ignored
      when: inventory_hostname == 'e'
      ignore_errors: true
    - name: Say
      ansible.builtin.debug:
        msg: ["{{ inventory_hostname }} says", this]
      when: inventory_hostname == 'f'
    - name: Keep it
      ansible.builtin.fail:
        msg: the secret is geheim
      no_log: true
      when: inventory_hostname == 'h'
"""
ODD = """
- name: Ask
  hosts: all
  gather_facts: false
  tasks:
    - name: Reach
      ansible.builtin.raw: exit 0
      changed_when: false
      ignore_unreachable: true
    - name: Clean up whatever happens
      block:
        - name: Work
          ansible.builtin.fail:
            msg: it does not work
          when: inventory_hostname == 'b'
      always:
        - name: Clean
          ansible.builtin.debug:
            msg: "{{ inventory_hostname }} is clean"
    - name: Rescue, then fail all the same
      block:
        - name: Try
          ansible.builtin.fail:
            msg: tried in vain
          when: inventory_hostname in 'cd'
      rescue:
        - name: Give up
          ansible.builtin.fail:
            msg: given up
          when: inventory_hostname == 'd'
    - name: Include what is not there
      ansible.builtin.include_tasks: missing.yml
      when: inventory_hostname == 'e'
    - name: Note
      ansible.builtin.set_fact:
        noted: true
"""
SORTED = """
- name: Look whether there is anything to do
  hosts: all
  gather_facts: false
  tasks:
    - ansible.builtin.assert: {that: true}
      run_once: true
- name: Sort
  hosts: all
  gather_facts: false
  tasks:
    - ansible.builtin.group_by: {key: "kind_{{ inventory_hostname == 'c' }}"}
    - name: Say
      ansible.builtin.debug:
        msg: "{{ inventory_hostname }} is another kind"
      when: inventory_hostname == 'c'
- name: Connect
  hosts: kind_False
  gather_facts: false
  serial: [2, 100]
  tasks:
    - name: Work
      ansible.builtin.assert:
        that: inventory_hostname not in failing
        fail_msg: it does not work
    - name: Change
      ansible.builtin.debug:
- name: Connect the others
  hosts: kind_True
  gather_facts: false
  tasks:
    - ansible.builtin.debug:
- name: Only when asked
  hosts: all
  tags: never
  tasks:
    - ansible.builtin.debug:
"""
UNREACHABLE = "ansible_connection=ssh ansible_port=1 ansible_host=127.0.0.1"
INVENTORY = f"a\nb\nc\nd\ne\nf\nh\ng {UNREACHABLE}\n"
SMALL = "a\nb\nc\nd\ne\n"
LOCAL = "[all:vars]\nansible_connection=local\n"


class Runs:
    """Runs plays with this callback, or with Ansible's own."""

    def __init__(self, directory: pathlib.Path) -> None:
        self._directory = directory

    def _job(self, play: str, inventory: str, *options: str, callback: str = "k12.sif.progress", **settings: str) -> dict:
        (self._directory / "play.yml").write_text(play)
        (self._directory / "hosts").write_text(inventory + LOCAL)
        environment = {**os.environ, "ANSIBLE_STDOUT_CALLBACK": callback, "ANSIBLE_NOCOLOR": "1", "COLUMNS": "60", **settings}
        environment["ANSIBLE_PYTHON_INTERPRETER"] = sys.executable
        program = pathlib.Path(sys.executable).parent / "ansible-playbook"
        return {"args": [program, "-i", "hosts", "play.yml", *options], "cwd": self._directory, "env": environment}

    def lines(self, *arguments: str, status: tuple[int, ...] = (2, 4), **settings: str) -> list[str]:
        """What is shown where there is no terminal."""
        done = subprocess.run(**self._job(*arguments, **settings), check=False, capture_output=True, text=True)
        assert done.returncode in status, done.stdout + done.stderr
        return done.stdout.splitlines()

    def on_terminal(self, *arguments: str) -> str:
        """Every character that a terminal of 60 columns gets."""
        ours, theirs = pty.openpty()
        process = subprocess.Popen(**self._job(*arguments), stdin=theirs, stdout=theirs, stderr=subprocess.PIPE)
        os.close(theirs)
        shown = b""
        try:
            while piece := os.read(ours, 65536):
                shown += piece
        except OSError:  # the other end is closed
            pass
        os.close(ours)
        assert process.wait() == 0, (shown, process.stderr.read())
        return shown.decode()


@pytest.fixture
def runs(tmp_path):
    return Runs(tmp_path)


def told(lines: list[str]) -> dict[str, str]:
    """What is said of each host, without times; each is told once."""
    found = [match.groups() for line in lines if (match := re.match(r"\[ *\d+/\d+\] (\w+): (.*)", line))]
    assert len(found) == len(dict(found)), lines
    return {name: re.sub(r"\d+ s", "N s", words) for name, words in found}


def failed_by_ansible(lines: list[str]) -> set[str]:
    """The hosts that the recap of the default callback counts as failed or unreachable."""
    recap = lines[lines.index(next(line for line in lines if line.startswith("PLAY RECAP"))) :]
    return {line.split()[0] for line in recap if re.search(r"(failed|unreachable)=[1-9]", line)}


def test_each_host_has_its_line(runs):
    lines = runs.lines(PLAY, INVENTORY)
    assert lines[0] == "Connect: 8 hosts"
    hosts = {match[2]: int(match[1]) for line in lines if (match := re.match(r"\[(\d)/8\] (\w): ", line))}
    assert sorted(hosts.values()) == list(range(1, 9))
    words = told(lines)
    unreachable = words.pop("g")
    assert unreachable.startswith("FAILED after N s - unreachable: ") and "Connection refused" in unreachable
    censored = words.pop("h")
    assert censored.startswith("FAILED after N s - Keep it: ") and "no_log" in censored
    assert words == {
        "a": "ok, N s",
        "b": "changed, N s",
        "c": "FAILED after N s - Refuse wrong input: zone is empty. Remedy: set it.",
        "d": "ok, N s",
        "e": "ok, N s",
        "f": "ok, N s",
    }
    assert hosts["a"] == 1, "the first batch is told when it is done"
    at = lines.index("f says")
    assert lines[at + 1] == "this"
    assert re.fullmatch(r"done in \d+ s: 5 hosts are good, 3 failed: c, g, h", lines[-1])
    assert not any("geheim" in line or "tried in vain" in line or "ignored" in line for line in lines)


def test_a_failure_is_told_at_once(runs):
    lines = runs.lines(PLAY, "a\nb\nc\nf\n", status=(2,))
    assert [line.partition("c: FAILED")[1] for line in lines].index("c: FAILED") < lines.index("f says")


def test_the_verdict_is_ansibles_own(runs):
    inventory = f"a\nb\nc\nd\ne\ng {UNREACHABLE}\n"
    lines = runs.lines(ODD, inventory)
    words = told(lines)
    assert words.pop("e").startswith("FAILED after N s - Include what is not there: ")
    assert re.match("could not be reached, N s - .*Connection refused", words.pop("g"))
    assert words == {
        "a": "ok, N s",
        "b": "FAILED after N s - Work: it does not work",
        "c": "ok, N s",
        "d": "FAILED after N s - Give up: given up",
    }
    assert lines.index("b is clean") > next(number for number, line in enumerate(lines) if "b: FAILED" in line)
    assert lines[-1].endswith(": 2 hosts are good, 1 could not be reached: g, 3 failed: b, d, e")
    assert failed_by_ansible(runs.lines(ODD, inventory, callback="default")) == set("bde")


def test_hosts_and_plays_that_were_never_begun_are_counted(runs):
    stopped = runs.lines(SORTED, SMALL, "-e", "failing=ab", status=(2,))
    assert stopped[-1].endswith(": 1 hosts are good, 2 failed: a, b, 2 not begun, never begun: Connect the others")
    stopped = runs.lines(SORTED.replace("that: true", "that: false"), SMALL, "-e", "failing=ab", status=(2,))
    assert stopped[-1].endswith(": 0 hosts are good, 1 failed: a, never begun: Sort, Connect, Connect the others")


def test_nothing_is_said_of_hosts_that_were_only_sorted(runs):
    play = SORTED.replace("    - name: Say", "    - name: Say\n      changed_when: true")
    lines = runs.lines(play, SMALL, "-e", "failing=b", "--forks", "1", status=(2,))  # one fork, one order
    lines = [re.sub(r"\d+ s", "N s", line) for line in lines if line != "Hello world!"]
    assert lines == [
        "Sort: 5 hosts",
        "c is another kind",
        "[5/5] c: changed, N s",
        "Connect: 4 hosts",
        "[1/4] b: FAILED after N s - Work: it does not work",
        "[2/4] a: ok, N s",
        "[3/4] d: ok, N s",
        "[4/4] e: ok, N s",
        "Connect the others: 1 hosts",
        "[1/1] c: ok, N s",
        "done in N s: 4 hosts are good, 1 failed: b",
    ]


def test_a_terminal_shows_how_many_of_300_have_answered(runs):
    play = "- name: Verify\n  hosts: all\n  gather_facts: false\n  tasks:\n"
    tasks = "Look at the first thing", "Look at the second thing, the name of which is too long for this line"
    play += "".join(f"    - name: {task}\n      ansible.builtin.debug:\n" for task in tasks)
    shown = runs.on_terminal(play, "host[001:300]\n", "--forks", "10")
    pieces = re.split(r"\r\x1b\[K", shown)
    for task in tasks:
        counts = [int(match[1]) for piece in pieces if (match := re.fullmatch(r"  \.\.\. (?:.*) \((\d+)/300\)", piece)) and task[:30] in piece]
        assert counts[0] == 0 and counts[-1] == 300 and counts == sorted(counts) and len(set(counts)) > 100
    assert all(len(piece) < 60 for piece in pieces if piece.startswith("  ..."))
    assert "[300/300] host" in shown and shown.splitlines()[-1].endswith(": 300 hosts are good")


def test_without_a_terminal_a_line_comes_now_and_then(runs):
    play = "- hosts: all\n  gather_facts: false\n  tasks:\n    - name: Wait\n      ansible.builtin.raw: sleep 1.2\n"
    expected = r"  \.\.\. Wait \((\d)/3\), \d+ s"
    often = runs.lines(play, "a\nb\nc\n", "--forks", "1", status=(0,), K12_SIF_PROGRESS_INTERVAL="1")
    assert [match[1] for line in often if (match := re.fullmatch(expected, line))] == ["1", "2", "3"], often
    seldom = runs.lines(play, "a\nb\nc\n", "--forks", "1", status=(0,), K12_SIF_PROGRESS_INTERVAL="0")
    assert not any(re.fullmatch(expected, line) for line in seldom)
