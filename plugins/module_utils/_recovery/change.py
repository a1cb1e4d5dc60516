# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The states of k12.sif.restore_point: one change of an agent's files, from its begin to its proof or its undoing."""

from __future__ import annotations

import contextlib
import typing as t

from . import log
from .control import Commands, Control, ControlError, Service
from .files import FilesError
from .guard import Guard, Stopping, undo
from .points import OPEN, PROVED, Point, Points, PointsError, put_back_all, the_open

_COMMAND = {"type": "list", "elements": "str"}
_WORDS = {"type": "list", "elements": "str", "default": []}
ARGUMENTS = {
    "directory": {"type": "path", "required": True},
    "state": {"type": "str", "choices": ["listed", "kept", "recalled", "tried", "proved", "restored"], "default": "listed"},
    "name": {"type": "str"},
    "paths": {"type": "list", "elements": "path", "default": []},
    "wanted": _WORDS,
    "keep": {"type": "int", "default": 5},
    "guard_timeout": {"type": "int", "default": 600},
    "service": {"type": "str"},
    "start_command": _COMMAND,
    "stop_command": _COMMAND,
    "status_command": _COMMAND,
    "pid_file": {"type": "path"},
    "stop_timeout": {"type": "int", "default": 60},
    "force_stop": {"type": "bool", "default": False},
    "log_path": {"type": "path"},
}
RULES: dict[str, t.Any] = {
    "mutually_exclusive": [("service", "start_command"), ("service", "stop_command"), ("service", "status_command")],
    "required_together": [("start_command", "stop_command", "status_command")],
    "required_if": [
        ("state", "kept", ("service", "start_command"), True),
        ("state", "tried", ("service", "start_command"), True),
        ("state", "restored", ("service", "start_command"), True),
        ("state", "recalled", ("name",)),
        ("state", "tried", ("name",)),
        ("state", "proved", ("name",)),
    ],
}


class Host(t.NamedTuple):
    """Where an agent's files lie and its process runs.

    Attributes:
        points: its restore points.
        guard: who undoes what an interrupted run left.
        control: how the agent is stopped and started; None when nothing is known.
        log: the module C(log), or what reads the agent's log there.
    """

    points: Points
    guard: Guard
    control: t.Optional[Control]
    log: t.Any


class ChangeError(Exception):
    """A state could not be reached. The text says why, what that means for the agent, and the remedy."""

    def __init__(self, text: str, **facts: t.Any) -> None:
        super().__init__(text)
        self.facts = facts


