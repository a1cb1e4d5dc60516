# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Copies of single files: kept as they are now, compared, and put back in one atomic step.

This module is also the disk on which restore points lie; for a Windows host another object has the same names.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import shutil
import stat
import tempfile
import typing as t

paths = os.path
_FULL = (errno.ENOSPC, errno.EDQUOT)
_UNREADABLE = "{0} cannot be read: {1}. Remedy: check its permissions."


class FilesError(Exception):
    """A file could not be kept or put back. The text names it and the remedy."""


def keep(path: str, directory: str, number: int) -> dict[str, t.Any]:
    """Copy a file into the directory of a restore point.

    Args:
        path: the file; there may be none. A symbolic link is followed.
        directory: the restore point.
        number: makes the copy's name its own.
    Returns:
        the file's entry in the manifest: C(path), C(real_path), C(exists), and for a file that exists C(copy), C(sha256), C(mode)
        (octal digits), C(owner) and C(group) (numbers).
    Raises:
        FilesError: the file is there and cannot be read, or the copy cannot be written.
    """
    entry: dict[str, t.Any] = {"path": path, "real_path": os.path.realpath(path), "exists": True}
    try:
        with open(path, "rb") as stream:
            about, content = os.fstat(stream.fileno()), stream.read()
    except FileNotFoundError:
        return dict(entry, exists=False)
    except OSError as error:
        raise FilesError("{0} cannot be read: {1}. Remedy: check its permissions, or use become.".format(path, error.strerror)) from None
    copy = "{0}-{1}".format(number, os.path.basename(path))
    mode = stat.S_IMODE(about.st_mode)
    try:
        # Nobody else needs the copy, which may hold passwords.
        handle = os.open(os.path.join(directory, copy), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(handle)
    except OSError as error:
        raise FilesError(
            "{0} cannot be kept in {1}: {2}. Remedy: make room there, or set another restore directory.".format(
                path, directory, error.strerror
            )
        ) from None
    checksum = hashlib.sha256(content).hexdigest()
    return dict(
        entry, copy=copy, sha256=checksum, mode="{0:04o}".format(mode), owner=about.st_uid, group=about.st_gid
    )


def differs(entry: dict[str, t.Any]) -> bool:
    """Whether the file is another one than when it was kept, or for other people.

    Raises:
        FilesError: it is there and cannot be read.
    """
    path = entry["real_path"]
    checksum = checksum_of(path)
    if checksum is None or checksum != entry.get("sha256"):
        return checksum != entry.get("sha256")
    try:
        about = os.stat(path)
    except OSError as error:
        raise FilesError(_UNREADABLE.format(path, error.strerror)) from None
    return (stat.S_IMODE(about.st_mode), about.st_uid, about.st_gid) != (int(entry["mode"], 8), entry["owner"], entry["group"])


def refuse_foreign(path: str) -> None:
    """What is put back, and where, is read here with the rights of the run, so nobody else may have written it.

    Raises:
        FilesError: somebody else may have.
    """
    try:
        about = os.stat(path)
    except OSError:
        return
    if about.st_uid not in (os.geteuid(), 0) or about.st_mode & 0o022:
        raise FilesError(
            "{0} belongs to another account than the one of this run, or others may write to it, so its restore points are not trusted."
            " Remedy: run as its owner (become_user), or make it yours alone (chown, chmod go-w) once you have looked at it.".format(path)
        )


def checksum_of(path: str) -> t.Optional[str]:
    """SHA-256 of a file's content; None when there is no file.

    Raises:
        FilesError: it is there and cannot be read.
    """
    try:
        with open(path, "rb") as stream:
            return hashlib.sha256(stream.read()).hexdigest()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise FilesError(_UNREADABLE.format(path, error.strerror)) from None


def check_copy(entry: dict[str, t.Any], directory: str) -> None:
    """Make sure that a copy is what was kept.

    Raises:
        FilesError: it is not.
    """
    if entry["exists"] and checksum_of(os.path.join(directory, entry["copy"])) != entry["sha256"]:
        raise FilesError(
            "{0} of {1} is missing or was changed since it was kept, so it is not put back. Remedy: choose another restore"
            " point.".format(entry["copy"], directory)
        )


@contextlib.contextmanager
def ready(entry: dict[str, t.Any], directory: str) -> t.Iterator[t.Callable[[], None]]:
    """Get ready to make a file what it was when it was kept, its owner and mode included; one that was not there is removed.

    Returns:
        what does it, in one step.
    Raises:
        FilesError: that is not possible; the file is as it was. Also from what is returned.
    """
    path = entry["real_path"]
    temporary = None
    try:
        with _told(path, directory):
            temporary = _prepared(path, os.path.join(directory, entry["copy"]), entry) if entry["exists"] else None

        def put_in_place() -> None:
            with _told(path, directory):
                if temporary:
                    os.replace(temporary, path)
                elif os.path.lexists(path):
                    os.unlink(path)
                settle(path)

        yield put_in_place
    finally:
        if temporary and os.path.lexists(temporary):
            os.unlink(temporary)


@contextlib.contextmanager
def _told(path: str, directory: str) -> t.Iterator[None]:
    try:
        yield
    except OSError as error:
        raise FilesError(
            "{0} could not be put back from {1}: {2}. Remedy: mend that, then run again.".format(path, directory, error.strerror)
        ) from None


def settle(path: str) -> None:
    """Let a file, and its name, outlive a loss of power, as far as the system goes along."""
    for item in (path, os.path.dirname(path)):
        with contextlib.suppress(OSError):
            handle = os.open(item, os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)


def write(path: str, content: bytes) -> None:
    """Write a small file of our own in one step; over itself when the disk is full, which takes no more room.

    Raises:
        OSError: it could not be written.
    """
    handle, temporary = tempfile.mkstemp(dir=os.path.dirname(path), prefix=".new-")
    try:
        try:
            with os.fdopen(handle, "wb") as stream:
                stream.write(content)
                stream.flush()
                os.fsync(handle)
        except OSError as error:
            if error.errno not in _FULL or not os.path.exists(path):
                raise
            with open(path, "r+b") as stream:
                stream.write(content)
                stream.truncate()
            return
        os.replace(temporary, path)
        settle(path)
    finally:
        if os.path.lexists(temporary):
            os.unlink(temporary)


def read(path: str) -> bytes:
    """Raises: OSError."""
    with open(path, "rb") as stream:
        return stream.read()


def folders_with(name: str, directory: str) -> list[str]:
    """Names of the folders in a directory that hold a file of that name.

    Raises:
        OSError: the directory cannot be read, or is not there.
    """
    return [folder for folder in os.listdir(directory) if os.path.exists(os.path.join(directory, folder, name))]


def make_folder(path: str) -> None:
    """For nobody but its owner. Raises: OSError."""
    os.mkdir(path, 0o700)
    settle(path)


def remove_folder(path: str) -> None:
    """With all that is in it. Raises: OSError."""
    shutil.rmtree(path)


def _prepared(path: str, copy: str, entry: dict[str, t.Any]) -> str:
    """The kept file beside the one it replaces, with all its attributes; returns its path."""
    handle, temporary = tempfile.mkstemp(dir=os.path.dirname(path), prefix=".k12_sif-")
    try:
        try:
            with os.fdopen(handle, "wb") as stream, open(copy, "rb") as source:
                stream.write(source.read())
                stream.flush()
                os.fsync(handle)
        except OSError as error:
            if error.errno not in _FULL:
                raise
            # A full disk has no room for another copy; a second name for the one there is takes none.
            os.unlink(temporary)
            os.link(copy, temporary)
        # By its handle: in a folder of the agent's account a name can mean another file a moment later.
        handle = os.open(temporary, os.O_RDONLY | os.O_NOFOLLOW)
        try:
            _same_attributes(path, handle)
            about = os.fstat(handle)
            if (about.st_uid, about.st_gid) != (entry["owner"], entry["group"]):
                os.fchown(handle, entry["owner"], entry["group"])
            os.fchmod(handle, int(entry["mode"], 8))
        finally:
            os.close(handle)
    except OSError:
        if os.path.lexists(temporary):
            os.unlink(temporary)
        raise
    return temporary


def _same_attributes(path: str, handle: int) -> None:
    """Give the new file the SELinux label and the access list of the one it replaces, as far as there are such things here."""
    try:
        for name in os.listxattr(path):
            os.setxattr(handle, name, os.getxattr(path, name))
    except (AttributeError, OSError):
        return
