"""Put an edition's pages together: executed notebooks and templates become the source that Sphinx reads."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from smallcaps.book import paths
from smallcaps.book.cards import claim_cards, provenance, run_again, spans
from smallcaps.book.parameters import SUMMARIES
from smallcaps.book.plan import Edition, Run
from smallcaps.book.records import MIME
from smallcaps.book.repository import launch_buttons
from smallcaps.book.results import Results
from smallcaps.book.templates import page_context, templates
from smallcaps.manifest import current_vintage
from smallcaps.tables import from_record, table_html

CODE = "code-"  # begins the anchor of the code that drew a figure; on the way it is a tag of its cell
CLAIMS_MARK = "## The answer"  # the claims of a chapter follow its answer


def assemble(edition: Edition, results: Results, *, into: Path) -> None:
    """Write the pages of `edition` into `into`: chapters, templates, figures and their CSV files.

    A file whose content did not change is not written again, so that Sphinx reads only what did; files that no
    longer belong there are removed.
    """
    page = _Writer(into)
    for run in edition.runs:
        page.write(f"{run.chapter}.ipynb", _as_json(_chapter_page(run, results, page)))
    for name in SUMMARIES:
        page.write(f"{name}.ipynb", _as_json(_summary_page(name, results, page)))
    for chapter in edition.uncovered:
        page.write(f"{chapter}.md", _uncovered_page(chapter, edition, results))
    context = page_context(edition, results)
    environment = templates()
    for template in sorted(paths.CHAPTERS.glob("*.md")):
        page.write(template.name, environment.from_string(template.read_text(encoding="utf-8")).render(context))
    _shared_files(page)
    page.remove_the_rest()


def assemble_single(edition: Edition, results: Results, *, into: Path, compared: str) -> None:
    """Write a site of one chapter into `into`: its page, the references, and a table of contents for them.

    `compared` is the Markdown that says how the run differs from the book; it follows the chapter's last section.
    """
    page = _Writer(into)
    (run,) = edition.runs
    page.write(f"{run.chapter}.ipynb", _as_json(_chapter_page(run, results, page, compared=compared)))
    page.write("_toc.yml", f"format: jb-book\nroot: {run.chapter}\nchapters:\n  - file: references\n")
    page.write("references.md", (paths.CHAPTERS / "references.md").read_bytes())
    _shared_files(page)
    page.remove_the_rest()


def _shared_files(page: _Writer) -> None:
    for source in (*paths.CHAPTERS.glob("*.bib"), *paths.CHAPTERS.glob("theme/**/*")):
        if source.is_file():
            page.write(source.relative_to(paths.CHAPTERS).as_posix(), source.read_bytes())


class _Writer:
    """Writes below one folder, only what changed, and remembers what belongs there."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.kept: set[Path] = set()

    def write(self, name: str, content: str | bytes) -> None:
        target = self.folder / name
        self.kept.add(target)
        data = content.encode() if isinstance(content, str) else content
        if not (target.exists() and target.read_bytes() == data):
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)

    def remove_the_rest(self) -> None:
        for path in self.folder.rglob("*"):
            if path.is_file() and path not in self.kept:
                path.unlink()


def _chapter_page(run: Run, results: Results, page: _Writer, *, compared: str = "") -> dict[str, Any]:
    notebook = _notebook_page(run.chapter, results, page)
    cells = notebook["cells"]
    answer = next(i for i, cell in enumerate(cells) if "".join(cell["source"]).startswith(CLAIMS_MARK))
    opening = [cell for cell in cells[:answer] if cell["cell_type"] == "code"]  # readers want the answer first
    cells = [cell for cell in cells[:answer] if cell["cell_type"] != "code"] + cells[answer:]
    at = _position_after(cells, CLAIMS_MARK)
    cells[at:at] = [_markdown(claim_cards(run.chapter, results))]
    buttons = launch_buttons(f"chapters/{run.chapter}.ipynb", commit=results.stamp.commit)
    cells[1:1] = [_markdown(text) for text in (spans(run, vintage=current_vintage()), buttons) if text]
    made_of = provenance(run, commit=results.stamp.commit)
    closing = [_markdown(text) for text in (compared, run_again(run), made_of) if text]
    set_up = [_markdown("### The code before the first number"), *opening] if opening else []
    return notebook | {"cells": _numbered([*cells, *closing, *set_up])}


def _summary_page(name: str, results: Results, page: _Writer) -> dict[str, Any]:
    """A summary with its code at the end: it holds no analysis that a reader would follow step by step."""
    notebook = _notebook_page(name, results, page)
    shown = [cell for cell in notebook["cells"] if cell["cell_type"] != "code"]
    code = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    return notebook | {"cells": _numbered([*shown, _markdown("## The code of this page"), *code])}


def _notebook_page(name: str, results: Results, page: _Writer) -> dict[str, Any]:
    """An executed notebook with all that it showed as Markdown cells, each before the code that made it."""
    notebook = results.notebooks[name]
    cells = [cell for source in notebook["cells"] for cell in _page_cells(source, name, page)]
    return {"cells": _numbered(cells), "metadata": notebook["metadata"], "nbformat": 4, "nbformat_minor": 5}


