# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which trust stores an agent reads, as the modules for agent.cfg tell; the host is asked at most one question, for the JVM's own."""

from __future__ import annotations

import functools
import ntpath
import posixpath
import typing as t

from .._agent_cfg.trust import trust_stores
from .errors import HostError
from .reasons import reason
from .windows_modules import WindowsModules

_THERE, _NONE = "there", "none"


def agent_stores(action: t.Any, effective: dict[str, t.Any], options: dict[str, str], arguments: dict[str, t.Any]) -> list[dict[str, t.Any]]:
    """As C(trust_stores).

    Args:
        action: the action plugin that runs (a C(PlannedAction)).
        effective: the effective settings.
        options: the -D options of the agent's JVM.
        arguments: C(path) of agent.cfg (None when it is not on the host), C(java_home) and C(working_directory).
    """
    directory = arguments["working_directory"] or None
    # The folder of agent.cfg is a good guess only where services are started in folders.
    if directory is None and arguments["path"] and not action.windows:
        directory = posixpath.dirname(arguments["path"])
    asked = functools.partial(_first_there, action) if arguments["path"] else None
    return trust_stores(effective, options, arguments["java_home"], directory, action.windows, asked)


def _first_there(action: t.Any, paths: list[str]) -> str | None:
    return _on_windows(action, paths) if action.windows else _on_posix(action, paths)


def _on_posix(action: t.Any, paths: list[str]) -> str | None:
    """By one command, which is ten times cheaper than a module. A home that is none may be where the link to a program lies."""
    quote = action._connection._shell.quote
    program = posixpath.normpath(posixpath.join(posixpath.dirname(paths[0]), "../../bin/java"))
    looks = " ".join(quote(path) for path in paths)
    command = (
        f"home=$(readlink -f {quote(program)}); home=${{home%/bin/java}};"
        f' for file in {looks} "$home/lib/security/jssecacerts" "$home/lib/security/cacerts"; do'
        f' if test -f "$file"; then echo "{_THERE}:$file"; exit 0; fi; done; echo {_NONE}:'
    )
    answer = action._low_level_execute_command(command)
    lines = answer["stdout"].strip().splitlines()
    kind, _colon, path = (lines or [""])[-1].partition(":")
    if answer["rc"] != 0 or kind not in (_THERE, _NONE):
        raise HostError(f"Whether {paths[0]} is there could not be asked: {answer.get('stderr', '').strip() or 'no answer'}.")
    return path or None


def _on_windows(action: t.Any, paths: list[str]) -> str | None:
    folders, names = ([*dict.fromkeys(split)] for split in zip(*(ntpath.split(path) for path in paths)))
    wanted = {"paths": folders, "patterns": names, "get_checksum": False}
    modules = WindowsModules(action, action.task_vars)
    result = modules.run("win_find", wanted)
    if result.get("failed"):
        raise HostError(f"Whether {paths[0]} is there could not be asked: {reason(result)}. Remedy: mend what it names, or use become.")
    there = {ntpath.normcase(ntpath.normpath(file["path"])) for file in result["files"]}
    return next((path for path in paths if ntpath.normcase(ntpath.normpath(path)) in there), None)
