"""Where things lie: the repository's folders and what a build writes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from smallcaps.errors import BuildError

ROOT = Path(__file__).resolve().parent.parent.parent
CHAPTERS = ROOT / "chapters"
BUILD = ROOT / "_build"
CACHE = BUILD / "cache"  # executed notebooks by the hash of everything that went into them
FAILED = BUILD / "failed"
RUNS = BUILD / "runs"
EDITIONS = BUILD / "html" / "editions"  # inside the book's site, so that links between them hold wherever it lies
LATEST_RESULTS = "_build/cache/latest-results.json"  # what the last book found, for running a summary by hand


def snapshots() -> Path:
    """The folder of the data's vintages."""
    return ROOT / "data" / "snapshot"


def site_folder(edition: str) -> Path:
    """The folder of an edition's finished site; the book itself is the edition "book"."""
    return BUILD / "html" if edition == "book" else EDITIONS / edition


def read_json(file: Path, *, remedy: str = "") -> dict[str, Any]:
    """The JSON object in a file that a build or a run wrote; OSError if there is none.

    BuildError if it is damaged, with the `remedy`: if none is given, to build or to run again.
    """
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
    except ValueError:  # also bytes that are no UTF-8
        content = None
    if not isinstance(content, dict):
        shown = file.relative_to(ROOT).as_posix() if file.is_relative_to(ROOT) else file
        anew = f"remove the folder {file.parent.name}, then run it again"
        remedy = remedy or (anew if file.is_relative_to(RUNS) else "remove it, then make book")
        raise BuildError(f"{shown} is damaged, it does not read as JSON: {remedy}")
    return content


def work_folder(edition: str) -> Path:
    """The folder in which an edition's pages are put together."""
    return BUILD / "work" / edition