def _numbered(cells: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [cell | {"id": f"cell-{number}"} for number, cell in enumerate(cells)]


def _position_after(cells: list[dict[str, Any]], heading: str) -> int:
    """Where the next heading begins after `heading`: the end of its section."""
    inside = False
    for position, cell in enumerate(cells):
        text = "".join(cell["source"])
        if cell["cell_type"] == "markdown" and text.startswith(heading):
            inside = True
        elif inside and cell["cell_type"] == "markdown" and text.startswith("#"):
            return position
    return len(cells)


def _page_cells(cell: dict[str, Any], name: str, page: _Writer) -> Iterator[dict[str, Any]]:
    """The cells that one cell of the notebook becomes: what it showed first, then its code, folded."""
    if cell["cell_type"] == "markdown":
        yield _markdown("".join(cell["source"]))
        return
    tags = cell["metadata"].get("tags", [])
    if "injected-parameters" in tags:
        return
    outputs = cell.get("outputs", ())
    drawn = [output["data"][MIME]["name"] for output in outputs if _is_figure(output)]
    code = f"{CODE}{drawn[0]}" if drawn else ""
    for output in outputs:
        shown = _shown(output, name, page, code=code)
        if shown:
            yield _markdown(shown)
    yield {
        "cell_type": "code",
        "execution_count": None,
        "metadata": {"tags": ["hide-input", *filter(None, [code])]},
        "outputs": [],
        "source": cell["source"],
    }


def _is_figure(output: dict[str, Any]) -> bool:
    return output.get("data", {}).get(MIME, {}).get("type") == "figure"


def _shown(output: dict[str, Any], name: str, page: _Writer, *, code: str) -> str | None:
    """The Markdown of an output; `code` is the anchor of the code that made it, for its figures."""
    data = output.get("data", {})
    if MIME in data:
        record = data[MIME]
        if record["type"] == "download":
            page.write(f"downloads/{record['name']}", record["text"])
        shown = {"figure": lambda: _figure(record, name, page, code=code), "table": lambda: _table(record)}
        return shown[record["type"]]() if record["type"] in shown else None
    if "text/markdown" in data:
        return "".join(data["text/markdown"])
    return _raw_html("".join(data["text/html"])) if "text/html" in data else None


def _raw_html(html: str) -> str:
    return f"```{{raw}} html\n{html}\n```"


def _table(record: dict[str, Any]) -> str:
    """The Markdown of a table, in a box that scrolls where the screen is too narrow for it."""
    options = record["options"] | {"signed": tuple(record["options"].get("signed", ()))}
    return _raw_html(table_html(from_record(record), name=record["name"], caption=record["caption"], **options))


def _figure(record: dict[str, Any], notebook: str, page: _Writer, *, code: str) -> str:
    """The Markdown of a figure: its four pictures, one of which each reader sees, its data and its code."""
    name = f"{notebook}/{record['name']}"
    for variant, svg in record["variants"].items():
        page.write(f"figures/{name}-{variant}.svg", svg)
    data = "No data file: made with an own table"
    if record["csv"] is not None:
        page.write(f"downloads/figures/{name}.csv", record["csv"])
        data = f'<a href="downloads/figures/{name}.csv" download>Data (CSV)</a>'
    alt = re.sub(r"\s+", " ", record["alt"])
    pictures = "\n".join(
        f"```{{image}} figures/{name}-{variant}.svg\n:alt: {alt}\n:class: {_classes(variant)}\n```"
        for variant in record["variants"]
    )
    anchor = f"fig-{record['name']}"
    return (
        f"({anchor})=\n::::{{container}} sc-figure\n"
        f"**{record['title']}**\n\n{record['subtitle']}\n\n{pictures}\n\n"
        f"Source: {record['source']}. "
        f'<span class="sc-links">{data} · <a href="#{code}">Code</a> · <a href="#{anchor}">Link</a></span>\n'
        "::::"
    )


def _classes(variant: str) -> str:
    theme, _, width = variant.partition("-")
    return f"only-{theme} sc-{width or 'wide'} no-scaled-link"


def _uncovered_page(chapter: str, edition: Edition, results: Results) -> str:
    from smallcaps.book.parameters import span

    first, last = span(chapter)
    title = chapter.replace("_", " ").capitalize()
    return (
        f"# {title}\n\nThis edition covers {edition.start} to {edition.end}. The tables of this chapter cover "
        f"{first} to {last}, so nothing of it could be computed.\n\n{claim_cards(chapter, results)}"
    )


def _markdown(text: str) -> dict[str, Any]:
    return {"cell_type": "markdown", "metadata": {}, "source": text.splitlines(keepends=True)}


def _as_json(notebook: dict[str, Any]) -> str:
    return json.dumps(notebook, indent=1, ensure_ascii=False) + "\n"


def copy_downloads(source: Path, site: Path) -> None:
    """Copy what the pages offer for download (CSV files) into the site, at addresses that stay the same."""
    if (source / "downloads").exists():  # a page in an edition with a short window may have no figure
        shutil.copytree(source / "downloads", site / "downloads", dirs_exist_ok=True)
