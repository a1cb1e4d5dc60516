# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The action plugin k12.sif.hosting_request; documented in plugins/modules/hosting_request.py."""

from __future__ import annotations

import datetime
import pathlib
import typing as t

from ansible_collections.k12.sif.plugins.plugin_utils._host.action import InputError, PlannedAction
from ansible_collections.k12.sif.plugins.plugin_utils._host.controller_files import read_text, remove, write_text
from ansible_collections.k12.sif.plugins.plugin_utils._host.stores import wanted
from ansible_collections.k12.sif.plugins.plugin_utils._hosting_request.files import MANIFEST, files_named_in, files_of, with_ticks_of
from ansible_collections.k12.sif.plugins.plugin_utils._hosting_request.request import Request, RequestError, read_request

_TICKED = ("checklist.md", "checklist.txt")


class ActionModule(PlannedAction):
    ARGUMENTS = {
        "directory": {"type": "path", "required": True},
        "powerschool_url": {"type": "str"},
        "district": {"type": "str"},
        "contact": {"type": "str"},
        "zis_url": {"type": "str"},
        "zone_id": {"type": "str"},
        "mode": {"type": "str", "default": "Pull"},
        "method": {"type": "str"},
        "id": {"type": "str"},
        "sif_version": {"type": "str"},
        "pull_frequency": {"type": "int"},
        "school_year": {"type": "str"},
        "school_year_starts": {"type": "str"},
        "schools": {"type": "dict"},
        "smp": {"type": "bool"},
        "mappings": {"type": "list", "elements": "dict"},
        "certificates": {"type": "list", "elements": "raw", "default": []},
    }

    def act(self, arguments: dict[str, t.Any]) -> dict[str, t.Any]:
        folder = pathlib.Path(arguments["directory"]).absolute()
        request = self._request(arguments)
        old, new = self._old_and_new(folder, files_of(request))
        changed = [name for name in new if old.get(name) != new[name]]
        result: dict[str, t.Any] = {
            "changed": bool(changed),
            "changes": changed,
            "directory": str(folder),
            "files": sorted(name for name, text in new.items() if text is not None),
            "warnings": list(request.warnings),
        }
        if self.diff_mode:
            result["diff"] = [_difference(folder / name, old[name], new[name]) for name in changed]
        if changed and not self.check_mode:
            _write(folder, {name: new[name] for name in changed})
        return result

    def _request(self, arguments: dict[str, t.Any]) -> Request:
        certificates = wanted(self, arguments["certificates"], "present")
        data = {name: value for name, value in arguments.items() if name not in ("directory", "certificates")}
        try:
            return read_request(data, certificates, datetime.datetime.now().astimezone())
        except RequestError as error:
            raise InputError(str(error)) from None

    def _old_and_new(self, folder: pathlib.Path, files: dict[str, str]) -> tuple[dict[str, str | None], dict[str, str | None]]:
        """The texts that are there and those that shall be, by name; None is no file. What an earlier run wrote and this one does not, goes."""
        if folder.exists() and not folder.is_dir():
            raise InputError(f"{folder} on the controller is no folder. Remedy: name another one.")
        manifest = read_text(folder / MANIFEST)
        try:
            written = [] if manifest is None else files_named_in(manifest)
        except ValueError as error:
            raise InputError(
                f"{folder / MANIFEST} on the controller is not of an earlier request: {error}. Remedy: move it away, or name another folder."
            ) from None
        new: dict[str, str | None] = {**dict.fromkeys(written), **files}
        old = {name: read_text(folder / name) for name in new}
        for name in _TICKED:
            new[name] = with_ticks_of(old[name] or "", files[name])
        return old, {name: new[name] for name in sorted(new)}


def _difference(path: pathlib.Path, before: str | None, after: str | None) -> dict[str, str]:
    return {"before": before or "", "after": after or "", "before_header": str(path), "after_header": str(path)}


def _write(folder: pathlib.Path, files: dict[str, str | None]) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"The folder {folder} cannot be made on the controller: {error.strerror}. Remedy: name another one.") from None
    # The manifest last: until it is there, a run that was cut off is repeated in full.
    for name in sorted(files, key=lambda name: name == MANIFEST):
        text = files[name]
        if text is None:
            remove(folder / name)
        else:
            write_text(folder / name, text)
