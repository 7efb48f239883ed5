"""Jupyter Book as a process that imports what it needs while others still work, and builds when the pages are there."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from smallcaps.book import paths
from smallcaps.errors import BuildError

# The package cannot be run with -m. An end of the input before the word means that whoever asked has gone.
_PROGRAM = """
import sys
from smallcaps.orphans import end_with_parent
end_with_parent()
import jupyter_book.cli.main
import myst_nb.sphinx_ext, smallcaps.book.pages, sphinx.builders.html, sphinx_book_theme, sphinxcontrib.bibtex
if sys.stdin.read(1):
    jupyter_book.cli.main.main()
"""


@contextmanager
def jupyter_book(work: Path, *options: str, config: Path, toc: Path, page: Path) -> Iterator[Callable[[], None]]:
    """A function that lets Jupyter Book build `work`/source, warnings as errors, with its `options`.

    It is to write `page`; BuildError gives the first lines of what Sphinx complained about.
    """
    command = [sys.executable, "-c", _PROGRAM, "build", str(work / "source"), "--path-output", str(work)]
    command += ["--config", str(config), "--toc", str(toc), *options, "-W", "-n", "--keep-going", "-q"]
    environment = os.environ | {"PYTHONHASHSEED": "0"}  # sets in the order that the last build had
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, text=True, env=environment) as process:

        def build() -> None:
            shutil.rmtree(page.parent, ignore_errors=True)  # no earlier page may stay; what Sphinx has read it keeps
            output, errors = process.communicate("!")
            if process.returncode or not page.exists():
                lines = [line for line in (errors + output).splitlines() if re.search("WARNING|ERROR|rror:", line)]
                shown = "; ".join(_plain(line) for line in lines[:3]) or _plain(errors[-300:])
                raise BuildError(f"the pages could not be built: {shown}")

        try:
            yield build
        finally:
            process.kill()  # where the pages were not wanted after all; one that has ended does not mind


@contextmanager
def site_pages(work: Path, *, toc: Path = paths.ROOT / "_toc.yml") -> Iterator[Callable[[], Path]]:
    """A function that builds the HTML of `work`/source with the book's settings and says in which folder it is."""
    html = work / "_build" / "html"
    with jupyter_book(work, config=paths.ROOT / "_config.yml", toc=toc, page=html / "index.html") as build:

        def typeset() -> Path:
            build()
            return html

        yield typeset


def _plain(line: str) -> str:
    """A line of Sphinx's without colours and without this machine's paths."""
    text = re.sub(r"\x1b\[[0-9;]*m", "", line)
    return " ".join(text.replace(str(paths.ROOT) + os.sep, "").split())
