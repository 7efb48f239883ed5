"""What `make data` and `make data-verdicts` call: the refresh with its report, and two builds side by side."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from smallcaps.catalog import ROOT
from smallcaps.errors import InputError
from smallcaps.sources.refresh import refresh
from smallcaps.sources.report import Report, verdict_changes
from smallcaps.sources.staging import told

REPORTS = ROOT / "_build" / "refresh"


def data(*, only: str = "", accept: str = "", dry_run: bool = False, offline: bool = False) -> None:
    """Refresh the snapshot, write the report as text and as a page, and print where they lie.

    `only` (sources) and `accept` (tables) are words between commas; errors as `refresh` gives them.
    """
    report = refresh(only=[only], accept=[accept], dry_run=dry_run, offline=offline)
    save(report, REPORTS)
    print(report.headline())
    for note in report.notes:
        print(f"note: {note}")
    print(f"report: {(REPORTS / 'report.html').relative_to(ROOT)}")


def save(report: Report, folder: Path) -> None:
    """Write `report` into `folder` as report.txt and report.html."""
    with told("the report cannot be written"):
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "report.txt").write_text(report.as_text(), encoding="utf-8")
        (folder / "report.html").write_text(report.as_html(), encoding="utf-8")


def verdicts(before: Path, after: Path, *, tables: Mapping[str, Sequence[str]]) -> None:
    """Print which verdicts and estimates differ between two builds' results.json, and why; InputError if unreadable.

    `tables` maps a chapter to the tables that it may read.
    """
    lines = verdict_changes(_results(before), _results(after), tables)
    print("\n".join(lines) if lines else "no verdict and no estimate changed")


def _results(path: Path) -> dict[str, Any]:
    try:
        results = json.loads(path.read_text(encoding="utf-8"))
        if all(isinstance(claim, dict) and "id" in claim for claim in results["claims"]):
            return results
    except (OSError, ValueError, KeyError, TypeError):
        pass
    raise InputError(f"{path.name} does not read as the results.json of a build")
