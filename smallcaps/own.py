"""A researcher's own tables: a CSV with a small YAML beside it, in a folder outside the repository.

The folder is the one that DATA_DIR names. A table is read and checked as those of the snapshot are, and goes nowhere:
no page, no download and no archive holds its values.
"""

from __future__ import annotations

import difflib
import hashlib
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Literal

import numpy as np
import pandas as pd
import yaml
from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

from smallcaps.catalog import ROOT, Column, Table
from smallcaps.errors import DataError, InputError
from smallcaps.returns import ReturnSeries, percent, simple_returns
from smallcaps.snapshot import parse

SETTING = "DATA_DIR"  # the folder: an environment variable, so that kernels inherit it
PREFIX = "own:"
SHAPE = "own:TABLE or own:TABLE:COLUMN"
MIN_MONTHS, MAX_MONTHS, MAX_COLUMNS = 24, 3600, 50
MAX_BYTES = {"csv": 2_000_000, "yml": 16_000}
RETURNS = (-99.0, 400.0)  # percent a month: no diversified series has left them
LEVELS = (1e-6, 1e12)  # index points
TYPICAL = (0.2, 25.0)  # percent: between them lies the month in the middle, by size, of any series of stocks

_NAME = r"[a-z0-9][a-z0-9_-]{0,59}"
_COLUMN = r"[A-Za-z0-9][A-Za-z0-9_.-]{0,59}"
_REFERENCE = re.compile(r"own:([^:\s]+)(?::([^:\s]+))?")  # what it names is looked up among what there is
# What pages, captions and pictures print as it stands: nothing that Markdown, HTML or a formula would read as its own.
Words = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=200, pattern=r"^[^\x00-\x1f<>{}$`*_\[\]|\\]*$"),
]


class Description(BaseModel):
    """What the YAML beside an own table says of it."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    title: Annotated[Words, StringConstraints(max_length=60)]
    publisher: Annotated[Words, StringConstraints(max_length=80)]
    licence: Words
    frequency: Literal["monthly"]
    unit: Literal["percent per month", "index level"]
    kind: Literal["price", "total"]
    note: Words | None = None


@dataclass(frozen=True, eq=False)
class OwnTable:
    """An own table, checked. `frame` has a column a series in the table's own unit, float64, on gapless months;
    `sums` the sha256 of its two files: that of the CSV by the table's name, that of the YAML by NAME.yml."""

    name: str
    info: Description
    frame: pd.DataFrame
    sums: Mapping[str, str]

    def label(self, column: str) -> str:
        """What pages call the series of a column: the table's title, marked as one's own, with the column if needed."""
        return f"{self.info.title} (own)" if len(self.frame.columns) == 1 else f"{self.info.title}, {column} (own)"

    def returns(self, column: str) -> ReturnSeries:
        """The monthly returns of a column, decimals; its name and its table are `own:…`."""
        values = self.frame[column].loc[self.frame[column].first_valid_index() : self.frame[column].last_valid_index()]
        made = simple_returns(values) if self.info.unit == "index level" else percent(values)
        name = f"{PREFIX}{self.name}" if len(self.frame.columns) == 1 else f"{PREFIX}{self.name}:{column}"
        note = f"own table {self.name}, {self.info.publisher}"
        return ReturnSeries(name, self.label(column), self.info.kind, made, (f"{PREFIX}{self.name}",), note)


def is_own(name: str) -> bool:
    """Whether a series or a table is a researcher's own, by its name."""
    return name.startswith(PREFIX)


def own_folder() -> Path:
    """The folder that DATA_DIR names; InputError where it names none, or one inside the repository."""
    given = os.environ.get(SETTING, "")
    if not given:
        raise InputError(f"{SETTING} is not set; own tables need it: the folder that holds NAME.csv and NAME.yml")
    folder = Path(given).expanduser()
    if not folder.is_absolute():  # a kernel works in another folder than the command that starts it
        raise InputError(f"{SETTING}={given!r}: should be an absolute path, such as {folder.absolute()}")
    if not folder.is_dir():
        raise InputError(f"{SETTING}={given!r}: there is no such folder; it should hold NAME.csv and NAME.yml")
    if folder.resolve().is_relative_to(ROOT):
        raise InputError(
            f"{SETTING}={given!r}: lies in the repository; own tables stay outside it, so none is passed on"
        )
    return folder


