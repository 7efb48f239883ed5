"""Run the benchmarks and write benchmarks/RESULTS.md: `python -m benchmarks [--repeats N]`."""

from __future__ import annotations

import argparse
import os
import platform
import statistics
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

from benchmarks import multiverse
from benchmarks.builds import from_a_clone, rebuilds
from benchmarks.clones import Measurement
from benchmarks.many import sixty_chapters
from benchmarks.memory import most_memory

RESULTS = Path(__file__).with_name("RESULTS.md")
PACKAGES = ("jupyter-book", "papermill", "pandas", "numpy", "matplotlib")


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, print and write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=3, help="pairs of each comparison; sixty chapters: one pair")
    repeats = parser.parse_args(arguments).repeats
    found = [
        from_a_clone(repeats),
        *rebuilds(repeats),
        sixty_chapters(1),
        most_memory(1),
        multiverse.against_pandas(repeats),
        multiverse.against_papermill(repeats),
    ]
    text = "\n".join([_heading(), *map(_row, found)]) + "\n"
    RESULTS.write_text(text, encoding="utf-8")
    print(text)


def _heading() -> str:
    machine = f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}, Python {platform.python_version()}"
    versions = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    return (
        "# Benchmarks\n\n"
        "Both sides of a row were measured in turn in one run, pair by pair. The ratio is the plain way's figure over "
        "ours: above 1 we need less. The plain way builds the seven themes alone; ours builds every page, checks the "
        "site and makes the downloads too. `make bench` writes this page.\n\n"
        f"Machine: {machine}; {versions}.\n\n"
        "| What | Plain way | Ours | Plain | Ratio, median | Ratio, range | Pairs |\n|---|---|---|---|---|---|---|"
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
