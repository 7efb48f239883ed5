"""Where things lie: the repository's folders and what a build writes."""

from __future__ import annotations

from pathlib import Path

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


def work_folder(edition: str) -> Path:
    """The folder in which an edition's pages are put together."""
    return BUILD / "work" / edition
