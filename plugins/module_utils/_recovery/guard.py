# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Undoing a run, and the guard: a process that undoes a run which gives no sign of life any more."""

from __future__ import annotations

import contextlib
import fcntl
import os
import signal
import time
import traceback
import typing as t

from .control import Control, ControlError
from .files import FilesError
from .points import MANIFEST, OPEN, RESTORED, Point, Points, PointsError

_LOG = ".guard.log"
_LOCK = ".guard"
_POLL = 1.0  # seconds
_RETRY = 30.0  # seconds until an undoing that failed is tried again
_MOST_TRIES = 120
_MOST_FILES = 65536  # more files than a module has open


class Stopping(t.NamedTuple):
    """How the agent is stopped: seconds to wait, and whether it is killed then."""

    timeout: float
    force: bool


def undo(point: Point, control: Control, stopping: Stopping, who: str) -> list[str]:
    """Put back what a point keeps and let the agent run with it; an agent that runs with the kept files is left alone.

    Returns:
        the paths that were put back.
    Raises:
        ControlError: the agent does not stop (nothing was put back) or does not start.
        FilesError: a file could not be put back. The agent was started all the same: better with what there is than not at all.
    """
    restored: list[str] = []
    try:
        # One that was started with other files may still have them in its memory.
        if point.changed_files or point.manifest.get("started_changed"):
            if control.runs():
                control.stop(*stopping)
            restored = point.put_back()
    finally:
        control.revive(*stopping)
    point.note("restored by {0}".format(who), state=RESTORED, restored_by=who)
    return restored


class Guard:
    """Watches over an open restore point in a process of its own, which outlives the module and its connection."""

    GONE = "its guard is gone"
    ABANDONED = "is as before"

    def __init__(self, points: Points) -> None:
        self._points = points

    def alive(self, dummy: Point) -> bool:
        """Whether a guard is on watch over the open point. The lock it holds cannot outlive it, not even by a reboot."""
        try:
            with open(os.path.join(self._points.directory, _LOCK), "rb") as stream:
                fcntl.flock(stream, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except FileNotFoundError:
            return False
        except BlockingIOError:
            return True
        return False

    def until(self, point: Point) -> str:
        """When the guard undoes the open point, unless there is a sign of life before (UTC)."""
        sign = os.stat(os.path.join(point.directory, MANIFEST)).st_mtime
        return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(sign + point.manifest["guard_timeout"]))

    def promise(self, point: Point) -> str:
        """What becomes of the open point if its run was interrupted."""
        return "its guard undoes it at {0}".format(self.until(point))

    def arm(self, point: Point, timeout: float, control: Control, stopping: Stopping) -> None:
        """Start the guard; returns once it is on watch.

        Raises:
            PointsError: it could not be started.
        """
        ready, told = os.pipe()
        child = os.fork()
        if child == 0:
            self._be_the_guard(told, point, timeout, control, stopping)
        os.close(told)
        with os.fdopen(ready, "rb") as stream:
            on_watch = stream.read(1) == b"1"
        os.waitpid(child, 0)
        if not on_watch:
            raise PointsError(
                "The guard of {0} did not start, so nothing was touched. Remedy: see {1}.".format(
                    point.name, os.path.join(self._points.directory, _LOG)
                )
            )

    def _be_the_guard(self, told: int, point: Point, timeout: float, control: Control, stopping: Stopping) -> None:
        """In the new process; never returns, because the module's own code would go on here."""
        try:
            os.setsid()
            if os.fork():
                os._exit(0)
            signal.signal(signal.SIGHUP, signal.SIG_IGN)
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            nothing = os.open(os.devnull, os.O_RDWR)
            log = os.open(os.path.join(self._points.directory, _LOG), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            for number, target in enumerate((nothing, log, log)):
                os.dup2(target, number)
            # Not one file of the connection stays open, or the connection would wait for this process.
            told = os.dup2(told, 3, inheritable=False)
            os.closerange(4, _MOST_FILES)
            with open(os.path.join(self._points.directory, _LOCK), "wb") as lock:
                self._relieve(lock)
                os.write(told, b"1")
                os.close(told)
                self._watch(point.directory, timeout, control, stopping)
        except BaseException:
            os.write(2, traceback.format_exc().encode("utf-8", "replace"))
        finally:
            os._exit(0)

    @staticmethod
    def _relieve(lock: t.IO[bytes]) -> None:
        """Take the lock; the guard of a point that was closed a moment ago holds it until it has noticed."""
        until = time.monotonic() + 5 * _POLL
        while True:
            try:
                return fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() >= until:
                    raise
                time.sleep(_POLL / 10)

    def _watch(self, directory: str, timeout: float, control: Control, stopping: Stopping) -> None:
        seen, until, tries = None, 0.0, 0
        while tries < _MOST_TRIES:
            sign = self._sign_of_life(directory)
            if sign is None:
                return
            if sign != seen:
                seen, until = sign, time.monotonic() + timeout
            elif time.monotonic() >= until or (not tries and self._abandoned_and_gone(directory, control)):
                try:
                    with self._points.locked(wait=True):
                        if self._sign_of_life(directory) != seen:
                            continue
                        if self._act(directory, control, stopping):
                            return
                except PointsError as error:
                    _say(str(error))
                seen, until, tries = self._sign_of_life(directory), time.monotonic() + _RETRY, tries + 1
            time.sleep(min(_POLL, timeout / 10))

    @staticmethod
    def _abandoned_and_gone(directory: str, control: Control) -> bool:
        """Whether the run gave up because the agent did not stop in time, and it has stopped since."""
        try:
            return bool(Point.read(directory).manifest.get("abandoned")) and not control.runs()
        except (ControlError, PointsError):
            return False

    @staticmethod
    def _sign_of_life(directory: str) -> t.Optional[int]:
        """Changes whenever the run does something; None when the point is closed or gone."""
        try:
            sign = os.stat(os.path.join(directory, MANIFEST)).st_mtime_ns
            return sign if Point.read(directory).state == OPEN else None
        except FileNotFoundError:
            return None
        except PointsError:
            return 0

    @staticmethod
    def _act(directory: str, control: Control, stopping: Stopping) -> bool:
        """Undo the change; whether that is done. Without a readable manifest the agent is at least started."""
        name = os.path.basename(directory)
        _say("{0}: its run gave no sign of life, undoing it".format(name))
        try:
            try:
                point = Point.read(directory)
            except PointsError:
                if not control.runs():
                    control.start()
                raise
            restored = undo(point, control, stopping, "the guard")
        except (ControlError, FilesError, PointsError) as error:
            _say("{0}: {1}".format(name, error))
            return False
        _say("{0}: put back {1}; the agent runs".format(name, ", ".join(restored) or "nothing, no file had changed"))
        return True


def _say(text: str) -> None:
    """Into the guard's log; a full disk keeps it from saying anything, not from acting."""
    with contextlib.suppress(OSError):
        os.write(1, "{0} {1}\n".format(time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()), text).encode("utf-8", "replace"))
