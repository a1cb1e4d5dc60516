# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How long planning takes, and that it grows with the file and not faster.

    python tests/benchmarks/bench_agent_cfg.py        (with the collection on the Python path, as for the unit tests)

Aim: a file with 1,000 fields and 100 zones in less than 150 ms, growing linearly to 10,000 fields. Planning itself grows
linearly, as the last column shows; Python's garbage collector, which looks at all objects of a large file a few times,
adds its part to the others.
"""

from __future__ import annotations

import functools
import gc
import time
import typing as t

from ansible_collections.k12.sif.plugins.plugin_utils._agent_cfg.compare import differences
from ansible_collections.k12.sif.plugins.plugin_utils._agent_cfg.document import Document
from ansible_collections.k12.sif.plugins.plugin_utils._agent_cfg.plan import Plan, plan

_FIELDS_PER_OBJECT = 50


def configuration(fields: int, zones: int) -> bytes:
    """A product-like file: wrapped attributes, comments, CRLF."""
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', '<agent id="Bench" sifVersion="2.3">']
    lines += ['  <property name="adk.messaging.mode"', '            value="Push" />', '  <template id="Default" />']
    for zone in range(zones):
        lines += [
            f"  <!-- zone {zone} -->",
            f'  <zone id="Zone{zone}" template="Default" url="http://zis.example.org:7080/Zone{zone}">',
            f'    <property name="app.number" value="{zone}" />',
            "  </zone>",
        ]
    lines += ['  <transport protocol="http" enabled="true" />', '  <mappings id="Default">']
    for number in range(fields):
        if number % _FIELDS_PER_OBJECT == 0:
            lines.append(f'    <object object="Object{number // _FIELDS_PER_OBJECT}">')
        lines.append(f'      <field name="F{number}" sifVersion="+2.0">Name[@Type=\'04\']/Part{number}</field>')
        if number % _FIELDS_PER_OBJECT == _FIELDS_PER_OBJECT - 1:
            lines.append("    </object>")
    return "\r\n".join([*lines, "  </mappings>", "</agent>", ""]).encode()


def desired(fields: int, zones: int, rule: str) -> dict:
    """Settings for every zone and every field of the file."""
    objects: dict[str, dict] = {}
    for number in range(fields):
        rules = objects.setdefault(f"Object{number // _FIELDS_PER_OBJECT}", {"fields": []})["fields"]
        rules.append({"name": f"F{number}", "sif_version": "+2.0", "rule": f"Name[@Type='04']/{rule}{number}"})
    return {
        "mode": "pull",
        "zones": [{"id": f"Zone{zone}", "mode": "pull", "properties": {"app.number": zone}} for zone in range(zones)],
        "mappings": [{"objects": objects}],
    }


def fragment(fields: int) -> dict:
    """All fields as XML, all of them new."""
    lines = ['<mappings id="Default">', '<object object="New">']
    lines += [f'<field name="N{number}">Part{number}</field>' for number in range(fields)]
    return {"mappings": [{"fragment": "\n".join([*lines, "</object></mappings>"])}]}


def seconds(work: t.Callable[[], object], collector: bool = True) -> float:
    """CPU time of the best of three rounds, with or without Python's garbage collector."""
    best = float("inf")
    for _round in range(3):
        gc.collect()
        if not collector:
            gc.disable()
        start = time.process_time()
        work()
        best = min(best, time.process_time() - start)
        gc.enable()
    return best


def read_and_plan(data: bytes, wanted: dict) -> Plan:
    """What a task does, without the transport of the file."""
    return plan(Document.parse(data), wanted)


def main() -> None:
    """Print a table."""
    print(f"{'fields':>7} {'zones':>6} {'KiB':>6}  {'settings':<22} {'ms':>8} {'us/field':>9} {'without gc':>11}")
    for fields, zones in ((100, 10), (1000, 100), (3000, 300), (10000, 1000)):
        data = configuration(fields, zones)
        wishes = {
            "one setting": {"mode": "pull"},
            "all, as they are": {**desired(fields, zones, "Part"), "mode": "push"} | {"zones": []},
            "all zones and fields": desired(fields, zones, "New"),
            "as many new fields": fragment(fields),
        }
        cases: dict[str, t.Callable[[], object]] = {
            name: functools.partial(read_and_plan, data, wanted) for name, wanted in wishes.items()
        }
        cases["comparison"] = functools.partial(differences, data, data)
        for name, work in cases.items():
            taken, plain = seconds(work), seconds(work, collector=False)
            print(
                f"{fields:>7} {zones:>6} {len(data) // 1024:>6}  {name:<22} {taken * 1000:>8.1f}"
                f" {taken / fields * 1e6:>9.1f} {plain / fields * 1e6:>11.1f}"
            )


if __name__ == "__main__":
    main()
