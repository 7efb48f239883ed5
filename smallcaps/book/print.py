"""The book on paper and in a reader's hand: one PDF through chromium, one ePub through Sphinx."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from smallcaps.book import paths
from smallcaps.errors import BuildError

NAME = "small-caps-tested"
_JUPYTER_BOOK = "from jupyter_book.cli.main import main; main()"  # the package cannot be run with -m
_BROWSERS = ("chromium", "chromium-browser", "google-chrome")
_FLAGS = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-pdf-header-footer")
# One page of all chapters lasts longer in the browser than one of them; the numbers come from the style sheet.
_PATIENCE = ("--virtual-time-budget=60000", "--run-all-compositor-stages-before-draw")


def make_pdf() -> Path:
    """The book as one PDF with page numbers, from the pages that the last build put together; the file."""
    browser = next((path for path in map(shutil.which, _BROWSERS) if path), None)
    if browser is None:
        raise BuildError("a PDF needs a browser: install Debian's package chromium")
    page = _sphinx("singlehtml") / "index.html"
    target = paths.BUILD / f"{NAME}.pdf"
    aside = target.with_suffix(".part.pdf")
    command = [browser, *_FLAGS, *_PATIENCE, f"--print-to-pdf={aside}", page.resolve().as_uri()]
    answer = subprocess.run(command, check=False, capture_output=True, text=True, timeout=600)
    if answer.returncode or not aside.exists():
        raise BuildError(f"the browser wrote no PDF: {' '.join(answer.stderr.split())[-300:]}")
    aside.replace(target)
    print(f"open {target.relative_to(paths.ROOT).as_posix()}")
    return target


def make_epub() -> Path:
    """The book as an ePub; the file."""
    folder = _sphinx("custom", "--custom-builder", "epub")
    found = next(iter(sorted(folder.glob("*.epub"))), None)
    if found is None:
        raise BuildError("Sphinx wrote no ePub")
    target = paths.BUILD / f"{NAME}.epub"
    shutil.copyfile(found, target)
    print(f"open {target.relative_to(paths.ROOT).as_posix()}")
    return target


def _sphinx(builder: str, *more: str) -> Path:
    """The folder in which Jupyter Book's `builder` wrote the book's pages; the site itself stays as it is."""
    from smallcaps.book.site import build_book

    build_book()
    source = paths.work_folder("book") / "source"
    if not (source / "index.md").exists():
        raise BuildError("the pages of the book are gone from _build/work: make clean book builds them anew")
    work = paths.BUILD / "print"
    command = [sys.executable, "-c", _JUPYTER_BOOK, "build", str(source), "--path-output", str(work)]
    command += ["--config", str(paths.ROOT / "_config.yml"), "--toc", str(paths.ROOT / "_toc.yml")]
    command += ["--builder", builder, *more, "-q"]
    folder = work / "_build" / (more[-1] if more else builder)
    shutil.rmtree(folder, ignore_errors=True)
    answer = subprocess.run(
        command, check=False, capture_output=True, text=True, env=os.environ | {"PYTHONHASHSEED": "0"}
    )
    if answer.returncode or not folder.exists():
        raise BuildError(f"the pages could not be put together: {' '.join(answer.stderr.split())[-400:]}")
    return folder
