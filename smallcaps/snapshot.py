"""The data as it lies in the repository: load a table, verified against its manifest and its catalog entry."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from pydantic import ValidationError

from smallcaps.catalog import Column, Facts, Table, load_catalog
from smallcaps.errors import DataError, InputError
from smallcaps.manifest import MANIFEST, SNAPSHOTS, check_vintage, current_vintage, read_manifest, verified_content

MISSING_CODES = (-99.99, -999.0)  # Ken French's codes for "no value": never a number
KEY_FORMATS = {"month": ("%Y-%m", "YYYY-MM"), "year": ("%Y", "YYYY"), "date": ("%Y-%m-%d", "YYYY-MM-DD")}


@dataclass(frozen=True)
class LoadedTable:
    """A table as the studies use it: the numbers, and the catalog entry that says what they mean.

    `frame` has a PeriodIndex (monthly or annual), a DatetimeIndex (events) or the key's own text as index, sorted,
    without duplicates. Numbers are float64 in the publisher's unit (`units`); a missing value is NaN.
    """

    id: str
    frame: pd.DataFrame
    info: Table

    @property
    def units(self) -> dict[str, str]:
        """Column name to unit, as the catalog states it."""
        return {name: column.unit for name, column in self.info.columns.items()}


class Snapshot:
    """One vintage of the data: `Snapshot()` for the current one, `Snapshot(vintage="2026-10")`; tables load once.

    `catalog` is that of this vintage: where its manifest states facts of a table, they stand above data/catalog.yml.
    """

    def __init__(self, folder: Path = SNAPSHOTS, vintage: str | None = None):
        if not isinstance(folder, Path):
            raise InputError(f"folder={folder!r}: should be a Path, the folder of the vintages, or vintage=NAME")
        self.vintage = current_vintage(folder) if vintage is None else check_vintage(vintage, folder)
        self.path = folder / self.vintage
        self.manifest = read_manifest(self.path)
        catalog_path = folder.parent / "catalog.yml"
        self.catalog = load_catalog(catalog_path).with_facts(_facts(self.manifest, self.vintage))
        self._tables: dict[str, LoadedTable] = {}

    def table(self, table_id: str) -> LoadedTable:
        """The table `table_id`, its bytes verified by sha256 and its content by the catalog.

        Raises InputError for an unknown id and DataError for a file that is missing, altered or invalid.
        """
        if table_id not in self._tables:
            info = self.catalog.table(table_id)
            content = self.content(table_id)
            self._tables[table_id] = LoadedTable(table_id, parse(table_id, content, info), info)
        return self._tables[table_id]

    def sha256(self, table_id: str) -> str:
        """The recorded sha256 of the table's file."""
        return self._entry(table_id)["sha256"]

    def verify(self) -> tuple[str, ...]:
        """The ids of all tables of the catalog, each loaded and checked."""
        for table_id in self.catalog.tables:
            self.table(table_id)
        return tuple(self.catalog.tables)

    def _entry(self, table_id: str) -> dict:
        try:
            return self.manifest["tables"][table_id]
        except KeyError:
            raise DataError(f"table {table_id!r} is not in the manifest of vintage {self.vintage}") from None

    def content(self, table_id: str) -> bytes:
        """The bytes of the table's file, verified by sha256; DataError if the file is missing or altered."""
        return verified_content(self.path, table_id, self._entry(table_id))


@lru_cache(maxsize=8)
def current() -> Snapshot:
    """The current snapshot of the repository, opened once per process."""
    return Snapshot()


def manifest_of(
    files: Mapping[str, bytes], *, vintage: str, created: str, facts: Mapping[str, Facts] | None = None
) -> dict[str, Any]:
    """The manifest of `files` (name to content of each CSV): sha256, rows, columns, and the `facts` of each table.

    `created` is the date of the snapshot, YYYY-MM-DD; `facts` are what this vintage says of its tables itself.
    """
    facts = facts or {}
    tables: dict[str, Any] = {}
    for name, content in sorted(files.items()):
        table_id = name.removesuffix(".csv")
        header, *rows = content.decode("utf-8").splitlines()
        tables[table_id] = {
            "file": name,
            "sha256": hashlib.sha256(content).hexdigest(),
            "rows": len(rows),
            "columns": header.split(","),
        }
        if table_id in facts:
            tables[table_id]["facts"] = facts[table_id].model_dump(exclude_defaults=True)
    return {"vintage": vintage, "created": created, "tables": tables}


def write_manifest(path: Path, *, created: str, facts: Mapping[str, Facts] | None = None) -> dict[str, Any]:
    """The manifest of the CSV files in `path`, as `manifest_of` has it, written there as JSON."""
    files = {file.name: file.read_bytes() for file in path.glob("*.csv")}
    manifest = manifest_of(files, vintage=path.name, created=created, facts=facts)
    (path / MANIFEST).write_text(as_json(manifest), encoding="utf-8")
    return manifest


def as_json(manifest: Mapping[str, Any]) -> str:
    """A manifest as its file holds it."""
    return json.dumps(manifest, indent=1) + "\n"


