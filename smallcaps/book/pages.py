"""The Sphinx extension of the book: formulas as MathML, and pages that ask no other host for anything."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from docutils import nodes
from latex2mathml.converter import convert
from sphinx.application import Sphinx

from smallcaps.book.fewer import bundle
from smallcaps.book.finish import Mender, slim
from smallcaps.book.reach import write_reach
from smallcaps.book.sheets import slim_sheets
from smallcaps.book.terms import GLOSSARY, glossary


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the MathML renderer and the clean-up of what the theme adds to each page."""
    app.add_html_math_renderer("mathml", (_inline_math, None), (_display_math, None))
    app.connect("html-page-context", _without_foreign_scripts, priority=900)  # after the extensions that add them
    mending = _Mending()
    app.connect("html-page-context", mending.go_on)
    app.connect("build-finished", mending.finish, priority=900)  # after the theme, which exchanges a sheet then
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def _inline_math(translator: Any, node: nodes.math) -> None:
    translator.body.append(convert(node.astext()))
    raise nodes.SkipNode


def _display_math(translator: Any, node: nodes.math_block) -> None:
    translator.body.append(f'<div class="math">{convert(node.astext(), display="block")}</div>')
    raise nodes.SkipNode


def _without_foreign_scripts(
    app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    """Drop scripts and styles of thebe (live code) and whatever else points to another host.

    The theme loads them on every page although nothing of ours uses them.
    """

    def ours(asset: object) -> bool:
        name = str(getattr(asset, "filename", None) or asset)
        body = getattr(asset, "attributes", {}).get("body") or ""
        return "thebe" not in name + body and not name.startswith(("http:", "https:", "//"))

    for kind in ("script_files", "css_files"):
        context[kind] = [asset for asset in context.get(kind, ()) if ours(asset)]


class _Mending:
    """Hands each page on to be mended once the next one begins, and finishes the site when the last is written."""

    def __init__(self) -> None:
        self.mender: Mender | None = None
        self.written: Path | None = None

    def go_on(self, app: Sphinx, page: str, *_: object) -> None:
        """A page begins, so all is read, and the page before is in its file."""
        if app.builder.name != "html":
            return
        if self.mender is None:
            known = GLOSSARY.removesuffix(".html")
            terms = glossary(app.env.get_doctree(known)) if known in app.env.found_docs else {}
            self.mender = Mender(pages=len(app.env.found_docs), terms=terms)
        self._hand_on()
        self.written = Path(app.outdir) / f"{page}.html"

    def finish(self, app: Sphinx, exception: Exception | None) -> None:
        """Mend what is left, and write what leads to the pages."""
        if self.mender is None:
            return
        if exception is not None:
            self.mender.give_up()
            return
        self._hand_on()
        self.mender.finish()
        slim(Path(app.outdir) / "_static")
        write_reach(Path(app.outdir))
        slim_sheets(Path(app.outdir))
        bundle(Path(app.outdir))

    def _hand_on(self) -> None:
        if self.mender and self.written:
            self.mender.add(self.written)
