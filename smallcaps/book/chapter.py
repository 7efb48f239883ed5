"""What a notebook holds in its hand: validated parameters, the panel, and ways to show and to record."""

from __future__ import annotations

import ast
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from html import escape
from typing import Any

import numpy as np
import pandas as pd
from IPython.display import HTML, Markdown, display

from smallcaps import figures, snapshot
from smallcaps.book.parameters import TABLES, Parameters, check_inside, validate, window
from smallcaps.errors import InputError, NotCovered, SmallCapsError, TooFewEvents
from smallcaps.evidence import Evidence
from smallcaps.panel import Panel
from smallcaps.tables import table_html

MIME = "application/vnd.smallcaps+json"
_INJECTED = "# Parameters"  # the first line of the cell that papermill writes


class NotAvailable(SmallCapsError):
    """A result that this window cannot give; the section that needs it says why."""


class Missing:
    """Stands where a result would be; using it raises NotAvailable with the reason."""

    def __init__(self, reason: str):
        self._reason = reason

    def __getattr__(self, name: str) -> Any:
        raise NotAvailable(self._reason)


def open_chapter(name: str, namespace: Mapping[str, Any]) -> Chapter:
    """The chapter `name` with the parameters found in `namespace` (pass `globals()`).

    Raises InputError in one line for what is not allowed, also for a parameter that papermill injected and no
    chapter knows (papermill itself only warns).
    """
    declared = validate(name, {})
    injected = _injected_names(namespace.get("In", ()))
    names = [*type(declared).model_fields, *(word for word in injected if word not in type(declared).model_fields)]
    parameters = validate(name, {word: namespace[word] for word in names if word in namespace})
    return Chapter(name, parameters)


def _injected_names(cells: object) -> list[str]:
    names = []
    for source in cells:
        if isinstance(source, str) and source.startswith(_INJECTED):
            for statement in ast.parse(source).body:
                names += [target.id for target in getattr(statement, "targets", []) if isinstance(target, ast.Name)]
    return names


class Chapter:
    """One run of one chapter. Results are shown where the notebook is read and recorded for the book."""

    def __init__(self, name: str, parameters: Parameters):
        if parameters.strict:
            check_inside(parameters, chapter=name)
        self.name = name
        self.parameters = parameters
        self.start, self.end = window(parameters)
        self.snapshot = snapshot.current()
        self.panel = Panel(self.snapshot, tables=TABLES[name], start=self.start, end=self.end)
        self._record({"type": "parameters", "values": parameters.model_dump()})

    def rng(self) -> np.random.Generator:
        """A fresh generator from the chapter's seed: the order of the cells changes no digit."""
        return np.random.default_rng(self.parameters.seed)

    def run(self, study: Callable[..., Any], *args: Any, **options: Any) -> Any:
        """What `study` returns; where the window does not suffice, an error if strict, else a Missing."""
        try:
            for argument in (*args, *options.values()):
                if isinstance(argument, Missing):
                    return argument
            return study(*args, **options)
        except (TooFewEvents, NotCovered) as error:
            if self.parameters.strict:
                raise
            return Missing(str(error))

    @contextmanager
    def section(self) -> Iterator[None]:
        """A part of the page; where it needs a result that is Missing, the page says why instead."""
        try:
            yield
        except (NotAvailable, NotCovered, TooFewEvents) as error:
            if self.parameters.strict:
                raise
            self.say(f":::{{note}}\nNot in this edition: {error}.\n:::")

    def say(self, text: str) -> None:
        """Show `text` (MyST Markdown made of computed values)."""
        display(Markdown(text))

    def source(self, *tables: str) -> str:
        """The source line of the tables: publisher and vintage, each once."""
        infos = [self.snapshot.catalog.table(table) for table in tables]
        return "; ".join(dict.fromkeys(f"{info.publisher} ({info.vintage})" for info in infos))

    def figure(self, name: str, **parts: Any) -> None:
        """Draw and show a figures.Figure (its fields as keywords; `source` may be a tuple of table ids)."""
        if isinstance(parts.get("source"), tuple):
            parts["source"] = self.source(*parts["source"])
        figure = figures.Figure(name=name, **parts)
        variants = {key: figures.render(figure, **options) for key, options in figures.VARIANTS.items()}
        text = {key: getattr(figure, key) for key in ("name", "title", "subtitle", "alt", "source")}
        csv = figure.data.to_csv(float_format="%.10g", lineterminator="\n")
        record = {"type": "figure", **text, "csv": csv, "variants": variants}
        shown = (
            f"<figure><figcaption><strong>{escape(figure.title)}</strong><br>{escape(figure.subtitle)}</figcaption>"
            f"{variants['light']}<small>Source: {escape(figure.source)}</small></figure>"
        )
        display({MIME: record, "text/html": shown, "text/plain": figure.alt}, raw=True)

    def table(self, frame: pd.DataFrame, *, name: str, caption: str, **options: Any) -> None:
        """Show a table (see tables.table_html)."""
        display(HTML(table_html(frame, name=name, caption=caption, **options)))

    def claim(self, claim_id: str, evidence: Evidence | Missing) -> None:
        """Record what was found for a claim (units as in the register). A claim that no cell records is outside the
        edition; a Missing ends the section, as any use of it does."""
        if isinstance(evidence, Missing):
            raise NotAvailable(evidence._reason)
        if not isinstance(evidence, Evidence):
            raise InputError(f"claim {claim_id!r} takes an Evidence, got {type(evidence).__name__}")
        plain = json.dumps(asdict(evidence), default=lambda value: value.item(), allow_nan=False)
        self._record({"type": "claim", "id": claim_id, "evidence": json.loads(plain)})

    def _record(self, content: dict[str, Any]) -> None:
        display({MIME: content}, raw=True)
