"""Fresh clones of the checkout, and the two ways to build a book in one: ours, and by hand with stock tools."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import yaml

from smallcaps.book.parameters import NOTEBOOKS
from smallcaps.book.paths import LATEST_RESULTS, ROOT

GIVEN = "given"  # in the plain way's clone: pages that it need not write
JUPYTER_BOOK = "from jupyter_book.cli.main import main; main()"  # the package cannot be run with -m


@dataclass(frozen=True)
class Measurement:
    """Seconds of both sides, pair by pair (or another unit, of which less is better), and what was compared.

    `cells` are the seconds of the notebooks' own cells in the plain way, where it tells them.
    """

    what: str
    plain_way: str
    ours: list[float]
    plain: list[float]
    unit: str = "s"
    cells: list[float] = field(default_factory=list)


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


def compared(ours: Path, plain: Path, way: Callable[[Path], None]) -> tuple[float, float]:
    """Seconds of our build in one clone and of `way` in the other."""
    first = seconds(make_book, ours)
    give(ours, plain)
    return first, seconds(way, plain)


def forget(folder: Path) -> None:
    """Remove all that builds have written; the environment stays."""
    for name in ("_build", "pages"):
        shutil.rmtree(folder / name, ignore_errors=True)


def give(ours: Path, plain: Path) -> None:
    """Hand over what only our build writes, as if somebody had written it: the pages that are no notebooks, and the
    results that two of the notebooks draw on."""
    shutil.rmtree(plain / GIVEN, ignore_errors=True)
    ignored = shutil.ignore_patterns("*.ipynb", "downloads")
    shutil.copytree(ours / "_build" / "work" / "book" / "source", plain / GIVEN, ignore=ignored)
    (plain / LATEST_RESULTS).parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(ours / LATEST_RESULTS, plain / LATEST_RESULTS)


def write_pages(folder: Path, *, execute: str) -> Path:
    """All pages of the book for a stock Jupyter Book in `folder`/pages; `execute` "off" takes executed notebooks."""
    pages = folder / "pages"
    shutil.copytree(folder / GIVEN, pages, dirs_exist_ok=True)
    if execute != "off":
        for name in NOTEBOOKS:
            shutil.copyfile(folder / "chapters" / f"{name}.ipynb", pages / f"{name}.ipynb")
    shutil.copyfile(folder / "_toc.yml", pages / "_toc.yml")
    book = yaml.safe_load((folder / "_config.yml").read_text(encoding="utf-8"))
    settings = {name: book[name] for name in ("title", "parse", "bibtex_bibfiles")}
    settings["execute"] = {"execute_notebooks": execute, "timeout": 600}
    (pages / "_config.yml").write_text(yaml.safe_dump(settings), encoding="utf-8")
    return pages


def jupyter_book(python: Path, folder: Path) -> None:
    """Let stock Jupyter Book build `folder`/pages."""
    run([str(python), "-c", JUPYTER_BOOK, "build", "pages"], folder)


def papermill(python: Path, folder: Path, chapters: Iterable[str] = NOTEBOOKS) -> None:
    """Execute the notebooks with papermill's command line, one after another, into `folder`/pages."""
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
