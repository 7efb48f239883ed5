"""Fresh clones of the checkout, and the two ways to build a book in one: ours, and by hand with stock tools."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from smallcaps.book.parameters import CHAPTERS
from smallcaps.book.paths import ROOT

JUPYTER_BOOK = "from jupyter_book.cli.main import main; main()"  # the package cannot be run with -m


@dataclass(frozen=True)
class Measurement:
    """Seconds of both sides, pair by pair (or another unit, of which less is better), and what was compared."""

    what: str
    plain_way: str
    ours: list[float]
    plain: list[float]
    unit: str = "s"


def measured(
    what: str, plain_way: str, pair: Callable[[], tuple[float, float]], repeats: int, unit: str = "s"
) -> Measurement:
    """The measurement of `pair` (ours, plain), taken `repeats` times."""
    ours, plain = zip(*(pair() for _ in range(repeats)), strict=True)
    return Measurement(what, plain_way, list(ours), list(plain), unit)


@contextmanager
def clone(*, environment: bool = False) -> Iterator[Path]:
    """A fresh clone of the last commit in a folder of its own; with its environment made, if asked."""
    with TemporaryDirectory(prefix="book-") as name:
        folder = Path(name)
        run(["git", "clone", "--quiet", str(ROOT), name], ROOT)
        if environment:
            run([base_python(), "smallcaps/environment.py"], folder)
        yield folder


def seconds(build: Callable[[Path], None], folder: Path) -> float:
    """How long `build` takes in `folder`."""
    began = time.perf_counter()
    build(folder)
    return time.perf_counter() - began


def make_book(folder: Path) -> None:
    """Our way."""
    run(["make", "book", f"PYTHON={base_python()}"], folder)


def forget(folder: Path) -> None:
    """Remove all that builds have written; the environment stays."""
    for name in ("_build", "pages"):
        shutil.rmtree(folder / name, ignore_errors=True)


def write_pages(folder: Path, *, execute: str) -> Path:
    """A stock Jupyter Book of the theme chapters in `folder`/pages; with `execute` "off" it waits for the notebooks."""
    pages = folder / "pages"
    pages.mkdir(exist_ok=True)
    if execute != "off":
        for chapter in CHAPTERS:
            shutil.copyfile(folder / "chapters" / f"{chapter}.ipynb", pages / f"{chapter}.ipynb")
    shutil.copyfile(folder / "chapters" / "references.bib", pages / "references.bib")
    (pages / "references.md").write_text("# References\n\n```{bibliography}\n```\n", encoding="utf-8")
    first, *rest = (*CHAPTERS, "references")
    entries = "".join(f"  - file: {name}\n" for name in rest)
    (pages / "_toc.yml").write_text(f"format: jb-book\nroot: {first}\nchapters:\n{entries}", encoding="utf-8")
    settings = f"execute:\n  execute_notebooks: '{execute}'\n  timeout: 600\nbibtex_bibfiles: [references.bib]\n"
    (pages / "_config.yml").write_text(settings, encoding="utf-8")
    return pages


def jupyter_book(python: Path, folder: Path) -> None:
    """Let stock Jupyter Book build `folder`/pages."""
    run([str(python), "-c", JUPYTER_BOOK, "build", "pages"], folder)


def papermill(python: Path, folder: Path, chapters: Sequence[str] = tuple(CHAPTERS)) -> None:
    """Execute the chapters with papermill's command line, one after another, into `folder`/pages."""
    (folder / "pages").mkdir(exist_ok=True)
    for chapter in chapters:
        notebooks = [f"chapters/{chapter}.ipynb", f"pages/{chapter}.ipynb"]
        run([str(python), "-m", "papermill", "--no-progress-bar", *notebooks], folder)


def python_of(folder: Path, name: str = ".venv") -> Path:
    """The interpreter of an environment in `folder`."""
    return folder / name / "bin" / "python"


def base_python() -> str:
    """The interpreter that environments are made from."""
    return getattr(sys, "_base_executable", sys.executable)


def run(command: list[str], folder: Path) -> None:
    """Run `command` in `folder`, where a clone's own package comes first; RuntimeError with the end of what it said."""
    environment = {name: value for name, value in os.environ.items() if name not in ("MAKEFLAGS", "MAKELEVEL")}
    environment["PYTHONPATH"] = str(folder)  # the plain way has no link to the checkout
    answer = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    if answer.returncode:
        raise RuntimeError(f"{' '.join(command[:4])} failed: {answer.stderr[-500:]}")
