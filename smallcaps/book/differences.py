"""What differs between two sets of results: verdicts, numbers, and the data behind each figure."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from smallcaps.book import paths
from smallcaps.errors import BuildError

FIGURES = Path("downloads", "figures")


@dataclass(frozen=True)
class Published:
    """What a site holds in numbers: claims by id as `results.json` has them, figures' CSV by "notebook/name"."""

    claims: dict[str, dict[str, Any]]
    figures: dict[str, str]
    edition: dict[str, Any]

    def of(self, chapters: set[str]) -> Published:
        """The claims and figures of these chapters alone."""
        claims = {name: claim for name, claim in self.claims.items() if claim["chapter"] in chapters}
        figures = {name: text for name, text in self.figures.items() if name.split("/")[0] in chapters}
        return Published(claims, figures, self.edition)


@dataclass(frozen=True)
class ClaimChange:
    """One claim that differs: `fields` maps each number or word that does to its two values."""

    id: str
    chapter: str
    fields: dict[str, tuple[Any, Any]]

    @property
    def verdict(self) -> tuple[str, str] | None:
        """The two verdicts, where they differ."""
        return self.fields.get("verdict")


@dataclass(frozen=True)
class Cell:
    """The cell of a figure's data that differs most."""

    row: str
    column: str
    a: float
    b: float


@dataclass(frozen=True)
class FigureChange:
    """One figure whose data differ: rows on each side (None: it is not there), cells that both have, and how many of
    them differ."""

    figure: str
    rows: tuple[int | None, int | None]
    cells: int = 0
    different: int = 0
    largest: Cell | None = None


@dataclass(frozen=True)
class Differences:
    """All that differs between side a and side b, and how much was compared."""

    claims: tuple[ClaimChange, ...]
    figures: tuple[FigureChange, ...]
    claims_compared: int
    figures_compared: int

    def __bool__(self) -> bool:
        return bool(self.claims or self.figures)

    @property
    def verdicts(self) -> tuple[ClaimChange, ...]:
        """The claims whose verdict differs."""
        return tuple(change for change in self.claims if change.verdict)

    def __str__(self) -> str:
        if not self:
            return f"nothing differs: {self.claims_compared} claims, {self.figures_compared} figures"
        return (
            f"{len(self.verdicts)} of {self.claims_compared} verdicts differ, the numbers of {len(self.claims)}, "
            f"the data of {len(self.figures)} of {self.figures_compared} figures"
        )

    def as_json(self, a: str, b: str) -> dict[str, Any]:
        """The differences for a file; `a` and `b` name the two sides."""
        return {
            "a": a,
            "b": b,
            "compared": {"claims": self.claims_compared, "figures": self.figures_compared},
            "claims": [
                {"id": change.id, "chapter": change.chapter, "fields": dict(_with_differences(change.fields))}
                for change in self.claims
            ],
            "figures": [
                {
                    "figure": change.figure,
                    "rows": {"a": change.rows[0], "b": change.rows[1]},
                    "cells": change.cells,
                    "different": change.different,
                    "largest": vars(change.largest) | {"difference": change.largest.b - change.largest.a}
                    if change.largest
                    else None,
                }
                for change in self.figures
            ],
        }


def _with_differences(fields: Mapping[str, tuple[Any, Any]]) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, (a, b) in fields.items():
        yield name, {"a": a, "b": b, "difference": b - a if _is_number(a) and _is_number(b) else None}


def read_published(site: Path) -> Published:
    """What the site in the folder `site` holds; BuildError if there is none or its file is damaged."""
    try:
        content = paths.read_json(site / "results.json")
    except OSError:
        raise BuildError(f"no results lie in {site.name}: build it first") from None
    folder = site / FIGURES
    figures = {
        path.relative_to(folder).with_suffix("").as_posix(): path.read_text(encoding="utf-8")
        for path in sorted(folder.rglob("*.csv"))
    }
    return Published({claim["id"]: claim for claim in content["claims"]}, figures, content["edition"])


def differences(a: Published, b: Published, *, tolerance: float = 0.0) -> Differences:
    """What differs from `a` to `b`; two numbers closer than `tolerance` (absolute, and relative above 1) are one."""
    ids = list(dict.fromkeys([*a.claims, *b.claims]))
    changes = (_claim_change(name, a.claims.get(name), b.claims.get(name), tolerance) for name in ids)
    figures = list(dict.fromkeys([*a.figures, *b.figures]))
    redrawn = (_figure_change(name, a.figures.get(name), b.figures.get(name), tolerance) for name in figures)
    return Differences(tuple(filter(None, changes)), tuple(filter(None, redrawn)), len(ids), len(figures))


def _claim_change(name: str, a: dict | None, b: dict | None, tolerance: float) -> ClaimChange | None:
    one, two = dict(_leaves(a or {})), dict(_leaves(b or {}))
    fields = {
        field: (one.get(field), two.get(field))
        for field in dict.fromkeys([*one, *two])
        if not _same(one.get(field), two.get(field), tolerance)
    }
    return ClaimChange(name, (a or b)["chapter"], fields) if fields else None


def _leaves(value: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    """Each number and word in a claim with its path: "interval.0", "specifications.median"."""
    if isinstance(value, dict) or (isinstance(value, list) and value):
        items = value.items() if isinstance(value, dict) else enumerate(value)
        for key, inner in items:
            yield from _leaves(inner, f"{name}.{key}" if name else str(key))
    elif value is not None:
        yield name, value


def _same(a: Any, b: Any, tolerance: float) -> bool:
    if _is_number(a) and _is_number(b):
        return a == b or abs(a - b) <= tolerance * max(1.0, abs(a))
    return a == b


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _figure_change(name: str, a: str | None, b: str | None, tolerance: float) -> FigureChange | None:
    if a == b:
        return None
    one, two = _rows(a), _rows(b)
    rows = (None if a is None else len(one), None if b is None else len(two))
    if a is None or b is None:
        return FigureChange(name, rows)
    cells = different = 0
    largest = None
    for key in one.keys() & two.keys():
        for column in list(one[key])[1:]:
            if column not in two[key]:
                continue
            cells += 1
            first, second = (_value(side[key][column]) for side in (one, two))
            if _same(first, second, tolerance):
                continue
            different += 1
            if _is_number(first) and _is_number(second):
                found = Cell(key[0], column, first, second)
                if largest is None or _size(found) > _size(largest):
                    largest = found
    same_shape = one.keys() == two.keys() and _header(a) == _header(b)
    return None if same_shape and not different else FigureChange(name, rows, cells, different, largest)


def _size(cell: Cell) -> tuple[float, str, str]:
    return abs(cell.b - cell.a), cell.row, cell.column  # the names decide where two cells differ alike


def _header(text: str) -> list[str]:
    return next(csv.reader(io.StringIO(text)), [])


def _rows(text: str | None) -> dict[tuple[str, int], dict[str, str]]:
    """The rows by their first cell and how often it stood before."""
    rows: dict[tuple[str, int], dict[str, str]] = {}
    for row in csv.DictReader(io.StringIO(text or "")):
        first = next(iter(row.values()))
        seen = 0
        while (first, seen) in rows:
            seen += 1
        rows[first, seen] = row
    return rows


def _value(text: str | None) -> float | str | None:
    try:
        return float(text)
    except (TypeError, ValueError):
        return text