def parse(table_id: str, content: bytes, info: Table, *, by: str = "the catalog") -> pd.DataFrame:
    """The table in `content` (CSV, UTF-8) as a DataFrame that satisfies `info`; DataError names the first fault.

    Checked: columns and their order, key order and duplicates, gapless months and years, first and last row, row
    count, numeric cells, the publishers' missing codes, bounds, and per column that values are missing only before
    `first`, after `last` and in the gaps that the catalog documents. `by` is who says what is allowed.
    """
    fault = _Fault(table_id, by)
    try:
        text = pd.read_csv(BytesIO(content), dtype=str, keep_default_na=False, encoding="utf-8")
    except (UnicodeDecodeError, pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        raise fault(f"does not read as CSV: {' '.join(str(error).split())}") from None
    expected = _header(info)
    if list(text.columns) != expected:
        raise fault(f"columns are {', '.join(text.columns)!r}; {fault.by} says {', '.join(expected)!r}")
    keys = text.pop(info.key)
    _check_keys(keys, info, fault)
    columns = {name: _column(name, text[name], keys, column, fault) for name, column in info.columns.items()}
    frame = pd.DataFrame(columns)
    frame.index = _index(keys, info)
    return frame


def _header(info: Table) -> list[str]:
    names = list(info.columns)
    if info.key == "date" and "month" in names:  # the daily facts carry their month first
        return ["month", "date", *[name for name in names if name != "month"]]
    return [info.key, *names]


class _Fault:
    def __init__(self, table_id: str, by: str):
        self.table_id = table_id
        self.by = by

    def __call__(self, what: str) -> DataError:
        return DataError(f"table {self.table_id!r}: {what}")


def _check_keys(keys: pd.Series, info: Table, fault: _Fault) -> None:
    if len(keys) != info.rows:
        raise fault(f"has {len(keys)} rows; {fault.by} says {info.rows}")
    if keys.duplicated().any():
        raise fault(f"{info.key} {keys[keys.duplicated()].iloc[0]!r} stands twice")
    if (keys.iloc[0], keys.iloc[-1]) != (info.first, info.last):
        raise fault(f"runs from {keys.iloc[0]} to {keys.iloc[-1]}; {fault.by} says {info.first} to {info.last}")
    if info.key == "fund":
        return
    code, shape = KEY_FORMATS[info.key]
    strange = keys[pd.to_datetime(keys, format=code, errors="coerce").dt.strftime(code) != keys]
    if len(strange):
        raise fault(f"{info.key} {strange.iloc[0]!r} is no date of the form {shape}")
    if not keys.is_monotonic_increasing:
        raise fault(f"{info.key}s are not in order: {keys[keys < keys.shift()].iloc[0]} follows a later one")
    if info.frequency in ("monthly", "annual"):
        freq = {"monthly": "M", "annual": "Y"}[info.frequency]
        present = pd.PeriodIndex(keys, freq=freq)
        gaps = pd.period_range(present[0], present[-1], freq=freq).difference(present)
        if len(gaps):
            raise fault(f"{info.key} {gaps[0]} is missing")


def _column(name: str, text: pd.Series, keys: pd.Series, column: Column, fault: _Fault) -> pd.Series:
    if column.type == "text":
        values = text.where(text != "", None)
    else:
        empty = text.isin([""])
        values = pd.to_numeric(text.where(~empty), errors="coerce").astype(float)
        strange = values.isna() & ~empty
        if strange.any():
            raise fault(f"column {name!r}, {keys[strange].iloc[0]}: {text[strange].iloc[0]!r} is no number")
        if np.isinf(values).any():
            raise fault(f"column {name!r}, {keys[np.isinf(values)].iloc[0]}: the value is infinite")
        coded = values.isin(MISSING_CODES)
        if coded.any():
            raise fault(
                f"column {name!r}, {keys[coded].iloc[0]}: missing code {values[coded].iloc[0]} left as a number"
            )
        outside = (values < column.minimum) | (values > column.maximum)
        if outside.any():
            value = values[outside].iloc[0]
            allowed = f"{column.minimum:g} to {column.maximum:g}"
            raise fault(f"column {name!r}, {keys[outside].iloc[0]}: {value:g} lies outside {allowed}")
        broken = values.notna() & (values % 1 != 0)
        if column.type == "integer" and broken.any():
            raise fault(f"column {name!r}, {keys[broken].iloc[0]}: {values[broken].iloc[0]:g} is no whole number")
    _check_gaps(name, values, keys, column, fault)
    return values


def _check_gaps(name: str, values: pd.Series, keys: pd.Series, column: Column, fault: _Fault) -> None:
    filled = values.notna()
    if not filled.any():
        if column.sparse and column.first is None:
            return
        raise fault(f"column {name!r} is empty")
    first, last = keys[filled].iloc[0], keys[filled].iloc[-1]
    for end, found, promised in (("starts", first, column.first), ("ends", last, column.last)):
        if promised is not None and found != promised:
            raise fault(f"column {name!r} {end} {found}; {fault.by} says {promised}")
    if column.sparse:
        return
    inside = (keys >= first) & (keys <= last) if keys.is_monotonic_increasing else filled | True
    undocumented = [key for key in keys[inside & ~filled] if key not in column.gaps]
    if undocumented:
        raise fault(f"column {name!r} has no value for {undocumented[0]}, and {fault.by} documents no gap there")
    closed = [key for key in column.gaps if key in set(keys[filled])]
    if closed:
        raise fault(f"column {name!r} has a value for {closed[0]}, which {fault.by} calls a gap")


def _index(keys: pd.Series, info: Table) -> pd.Index:
    if info.frequency in ("monthly", "annual"):
        freq = {"monthly": "M", "annual": "Y"}[info.frequency]
        return pd.PeriodIndex(keys, freq=freq, name=info.key)
    if info.key == "date":
        return pd.DatetimeIndex(keys, name="date")
    return pd.Index(keys, name=info.key)


def _facts(manifest: dict, vintage: str) -> dict[str, Facts]:
    facts = {}
    for table_id, entry in manifest["tables"].items():
        if "facts" not in entry:
            continue
        try:
            facts[table_id] = Facts.model_validate(entry["facts"])
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(["facts", *map(str, first["loc"])])
            raise DataError(f"manifest of vintage {vintage}, table {table_id!r}, {where}: {first['msg']}") from None
    return facts
