"""Builds of the whole book: from a clone, from scratch, and after one thing changed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from benchmarks.clones import (
    Measurement,
    base_python,
    clone,
    compared,
    forget,
    jupyter_book,
    measured,
    papermill,
    python_of,
    run,
    write_pages,
)
from smallcaps.book.parameters import NOTEBOOKS
from smallcaps.manifest import MANIFEST, current_vintage

CHANGED_CHAPTER, CHANGED_TABLE = "etf_flows", "etf_volume"


def from_a_clone(repeats: int) -> Measurement:
    """`make book` in a fresh clone with a warm package cache, against venv, pip, papermill and Jupyter Book by hand."""

    def pair() -> tuple[float, float]:
        with clone() as ours, clone() as plain:
            return compared(ours, plain, _by_hand)

    way = "venv, pip install, `papermill` one notebook after another, `jupyter-book build`"
    return measured("`make book` from a fresh clone", way, pair, repeats)


def rebuilds(repeats: int) -> list[Measurement]:
    """With the environment in place: from scratch, nothing changed, one chapter changed, one table changed."""
    cells: list[float] = []

    def in_turn(folder: Path) -> None:
        _in_turn(folder)
        cells.append(_seconds_of_cells(folder))

    with clone(environment=True) as ours, clone(environment=True) as plain:
        force = "`jupyter-book build`, which executes the notebooks itself (`force`)"
        one_by_one = "`papermill` one notebook after another, `jupyter-book build`"

        def scratch(way: Callable[[Path], None]) -> Callable[[], tuple[float, float]]:
            def pair() -> tuple[float, float]:
                forget(ours), forget(plain)
                return compared(ours, plain, way)

            return pair

        def after(change: Callable[[Path, int], None]) -> Callable[[], tuple[float, float]]:
            turns = iter(range(repeats))

            def pair() -> tuple[float, float]:
                change(ours, next(turns))
                return compared(ours, plain, _force)

            return pair

        return [
            replace(measured("`make book` from scratch", one_by_one, scratch(in_turn), repeats), cells=cells),
            measured("`make book` from scratch", force, scratch(_force), repeats),
            measured("`make book`, nothing changed", force, after(lambda folder, turn: None), repeats),
            measured("`make book`, one chapter changed", force, after(_change_chapter), repeats),
            measured("`make book`, one table changed", force, after(_change_table), repeats),
        ]


def _by_hand(folder: Path) -> None:
    run([base_python(), "-m", "venv", "plain"], folder)
    python = python_of(folder, "plain")
    run([str(python), "-m", "pip", "install", "--quiet", "-r", "requirements.txt"], folder)
    papermill(python, folder)
    write_pages(folder, execute="off")
    jupyter_book(python, folder)


def _in_turn(folder: Path) -> None:
    papermill(python_of(folder), folder)
    write_pages(folder, execute="off")
    jupyter_book(python_of(folder), folder)


def _seconds_of_cells(folder: Path) -> float:
    """What papermill noted for the cells of the notebooks in `folder`/pages, without those that import."""
    total = 0.0
    for name in NOTEBOOKS:
        notebook = json.loads((folder / "pages" / f"{name}.ipynb").read_text(encoding="utf-8"))
        for cell in notebook["cells"]:
            if cell["cell_type"] == "code" and not "".join(cell["source"]).startswith(("import ", "from ")):
                total += cell["metadata"]["papermill"]["duration"]
    return total


def _force(folder: Path) -> None:
    write_pages(folder, execute="force")
    jupyter_book(python_of(folder), folder)


def _change_chapter(folder: Path, turn: int) -> None:
    path = folder / "chapters" / f"{CHANGED_CHAPTER}.ipynb"
    notebook = json.loads(path.read_text(encoding="utf-8"))
    cell = next(cell for cell in reversed(notebook["cells"]) if cell["cell_type"] == "code")
    cell["source"] = [*cell["source"], f"\n# change {turn}"]
    path.write_text(json.dumps(notebook, indent=1) + "\n", encoding="utf-8")


def _change_table(folder: Path, turn: int) -> None:
    """A share more in the last row, and the manifest that a refresh would write."""
    vintage = folder / "data" / "snapshot" / current_vintage()
    table, manifest = vintage / f"{CHANGED_TABLE}.csv", vintage / MANIFEST
    before = table.read_bytes()
    rows = before.decode().splitlines()
    *cells, last = rows[-1].split(",")
    rows[-1] = ",".join([*cells, str(int(last) + 1)])
    table.write_text("\n".join(rows) + "\n", encoding="utf-8", newline="")
    old, new = (hashlib.sha256(content).hexdigest() for content in (before, table.read_bytes()))
    manifest.write_text(manifest.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