def own_names() -> tuple[str, ...]:
    """The names of the own tables in the folder: those with a YAML, in lower-case letters, digits, - and _."""
    found = (path.stem for path in own_folder().glob("*.yml"))
    return tuple(sorted(name for name in found if re.fullmatch(_NAME, name)))


def own_table(name: str) -> OwnTable:
    """The own table `own:NAME` (a column may follow), read and checked.

    InputError for a name that the folder does not hold, with the nearest that it does; DataError for the first fault
    of one of its files: it names the file, the value and what is allowed.
    """
    table, _ = _split(name)
    folder, known = own_folder(), own_names()
    if table not in known:
        listed = ", ".join(known) or "none"
        raise InputError(f"unknown own table {table!r}{_nearest(table.lower(), known)}; {SETTING} holds: {listed}")
    return _checked(table, _content(folder, table, "csv"), _content(folder, table, "yml"))


def own_returns(name: str) -> ReturnSeries:
    """The returns of `own:TABLE` or `own:TABLE:COLUMN`, decimals per month; errors as `own_table`, and InputError
    for an unknown column or where a table of several columns is asked for without one."""
    table = own_table(name)
    columns = list(table.frame.columns)
    _, column = _split(name)
    if not column and len(columns) == 1:
        return table.returns(columns[0])
    if not column:
        raise InputError(f"own table {table.name!r} has {len(columns)} columns; say which: {_choices(table)}")
    if column not in columns:
        raise InputError(
            f"unknown column {column!r} of own table {table.name!r}{_nearest(column, columns)}; it has: "
            f"{', '.join(columns)}"
        )
    return table.returns(column)


def _choices(table: OwnTable) -> str:
    return ", ".join(f"{PREFIX}{table.name}:{column}" for column in table.frame.columns)


def _split(name: str) -> tuple[str, str]:
    match = _REFERENCE.fullmatch(name)
    if not match:
        raise InputError(f"{name!r} names no own series; allowed: {SHAPE}")
    return match.group(1), match.group(2) or ""


def _nearest(word: str, allowed: tuple[str, ...] | list[str]) -> str:
    close = difflib.get_close_matches(word, allowed, n=1, cutoff=0.5)
    return f"; did you mean {close[0]!r}?" if close else ""


def _content(folder: Path, table: str, kind: str) -> bytes:
    file = f"{table}.{kind}"
    try:
        with (folder / file).open("rb") as stream:
            content = stream.read(MAX_BYTES[kind] + 1)
    except OSError:
        raise DataError(f"own table {table!r}: file {file} is missing or cannot be read") from None
    if len(content) > MAX_BYTES[kind]:
        raise DataError(f"own table {table!r}: file {file} has more than {MAX_BYTES[kind]} bytes, the most allowed")
    return content


@lru_cache(maxsize=16)
def _checked(table: str, csv: bytes, yml: bytes) -> OwnTable:
    """The table in these bytes: whoever reads the same bytes again need not check them again."""
    info = _description(f"{table}.yml", yml)
    frame = _frame(f"{table}.csv", csv, info)
    sums = {table: hashlib.sha256(csv).hexdigest(), f"{table}.yml": hashlib.sha256(yml).hexdigest()}
    return OwnTable(table, info, frame, sums)


def _description(file: str, content: bytes) -> Description:
    fields = ", ".join(Description.model_fields)
    try:
        loaded = yaml.safe_load(content.decode("utf-8"))
    except UnicodeDecodeError:
        raise DataError(f"{file} is no UTF-8 text") from None
    except (yaml.YAMLError, ValueError) as error:
        raise DataError(f"{file} is not valid YAML: {' '.join(str(error).split())}") from None
    if not isinstance(loaded, dict):
        raise DataError(f"{file} describes no table; it takes the fields {fields}")
    try:
        return Description.model_validate(loaded)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        if first["type"] == "extra_forbidden":
            known = tuple(Description.model_fields)
            raise DataError(f"{file}: unknown field {where!r}{_nearest(where, known)}; it takes {fields}") from None
        if first["type"] == "missing":
            raise DataError(f"{file}: field {where!r} is missing; it takes {fields}") from None
        said = first["msg"].replace("Input should be", "should be").replace("String should", "should")
        if first["type"] == "string_pattern_mismatch":
            said = "should be text on one line without < > { } [ ] $ ` * _ | and \\"
        raise DataError(f"{file}: {where}={first['input']!r:.80}: {said}") from None


