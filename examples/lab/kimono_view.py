# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Asks the lab ZIS as Kimono would, and shows what came: as a table on the terminal and as a picture (SVG).

    python3 kimono_view.py http://localhost:27080 picture.svg MAPLE_DISTRICT/MapleSIS OAK_DISTRICT/OakSIS

Ends with status 1 when an agent is not connected, or when something came that must not be shared.
"""

from __future__ import annotations

import collections
import html
import pathlib
import sys
import typing as t

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "roles" / "sif_lab" / "files"))
from zis.kimono import Kimono  # noqa: E402  (the lab's own client, which lies in the role)

EXCLUDED_SCHOOL = "Dogwood Academy"
SCHOOL_YEAR = "2027"  # as SIF writes it: the calendar year in which it ends


class District(t.NamedTuple):
    """What Kimono sees of one district."""

    zone: str
    source_id: str
    agent: dict[str, t.Any] | None
    students: dict[str, int]
    years: dict[str, int]
    staff: int
    state_ids: int
    usernames: int

    @property
    def problems(self) -> list[str]:
        found = []
        if not self.agent or self.agent["mode"] != "Pull" or self.agent["sleeping"]:
            found.append("the agent is not connected in Pull mode")
        if EXCLUDED_SCHOOL in self.students:
            found.append(f"{EXCLUDED_SCHOOL} is shared")
        if set(self.years) != {SCHOOL_YEAR}:
            found.append(f"school years {', '.join(self.years) or 'none'} are shared")
        if self.state_ids:
            found.append("the state plug-in is at work in this zone")
        if not self.usernames:
            found.append("the mappings for Canvas are not effective")
        return found


def look(url: str, zone: str, source_id: str) -> District:
    kimono = Kimono(url, zone)
    agent = kimono.agent(source_id)
    if agent is None:
        return District(zone, source_id, None, {}, {}, 0, 0, 0)
    received = {
        name: [item["fields"] for item in kimono.request(name, source_id=source_id)["objects"]]
        for name in ("SchoolInfo", "StudentPersonal", "StudentSchoolEnrollment", "StaffPersonal")
    }
    schools = {school["@RefId"]: school["SchoolName"] for school in received["SchoolInfo"]}
    students = collections.Counter(dict.fromkeys(schools.values(), 0))
    enrolled = received["StudentSchoolEnrollment"]
    students.update(schools.get(item["@SchoolInfoRefId"], "unknown school") for item in enrolled)
    personal = received["StudentPersonal"]
    return District(
        zone=zone,
        source_id=source_id,
        agent=agent,
        students=dict(students),
        years=dict(collections.Counter(item["@SchoolYear"] for item in enrolled)),
        staff=len(received["StaffPersonal"]),
        state_ids=sum("StateProvinceId" in item for item in personal),
        usernames=sum(any(str(value).startswith("CANVAS:") for value in item.values()) for item in personal),
    )


def as_text(district: District) -> str:
    agent = district.agent
    lines = [f"  {district.zone}: agent {district.source_id}"]
    if agent:
        state = "asleep" if agent["sleeping"] else "awake"
        lines.append(f"    registered in {agent['mode']} mode, {state}, {'HTTPS' if agent['secure'] else 'HTTP'}")
        lines.append(f"    school year ending {', '.join(district.years)}; {district.staff} staff")
        lines += [f"    {name:<20}{count:>4} students" for name, count in district.students.items()]
        lines.append(f"    not shared: {EXCLUDED_SCHOOL}" if EXCLUDED_SCHOOL not in district.students else "")
    lines += [f"    WRONG: {problem}" for problem in district.problems]
    return "\n".join(lines)


def as_picture(districts: list[District]) -> str:
    """One column for each district: agent, connection, ZIS, and a bar for each school."""
    width, bar_width, top, step = 420, 220, 250, 30
    height = top + step * max(len(district.students) for district in districts) + 80
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width * len(districts)} {height}"'
        ' font-family="sans-serif" font-size="14">',
        '<rect width="100%" height="100%" fill="#ffffff"/>',
    ]
    for number, district in enumerate(districts):
        left = number * width + 20
        good = not district.problems
        color = "#1a7f37" if good else "#b42318"
        secure = "HTTPS" if district.agent and district.agent["secure"] else "HTTP"
        most = max([1, *district.students.values()])
        parts += [
            _text(left, 36, district.zone, size=20, weight="bold"),
            _box(left, 56, 150, "SIF agent", district.source_id),
            _box(left + 230, 56, 150, "Kimono ZIS", "connected" if good else "not as it must be"),
            f'<path d="M{left + 150} 86 H{left + 230}" stroke="{color}" stroke-width="4"/>',
            _text(left + 190, 76, f"{secure}, Pull", size=11, anchor="middle", color=color),
            _text(left, 160, f"School year ending {', '.join(district.years) or 'none'}"),
            _text(left, 184, f"{sum(district.students.values())} students, {district.staff} staff; SMP "
                  + ("on" if district.state_ids else "off")),
            _text(left, 222, "Students that Kimono receives", weight="bold"),
        ]
        for row, (name, count) in enumerate(district.students.items()):
            line = top + row * step
            parts.append(_text(left, line, name))
            parts.append(
                f'<rect x="{left + 140}" y="{line - 13}" width="{bar_width * count / most:.0f}" height="16" rx="3" fill="#2f6fde"/>'
            )
            parts.append(_text(left + 148 + bar_width * count / most, line, str(count)))
        verdict = f"Not shared: {EXCLUDED_SCHOOL}" if good else "; ".join(district.problems)
        parts.append(_text(left, top + step * len(district.students) + 10, verdict, color=color))
    return "\n".join([*parts, "</svg>", ""])


def _text(x: float, y: float, text: str, size: int = 14, weight: str = "normal", anchor: str = "start", color: str = "#1f2328") -> str:
    return (
        f'<text x="{x:.0f}" y="{y}" font-size="{size}" font-weight="{weight}" text-anchor="{anchor}" fill="{color}">'
        f"{html.escape(text)}</text>"
    )


def _box(x: int, y: int, width: int, title: str, below: str) -> str:
    return "\n".join(
        [
            f'<rect x="{x}" y="{y}" width="{width}" height="60" rx="8" fill="#f6f8fa" stroke="#8c959f"/>',
            _text(x + width / 2, y + 26, title, weight="bold", anchor="middle"),
            _text(x + width / 2, y + 46, below, size=12, anchor="middle"),
        ]
    )


def main(url: str, picture: str, *wanted: str) -> int:
    districts = [look(url, *item.split("/")) for item in wanted]
    for district in districts:
        print(as_text(district))
    pathlib.Path(picture).write_text(as_picture(districts), encoding="utf-8")
    return 1 if any(district.problems for district in districts) else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
