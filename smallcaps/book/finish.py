"""What is done to a site once its pages are written: each page mended, its fonts at hand, what nobody loads removed."""

from __future__ import annotations

import base64
import multiprocessing
import os
import re
import shutil
from concurrent.futures import Future, ProcessPoolExecutor
from pathlib import Path

from smallcaps.book.mend import SHEET, mend
from smallcaps.book.terms import GLOSSARY, Terms
from smallcaps.orphans import end_with_parent

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


class Mender:
    """Mends pages in processes of their own while others are still being written; few pages in this one, at the end.

    `terms` are the glossary's, as `terms.glossary` gives them; its own page links to none.
    """

    def __init__(self, *, pages: int, terms: Terms):
        self._terms = terms
        self._paths: list[Path] = []
        self._mended: list[Future[None]] = []
        self._pool = _processes() if pages >= FEW and (os.cpu_count() or 1) > 1 else None

    def add(self, path: Path) -> None:
        """Take a page that is written."""
        self._paths.append(path)
        if self._pool:
            self._mended.append(self._pool.submit(_mend_page, path, self._terms))

    def finish(self) -> None:
        """Return when all pages are mended, each drawing with its size."""
        if self._pool:
            with self._pool:
                for page in self._mended:
                    page.result()
        for path in self._paths:
            if not self._pool:
                _mend_page(path, self._terms)
            html = path.read_text(encoding="utf-8")
            path.write_text(with_sizes(html, path.parent), encoding="utf-8")

    def give_up(self) -> None:
        """Mend nothing more."""
        if self._pool:
            self._pool.shutdown(cancel_futures=True)


def _processes() -> ProcessPoolExecutor:
    methods = multiprocessing.get_all_start_methods()
    context = multiprocessing.get_context("forkserver" if "forkserver" in methods else "spawn")
    if context.get_start_method() == "forkserver":
        context.set_forkserver_preload([__name__])
    return ProcessPoolExecutor(max_workers=os.cpu_count(), mp_context=context, initializer=end_with_parent)


def _mend_page(path: Path, terms: Terms) -> None:
    html = path.read_text(encoding="utf-8")
    known = terms if path.name != GLOSSARY and "<article" in html else None
    path.write_text(mend(html, known), encoding="utf-8")


def slim(static: Path) -> None:
    """Remove what no page uses from the folder of a finished site's styles and scripts; its fonts into its sheet."""
    remove_unused(static)
    if (static / SHEET).exists():
        with_fonts(static / SHEET)
