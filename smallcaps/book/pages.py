"""The Sphinx extension of the book: formulas as MathML, and pages that ask no other host for anything."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from docutils import nodes
from latex2mathml.converter import convert
from sphinx.application import Sphinx

from smallcaps.book.finish import mend_site
from smallcaps.book.reach import write_reach


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the MathML renderer and the clean-up of what the theme adds to each page."""
    app.add_html_math_renderer("mathml", (_inline_math, None), (_display_math, None))
    app.connect("html-page-context", _without_foreign_scripts, priority=900)  # after the extensions that add them
    app.connect("build-finished", _finish)
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


def _finish(app: Sphinx, exception: Exception | None) -> None:
    """Mend the finished pages, and write what leads to them."""
    if exception is None and app.builder.name == "html":
        mend_site(Path(app.outdir))
        write_reach(Path(app.outdir))
