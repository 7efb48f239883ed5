"""What must run: each notebook with its parameters and the hash of everything that goes into it."""

from __future__ import annotations

import hashlib
import json
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from smallcaps.book import paths
from smallcaps.book.parameters import (
    CHAPTERS,
    SUMMARIES,
    TABLES,
    Parameters,
    check_month,
    check_order,
    own_sums,
    span,
    validate,
)
from smallcaps.errors import BuildError, InputError
from smallcaps.manifest import current_vintage, pointed_vintage, stated_of

# Modules that decide how pages look, not what a notebook computes: a change of theirs runs no notebook again.
_PAGE_MODULES = (
    "assemble",
    "bare",
    "batch",
    "bundle",
    "cards",
    "check",
    "comparison",
    "crate",
    "crate_inputs",
    "differences",
    "ebook",
    "editions",
    "engine",
    "execute",
    "fewer",
    "finish",
    "history",
    "inputs",
    "landing",
    "lint",
    "mend",
    "methods",
    "pages",
    "plan",
    "printing",
    "reach",
    "reference",
    "repository",
    "serve",
    "sheets",
    "single",
    "site",
    "social",
    "templates",
    "terms",
    "typeset",
    "verify",
)


_EDITION = re.compile(r"[a-z0-9][a-z0-9_-]{0,59}")


@dataclass(frozen=True)
class Run:
    """One notebook to be executed: `key` identifies it with all that goes into it."""

    chapter: str
    parameters: Parameters
    key: str

    @property
    def source(self) -> Path:
        """The notebook in the repository."""
        return paths.CHAPTERS / f"{self.chapter}.ipynb"

    @property
    def output(self) -> Path:
        """Where the executed notebook lies once it has run."""
        return paths.CACHE / self.chapter / f"{self.key}.ipynb"


@dataclass(frozen=True)
class Edition:
    """A whole book: its name, the window asked for, the runs, and the chapters that its window does not reach."""

    name: str
    start: str
    end: str
    runs: tuple[Run, ...]
    uncovered: tuple[str, ...]

    @property
    def built_from(self) -> str:
        """The sha256 of all inputs of the runs."""
        return digest([run.key for run in self.runs], [self.start, self.end])


def book_span() -> tuple[str, str]:
    """First and last month (YYYY-MM) that any chapter covers."""
    return span(next(iter(SUMMARIES)))


def plan_edition(start: str | None = None, end: str | None = None, name: str | None = None) -> Edition:
    """The edition from `start` to `end` (YYYY-MM; None: as far as the data go), with the vintage at work.

    A chapter whose tables do not reach the window is left out and named; InputError if that leaves none, or for
    dates or a name that are not allowed.
    """
    if name and not _EDITION.fullmatch(name):
        raise InputError(f"NAME={name!r}: should be lower-case letters, digits, - and _, such as before-1979")
    first, last = book_span()
    start, end = (check_month("START", start) if start else first), (check_month("END", end) if end else last)
    check_order(start, end)
    uncovered = tuple(chapter for chapter in CHAPTERS if end < span(chapter)[0] or start > span(chapter)[1])
    if len(uncovered) == len(CHAPTERS):
        raise InputError(f"no chapter's data reach {start} to {end}; the book's data cover {first} to {last}")
    vintage = current_vintage(paths.snapshots())
    parts = [] if vintage == pointed_vintage(paths.snapshots()) else [f"vintage-{vintage}"]
    parts += [] if (start, end) == (first, last) else [f"{start}_{end}"]
    if name == "book" and parts:
        raise InputError("NAME='book' is the whole book; an edition with its own dates or vintage needs another name")
    runs = tuple(
        plan_run(chapter, {"start": start, "end": end, "strict": False})
        for chapter in CHAPTERS
        if chapter not in uncovered
    )
    return Edition(name or "_".join(parts) or "book", start, end, runs, uncovered)


def plan_run(chapter: str, values: Mapping[str, Any]) -> Run:
    """The run of `chapter` with `values` over its defaults; InputError as parameters.validate gives it."""
    parameters = validate(chapter, values)
    return Run(chapter, parameters, input_hash(chapter, parameters))


def plan_summaries(edition: Edition, results: Path) -> tuple[Run, ...]:
    """The runs of the pages that draw on the chapters' results, which lie in the file `results`."""
    values = {"start": edition.start, "end": edition.end, "strict": False}
    values["results"] = results.relative_to(paths.ROOT).as_posix()
    return tuple(plan_run(name, values) for name in SUMMARIES)


def input_hash(chapter: str, parameters: Parameters) -> str:
    """The sha256 of what decides the result: notebook, parameters, tables or results, code, packages, Python."""
    return digest(
        notebook_content(paths.CHAPTERS / f"{chapter}.ipynb"),
        parameters.model_dump(),  # of a summary it holds the results' file, whose name is the hash of its content
        {table: table_hash(table) for table in TABLES[chapter]} | own_sums(parameters),
        _code_hash(),
        f"{sys.version_info.major}.{sys.version_info.minor}",
    )


def digest(*parts: Any) -> str:
    """The sha256 of the parts as canonical JSON."""
    text = json.dumps(parts, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def notebook_content(path: Path) -> list[list[Any]]:
    """What a notebook says: type, source and tags of each cell, without outputs, ids and counts."""
    try:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    except OSError:
        raise BuildError(f"notebook {path.name} is missing from chapters/") from None
    except (json.JSONDecodeError, KeyError):
        raise BuildError(f"notebook {path.name} does not read as a notebook") from None
    return [[c["cell_type"], "".join(c["source"]), c.get("metadata", {}).get("tags", [])] for c in cells]


def table_hash(table: str) -> str:
    """The hash of a table's file, as the manifest records it, and of its catalog entry."""
    folder = paths.snapshots()
    return digest(stated_of(table, current_vintage(folder), folder))


@lru_cache(maxsize=1)
def _code_hash() -> str:
    lock = paths.ROOT / "requirements.txt"
    return digest(code_files(), hashlib.sha256(lock.read_bytes()).hexdigest())


def code_files() -> dict[str, str]:
    """The sha256 of each module that decides what a notebook computes, by its path below the package."""
    package = paths.ROOT / "smallcaps"
    return {
        path.relative_to(package).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted([*package.rglob("*.py"), *package.rglob("*.ttf")])
        if path.relative_to(package).parts[0] != "sources"
        and not (path.parent.name == "book" and path.stem in _PAGE_MODULES)
    }
