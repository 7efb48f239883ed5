"""Run the benchmarks and write benchmarks/RESULTS.md: `python -m benchmarks [--repeats N]`."""

from __future__ import annotations

import argparse
import os
import platform
import statistics
from collections.abc import Sequence
from pathlib import Path

from benchmarks.builds import Measurement, from_a_clone, nothing_changed

RESULTS = Path(__file__).with_name("RESULTS.md")


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, print and write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=3, help="how often each pair is measured")
    repeats = parser.parse_args(arguments).repeats
    rows = [_row(measure(repeats)) for measure in (from_a_clone, nothing_changed)]
    text = "\n".join([_heading(repeats), *rows]) + "\n"
    RESULTS.write_text(text, encoding="utf-8")
    print(text)


def _heading(repeats: int) -> str:
    machine = f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}, Python {platform.python_version()}"
    return (
        "# Benchmarks\n\n"
        f"Both sides of a row were measured in turn in one run, {repeats} times; machine: {machine}. The ratio is the "
        "plain way's seconds over ours, pair by pair. `make bench` writes this page.\n\n"
        "| What | Plain way | Ours, s | Plain, s | Ratio, median | Ratio, range |\n|---|---|---|---|---|---|"
    )


def _row(found: Measurement) -> str:
    ratios = [plain / ours for ours, plain in zip(found.ours, found.plain, strict=True)]
    ours, plain = statistics.median(found.ours), statistics.median(found.plain)
    spread = f"{min(ratios):.1f} to {max(ratios):.1f}"
    return (
        f"| {found.what} | {found.plain_way} | {ours:.1f} | {plain:.1f} | {statistics.median(ratios):.1f} | {spread} |"
    )


if __name__ == "__main__":
    main()
