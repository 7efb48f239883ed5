"""What the book's .md pages may use: the environment of the templates, and the values they are filled with."""

from __future__ import annotations

import json
from typing import Any

from jinja2 import Environment, StrictUndefined

from smallcaps import links, words
from smallcaps.book import history, landing, methods, paths, reference
from smallcaps.book.parameters import CHAPTERS, TABLES
from smallcaps.book.plan import Edition, book_span
from smallcaps.book.results import Results
from smallcaps.claims import load_register
from smallcaps.manifest import current_vintage
from smallcaps.snapshot import current
from smallcaps.verdict import table_rows


def templates() -> Environment:
    """The environment of the .md templates; a name that does not exist is an error, never an empty place."""
    # No autoescape: the output is Markdown, and what becomes HTML is escaped where it is made.
    environment = Environment(undefined=StrictUndefined, keep_trailing_newline=True, autoescape=False)  # noqa: S701
    environment.filters |= {
        "pp": words.pp,
        "percent": words.percent,
        "number": words.number,
        "month": words.month,
        "cell": _cell,
        "span": _span,
        "sentences": _sentences,
    }
    return environment


def page_context(edition: Edition, results: Results) -> dict[str, Any]:
    """What every template is filled with."""
    return {
        "edition": edition,
        "results": results,
        "stamp": results.stamp,
        "register": load_register(),
        "catalog": current().catalog,
        "chapters": [{"name": name, "title": title(name)} for name in CHAPTERS],
        "verdict_rows": table_rows(),
        "landing": landing,
        "methods": methods,
        "reference": reference,
        "words": words,
        "links": links,
        "used_by": used_by,
        "version": project_version(),
        "changelog": changelog(),
        "history": _history(edition, results),
        "snapshot_vintage": current_vintage(),
    }


def _history(edition: Edition, results: Results) -> str:
    if (edition.start, edition.end) != book_span():
        return "This edition has dates of its own. Vintages are compared on the whole book, on its own page."
    return history.history(json.loads(results.as_json()), current_vintage())


def title(chapter: str) -> str:
    """The title of a chapter: the first-level heading of its notebook."""
    cells = json.loads((paths.CHAPTERS / f"{chapter}.ipynb").read_text(encoding="utf-8"))["cells"]
    return "".join(cells[0]["source"]).splitlines()[0].removeprefix("# ")


def used_by(table: str) -> str:
    """Links to the chapters that read `table`, as Markdown."""
    users = [f"{{doc}}`{title(chapter)} <{chapter}>`" for chapter, tables in TABLES.items() if table in tables]
    return words.listed(users) if users else "no chapter; kept for researchers"


def project_version() -> str:
    """The version that pyproject.toml states."""
    import tomllib

    return tomllib.loads((paths.ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]


def changelog() -> str:
    """The releases of CHANGELOG.md as sections below a second-level heading."""
    text = (paths.ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    return "### " + text.partition("\n## ")[2].replace("\n## ", "\n### ")


def _cell(text: str) -> str:
    """The text as one cell of a Markdown table."""
    return " ".join(str(text).split()).replace("|", "\\|")


def _span(table_or_column: Any) -> str:
    """From when to when, for a table or a column; a dash where the rows are no dates."""
    first, last = table_or_column.first, table_or_column.last
    return f"{first} to {last}" if first and first[0].isdigit() else "–"


def _sentences(docstring: str) -> str:
    """A docstring as one paragraph."""
    return " ".join(docstring.split())
