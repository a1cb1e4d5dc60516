# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Restore points: what a run is about to change on this host, kept so that it can be undone.

One directory holds them all. A point is a directory in it, named by the time (UTC) it was made, with C(manifest.json) and the
copies. At most one is C(open): the run that made it is neither proved nor undone yet.
"""

from __future__ import annotations

import contextlib
import datetime
import fcntl
import json
import os
import typing as t

from . import files

MANIFEST = "manifest.json"
OPEN, PROVED, RESTORED = "open", "proved", "restored"
_VERSION = 1
# Bytes by which a manifest grows. It is filled up with blanks, so that its last lines find room on a disk that is full by then.
_STEP = 16384
_SPARE = 4096  # bytes; a run writes a handful of lines after the files were kept


class PointsError(Exception):
    """A restore point cannot be made, found or read. The text says which and the remedy."""


class Point:
    """One restore point.

    Args:
        directory: where it is.
        manifest: what its manifest says.
        disk: the module C(files), or what does the same on another host.
    """

    def __init__(self, directory: str, manifest: dict[str, t.Any], disk: t.Any = files) -> None:
        self.directory = directory
        self.manifest = manifest
        self._disk = disk
        self._reserved = 0

    @classmethod
    def read(cls, directory: str, disk: t.Any = files) -> Point:
        """Raises: PointsError, when it has no readable manifest."""
        try:
            content = disk.read(disk.paths.join(directory, MANIFEST))
            manifest = json.loads(content.decode("utf-8"))
        except (OSError, ValueError) as error:
            raise PointsError(
                "The restore point {0} has no readable manifest: {1}. Remedy: look at its copies, then remove the directory.".format(
                    directory, error
                )
            ) from None
        point = cls(directory, manifest, disk)
        point._reserved = len(content)
        return point

    def read_again(self) -> Point:
        """As it is now. Raises: PointsError, when it has no readable manifest."""
        return self.read(self.directory, self._disk)

    @property
    def name(self) -> str:
        return self._disk.paths.basename(self.directory)

    @property
    def state(self) -> str:
        return self.manifest["state"]

    @property
    def changed_files(self) -> list[dict[str, t.Any]]:
        """The entries of the files that differ now from what was kept."""
        return [entry for entry in self.manifest["files"] if self._disk.differs(entry)]

    def note(self, what: str, **values: t.Any) -> None:
        """Write a line of the point's history, and values, into the manifest. Also the sign of life that the guard waits for.

        Raises:
            PointsError: the manifest cannot be written.
        """
        self.manifest.update(values)
        self.manifest["history"].append({"at": _now().isoformat(timespec="seconds"), "what": what})
        content = json.dumps(self.manifest, indent=1).encode("utf-8")
        try:
            self._disk.write(self._disk.paths.join(self.directory, MANIFEST), content.ljust(self._room(len(content)) - 1) + b"\n")
        except OSError as error:
            raise PointsError(
                "{0} cannot be written: {1}. Remedy: make room, or check permissions.".format(self.directory, error.strerror)
            ) from None

    def _room(self, needed: int) -> int:
        """Bytes for the manifest: once it has some, no more than it has as long as that is enough."""
        if needed >= self._reserved:
            self._reserved = -(-(needed + _SPARE) // _STEP) * _STEP
        return self._reserved

    def keep(self, paths: list[str], stop: t.Callable[[], None]) -> None:
        """Copy the files, stop the agent, and copy again what it wrote when it stopped.

        So a file that cannot be kept is an error while the agent still runs. Only when all copies are there the manifest names them.

        Args:
            paths: the files.
            stop: stops the agent.
        """
        rehearsed = [self._disk.keep(path, self.directory, number) for number, path in enumerate(paths, 1)]
        stop()
        kept = [
            self._disk.keep(entry["path"], self.directory, number) if self._disk.differs(entry) else entry
            for number, entry in enumerate(rehearsed, 1)
        ]
        self.note("files kept", files=kept)

    def put_back(self) -> list[str]:
        """Make all files what they were; returns the paths of those that were not.

        Raises:
            FilesError: as C(put_back_all).
        """
        return put_back_all([(entry, self.directory) for entry in self.changed_files], self._disk)

    def remove(self) -> None:
        """Raises: PointsError, when it cannot be removed."""
        try:
            self._disk.remove_folder(self.directory)
        except OSError as error:
            raise PointsError(
                "{0} cannot be removed: {1}. Remedy: check its permissions.".format(self.directory, error.strerror)
            ) from None

    def told(self) -> dict[str, t.Any]:
        """The point for the result of a module."""
        return dict(self.manifest, name=self.name, directory=self.directory)


class Points:
    """All restore points of one agent.

    Args:
        directory: where they are; it need not exist yet.
        disk: the module C(files), or what does the same on another host.
    """

    def __init__(self, directory: str, disk: t.Any = files) -> None:
        self.directory = directory
        self.disk = disk

    def settle(self, point: Point) -> None:
        """Let what the open point's run wrote outlive a loss of power, because the point may be closed soon."""
        for entry in point.manifest["files"]:
            self.disk.settle(entry["real_path"])

    def all(self) -> list[Point]:
        """Oldest first, without those that cannot be read.

        Raises:
            PointsError: the newest cannot be read; it may be that of an open change.
            FilesError: somebody else may have written one.
        """
        names = self._names()
        points = [] if not names else [self._read(names[-1])]
        for name in reversed(names[:-1]):
            with contextlib.suppress(PointsError):
                points.insert(0, self._read(name))
        return points

    def since(self, name: str) -> list[Point]:
        """The closed points from that of a name on, oldest first.

        Raises:
            PointsError: there is none of that name.
        """
        named = self.named(name)
        return [named] + [point for point in self.all() if point.name > name and point.state != OPEN]

    def _read(self, name: str) -> Point:
        directory = self.disk.paths.join(self.directory, name)
        self.disk.refuse_foreign(directory)
        return Point.read(directory, self.disk)

    def _names(self) -> list[str]:
        try:
            # Without a manifest it was not finished, and nothing was touched yet: the manifest is written before anything else.
            names = sorted(self.disk.folders_with(MANIFEST, self.directory))
        except FileNotFoundError:
            return []
        except OSError as error:
            raise PointsError(
                "{0} cannot be read: {1}. Remedy: check its permissions, or use become.".format(self.directory, error.strerror)
            ) from None
        self.disk.refuse_foreign(self.directory)
        return [name for name in names if not name.startswith(".")]

    def open(self) -> t.Optional[Point]:
        """The point of a run that has not ended, if there is one."""
        return the_open(self.all())

    def named(self, name: str) -> Point:
        """Raises: PointsError, when there is none of that name."""
        names = self._names()
        if name not in names:
            raise PointsError(
                "There is no restore point {0} in {1}. Remedy: choose one of {2}.".format(
                    name, self.directory, ", ".join(names) or "none: nothing was changed here yet"
                )
            )
        return self._read(name)

    def create(self, **values: t.Any) -> Point:
        """Make an open point that keeps nothing yet.

        Raises:
            PointsError: it cannot be written.
        """
        name = _now().strftime("%Y-%m-%dT%H%M%S.%fZ")
        manifest = {"version": _VERSION, "state": OPEN, "files": [], "history": [], **values}
        point = Point(self.disk.paths.join(self.directory, name), manifest, self.disk)
        try:
            self.disk.make_folder(point.directory)
        except OSError as error:
            raise PointsError(
                "{0} cannot be made: {1}. Remedy: make room, or set another restore directory.".format(point.directory, error.strerror)
            ) from None
        try:
            point.note("begun")
        except PointsError:
            point.remove()
            raise
        return point

    def prune(self, kept: int) -> list[str]:
        """Remove the oldest points, down to a number of proved and a number of restored ones; returns their names.

        Apart from each other, so that runs that fail every night do not drive out the last proved change.
        """
        removed = []
        for state in (PROVED, RESTORED):
            closed = [point for point in self.all() if point.state == state]
            for point in closed[: max(0, len(closed) - kept)]:
                point.remove()
                removed.append(point.name)
        return removed

    @contextlib.contextmanager
    def locked(self, wait: bool = False) -> t.Iterator[None]:
        """Nobody else changes points meanwhile. Makes the directory.

        Raises:
            PointsError: somebody else does, and C(wait) is false; or the directory cannot be used.
        """
        try:
            os.makedirs(self.directory, 0o700, exist_ok=True)
            stream = open(os.path.join(self.directory, ".lock"), "ab")
        except OSError as error:
            raise PointsError(
                "{0} cannot be used: {1}. Remedy: set another restore directory, or use become.".format(self.directory, error.strerror)
            ) from None
        with stream:
            try:
                fcntl.flock(stream, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
            except BlockingIOError:
                raise PointsError(
                    "Another run, or the guard of an interrupted one, is at work on this agent right now. Remedy: wait until it is done."
                ) from None
            yield


def put_back_all(entries: list[tuple[dict[str, t.Any], str]], disk: t.Any = files) -> list[str]:
    """Put back files from their copies, all or none as far as that can be foreseen; returns their paths.

    Args:
        entries: an entry of a manifest and the directory of its copy each.
        disk: where they are.
    Raises:
        FilesError: a copy is damaged or there is no room for a file (then no file was touched), or a file could not be put back (the
            others were).
    """
    for entry, directory in entries:
        disk.check_copy(entry, directory)
    failed = None
    with contextlib.ExitStack() as ready:
        replace = [ready.enter_context(disk.ready(entry, directory)) for entry, directory in entries]
        for put_in_place in replace:
            try:
                put_in_place()
            except files.FilesError as error:
                failed = failed or error
    if failed:
        raise failed
    return [entry["path"] for entry, dummy in entries]


def the_open(points: list[Point]) -> t.Optional[Point]:
    """That of a run that has not ended; there is at most one."""
    return next((point for point in reversed(points) if point.state == OPEN), None)


def _now() -> datetime.datetime:
    return datetime.datetime.now(datetime.timezone.utc)
