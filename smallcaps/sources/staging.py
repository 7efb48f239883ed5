"""How a vintage comes into being: whole in a staging folder, then by one rename and one replacement of the pointer.

A kill before the pointer is replaced leaves the old snapshot in use, one after it the new one. A vintage folder that
was moved into place but never pointed to is known by a note and goes away with the next refresh.
"""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from smallcaps.manifest import LOCAL, POINTER
from smallcaps.snapshot import Snapshot
from smallcaps.sources.errors import RefreshRefusedError

WORK = ".refresh"  # beside the snapshot folder: the lock, the staging folder, the download cache
STAGING, LOCK, CACHE, MOVING = "staging", "lock", "downloads", "moving"


def work_folder(snapshots: Path) -> Path:
    """The folder in which a refresh of the vintages in `snapshots` works; it lies on the same file system."""
    return snapshots.parent / WORK


@contextmanager
def only_refresh(snapshots: Path) -> Iterator[None]:
    """Hold the lock of `snapshots` and clear away what a killed refresh left; RefreshRefusedError if one runs."""
    work = work_folder(snapshots)
    with told("the snapshot folder cannot be written"):
        work.mkdir(parents=True, exist_ok=True)
        lock = FileLock(work / LOCK)
        try:
            lock.acquire(timeout=0)
        except Timeout:
            raise RefreshRefusedError("another refresh of this snapshot is running; wait until it has ended") from None
    try:
        with told("the leftovers of an earlier refresh cannot be removed"):
            _clear(snapshots)
        yield
    finally:
        lock.release()


def publish(snapshots: Path, vintage: str, files: Mapping[str, bytes]) -> None:
    """Make `files` (name, with `local/` before it for what stays here, to content) the vintage `vintage`, the current.

    RefreshRefusedError if the folder cannot be written or the disk is full; the old snapshot is whole then.
    """
    work = work_folder(snapshots)
    staged, target = work / STAGING, snapshots / vintage
    if target.exists():
        raise RefreshRefusedError(f"the vintage {vintage!r} exists already; a vintage is never written twice")
    with told("the new vintage cannot be written"):
        try:
            (staged / LOCAL).mkdir(parents=True)
            for name, content in files.items():
                _write(staged / name, content)
            if not any((staged / LOCAL).iterdir()):
                (staged / LOCAL).rmdir()
            _settle(staged)
            Snapshot(work, STAGING).verify()  # by the loader that the book uses, from the disk
            pointer = work / f"{STAGING}.{POINTER}"
            _write(pointer, f"{vintage}\n".encode())
            _write(work / MOVING, vintage.encode())
            os.rename(staged, target)
            _settle(snapshots)
            os.replace(pointer, snapshots / POINTER)
        except Exception:
            with suppress(OSError):
                _clear(snapshots)
            raise
        with suppress(OSError):  # the new vintage stands; the note goes with the next refresh if it cannot go now
            _settle(snapshots)
            (work / MOVING).unlink()


@contextmanager
def told(what: str) -> Iterator[None]:
    """Turn an OSError of the block into one line that begins with `what`."""
    try:
        yield
    except OSError as error:
        reasons = {
            errno.ENOSPC: "the disk is full",
            errno.EDQUOT: "the disk quota is used up",
            errno.EROFS: "the file system is read-only",
            errno.EACCES: "permission is denied",
            errno.EPERM: "permission is denied",
        }
        why = reasons.get(error.errno, error.strerror or type(error).__name__)
        raise RefreshRefusedError(f"{what}: {why}; the snapshot is as it was") from None


def _write(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _settle(folder: Path) -> None:
    """Have the folder's own entries on disk, where the system can do that."""
    if hasattr(os, "O_DIRECTORY"):
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _clear(snapshots: Path) -> None:
    """Remove what a refresh left that did not end: the staging folder, and a vintage that nobody was pointed to."""
    work = work_folder(snapshots)
    note = work / MOVING
    if note.is_file():
        vintage = note.read_text(encoding="utf-8").strip()
        current = (snapshots / POINTER).read_text(encoding="utf-8").strip()
        if vintage and vintage != current and (snapshots / vintage).is_dir() and Path(vintage).name == vintage:
            shutil.rmtree(work / STAGING, ignore_errors=True)
            os.rename(snapshots / vintage, work / STAGING)  # at once, so that it is never half a vintage
        note.unlink()
    if (work / STAGING).exists():
        shutil.rmtree(work / STAGING)
    (work / f"{STAGING}.{POINTER}").unlink(missing_ok=True)
