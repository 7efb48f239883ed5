"""Fewer requests before a page shows: the theme's style sheets as one file, its few options inside the page."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

from smallcaps.book.sheets import PRINTED, own_sheets

BUNDLE = "theme.css"
_LINK = re.compile(r'<link href="_static/(?P<name>[^"?]+\.css)[^"]*" rel="stylesheet"(?: type="text/css")?/>\n?')
_IMPORT = re.compile(r'@import "(?P<name>[^"]+)";')
_FOR_A_FILE = re.compile(r'@(?:charset|import) "[^"]+";')  # what only means something at the top of a file
_OPTIONS = re.compile(r'<script src="_static/documentation_options\.js[^"]*">\s*</script>')


def bundle(site: Path) -> None:
    """Let each page of `site` load one sheet for all of the theme's, and no script before its text.

    The sheets keep the order in which the theme names them, and follow each other where the first one stood. Those
    that a medium is named for (print) stay apart, and so do the book's own.
    """
    static = site / "_static"
    pages = {path: path.read_text(encoding="utf-8") for path in sorted(site.glob("*.html"))}
    ours = own_sheets()
    linked = [[name for name in _LINK.findall(html) if name not in ours] for html in pages.values()]
    names = max(linked, key=len, default=[])
    if not names:
        return
    files = [file for name in names for file in _files(static / name)]
    text = "\n".join(_FOR_A_FILE.sub("", file.read_text(encoding="utf-8")).strip() for file in files).strip()
    (static / BUNDLE).write_text(text, encoding="utf-8")
    version = hashlib.sha256(text.encode()).hexdigest()[:8]
    link = f'<link href="_static/{BUNDLE}?v={version}" rel="stylesheet"/>\n'
    options = static / "documentation_options.js"
    script = f"<script>{options.read_text(encoding='utf-8').strip()}</script>"
    for path, html in pages.items():
        path.write_text(_OPTIONS.sub(lambda _: script, _with_one(html, link, set(names))), encoding="utf-8")
    for file in (options, *files):
        if file.name not in PRINTED:
            file.unlink()


def _with_one(html: str, link: str, names: set[str]) -> str:
    """The page with `link` in place of the first of the sheets `names`, and without the others."""
    left = [link]

    def exchanged(found: re.Match[str]) -> str:
        if found["name"] not in names:
            return found.group()
        return left.pop() if left else ""

    return _LINK.sub(exchanged, html)


def _files(sheet: Path) -> list[Path]:
    """The sheet behind those that it imports."""
    imported = _IMPORT.findall(sheet.read_text(encoding="utf-8"))
    return [file for name in imported for file in _files(sheet.parent / name)] + [sheet]
