"""Which vintages of the data lie in the repository, and what the manifest of one says of its files."""

from __future__ import annotations

import hashlib
import json
import os
from functools import lru_cache
from pathlib import Path
from typing import Any

from smallcaps.catalog import ROOT, read_yaml
from smallcaps.errors import DataError, InputError

SNAPSHOTS = ROOT / "data" / "snapshot"
POINTER = "CURRENT"
MANIFEST = "manifest.json"
LOCAL = "local"  # tables of a vintage that stay on the machine: the publishers' terms forbid passing them on
SETTING = "SMALLCAPS_VINTAGE"  # a build with another vintage than the pointer's: its kernels inherit it


def vintages(folder: Path = SNAPSHOTS) -> tuple[str, ...]:
    """The names of the vintages that lie in `folder`, oldest first."""
    return tuple(sorted(path.parent.name for path in folder.glob(f"*/{MANIFEST}")))


def pointed_vintage(folder: Path = SNAPSHOTS) -> str:
    """The vintage that the pointer file names; DataError if the pointer or its target is missing."""
    try:
        name = (folder / POINTER).read_text(encoding="utf-8").strip()
    except OSError:
        raise DataError(f"pointer file {POINTER} is missing from the snapshot folder") from None
    except UnicodeDecodeError:
        raise DataError(f"pointer file {POINTER} is no UTF-8 text; it holds the name of one vintage") from None
    if name not in vintages(folder):
        raise DataError(f"pointer file {POINTER} names vintage {name!r}; vintages that exist: {_listed(folder)}")
    return name


def check_vintage(name: str, folder: Path = SNAPSHOTS) -> str:
    """`name` if such a vintage lies in `folder`; InputError otherwise."""
    if name not in vintages(folder):
        raise InputError(f"unknown vintage {name!r}; vintages that exist: {_listed(folder)}")
    return name


def use_vintage(name: str, folder: Path = SNAPSHOTS) -> None:
    """Let this process, and those that it starts, work with the vintage `name`; InputError if there is none such."""
    os.environ[SETTING] = check_vintage(name, folder)


def current_vintage(folder: Path = SNAPSHOTS) -> str:
    """The vintage to work with: the one that the environment asks for (`make book VINTAGE=…`), else the pointer's."""
    asked = os.environ.get(SETTING)
    return check_vintage(asked, folder) if asked else pointed_vintage(folder)


def read_manifest(path: Path) -> dict[str, Any]:
    """The manifest of the vintage in the folder `path`, its local tables among the others.

    DataError if it is missing, no manifest, or has a table without file or sha256.
    """
    manifest = _read(path / MANIFEST)
    if (path / LOCAL / MANIFEST).is_file():
        local = _read(path / LOCAL / MANIFEST)["tables"]
        here = {table: {**entry, "file": f"{LOCAL}/{entry['file']}"} for table, entry in local.items()}
        manifest["tables"] = {**here, **manifest["tables"]}
    return manifest


def verified_content(path: Path, table: str, entry: dict[str, Any]) -> bytes:
    """The bytes of `table`'s file in the vintage's folder `path`; DataError if the file is missing or altered."""
    file = f"{path.name}/{entry['file']}"
    try:
        content = (path / entry["file"]).read_bytes()
    except OSError:
        raise DataError(f"table {table!r}: file {file} is missing") from None
    found = hashlib.sha256(content).hexdigest()
    if found != entry["sha256"]:
        raise DataError(
            f"table {table!r}: file {file} was altered: "
            f"its sha256 is {found[:12]}…, the manifest says {entry['sha256'][:12]}…"
        )
    return content


@lru_cache(maxsize=8)
def stated(vintage: str, folder: Path = SNAPSHOTS) -> dict[str, dict[str, Any]]:
    """What catalog and manifest say of each table of a vintage: the catalog's entry with the manifest's facts over it,
    and under `manifest` the manifest's own. Nothing is validated here; `Snapshot` does that."""
    known = read_yaml(folder.parent / "catalog.yml")
    described = {**known.get("later", {}), **known["tables"]}
    tables = read_manifest(folder / vintage)["tables"]
    return {
        table: {**described[table], **entry.get("facts", {}), "manifest": entry}
        for table, entry in tables.items()
        if table in described
    }


def stated_of(table: str, vintage: str, folder: Path = SNAPSHOTS) -> dict[str, Any]:
    """What `stated` has of one table; DataError if the vintage does not hold it."""
    try:
        return stated(vintage, folder)[table]
    except KeyError:
        raise DataError(f"table {table!r} is not in the manifest of vintage {vintage}") from None


def check_files(vintage: str, folder: Path = SNAPSHOTS) -> None:
    """Raise DataError for the first table of the vintage whose file is missing or altered."""
    for table, entry in read_manifest(folder / vintage)["tables"].items():
        verified_content(folder / vintage, table, entry)


def _listed(folder: Path) -> str:
    return ", ".join(vintages(folder)) or "none"


def _read(path: Path) -> dict[str, Any]:
    vintage = path.parent.name
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
        complete = all({"file", "sha256"} <= set(entry) for entry in manifest["tables"].values())
    except OSError:
        raise DataError(f"manifest of vintage {vintage} is missing") from None
    except (ValueError, KeyError, TypeError, AttributeError):
        raise DataError(f"manifest of vintage {vintage} does not read as a manifest") from None
    if not complete:
        raise DataError(f"manifest of vintage {vintage} has a table without file or sha256")
    return manifest
