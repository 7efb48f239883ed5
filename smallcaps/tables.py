"""Tables for pages: caption, units, aligned decimals and header scopes, written by great-tables."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import escape

import pandas as pd

from smallcaps.words import MINUS

SENTENCE = 40  # letters from which a row's name gets the room of a sentence
_STYLE_BLOCK = re.compile(r"<style>.*?</style>", re.DOTALL)
_CELL_IDS = re.compile(r' (?:id|headers)="table-[^"]*"')  # not unique where two headers begin alike; scopes say it all


def table_html(
    frame: pd.DataFrame,
    *,
    name: str,
    caption: str,
    decimals: int | Mapping[str, int] = 1,
    signed: tuple[str, ...] = (),
) -> str:
    """The table as HTML without a style of its own (the site's stylesheet holds it), each row headed by the index.

    `frame` has its row names as index and its units in the column names; numbers get `decimals` digits (one number
    for all, or by column), a plus sign in the columns `signed`; missing values show as a dash.
    """
    from great_tables import GT  # a second of imports, which a kernel that only records the table need not pay

    shown = frame.reset_index()
    row_head = shown.columns[0]
    shown[row_head] = shown[row_head].astype(str)
    table = GT(shown, id=f"table-{name}", rowname_col=row_head).tab_stubhead(label=str(row_head))
    for column in frame.columns:
        if not pd.api.types.is_numeric_dtype(frame[column]):
            continue
        digits = decimals if isinstance(decimals, int) else decimals.get(column, 1)
        table = table.fmt_number(columns=column, decimals=digits, force_sign=column in signed)
    table = table.sub_missing(missing_text="–").tab_options(table_width="auto")
    html = _STYLE_BLOCK.sub("", table.as_raw_html())
    html = html.replace("<table", f'<table aria-describedby="caption-{name}"', 1)
    html = re.sub(r"(?<=>)-(?=\d)", MINUS, _CELL_IDS.sub("", html))
    shown_caption = f'<p class="sc-caption" id="caption-{name}">{escape(caption, quote=False)}</p>'
    kind = "sc-table sc-sentences" if max(map(len, shown[row_head]), default=0) > SENTENCE else "sc-table"
    return f'<div class="{kind}" id="{name}">{shown_caption}{html}</div>'


def as_printed(frame: pd.DataFrame, decimals: int | Mapping[str, int] = 1) -> pd.DataFrame:
    """The table with each column of numbers rounded to the digits that `table_html` prints with these `decimals`."""
    numbers = frame.select_dtypes("number").columns
    return frame.round({name: decimals if isinstance(decimals, int) else decimals.get(name, 1) for name in numbers})


def to_record(frame: pd.DataFrame) -> dict[str, object]:
    """The table as JSON carries it: row names, and columns with their cells; missing is None, what is no number text.

    Columns are a list, not a map: notebooks are written with their keys sorted, and a table keeps its order.
    """
    columns = [
        [str(name), [None if pd.isna(x) else float(x) for x in column]]
        if pd.api.types.is_numeric_dtype(column)
        else [str(name), [None if pd.isna(x) else str(x) for x in column]]
        for name, column in frame.items()
    ]
    return {"head": str(frame.index.name or ""), "rows": [str(name) for name in frame.index], "columns": columns}


def from_record(record: dict) -> pd.DataFrame:
    """The table that `to_record` wrote."""
    return pd.DataFrame(dict(record["columns"]), index=pd.Index(record["rows"], name=record["head"]))