def _frame(file: str, content: bytes, info: Description) -> pd.DataFrame:
    """The table in `content`, by the checks of the snapshot's loader and by those of an own table's span and unit."""
    try:
        lines = content.decode("utf-8-sig").splitlines()  # spreadsheets put a mark before their UTF-8
    except UnicodeDecodeError:
        raise DataError(f"{file} is no UTF-8 text") from None
    header, *rows = lines or [""]
    key, *columns = header.split(",")
    if key != "month" or not columns:
        raise DataError(f"{file}: the first line is {header!r:.80}; should be month, then a column a series, by commas")
    strange = [name for name in columns if not re.fullmatch(_COLUMN, name)]
    if strange:
        raise DataError(f"{file}: column {strange[0]!r:.80}: should be letters, digits, _ . and -, without spaces")
    twice = [name for name in columns if columns.count(name) > 1]
    if twice:
        raise DataError(f"{file}: column {twice[0]!r} stands twice")
    if len(columns) > MAX_COLUMNS:
        raise DataError(f"{file} has {len(columns)} columns; allowed: 1 to {MAX_COLUMNS}")
    if not MIN_MONTHS <= len(rows) <= MAX_MONTHS:
        raise DataError(f"{file} has {len(rows)} months; allowed: {MIN_MONTHS} to {MAX_MONTHS}")
    uneven = [number for number, row in enumerate(rows, start=2) if row.count(",") != len(columns)]
    if uneven:
        cells = rows[uneven[0] - 2].count(",") + 1
        raise DataError(f"{file}, line {uneven[0]}: has {cells} cells; the header has {len(columns) + 1}")
    frame = parse(file, "\n".join([header, *rows]).encode(), _as_table(columns, rows, info), by="its description")
    for name in columns:
        _check_size(file, name, frame[name].dropna(), info)
    return frame


def _as_table(columns: list[str], rows: list[str], info: Description) -> Table:
    """What the snapshot's loader has to hold the file to: its own span, the bounds of its unit."""
    low, high = RETURNS if info.unit == "percent per month" else LEVELS
    column = {"title": info.title, "unit": info.unit, "minimum": low, "maximum": high, "kind": info.kind}
    return Table(
        title=info.title,
        publisher=info.publisher,
        frequency="monthly",
        key="month",
        licence=info.licence,
        citation=info.publisher,
        source_page="none",
        note=info.note or "none",
        columns={name: Column(series=name, **column) for name in columns},
        first=rows[0].split(",")[0] or "none",
        last=rows[-1].split(",")[0] or "none",
        rows=len(rows),
        vintage="own",
    )


def _check_size(file: str, column: str, values: pd.Series, info: Description) -> None:
    """Refuse what has the shape of another unit: decimals or levels where percent is said, moves no index makes."""
    if len(values) < MIN_MONTHS:
        raise DataError(f"{file}, column {column!r} has {len(values)} months with a value; at least {MIN_MONTHS}")
    returns = simple_returns(values) * 100 if info.unit == "index level" else values
    outside = returns[(returns < RETURNS[0]) | (returns > RETURNS[1])]
    if len(outside):
        raise DataError(
            f"{file}, column {column!r}, {outside.index[0]}: a move of {outside.iloc[0]:.4g} % in a month; "
            f"allowed: {RETURNS[0]:g} to {RETURNS[1]:g} %"
        )
    typical = float(np.median(returns.abs()))
    if not TYPICAL[0] <= typical <= TYPICAL[1]:
        raise DataError(
            f"{file}, column {column!r}: the middle month moves by {typical:.3g} %, allowed: {TYPICAL[0]:g} to "
            f"{TYPICAL[1]:g}; is the unit {info.unit!r} right (percent: 1.5 for 1.5 %)?"
        )
