"""Prove that the built book's numbers come out again: rebuild them in a clean place and compare, digit by digit."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from smallcaps.book import paths
from smallcaps.book.differences import FIGURES, Differences, Published, differences, read_published
from smallcaps.book.editions import require_built
from smallcaps.book.inputs import differing_inputs, read_inputs, told
from smallcaps.errors import BuildError

PARTS = ("_config.yml", "_toc.yml", "chapters", "data", "pyproject.toml", "requirements.txt", "smallcaps")
TOLERANCE = 1e-8  # between platforms; on one platform not a digit may differ


def verify(name: str = "book") -> None:
    """Rebuild the edition `name` from the snapshot alone, without any cache, and compare it with the built site.

    Prints what was compared, what differs and which inputs differ with it. BuildError, in one line, if any number
    of `results.json` or `evidence.json`, or any figure's data, does not come out again, or a file of the site is
    damaged; InputError for a name that no built edition has.
    """
    began = time.perf_counter()
    site = require_built("NAME", name)
    before, published = read_inputs(site), read_published(site)
    try:
        evidence = (site / "evidence.json").read_bytes()
    except OSError:
        raise BuildError(f"no evidence lies in {site.name}: build it first") from None
    with TemporaryDirectory(prefix="verify-") as folder:
        rebuilt = Path(folder) / "rebuilt"
        _rebuild(before["edition"], clean=Path(folder) / "checkout", into=rebuilt)
        inputs = differing_inputs(before, read_inputs(rebuilt))
        found = read_published(rebuilt)
        same_evidence = evidence == (rebuilt / "evidence.json").read_bytes()
    elsewhere = "platform" in inputs
    changed = differences(published, found, tolerance=TOLERANCE if elsewhere else 0.0)
    for line in report(changed, published):
        print(line)
    print(f"{'inputs that differ':<24} {told(inputs)}")
    print(f"{'total':<24} {time.perf_counter() - began:5.1f} s")
    if changed or not (same_evidence or elsewhere):
        raise BuildError(
            f"{len(changed.claims)} of {changed.claims_compared} claims and {len(changed.figures)} of "
            f"{changed.figures_compared} figures are not reproduced; inputs that differ: {told(inputs)}"
        )
    exactly = f"to {TOLERANCE:g}, on another platform" if elsewhere else "to the digit"
    print(
        f"verified: every number of {changed.claims_compared} claims and {changed.figures_compared} figures, {exactly}"
    )


def report(changed: Differences, published: Published) -> list[str]:
    """What was compared and what differs, a line each."""
    claims, figures = len(changed.claims), len(changed.figures)
    lines = [
        f"{'claims':<24} {changed.claims_compared - claims} of {changed.claims_compared} reproduced",
        f"{'figures':<24} {changed.figures_compared - figures} of {changed.figures_compared} reproduced",
    ]
    for change in changed.claims:
        shown = [f"{name}: {a} → {b}" for name, (a, b) in change.fields.items() if name != "why"]
        lines.append(f"  claim {change.id}: {'; '.join(shown[:4]) or 'the reason in words'}")
    for figure in changed.figures:
        cell = figure.largest
        most = f"; most in {cell.row}, {cell.column}: {cell.a} → {cell.b}" if cell else ""
        rows = "" if figure.rows[0] == figure.rows[1] else f"; rows: {figure.rows[0]} → {figure.rows[1]}"
        lines.append(f"  figure {figure.figure}: {figure.different} of {figure.cells} numbers differ{rows}{most}")
    return lines


def _rebuild(edition: dict[str, Any], *, clean: Path, into: Path) -> None:
    """Compute `edition` in a copy of the checkout that holds nothing that was ever computed."""
    ignored = shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints")
    for part in PARTS:
        source, target = paths.ROOT / part, clean / part
        if source.is_dir():
            shutil.copytree(source, target, ignore=ignored)
        elif source.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target)
    command = [sys.executable, "-m", "smallcaps", "compute", str(into)]
    command += ["--name", edition["name"], "--start", edition["start"], "--end", edition["end"]]
    # The copy comes before the checkout that the environment links to, also in the kernels.
    search = os.pathsep.join(filter(None, [str(clean), os.environ.get("PYTHONPATH")]))
    environment = os.environ | {"PYTHONPATH": search}
    answer = subprocess.run(command, check=False, cwd=clean, env=environment, text=True, stderr=subprocess.PIPE)
    if answer.returncode:
        last = (answer.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise BuildError(f"the rebuild failed: {last.removeprefix('error: ')}")


def compute_into(folder: Path, *, start: str | None, end: str | None, name: str | None) -> None:
    """Compute an edition and write what machines read of it into `folder`: results, evidence, inputs, figures' data."""
    from smallcaps.book.plan import plan_edition
    from smallcaps.book.records import records
    from smallcaps.book.site import compute, write_data

    edition = plan_edition(start, end, name)
    results = compute(edition)
    folder.mkdir(parents=True, exist_ok=True)
    write_data(edition, results, into=folder)
    for notebook, content in results.notebooks.items():
        for record in records(content, "figure"):
            file = folder / FIGURES / notebook / f"{record['name']}.csv"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(record["csv"], encoding="utf-8")
