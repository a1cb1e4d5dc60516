# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The playbooks that write the pages, run as a user runs them."""

from __future__ import annotations

import json
import os
import pathlib
import subprocess
import sys
import typing as t

# An ssh that behaves as with a host that is down.
_DOWN = """#!/bin/sh
echo "ssh: connect to host $0 port 22: Connection timed out" >&2
exit 255
"""


def play(playbook: str, inventory: pathlib.Path, *options: str) -> None:
    """Run a playbook of this collection; fails the test when it does not end well."""
    program = pathlib.Path(sys.executable).parent / "ansible-playbook"
    environment = {**os.environ, "ANSIBLE_NOCOLOR": "1", "ANSIBLE_LOCALHOST_WARNING": "False"}
    command = [str(program), playbook, "-i", str(inventory), *options]
    done = subprocess.run(command, check=False, capture_output=True, text=True, env=environment, cwd=inventory.parent)
    assert done.returncode == 0, done.stdout + done.stderr


def inventory_of(entries: t.Iterable[t.Mapping[str, t.Any]], directory: pathlib.Path) -> pathlib.Path:
    """The inventory from which the report learns what the entries say: documents as files, hosted districts, hosts that are down."""
    down = directory / "ssh"
    down.write_text(_DOWN)
    down.chmod(0o755)
    groups: dict[str, dict[str, dict[str, str]]] = {"own": {}, "hosted": {}}
    for entry in entries:
        known = {f"sif_district_{key}": entry[key] for key in ("name", "code", "contact")}
        if entry.get("hosted"):
            known.update(
                sif_agent_powerschool_url=f"https://{entry['host']}.powerschool.com", sif_agent_school_year=entry["school_year"],
                sif_agent_zone_id=entry["zone_id"],
            )  # fmt: skip
        elif "document" in entry:
            path = directory / f"{entry['host']}.json"
            path.write_text(json.dumps(entry["document"]), encoding="utf-8")
            known["sif_report_document"] = str(path)
        else:
            known.update(ansible_connection="ssh", ansible_ssh_executable=str(down))
        groups["hosted" if entry.get("hosted") else "own"][entry["host"]] = known
    path = directory / "inventory.json"
    path.write_text(json.dumps({"sif_agents": {"children": {name: {"hosts": hosts} for name, hosts in groups.items()}}}))
    return path
