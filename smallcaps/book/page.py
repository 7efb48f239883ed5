"""What every notebook of the book can do: show text, figures and tables, and record what the book needs of them."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from html import escape
from typing import Any

import numpy as np
import pandas as pd
from IPython.display import Markdown, display

from smallcaps import figures, snapshot
from smallcaps.book.parameters import Parameters, own_pair, validate
from smallcaps.book.records import MIME, csv_text, plain
from smallcaps.catalog import Table
from smallcaps.errors import NotCovered, SmallCapsError, TooFewEvents
from smallcaps.own import is_own, own_table
from smallcaps.tables import as_printed, to_record

_INJECTED = "# Parameters"  # the first line of the cell that papermill writes


class NotAvailable(SmallCapsError):
    """A result that this window cannot give; the section that needs it says why."""


class Missing:
    """Stands where a result would be; using it in any way raises NotAvailable with the reason."""

    def __init__(self, reason: str):
        self._reason = reason

    def __getattr__(self, name: str) -> Any:
        raise NotAvailable(self._reason)


def _source(info: Table) -> str:
    return f"{info.publisher} ({info.vintage})"


def _own_source(name: str) -> str:
    table = own_table(name)
    return f"own table {table.name} ({table.info.publisher})"


def _not_available(missing: Missing, *_: object) -> Any:
    raise NotAvailable(missing._reason)


# Python looks operators up on the class, so each that a cell may use on a result is named here.
_OPERATORS = (
    *("getitem", "iter", "len", "contains", "call", "bool", "float", "int", "abs", "neg", "round", "format", "str"),
    *("add", "radd", "sub", "rsub", "mul", "rmul", "truediv", "rtruediv", "lt", "le", "gt", "ge"),
)
for _name in _OPERATORS:
    setattr(Missing, f"__{_name}__", _not_available)


def read_parameters(name: str, namespace: Mapping[str, Any]) -> Parameters:
    """The parameters of notebook `name` as its cells set them in `namespace`.

    Raises InputError in one line for what is not allowed, also for a parameter that papermill injected and nobody
    declared (papermill itself only warns).
    """
    declared = type(validate(name, {})).model_fields
    names = [*declared, *(word for word in _injected_names(namespace.get("In", ())) if word not in declared)]
    return validate(name, {word: namespace[word] for word in names if word in namespace})


def _injected_names(cells: object) -> list[str]:
    names = []
    for source in cells:
        if isinstance(source, str) and source.startswith(_INJECTED):
            for statement in ast.parse(source).body:
                names += [target.id for target in getattr(statement, "targets", []) if isinstance(target, ast.Name)]
    return names


class Page:
    """One run of one notebook. Results are shown where the notebook is read and recorded for the book."""

    def __init__(self, name: str, parameters: Parameters):
        self.name = name
        self.parameters = parameters
        self.snapshot = snapshot.current()
        self.own = own_pair(parameters)
        self.record("parameters", values=parameters.model_dump())

    def rng(self) -> np.random.Generator:
        """A fresh generator from the page's seed: the order of the cells changes no digit."""
        return np.random.default_rng(self.parameters.seed)

    def run(self, study: Callable[..., Any], *args: Any, **options: Any) -> Any:
        """What `study` returns, or a Missing where the window does not reach what the study is about.

        Too few events for a test are an error if the page is strict, and a Missing otherwise.
        """
        for argument in (*args, *options.values()):
            if isinstance(argument, Missing):
                return argument
        try:
            return study(*args, **options)
        except NotCovered as error:
            return Missing(str(error))
        except TooFewEvents as error:
            if self.parameters.strict:
                raise
            return Missing(str(error))

    @contextmanager
    def section(self) -> Iterator[None]:
        """A part of the page; where it needs a result that is Missing, the page says why instead."""
        try:
            yield
        except (NotAvailable, NotCovered, TooFewEvents) as error:
            if self.parameters.strict and isinstance(error, TooFewEvents):
                raise
            self.say(f":::{{note}}\nNot in this window: {error}.\n:::")

    def say(self, text: str) -> None:
        """Show `text` (MyST Markdown made of computed values)."""
        display(Markdown(text))

    def source(self, *tables: str) -> str:
        """The source line of the tables: publisher and vintage, each once; an own table by its name and publisher."""
        catalog = self.snapshot.catalog
        said = [_own_source(name) if is_own(name) else _source(catalog.table(name)) for name in tables]
        return "; ".join(dict.fromkeys(said))

    def figure(self, name: str, **parts: Any) -> None:
        """Draw and show a figures.Figure (its fields as keywords; `source` may be a tuple of table ids).

        One that is made with an own table leaves no data, and a picture no finer than a screen shows: from some the
        series could be read back, month by month.
        """
        tables = parts["source"] if isinstance(parts.get("source"), tuple) else ()
        if tables:
            parts["source"] = self.source(*tables)
        figure = figures.Figure(name=name, **parts)
        variants = figures.render_all(figure)
        text = {key: getattr(figure, key) for key in ("name", "title", "subtitle", "alt", "source")}
        csv = csv_text(figure.data)
        if any(map(is_own, tables)):
            csv, variants = None, {name: figures.coarse(svg) for name, svg in variants.items()}
        record = {"type": "figure", **text, "csv": csv, "variants": variants}
        shown = (
            f"<figure><figcaption><strong>{escape(figure.title)}</strong><br>{escape(figure.subtitle)}</figcaption>"
            f"{variants['light']}<small>Source: {escape(figure.source)}</small></figure>"
        )
        display({MIME: record, "text/html": shown, "text/plain": figure.alt}, raw=True)

    def table(self, frame: pd.DataFrame, *, name: str, caption: str, **options: Any) -> None:
        """Show a table; the page renders it with tables.table_html, whose `options` these are.

        In a run with own series its record is no finer than what the page prints.
        """
        frame = as_printed(frame, options.get("decimals", 1)) if self.own else frame
        record = plain({"type": "table", "name": name, "caption": caption, "options": options, **to_record(frame)})
        shown = f"<p><strong>{escape(caption)}</strong></p>{frame.to_html(na_rep='–', float_format='{:,.2f}'.format)}"
        display({MIME: record, "text/html": shown, "text/plain": caption}, raw=True)

    def download(self, name: str, text: str) -> None:
        """Offer `text` as a file of the site, `downloads/NAME`."""
        self.record("download", name=name, text=text)

    def record(self, kind: str, **content: Any) -> None:
        """Leave a record in the notebook; see book.records."""
        display({MIME: {"type": kind, **plain(content)}}, raw=True)
