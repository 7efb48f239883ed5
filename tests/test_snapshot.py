"""The loader: what it returns, and the one line it says about each fault a snapshot can have."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml
from complaints import complaint
from hypothesis import given
from hypothesis import strategies as st

from smallcaps.catalog import Facts, Table, load_catalog
from smallcaps.errors import DataError, InputError
from smallcaps.manifest import current_vintage, vintages
from smallcaps.snapshot import Snapshot, current, parse, write_manifest

VINTAGE = "2001-01"
TABLES = {
    "rates": (
        "month,rate,days,remark\n"
        "2000-01,1.50,21,\n"
        "2000-02,1.60,20,late\n"
        "2000-03,,23,\n"
        "2000-04,1.80,19,\n"
        "2000-05,1.70,22,\n"
    ),
    "ratios": "year,ratio\n1999,0.5\n2000,0.6\n2001,0.7\n",
    "changes": "date,target\n2000-01-15,5.25\n2000-03-20,5.5\n2000-09-01,5.75\n",
    "days": "month,date,close\n2000-02,2000-02-01,100\n2000-02,2000-02-02,101\n",
    "funds": 'fund,value\n"Zeta, Inc.",10\nAlpha,20\n',
}


def number(unit: str, minimum: float, maximum: float, **more) -> dict:
    return {"title": "A number", "series": "X", "unit": unit, "minimum": minimum, "maximum": maximum, **more}


def words(**more) -> dict:
    return {"title": "Words", "series": "X", "unit": "text", "type": "text", **more}


def entry(frequency: str, key: str, first: str, last: str, rows: int, columns: dict) -> dict:
    named = ("title", "publisher", "vintage", "licence", "citation", "source_page", "note")
    spans = {"frequency": frequency, "key": key, "first": first, "last": last, "rows": rows}
    return {**dict.fromkeys(named, "A sample"), **spans, "columns": columns}


def sample_catalog() -> dict:
    """The catalog of TABLES as the YAML file holds it."""
    rate = number("percent", 0, 20, first="2000-01", last="2000-05", gaps={"2000-03": "the office was shut"})
    rates = {
        "rate": rate,
        "days": number("days", 15, 23, type="integer", first="2000-01", last="2000-05"),
        "remark": words(sparse=True, first="2000-02", last="2000-02"),
    }
    target = number("percent", 0, 20, first="2000-01-15", last="2000-09-01")
    closes = {"month": words(), "close": number("points", 10, 1000)}
    return {
        "tables": {
            "rates": entry("monthly", "month", "2000-01", "2000-05", 5, rates),
            "ratios": entry("annual", "year", "1999", "2001", 3, {"ratio": number("ratio", 0.1, 5)}),
            "changes": entry("event", "date", "2000-01-15", "2000-09-01", 3, {"target": target}),
            "days": entry("event", "date", "2000-02-01", "2000-02-02", 2, closes),
            "funds": entry("event", "fund", "Zeta, Inc.", "Alpha", 2, {"value": number("USD", 1, 100)}),
        }
    }


def build(folder: Path, *, files: dict[str, str | bytes] | None = None, edit: Callable | None = None) -> Path:
    """A data folder in `folder` whose manifest matches its files; the snapshot folder in it comes back.

    `files` replaces the content of tables, `edit` changes the catalog's dict in place. The manifest is written here,
    not by write_manifest, so that also bytes that no CSV could hold have a valid checksum.
    """
    vintage = folder / "data" / "snapshot" / VINTAGE
    vintage.mkdir(parents=True)
    tables = {}
    for name, text in {**TABLES, **(files or {})}.items():
        content = text.encode() if isinstance(text, str) else text
        (vintage / f"{name}.csv").write_bytes(content)
        tables[name] = {"file": f"{name}.csv", "sha256": hashlib.sha256(content).hexdigest()}
    (vintage / "manifest.json").write_text(json.dumps({"vintage": VINTAGE, "tables": tables}))
    (vintage.parent / "CURRENT").write_text(VINTAGE + "\n")
    catalog = sample_catalog()
    if edit is not None:
        edit(catalog["tables"])
    (folder / "data" / "catalog.yml").write_text(yaml.safe_dump(catalog, sort_keys=False))
    return vintage.parent


# What a good snapshot gives


def test_sample_loads_with_types_index_and_units(tmp_path):
    snapshot = Snapshot(build(tmp_path))
    assert snapshot.vintage == VINTAGE
    assert snapshot.verify() == tuple(TABLES)
    rates = snapshot.table("rates")
    assert rates.id == "rates"
    assert rates.units == {"rate": "percent", "days": "days", "remark": "text"}
    assert list(rates.frame.columns) == ["rate", "days", "remark"]
    assert rates.frame.index.equals(pd.period_range("2000-01", "2000-05", freq="M", name="month"))
    assert rates.frame["rate"].dtype == rates.frame["days"].dtype == np.float64
    assert rates.frame["rate"].isna().tolist() == [False, False, True, False, False]
    assert rates.frame["remark"].dropna().tolist() == ["late"]


def test_index_of_years_dates_and_names(tmp_path):
    snapshot = Snapshot(build(tmp_path))
    assert snapshot.table("ratios").frame.index.freqstr.startswith("Y")
    assert snapshot.table("changes").frame.index[1] == pd.Timestamp("2000-03-20")
    assert snapshot.table("funds").frame.index.tolist() == ["Zeta, Inc.", "Alpha"]


def test_month_may_stand_before_the_date_key(tmp_path):
    frame = Snapshot(build(tmp_path)).table("days").frame
    assert frame.index.name == "date"
    assert frame["month"].tolist() == ["2000-02", "2000-02"]


def test_a_table_is_read_once(tmp_path):
    snapshot = Snapshot(build(tmp_path))
    assert snapshot.table("rates") is snapshot.table("rates")


def test_sha256_is_that_of_the_file(tmp_path):
    folder = build(tmp_path)
    content = (folder / VINTAGE / "rates.csv").read_bytes()
    assert Snapshot(folder).sha256("rates") == hashlib.sha256(content).hexdigest()


def test_write_manifest_makes_a_snapshot_that_verifies(tmp_path):
    folder = build(tmp_path)
    (folder / VINTAGE / "manifest.json").unlink()
    manifest = write_manifest(folder / VINTAGE, created="2001-02-03")
    assert manifest["vintage"] == VINTAGE and manifest["created"] == "2001-02-03"
    assert manifest["tables"]["rates"]["rows"] == 5
    assert manifest["tables"]["rates"]["columns"] == ["month", "rate", "days", "remark"]
    assert set(Snapshot(folder).verify()) == set(TABLES)


def test_an_older_vintage_opens_by_name(tmp_path):
    folder = build(tmp_path)
    (folder / VINTAGE).rename(folder / "2000-07")
    assert vintages(folder) == ("2000-07",)
    assert Snapshot(folder, "2000-07").table("rates").frame.shape == (5, 3)


def test_a_sparse_column_may_be_empty(tmp_path):
    def edit(tables):
        tables["rates"]["columns"]["remark"] = words(sparse=True)

    folder = build(tmp_path, files={"rates": TABLES["rates"].replace("late", "")}, edit=edit)
    assert Snapshot(folder).table("rates").frame["remark"].isna().all()


def test_current_is_opened_once():
    assert current() is current()
    assert current().vintage == current_vintage()


# Vintages that state their own facts


def refreshed(folder: Path, *, facts: dict | None = None, local: bool = False) -> Path:
    """A younger vintage beside that of `build`, with one more month of rates, and its own facts; the pointer moves."""
    new = folder / "2001-02"
    new.mkdir()
    for path in (folder / VINTAGE).glob("*.csv"):
        (new / path.name).write_bytes(path.read_bytes())
    (new / "rates.csv").write_text(TABLES["rates"] + "2000-06,1.75,22,\n")
    manifest = json.loads((folder / VINTAGE / "manifest.json").read_text())
    manifest["tables"]["rates"]["sha256"] = hashlib.sha256((new / "rates.csv").read_bytes()).hexdigest()
    ends = {"first": "2000-01", "last": "2000-06"}
    spans = {"rate": {**ends, "gaps": {"2000-03": "the office was shut"}}, "days": ends}
    stated = {**ends, "rows": 6, "vintage": "V2", "columns": spans}
    manifest["tables"]["rates"]["facts"] = stated if facts is None else facts
    if local:
        (new / "local").mkdir()
        (new / "rates.csv").rename(new / "local" / "rates.csv")
        entry = manifest["tables"].pop("rates")
        (new / "local" / "manifest.json").write_text(json.dumps({"vintage": "2001-02", "tables": {"rates": entry}}))
    (new / "manifest.json").write_text(json.dumps(manifest))
    (folder / "CURRENT").write_text("2001-02\n")
    return folder


def test_each_vintage_loads_by_its_own_facts(tmp_path):
    folder = refreshed(build(tmp_path))
    new, old = Snapshot(folder), Snapshot(folder, VINTAGE)
    assert vintages(folder) == (VINTAGE, "2001-02") and new.vintage == "2001-02"
    assert new.verify() == old.verify() == tuple(TABLES)
    assert len(new.table("rates").frame) == 6 and len(old.table("rates").frame) == 5
    assert (new.table("rates").info.vintage, old.table("rates").info.vintage) == ("V2", "A sample")
    assert new.table("ratios").info == old.table("ratios").info


def test_local_tables_are_part_of_their_vintage_where_they_lie(tmp_path):
    folder = refreshed(build(tmp_path), local=True)
    assert len(Snapshot(folder).table("rates").frame) == 6
    (folder / "2001-02" / "local" / "manifest.json").unlink()
    assert "'rates' is not in the manifest" in complaint(DataError, lambda: Snapshot(folder).table("rates"))


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({}, "facts.first"),
        ([], "facts"),
        ({"first": "2000-01", "last": "2000-06", "rows": 0, "vintage": "V2", "columns": {}}, "facts.rows"),
        ({"first": "2000-01", "last": "2000-06", "rows": 6, "vintage": "", "columns": {}}, "facts.vintage"),
        (
            {"first": "a", "last": "b", "rows": 6, "vintage": "V", "columns": {"rate": {"frist": "c"}}},
            "facts.columns.rate",
        ),
    ],
)
def test_broken_facts_are_named(tmp_path, facts, expected):
    folder = refreshed(build(tmp_path), facts=facts)
    text = complaint(DataError, lambda: Snapshot(folder))
    assert "manifest of vintage 2001-02, table 'rates'" in text and expected in text
    assert len(Snapshot(folder, VINTAGE).verify()) == len(TABLES)


def test_facts_that_the_file_does_not_keep(tmp_path):
    facts = {"first": "2000-01", "last": "2000-07", "rows": 6, "vintage": "V2", "columns": {}}
    folder = refreshed(build(tmp_path), facts=facts)
    assert "to 2000-06; the catalog says 2000-01 to 2000-07" in complaint(DataError, Snapshot(folder).verify)


def test_write_manifest_states_facts(tmp_path):
    folder = build(tmp_path)
    ends = {"first": "2000-01", "last": "2000-05", "rows": 5}
    facts = Facts.model_validate({**ends, "vintage": "V9", "columns": {"remark": {"first": "2000-02"}}})
    manifest = write_manifest(folder / VINTAGE, created="2001-02-03", facts={"rates": facts})
    assert manifest["tables"]["rates"]["facts"]["columns"] == {"remark": {"first": "2000-02"}}
    assert "facts" not in manifest["tables"]["ratios"]
    assert Snapshot(folder).catalog.table("rates").vintage == "V9"


# Faults of the folder


def test_a_vintage_is_no_folder():
    text = complaint(InputError, lambda: Snapshot(VINTAGE))
    assert text == f"folder={VINTAGE!r}: should be a Path, the folder of the vintages, or vintage=NAME"


def test_unknown_vintage(tmp_path):
    folder = build(tmp_path)
    text = complaint(InputError, lambda: Snapshot(folder, "1999-12"))
    assert "'1999-12'" in text and VINTAGE in text


def test_unknown_table(tmp_path):
    text = complaint(InputError, lambda: Snapshot(build(tmp_path)).table("rate"))
    assert "'rate'" in text and all(name in text for name in TABLES)


def test_missing_pointer(tmp_path):
    folder = build(tmp_path)
    (folder / "CURRENT").unlink()
    assert "CURRENT is missing" in complaint(DataError, lambda: Snapshot(folder))


@pytest.mark.parametrize("content", [b"", b"2099-01\n", b"../..\n", b"2001-01\n2000-01\n", b"\xff\xfe\x00"])
def test_garbage_pointer(tmp_path, content):
    folder = build(tmp_path)
    (folder / "CURRENT").write_bytes(content)
    text = complaint(DataError, lambda: Snapshot(folder))
    assert "CURRENT" in text and ("vintage" in text)


def test_missing_manifest(tmp_path):
    folder = build(tmp_path)
    (folder / VINTAGE / "manifest.json").unlink()
    text = complaint(DataError, lambda: Snapshot(folder))
    assert VINTAGE in text and "none" in text


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"{}",
        b'{"tables": []}',
        b'{"tables": {"rates": 1}}',
        b"\xff\xfe",
        b'{"tables": {"rates": {}}}',
    ],
)
def test_broken_manifest(tmp_path, content):
    folder = build(tmp_path)
    (folder / VINTAGE / "manifest.json").write_bytes(content)
    assert f"manifest of vintage {VINTAGE}" in complaint(DataError, lambda: Snapshot(folder))


def test_table_that_the_manifest_lacks(tmp_path):
    folder = build(tmp_path)
    path = folder / VINTAGE / "manifest.json"
    manifest = json.loads(path.read_text())
    del manifest["tables"]["rates"]
    path.write_text(json.dumps(manifest))
    text = complaint(DataError, lambda: Snapshot(folder).table("rates"))
    assert "'rates'" in text and VINTAGE in text


def test_missing_file(tmp_path):
    folder = build(tmp_path)
    (folder / VINTAGE / "rates.csv").unlink()
    text = complaint(DataError, lambda: Snapshot(folder).table("rates"))
    assert "'rates'" in text and "rates.csv is missing" in text


def test_altered_file(tmp_path):
    folder = build(tmp_path)
    path = folder / VINTAGE / "rates.csv"
    path.write_text(path.read_text().replace("1.50", "1.51"))
    text = complaint(DataError, lambda: Snapshot(folder).table("rates"))
    assert "'rates'" in text and "rates.csv was altered" in text and "sha256" in text


def test_one_broken_table_leaves_the_others(tmp_path):
    snapshot = Snapshot(build(tmp_path, files={"rates": "rubbish"}))
    assert len(snapshot.table("ratios").frame) == 3
    assert "'rates'" in complaint(DataError, snapshot.verify)


# Faults of a table whose checksum is right: the catalog catches them


def replaced(old: str, new: str, table: str = "rates") -> str:
    assert old in TABLES[table]
    return TABLES[table].replace(old, new)


def reordered(*order: int) -> str:
    header, *rows = TABLES["rates"].splitlines(keepends=True)
    return header + "".join(rows[i] for i in order)


FAULTS = {
    "missing column": (
        "rates",
        "\n".join(line[: line.rindex(",")] for line in TABLES["rates"].split()),
        ["'month, rate"],
    ),
    "extra column": ("rates", TABLES["rates"].replace("\n", ",9\n"), ["columns are"]),
    "renamed column": ("rates", replaced("rate,", "yield,"), ["columns are", "yield"]),
    "columns in another order": ("ratios", "ratio,year\n0.5,1999\n0.6,2000\n0.7,2001\n", ["columns are 'ratio, year'"]),
    "column named twice": ("rates", replaced("days", "rate"), ["columns are"]),
    "too few rows": ("rates", reordered(0, 1, 2, 3), ["4 rows", "5"]),
    "too many rows": ("rates", TABLES["rates"] + "2000-06,1.70,22,\n", ["6 rows", "5"]),
    "header only": ("rates", reordered(), ["0 rows", "5"]),
    "other first row": ("rates", replaced("2000-01", "1999-12"), ["1999-12", "2000-01"]),
    "other last row": ("rates", replaced("2000-05", "2000-06"), ["2000-06", "2000-05"]),
    "duplicate month": ("rates", replaced("2000-04", "2000-02"), ["'2000-02' stands twice"]),
    "duplicate fund": ("funds", "fund,value\nAlpha,10\nAlpha,20\n", ["'Alpha' stands twice"]),
    "unsorted months": ("rates", reordered(0, 3, 2, 1, 4), ["not in order", "2000-03"]),
    "no month": ("rates", replaced("2000-04", "2000-13"), ["'2000-13'", "YYYY-MM"]),
    "day where a month is due": ("rates", replaced("2000-04", "2000-04-30"), ["'2000-04-30'", "YYYY-MM"]),
    "no date": ("changes", replaced("2000-03-20", "2000-03-40", "changes"), ["'2000-03-40'", "YYYY-MM-DD"]),
    "text in a number": ("rates", replaced("1.80", "n.a."), ["'rate'", "2000-04", "'n.a.'"]),
    "nan written out": ("rates", replaced("1.80", "nan"), ["'rate'", "2000-04", "'nan'"]),
    "comma in a number": ("rates", replaced("1.80", '"1,80"'), ["'rate'", "2000-04", "'1,80'"]),
    "infinite value": ("rates", replaced("1.80", "inf"), ["'rate'", "2000-04", "infinite"]),
    "missing code -99.99": ("rates", replaced("1.80", "-99.99"), ["'rate'", "2000-04", "-99.99"]),
    "missing code -999": ("rates", replaced("1.80", "-999"), ["'rate'", "2000-04", "-999"]),
    "above its bound": ("rates", replaced("1.80", "180"), ["'rate'", "2000-04", "180", "0 to 20"]),
    "below its bound": ("rates", replaced("1.80", "-0.5"), ["'rate'", "2000-04", "-0.5", "0 to 20"]),
    "fraction in an integer column": ("rates", replaced(",19,", ",19.5,"), ["'days'", "2000-04", "19.5"]),
    "undocumented gap": ("rates", replaced("1.60", ""), ["'rate'", "2000-02", "documents no gap"]),
    "documented gap with a value": ("rates", replaced("2000-03,", "2000-03,1.70"), ["'rate'", "2000-03", "gap"]),
    "column that starts late": ("rates", replaced("1.50", ""), ["'rate'", "starts 2000-02", "2000-01"]),
    "column that ends early": ("rates", replaced("1.70", ""), ["'rate'", "ends 2000-04", "2000-05"]),
    "sparse column that starts early": (
        "rates",
        replaced("21,", "21,early"),
        ["'remark'", "starts 2000-01", "2000-02"],
    ),
    "column without a value": ("ratios", "year,ratio\n1999,\n2000,\n2001,\n", ["'ratio'", "empty"]),
    "a cell too many": ("rates", replaced("19,", "19,,,"), ["does not read as CSV", "line 5"]),
    "open quote": ("funds", 'fund,value\n"Zeta, Inc.,10\nAlpha,20\n', ["does not read as CSV"]),
    "empty file": ("rates", "", ["does not read as CSV"]),
    "no UTF-8": ("rates", TABLES["rates"].encode() + b"\xff\xfe", ["does not read as CSV", "utf-8"]),
    "web page instead of a table": ("rates", "<html><body>503</body></html>\n", ["columns are", "html"]),
}


@pytest.mark.parametrize(("table", "content", "expected"), FAULTS.values(), ids=FAULTS)
def test_fault_is_named(tmp_path, table, content, expected):
    folder = build(tmp_path, files={table: content})
    text = complaint(DataError, lambda: Snapshot(folder).table(table))
    assert text.startswith(f"table {table!r}: ")
    for word in expected:
        assert word in text


def test_gap_month(tmp_path):
    def edit(tables):
        tables["rates"]["rows"] = 4

    folder = build(tmp_path, files={"rates": reordered(0, 1, 2, 4)}, edit=edit)
    text = complaint(DataError, lambda: Snapshot(folder).table("rates"))
    assert "'rates'" in text and "month 2000-04 is missing" in text


def test_gap_year(tmp_path):
    def edit(tables):
        tables["ratios"]["rows"] = 2

    folder = build(tmp_path, files={"ratios": "year,ratio\n1999,0.5\n2001,0.7\n"}, edit=edit)
    assert "year 2000 is missing" in complaint(DataError, lambda: Snapshot(folder).table("ratios"))


# Properties


@pytest.fixture(scope="module")
def sample(tmp_path_factory) -> Path:
    return build(tmp_path_factory.mktemp("sample"))


def flipped(content: bytes, position: int, bits: int) -> bytes:
    position %= len(content)
    return content[:position] + bytes([content[position] ^ bits]) + content[position + 1 :]


any_flip = {
    "table": st.sampled_from(sorted(TABLES)),
    "position": st.integers(0, 200),
    "bits": st.integers(1, 255),
}


@given(**any_flip)
def test_any_flipped_byte_is_caught(sample, table, position, bits):
    path = sample / VINTAGE / f"{table}.csv"
    good = path.read_bytes()
    path.write_bytes(flipped(good, position, bits))
    try:
        assert "altered" in complaint(DataError, lambda: Snapshot(sample).table(table))
    finally:
        path.write_bytes(good)


@given(**any_flip)
def test_a_flipped_byte_behind_a_valid_checksum_is_a_table_or_one_line(sample, table, position, bits):
    info: Table = load_catalog(sample.parent / "catalog.yml").table(table)
    try:
        frame = parse(table, flipped(TABLES[table].encode(), position, bits), info)
    except DataError as error:
        assert str(error).startswith(f"table {table!r}: ") and "\n" not in str(error)
    else:
        assert len(frame) == info.rows
        assert list(frame.columns) == list(info.columns)


@given(table=st.sampled_from(sorted(TABLES)), content=st.binary(max_size=200))
def test_rubbish_is_one_line(sample, table, content):
    info = load_catalog(sample.parent / "catalog.yml").table(table)
    assert "'" + table + "'" in complaint(DataError, lambda: parse(table, content, info))
