"""The bytes of a table's file, the facts that its vintage states of it, and the check of one against the other."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from io import StringIO

import pandas as pd

from smallcaps.catalog import Catalog, Description, Facts, Span, Table
from smallcaps.snapshot import Snapshot, parse
from smallcaps.sources.errors import SourceError

# A number, nothing, or text without control characters that does not begin as a formula or a command of a spreadsheet.
_HARMLESS = re.compile(r"-?\d+(\.\d+)?|[^=+\-@|%\x00-\x1f\x7f][^\x00-\x1f\x7f]*|")


def as_csv(table: str, text: pd.DataFrame, info: Description) -> bytes:
    """`text` (cells as text, key as index) as a CSV file in UTF-8, columns in the catalog's order.

    SourceError for a cell that could start a formula in a spreadsheet, or that holds a line end.
    """
    columns = [info.key, *info.columns]
    if info.key == "date" and "month" in info.columns:  # as the loader has it
        columns = ["month", "date", *(name for name in info.columns if name != "month")]
    frame = text.rename_axis(info.key).reset_index()[columns]
    out = StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    for row in frame.itertuples(index=False, name=None):
        for name, cell in zip(columns, row, strict=True):
            if not _HARMLESS.fullmatch(cell):
                raise SourceError(f"table {table!r}: {name} of {row[0]} is {cell!r:.60}, which could start a formula")
        writer.writerow(row)
    return out.getvalue().encode()


def as_text(content: bytes, info: Description) -> pd.DataFrame:
    """The cells of a table's file as text, key as index."""
    rows = list(csv.reader(StringIO(content.decode("utf-8"), newline="")))
    frame = pd.DataFrame(rows[1:], columns=rows[0], dtype=object)
    return frame.set_index(info.key)[list(info.columns)]


def facts_of(text: pd.DataFrame, info: Description, *, vintage: str, today: str, note: str, citation: str) -> Facts:
    """What a vintage states of a table with the cells `text`: rows, span, and each column's span and gaps.

    Gaps that `info` gives a reason for keep it; a new one says that the publisher gave no value on `today`.
    """
    return Facts(
        first=text.index[0],
        last=text.index[-1],
        rows=len(text),
        vintage=vintage,
        note=note,
        citation=citation,
        columns={name: _span(text[name], info, name, today) for name in info.columns},
    )


def _span(cells: pd.Series, info: Description, name: str, today: str) -> Span:
    column = info.columns[name]
    filled = cells.index[cells != ""]
    if filled.empty:
        return Span()
    inner = cells.loc[filled[0] : filled[-1]] if cells.index.is_unique else cells
    empty = [] if column.sparse else inner.index[inner == ""]
    unknown = f"no value at the publisher on {today}"
    return Span(first=filled[0], last=filled[-1], gaps={key: column.gaps.get(key, unknown) for key in empty})


def refreshed_words(table: str, base: Catalog, *, vintage: str, today: str, first_vintage: str) -> tuple[str, str]:
    """Note and citation of a refreshed table: the catalog's words, with what the refresh changed in them."""
    described = base.description(table)
    note = described.note
    if table in base.tables:
        note += (
            f" Refreshed on {today} from the publisher itself: where the words above name a mirror, a last month, a "
            f"count or a difference, they speak of the vintage {first_vintage}."
        )
    citation = described.citation
    database = re.fullmatch(r"CRSP (\d{6})", vintage)
    if database:
        citation = re.sub(r"CRSP(\s+)vintage(\s+)\d{6}", rf"CRSP\1vintage\g<2>{database[1]}", citation)
    return note, citation


def validated(table: str, content: bytes, facts: Facts, base: Catalog) -> Table:
    """The catalog entry of `table` with `facts`, after `content` was held against it as every load does."""
    info = base.with_facts({table: facts}).table(table)
    parse(table, content, info)
    return info


def carried_facts(snapshot: Snapshot, table: str) -> Facts:
    """The facts of a table that goes over unchanged: those that its present vintage states, or the catalog's."""
    info = snapshot.catalog.table(table)
    columns: Mapping[str, Span] = {
        name: Span(first=column.first, last=column.last, gaps=column.gaps) for name, column in info.columns.items()
    }
    return Facts(
        first=info.first,
        last=info.last,
        rows=info.rows,
        vintage=info.vintage,
        note=info.note,
        citation=info.citation,
        columns=dict(columns),
    )
