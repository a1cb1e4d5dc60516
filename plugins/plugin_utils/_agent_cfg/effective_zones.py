# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Mode and method of every zone, and what a change for the whole agent does to them."""

from __future__ import annotations

from .desired import METHOD, MODE, Desired
from .java_text import equals_ignore_case, is_enabled, trim
from .problems import Problems
from .recorder import Recorder
from .secrets import redact_inside


def agent_method(recorder: Recorder) -> str:
    """What zones without a method of their own use."""
    editor = recorder.editor
    value = recorder.live_property(editor.root, METHOD)
    if value is not None:
        return value
    for element in editor.children(editor.root, "transport"):
        if is_enabled(editor.get(element, "enabled", "") or ""):
            return editor.get(element, "protocol", "") or ""
    return "http"


def mode_of(value: str | None) -> str:
    """The agent's reading of a messaging mode: everything but push is pull."""
    return "push" if value is not None and equals_ignore_case(value, "push") else "pull"


def effective_zones(recorder: Recorder) -> dict[str, tuple[str, str]]:
    """Mode and method of every zone as the file stands now."""
    editor = recorder.editor
    found: dict[str, tuple[str, str]] = {}
    agent = (recorder.live_property(editor.root, MODE), agent_method(recorder))
    templates: dict[str | None, tuple[str | None, str | None]] = {}
    for template in editor.children(editor.root, "template"):
        values = (recorder.live_property(template, MODE), recorder.live_property(template, METHOD))
        templates.setdefault(editor.get(template, "id"), values)
    for zone in editor.children(editor.root, "zone"):
        zone_id = editor.get(zone, "id") or ""
        own = (recorder.live_property(zone, MODE), recorder.live_property(zone, METHOD))
        inherited = templates.get(editor.get(zone, "template"), (None, None))
        mode = next((value for value in (own[0], inherited[0], agent[0]) if value is not None), None)
        method = next(value for value in (own[1], inherited[1], agent[1]) if value is not None)
        found.setdefault(zone_id, (mode_of(mode), method.lower()))
    return found


def check_zones(
    recorder: Recorder, desired: Desired, before: dict[str, tuple[str, str]], problems: Problems
) -> None:
    """Tell which zones move with an agent-wide change; refuse what leaves a zone without connection.

    C(before): what `effective_zones` gave before the changes.
    """
    editor = recorder.editor
    named = {zone.id: zone for zone in desired.zones}
    after = effective_zones(recorder)
    urls: dict[str, str] = {}
    for element in editor.children(editor.root, "zone"):
        urls.setdefault(editor.get(element, "id") or "", trim(editor.get(element, "url") or ""))
    for zone_id, (mode, method) in after.items():
        changed = zone_id in before and before[zone_id] != (mode, method)
        if zone_id not in named and changed:
            recorder.warn(
                f"zone {zone_id} has no mode or method of its own, so the agent-wide change moves it to {mode},"
                f" {method}"
            )
        if method == "https" and urls[zone_id].lower().startswith("http:") and (zone_id in named or changed):
            place = named[zone_id].place if zone_id in named else "method"
            problems.add(
                place,
                f"zone {zone_id} would use method https with the URL {redact_inside(urls[zone_id])}, which cannot"
                " connect",
                "give it an https:// URL, or method http",
            )
