"""What is done to a site once its pages are written: each page mended, its fonts at hand, what nobody loads removed."""

from __future__ import annotations

import base64
import multiprocessing
import os
import re
import shutil
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

from bs4 import BeautifulSoup

from smallcaps.book.mend import SHEET, mend
from smallcaps.book.terms import glossary

FEW = 5  # pages that one process mends sooner than two have started
UNUSED = (
    "vendor/fontawesome", "scripts/fontawesome.js", "**/*.map", "images/logo_*.svg", "sphinx-thebe.*", "locales",
    "scripts/fontawesome.js.LICENSE.txt", "webpack-macros.html", "ebook.css",
)  # fmt: skip


def remove_unused(static: Path) -> None:
    """Remove the files of the theme that no page loads: icons twice over, source maps, translations, logos."""
    for pattern in UNUSED:
        for path in sorted(static.glob(pattern)):
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    for sheet in static.glob("styles/*.css"):
        text = sheet.read_text(encoding="utf-8")
        slim = re.sub(r"@font-face\{[^}]*fontawesome/webfonts[^}]*\}", "", text)
        slim = re.sub(r"\n/\*# sourceMappingURL=.*?\*/", "", slim)
        if slim != text:
            sheet.write_text(slim, encoding="utf-8")


_FACE = re.compile(r'url\("(?P<file>fonts/[^"]+)"\) format\("(?P<kind>[^"]+)"\)')


def with_fonts(sheet: Path) -> None:
    """Put the fonts of a style sheet into it, all but the italic, so that they are there before text is shown.

    A hint in the page to fetch them early would do over a network; from a folder a browser refuses it and complains.
    """

    def inlined(face: re.Match[str]) -> str:
        if "italic" in face["file"]:
            return face.group()
        data = base64.b64encode((sheet.parent / face["file"]).read_bytes()).decode()
        return f'url("data:font/{face["kind"]};base64,{data}") format("{face["kind"]}")'

    text = sheet.read_text(encoding="utf-8")
    sheet.write_text(_FACE.sub(inlined, text), encoding="utf-8")
    for face in _FACE.finditer(text):
        if "italic" not in face["file"]:
            (sheet.parent / face["file"]).unlink()


def with_sizes(html: str, folder: Path) -> str:
    """The page with the size of each drawing in its tag, so that nothing moves when the drawing arrives."""

    def sized(tag: re.Match[str]) -> str:
        head = (folder / tag["source"]).read_text(encoding="utf-8")[:2000]
        width, height = (re.search(rf'<svg [^>]*?{side}="([\d.]+)pt"', head) for side in ("width", "height"))
        if not (width and height) or " width=" in tag.group():
            return tag.group()
        pixels = [round(float(side[1]) * 4 / 3) for side in (width, height)]
        return f'<img width="{pixels[0]}" height="{pixels[1]}"{tag["rest"]}'

    return re.sub(r'<img(?P<rest>[^>]*? src="(?P<source>_images/[^"]+\.svg)")', sized, html)


def _mend_page(path: Path, *, terms: dict[str, tuple[str, str]]) -> None:
    html = path.read_text(encoding="utf-8")
    known = terms if terms and "<article" in html else None
    path.write_text(with_sizes(mend(html, known), path.parent), encoding="utf-8")


def _in_parallel(work: Callable[[Path], None], pages: list[Path]) -> None:
    """Do `work` for each page, on all cores where there are pages enough to pay for the processes."""
    cores = os.cpu_count() or 1
    if cores == 1 or len(pages) < FEW:
        for page in pages:
            work(page)
        return
    methods = multiprocessing.get_all_start_methods()
    context = multiprocessing.get_context("forkserver" if "forkserver" in methods else "spawn")
    if context.get_start_method() == "forkserver":
        context.set_forkserver_preload([__name__])
    pages = sorted(pages, key=lambda page: page.stat().st_size, reverse=True)  # the longest first, or one waits for it
    with ProcessPoolExecutor(max_workers=cores, mp_context=context) as pool:
        list(pool.map(work, pages))


def mend_site(folder: Path) -> None:
    """Mend every page below `folder` and remove what no page uses."""
    meanings = folder / "glossary.html"
    terms = glossary(BeautifulSoup(meanings.read_text(encoding="utf-8"), "html.parser")) if meanings.exists() else {}
    others = [path for path in sorted(folder.glob("*.html")) if path != meanings]
    _in_parallel(partial(_mend_page, terms=terms), others)
    if meanings.exists():
        _mend_page(meanings, terms={})
    remove_unused(folder / "_static")
    if (folder / "_static" / SHEET).exists():
        with_fonts(folder / "_static" / SHEET)
