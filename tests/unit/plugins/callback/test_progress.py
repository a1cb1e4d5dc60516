# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One line for each host, whatever happened to it; a rescued or ignored failure is none."""

from __future__ import annotations

import os
import pathlib
import re
import subprocess
import sys

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
INVENTORY = "a\nb\nc\nd\ne\nf\nh\ng ansible_connection=ssh ansible_port=1 ansible_host=127.0.0.1\n[all:vars]\nansible_connection=local\n"


def shown(tmp_path: pathlib.Path) -> list[str]:
    (tmp_path / "play.yml").write_text(PLAY)
    (tmp_path / "hosts").write_text(INVENTORY)
    environment = {**os.environ, "ANSIBLE_STDOUT_CALLBACK": "k12.sif.progress", "ANSIBLE_NOCOLOR": "1"}
    environment["ANSIBLE_PYTHON_INTERPRETER"] = sys.executable
    program = pathlib.Path(sys.executable).parent / "ansible-playbook"
    done = subprocess.run([program, "-i", "hosts", "play.yml"], check=False, capture_output=True, text=True, cwd=tmp_path, env=environment)
    assert done.returncode not in (0, 1), done.stdout + done.stderr
    return done.stdout.splitlines()


def test_each_host_has_its_line(tmp_path):
    lines = shown(tmp_path)
    assert lines[0] == "Connect: 8 hosts"
    hosts = {match[2]: (int(match[1]), match[3]) for line in lines if (match := re.match(r"\[(\d)/8\] (\w): (.*)", line))}
    assert sorted(number for number, _words in hosts.values()) == list(range(1, 9))
    words = {name: re.sub(r"\d+ s", "N s", text) for name, (_number, text) in hosts.items()}
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
    assert hosts["a"][0] == 1, "the first batch is told when it is done"
    at = lines.index("f says")
    assert lines[at + 1] == "this"
    assert re.fullmatch(r"done in \d+ s: 5 hosts are good, 3 failed: c, g, h", lines[-1])
    assert not any("geheim" in line or "tried in vain" in line or "ignored" in line for line in lines)
