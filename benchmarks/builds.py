"""Builds of the whole book, ours and the plain way, in fresh clones."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from smallcaps.book.parameters import CHAPTERS
from smallcaps.book.paths import ROOT


@dataclass(frozen=True)
class Measurement:
    """Seconds of both sides, pair by pair, and what was compared."""

    what: str
    plain_way: str
    ours: list[float]
    plain: list[float]


def from_a_clone(repeats: int) -> Measurement:
    """`make book` in a fresh clone with a warm package cache, against venv, pip, papermill and Jupyter Book by hand."""
    pairs = [(_in_clone(_make_book), _in_clone(_by_hand)) for _ in range(repeats)]
    return Measurement(
        "`make book` from a fresh clone",
        "venv, pip install, `papermill` one theme after another, `jupyter-book build`",
        *map(list, zip(*pairs, strict=True)),
    )


def nothing_changed(repeats: int) -> Measurement:
    """`make book` with nothing changed, against a second `jupyter-book build` of the executed notebooks."""
    with TemporaryDirectory(prefix="book-") as ours, TemporaryDirectory(prefix="book-") as plain:
        _clone(Path(ours))
        _clone(Path(plain))
        _make_book(Path(ours))
        _by_hand(Path(plain))
        pairs = [(_seconds(_make_book, Path(ours)), _seconds(_build_pages, Path(plain))) for _ in range(repeats)]
    return Measurement(
        "`make book`, nothing changed",
        "`jupyter-book build` of notebooks that papermill had executed",
        *map(list, zip(*pairs, strict=True)),
    )


def _in_clone(build: Callable[[Path], None]) -> float:
    with TemporaryDirectory(prefix="book-") as folder:
        _clone(Path(folder))
        return _seconds(build, Path(folder))


def _clone(folder: Path) -> None:
    _run(["git", "clone", "--quiet", str(ROOT), str(folder)], ROOT)


def _seconds(build: Callable[[Path], None], folder: Path) -> float:
    began = time.perf_counter()
    build(folder)
    return time.perf_counter() - began


def _make_book(folder: Path) -> None:
    _run(["make", "book", f"PYTHON={_base_python()}"], folder)


def _by_hand(folder: Path) -> None:
    _run([_base_python(), "-m", "venv", "plain"], folder)
    python = str(folder / "plain" / "bin" / "python")
    _run([python, "-m", "pip", "install", "--quiet", "-r", "requirements.txt"], folder)
    pages = folder / "pages"
    pages.mkdir()
    for chapter in CHAPTERS:
        command = [
            python,
            "-m",
            "papermill",
            "--no-progress-bar",
            f"chapters/{chapter}.ipynb",
            f"pages/{chapter}.ipynb",
        ]
        _run(command, folder)
    shutil.copyfile(folder / "chapters" / "references.bib", pages / "references.bib")
    (pages / "references.md").write_text("# References\n\n```{bibliography}\n```\n")
    first, *rest = (*CHAPTERS, "references")
    entries = "".join(f"  - file: {name}\n" for name in rest)
    (pages / "_toc.yml").write_text(f"format: jb-book\nroot: {first}\nchapters:\n{entries}")
    (pages / "_config.yml").write_text("execute:\n  execute_notebooks: 'off'\nbibtex_bibfiles: [references.bib]\n")
    _build_pages(folder)


def _build_pages(folder: Path) -> None:
    code = "from jupyter_book.cli.main import main; main()"
    _run([str(folder / "plain" / "bin" / "python"), "-c", code, "build", "pages"], folder)


def _base_python() -> str:
    return getattr(sys, "_base_executable", sys.executable)


def _run(command: list[str], folder: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if name not in ("MAKEFLAGS", "MAKELEVEL")}
    environment["PYTHONPATH"] = str(folder)  # the plain way has no link to the checkout either
    answer = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    if answer.returncode:
        raise RuntimeError(f"{' '.join(command[:4])} failed: {answer.stderr[-500:]}")
