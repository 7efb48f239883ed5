"""Run the benchmarks and write benchmarks/RESULTS.md: `python -m benchmarks [--repeats N] [--only NAME …]`."""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
from collections.abc import Callable, Sequence
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path

from benchmarks import builds, lighthouse, many, memory, multiverse
from benchmarks.clones import Measurement

MEASURED = Path(__file__).with_name("measured.json")
RESULTS = Path(__file__).with_name("RESULTS.md")
HEAD = "| What | Plain way | Ours | Plain | Ratio, median | Ratio, range | Pairs |"
PACKAGES = ("jupyter-book", "papermill", "pandas", "numpy", "matplotlib")
BENCHMARKS: dict[str, Callable[[int], Measurement | list[Measurement]]] = {
    "clone": builds.from_a_clone,
    "rebuilds": builds.rebuilds,
    "sixty": lambda repeats: many.sixty_chapters(1),
    "memory": lambda repeats: memory.most_memory(1),
    "pandas": multiverse.against_pandas,
    "papermill": multiverse.against_papermill,
}
LIGHTHOUSE = "lighthouse"
ALL = [*BENCHMARKS, LIGHTHOUSE]


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, keep each pair in measured.json, write the table; what is not measured anew stays as it was."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=3, help="pairs of each comparison; sixty chapters: one pair")
    parser.add_argument("--only", nargs="*", choices=ALL, default=ALL)
    options = parser.parse_args(arguments)
    kept = json.loads(MEASURED.read_text(encoding="utf-8")) if MEASURED.exists() else {}
    for name in options.only or ALL:
        if name == LIGHTHOUSE:
            kept[name] = {"machine": _machine(), "lines": lighthouse.table(options.repeats)}
            _write(kept)
            continue
        found = BENCHMARKS[name](options.repeats)
        rows = found if isinstance(found, list) else [found]
        kept[name] = {"machine": _machine(), "cores": os.cpu_count(), "rows": [asdict(row) for row in rows]}
        _write(kept)
        print("\n".join(map(_row, rows)), flush=True)


def _write(kept: dict) -> None:
    MEASURED.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")
    RESULTS.write_text(_page(kept), encoding="utf-8")


def _machine() -> str:
    versions = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    machine = f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}"
    return f"{machine}, Python {platform.python_version()}; {versions}"


def _page(kept: dict) -> str:
    lines = [
        "# Benchmarks",
        "",
        "Both sides of a row were measured in turn in one run, pair by pair. The ratio is the plain way's figure over "
        "ours: above 1 we need less. The plain way is handed the pages that are no notebooks, ready for Jupyter Book, "
        "and the results that two of the nine notebooks draw on; ours makes both, checks the site and makes the "
        "downloads too. `make bench` writes this page from `measured.json`.",
    ]
    measured = {name: kept[name] for name in BENCHMARKS if name in kept}
    for machine in dict.fromkeys(entry["machine"] for entry in measured.values()):
        lines += ["", f"Machine: {machine}.", ""]
        lines += [HEAD, "|---|---|---|---|---|---|---|"]
        for entry in measured.values():
            if entry["machine"] == machine:
                lines += [_row(Measurement(**row)) for row in entry["rows"]]
        for entry in measured.values():
            if entry["machine"] == machine and any(row.get("cells") for row in entry["rows"]):
                lines += ["", _bound([Measurement(**row) for row in entry["rows"]], cores=entry["cores"])]
    if LIGHTHOUSE in kept:
        lines += [
            "",
            "## Lighthouse",
            "",
            "The built pages from a server on the same machine that compresses them.",
            "",
        ]
        lines += [*kept[LIGHTHOUSE]["lines"], "", f"Machine: {kept[LIGHTHOUSE]['machine']}."]
    return "\n".join(lines) + "\n"


def _bound(rows: list[Measurement], *, cores: int) -> str:
    """What no build of these notebooks can do on that machine, however little else it does."""
    cells = statistics.median(next(row.cells for row in rows if row.cells))
    plain = statistics.median(next(row.plain for row in rows if "(`force`)" in row.plain_way))
    return (
        f"What a build from scratch can be at best: the notebooks' own cells, imports left out, take {cells:,.1f} s "
        f"one after another, so {cells / cores:,.1f} s on {cores} cores that share nothing. A build that did nothing "
        f"else, no page and no kernel's start, would be {plain * cores / cells:,.1f} times as fast as `force`."
    )


def _row(found: Measurement) -> str:
    ratios = [plain / ours for ours, plain in zip(found.ours, found.plain, strict=True)]
    ours, plain = (f"{statistics.median(side):,.1f} {found.unit}" for side in (found.ours, found.plain))
    digits = 0 if min(ratios) > 100 else 1
    spread = f"{min(ratios):,.{digits}f} to {max(ratios):,.{digits}f}"
    median = f"{statistics.median(ratios):,.{digits}f}"
    return f"| {found.what} | {found.plain_way} | {ours} | {plain} | {median} | {spread} | {len(ratios)} |"


if __name__ == "__main__":
    main()