class Change:
    """One call of the module; each public method is a state and returns the module's result.

    All of them raise C(ChangeError).

    Args:
        parameters: those of the module.
        check_mode: whether nothing may be touched.
        host: the agent's host; without it, the one this runs on.
    """

    def __init__(self, parameters: dict[str, t.Any], check_mode: bool, host: t.Optional[Host] = None) -> None:
        self._parameters = parameters
        self._check_mode = check_mode
        self._stopping = Stopping(parameters["stop_timeout"], parameters["force_stop"])
        self._told_to_stop = False
        self._points, self._guard, self._control, self._log = host or _this_host(parameters)
        if parameters["keep"] < 1:
            raise ChangeError("keep is less than 1. Remedy: keep at least one restore point.")

    def listed(self) -> dict[str, t.Any]:
        with _told():
            points = self._points.all()
            opened = the_open(points)
            result: dict[str, t.Any] = {
                "changed": False,
                "points": [point.told() for point in points],
                "open": opened.told() if opened else None,
                "guard_alive": opened is not None and self._guard.alive(opened),
            }
            if opened and result["guard_alive"]:
                result["guarded_until"] = self._guard.until(opened)
                result["if_interrupted"] = self._guard.promise(opened)
            if self._control:
                result["agent_runs"] = self._control.runs()
                properties = self._control.properties()
                if properties is not None:
                    result["unit"] = properties
            return {**result, **(self._logged(opened) if opened else {})}

    def kept(self) -> dict[str, t.Any]:
        if self._check_mode:
            return {"changed": True}
        with _told(), self._points.locked():
            opened = self._points.open()
            if opened:
                raise ChangeError(self._busy(opened))
            point = self._points.create(
                wanted=self._parameters["wanted"],
                agent_ran=self._control.runs(),
                guard_timeout=self._parameters["guard_timeout"],
                **self._control.remembered(),
            )
            try:
                if self._parameters["guard_timeout"]:
                    self._guard.arm(point, self._parameters["guard_timeout"], self._control, self._stopping)
                point.keep(self._parameters["paths"], lambda: self._stop_if(point.manifest["agent_ran"]))
            except (ControlError, FilesError, PointsError) as error:
                state = self._abandon(point)
                raise ChangeError("{0} Nothing was changed, and the agent {1}.".format(_sentence(error), state)) from None
            return {"changed": True, "point": point.told()}

    def recalled(self) -> dict[str, t.Any]:
        with _told():
            since = self._points.since(self._parameters["name"])
            differing = self._differing_since(since)
            if not self._check_mode:
                with self._points.locked():
                    if self._points.open() is None or self._control.runs():
                        raise ChangeError("There is no open change, or the agent runs. Remedy: begin with state kept.")
                    put_back_all(differing, self._points.disk)
        restored = [entry["path"] for entry, dummy in differing]
        return {"changed": bool(restored), "put_back": restored, "point": since[0].told()}

    def tried(self) -> dict[str, t.Any]:
        if self._check_mode:
            return {"changed": True}
        with _told(), self._points.locked():
            point = self._still_open()
            self._control.recall(point.manifest)
            # Something may have started it with what was there.
            self._stop_if(self._control.runs())
            changed = point.changed_files
            self._points.settle(point)
            offset = self._log.size(self._parameters["log_path"])
            point.note("agent started", log_offset=offset, started_changed=bool(changed))
            self._control.start()
            stays = self._control.stays()
            result = {"changed": True, "point": point.told(), "agent_runs": stays, **self._logged(point)}
        if not stays:
            raise ChangeError(
                "The agent was started but is no longer running. Remedy: read the end of its log; an agent ends with exit status 0"
                " when it cannot use its configuration.", **result
            )
        return result

    def proved(self) -> dict[str, t.Any]:
        if self._check_mode:
            return {"changed": True}
        with _told(), self._points.locked():
            point = self._still_open()
            unchanged = not point.changed_files
            point.note("proved", state=PROVED)
            removed, warnings = self._cleaned_up(point if unchanged else None)
        return {"changed": False, "point": point.told(), "removed": removed, "warnings": warnings}

    def restored(self) -> dict[str, t.Any]:
        with _told():
            point = self._points.named(self._parameters["name"]) if self._parameters["name"] else self._points.open()
            if point is None:
                return {"changed": False, "put_back": []}
            if self._check_mode:
                paths = [entry["path"] for entry in point.changed_files]
                return {"changed": True, "put_back": paths, "point": point.told()}
            with self._points.locked(wait=True):
                point = point.read_again()
                if point.state == PROVED:
                    raise ChangeError(
                        "The change of {0} is proved, so it is not undone. Remedy: go back to it with k12.sif.rollback.".format(point.name)
                    )
                self._control.recall(point.manifest)
                # After "tried" the offset is that of the new start; from here on the log belongs to the old files again.
                logged = self._logged(point)
                if point.state == OPEN:
                    # Only a sign of life, which the undoing does not depend on.
                    with contextlib.suppress(PointsError):
                        point.note("undoing")
                restored = undo(point, self._control, self._stopping, "the run")
                stays = self._control.stays()
                warnings = self._cleaned_up()[1]
        told = {"put_back": restored, "point": point.told(), "agent_runs": stays, "warnings": warnings}
        return {"changed": True, **told, **logged}

    def _stop_if(self, runs: bool) -> None:
        if runs:
            self._told_to_stop = True
            self._control.stop(*self._stopping)

    def _differing_since(self, points: list[Point]) -> list[tuple[dict[str, t.Any], str]]:
        """Of each file what it was when the first of the points was made: in the oldest of them that keeps it."""
        oldest: dict[str, tuple[dict[str, t.Any], str]] = {}
        for point in points:
            for entry in point.manifest["files"]:
                oldest.setdefault(entry["path"], (entry, point.directory))
        return [pair for pair in oldest.values() if self._points.disk.differs(pair[0])]

    def _cleaned_up(self, unused: t.Optional[Point] = None) -> tuple[list[str], list[str]]:
        """Remove a point that is of no use, and the oldest above the number; returns their names, and what went wrong.

        The change is over by then: what cannot be removed is no reason to undo it.
        """
        removed: list[str] = []
        try:
            if unused:
                unused.remove()
                removed.append(unused.name)
            return removed + self._points.prune(self._parameters["keep"]), []
        except (FilesError, PointsError) as error:
            return removed, [_sentence(error)]

    def _still_open(self) -> Point:
        point = self._points.named(self._parameters["name"])
        if point.state != OPEN:
            raise ChangeError(
                "The restore point {0} is not open any more: {1}, because this run gave no sign of life for {2} seconds. Remedy:"
                " raise guard_timeout (sif_agent_guard_timeout) and run again.".format(
                    point.name, point.manifest["history"][-1]["what"], point.manifest["guard_timeout"]
                )
            )
        return point

    def _abandon(self, point: Point) -> str:
        """Nothing was changed yet: only an agent that was stopped already is started again. Returns how the agent is.

        One that was told to stop, and takes longer than it may, can still end; the guard sees to that it is started then.
        """
        if self._told_to_stop and self._control.runs():
            point.note("given up: the agent did not stop", abandoned=True)
            return self._guard.ABANDONED
        if self._told_to_stop:
            self._control.start()
        point.remove()
        return "is as before"

    def _busy(self, point: Point) -> str:
        text = "The change of another run is open on this agent: the restore point {0} in {1}. Nothing was touched. Remedy: ".format(
            point.name, self._points.directory
        )
        if self._guard.alive(point):
            return text + "wait until that run is done; if it was interrupted, {0}.".format(self._guard.promise(point))
        return text + "{0}, so it was interrupted; undo it with state restored, or run k12.sif.connect again.".format(self._guard.GONE)

    def _logged(self, point: Point) -> dict[str, t.Any]:
        path, offset = self._parameters["log_path"], point.manifest.get("log_offset")
        if not path or offset is None:
            return {}
        text = self._log.since(path, offset)
        return {"log_findings": log.findings(text)}


@contextlib.contextmanager
def _told() -> t.Iterator[None]:
    """Every expected error of the parts is the module's."""
    try:
        yield
    except (ControlError, FilesError, PointsError) as error:
        raise ChangeError(_sentence(error)) from None


def _sentence(error: Exception) -> str:
    text = str(error)
    return text[:1].upper() + text[1:]


def _this_host(parameters: dict[str, t.Any]) -> Host:
    points = Points(parameters["directory"])
    return Host(points, Guard(points), _control(parameters), log)


def _control(parameters: dict[str, t.Any]) -> t.Optional[Control]:
    if parameters["service"]:
        return Service(parameters["service"])
    if parameters["status_command"]:
        commands = (parameters[name + "_command"] for name in ("start", "stop", "status"))
        return Commands(*commands, pid_file=parameters["pid_file"])
    return None
