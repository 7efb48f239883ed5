"""A researcher's own tables: what is accepted, and the one line that each fault gets."""

from __future__ import annotations

import hashlib

import numpy as np
import pandas as pd
import pytest
import yaml
from complaints import complaint

from smallcaps import Panel, Snapshot, monthly_gap
from smallcaps.catalog import ROOT
from smallcaps.errors import DataError, InputError, NotCovered, ReturnKindError
from smallcaps.own import MAX_BYTES, SETTING, own_names, own_returns, own_table
from smallcaps.pairs import OwnPair

GOOD = {
    "title": "My small caps",
    "publisher": "An index house",
    "licence": "for our own use",
    "frequency": "monthly",
    "unit": "percent per month",
    "kind": "total",
}
MONTHS = [str(month) for month in pd.period_range("2000-01", "2009-12", freq="M")]
RETURNS = np.random.default_rng(7).normal(0.8, 4.5, len(MONTHS)).round(6)
ROWS = [f"{month},{value:.6f}" for month, value in zip(MONTHS, RETURNS, strict=True)]
CSV = "\n".join(["month,value", *ROWS]) + "\n"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv(SETTING, str(tmp_path))
    return tmp_path


def put(folder, csv: str | bytes = CSV, *, name: str = "mine", **fields) -> None:
    described = {**GOOD, **fields}
    text = yaml.safe_dump({key: value for key, value in described.items() if value is not ...}, sort_keys=False)
    (folder / f"{name}.yml").write_text(text, encoding="utf-8")
    (folder / f"{name}.csv").write_bytes(csv if isinstance(csv, bytes) else csv.encode())


# What is accepted


def test_percent_become_decimals(folder):
    put(folder)
    found = own_returns("own:mine")
    assert found.values.tolist() == pytest.approx((RETURNS / 100).tolist())
    assert (found.name, found.label, found.kind, found.tables) == (
        "own:mine",
        "My small caps (own)",
        "total",
        ("own:mine",),
    )
    assert (str(found.first), str(found.last)) == ("2000-01", "2009-12")


def test_levels_become_simple_returns(folder):
    levels = 100 * (1 + RETURNS / 100).cumprod()
    rows = [f"{month},{level:.9f}" for month, level in zip(MONTHS, levels, strict=True)]
    put(folder, "\n".join(["month,value", *rows]), unit="index level")
    assert own_returns("own:mine").values.tolist() == pytest.approx((RETURNS[1:] / 100).tolist(), abs=1e-9)


def test_a_spreadsheets_utf8_and_line_ends_are_read_too(folder):
    put(folder, b"\xef\xbb\xbf" + CSV.replace("\n", "\r\n").encode())
    assert len(own_returns("own:mine").values) == len(MONTHS)


def test_one_column_of_several_is_asked_for_by_name(folder):
    put(folder, "month,a,b\n" + "\n".join(f"{row},{row.split(',')[1]}" for row in ROWS))
    assert own_returns("own:mine:b").label == "My small caps, b (own)"
    assert complaint(InputError, lambda: own_returns("own:mine")) == (
        "own table 'mine' has 2 columns; say which: own:mine:a, own:mine:b"
    )
    assert "unknown column 'c' of own table 'mine'" in complaint(InputError, lambda: own_returns("own:mine:c"))


def test_series_of_one_table_may_begin_and_end_apart(folder):
    rows = [f"{row},{'' if place < 30 else row.split(',')[1]}" for place, row in enumerate(ROWS)]
    put(folder, "\n".join(["month,a,b", *rows]))
    assert str(own_returns("own:mine:b").first) == "2002-07"


def test_both_files_have_a_fingerprint(folder):
    put(folder)
    sums = own_table("own:mine").sums
    assert sums == {
        "mine": hashlib.sha256((folder / "mine.csv").read_bytes()).hexdigest(),
        "mine.yml": hashlib.sha256((folder / "mine.yml").read_bytes()).hexdigest(),
    }


def test_what_changed_is_read_anew(folder):
    put(folder)
    before = own_returns("own:mine")
    put(folder, CSV.replace(ROWS[0], "2000-01,1.5"), kind="price")
    after = own_returns("own:mine")
    assert (before.kind, after.kind) == ("total", "price") and after.values.iloc[0] == 0.015


# Faults of the CSV


def replaced(old: str, new: str) -> str:
    assert old in CSV
    return CSV.replace(old, new)


def rows(*numbers: float) -> str:
    return "\n".join(["month,value", *(f"{month},{x}" for month, x in zip(MONTHS, numbers, strict=False))])


CSV_FAULTS = {
    "empty": ("", ["mine.csv", "first line is ''", "month, then a column a series"]),
    "only a header": ("month,value\n", ["mine.csv has 0 months", "24 to 3600"]),
    "too few months": ("\n".join(["month,value", *ROWS[:23]]), ["mine.csv has 23 months", "24 to 3600"]),
    "semicolons": (CSV.replace(",", ";"), ["mine.csv", "'month;value'", "by commas"]),
    "another key": (CSV.replace("month", "date"), ["mine.csv", "'date,value'", "should be month"]),
    "a column without a name": (CSV.replace("value", ""), ["mine.csv", "column ''", "letters, digits"]),
    "a name with a space": (CSV.replace("value", "my value"), ["mine.csv", "column 'my value'", "without spaces"]),
    "a column twice": (
        "month,a,a\n" + "\n".join(f"{row},1" for row in ROWS),
        ["mine.csv", "column 'a' stands twice"],
    ),
    "not UTF-8": (CSV.encode() + b"2010-01,\xff\n", ["mine.csv", "no UTF-8 text"]),
    "UTF-16": (CSV.encode("utf-16"), ["mine.csv", "no UTF-8 text"]),
    "a comma in a number": (replaced(ROWS[5], "2000-06,1,5"), ["mine.csv, line 7", "has 3 cells", "the header has 2"]),
    "no number": (replaced(ROWS[5], "2000-06,n.a."), ["mine.csv", "'value', 2000-06", "'n.a.' is no number"]),
    "nan": (replaced(ROWS[5], "2000-06,nan"), ["'value', 2000-06", "'nan' is no number"]),
    "infinite": (replaced(ROWS[5], "2000-06,inf"), ["'value', 2000-06", "infinite"]),
    "a missing code": (replaced(ROWS[5], "2000-06,-99.99"), ["'value', 2000-06", "missing code -99.99"]),
    "outside its bounds": (replaced(ROWS[5], "2000-06,450"), ["'value', 2000-06", "450 lies outside -99 to 400"]),
    "an empty cell inside": (replaced(ROWS[5], "2000-06,"), ["has no value for 2000-06", "documents no gap"]),
    "a month missing": (replaced(ROWS[5] + "\n", ""), ["mine.csv", "month 2000-06 is missing"]),
    "a month twice": (replaced(ROWS[5], ROWS[4]), ["mine.csv", "month '2000-05' stands twice"]),
    "out of order": (
        replaced(f"{ROWS[4]}\n{ROWS[5]}", f"{ROWS[5]}\n{ROWS[4]}"),
        ["mine.csv", "not in order", "2000-05 follows a later one"],
    ),
    "a day for a month": (replaced(ROWS[5], "2000-06-30,1.0"), ["'2000-06-30' is no date of the form YYYY-MM"]),
    "no such month": (replaced(ROWS[-1], "2009-13,1.0"), ["'2009-13' is no date of the form YYYY-MM"]),
    "decimals": (rows(*(RETURNS / 100)), ["mine.csv", "'value'", "0.2 to 25", "percent: 1.5 for 1.5 %"]),
    "levels": (rows(*np.linspace(100, 200, 60)), ["mine.csv", "'value'", "0.2 to 25", "'percent per month'"]),
    "too large": ("#" * (MAX_BYTES["csv"] + 1), ["mine.csv", "more than 2000000 bytes"]),
}


@pytest.mark.parametrize("case", CSV_FAULTS)
def test_a_fault_of_the_csv_is_named(folder, case):
    content, words = CSV_FAULTS[case]
    put(folder, content)
    text = complaint(DataError, lambda: own_table("own:mine"))
    for word in words:
        assert word in text, text


LEVEL_FAULTS = {
    "not positive": (rows(*[100.0] * 30, 0.0), ["'value', 2002-07", "0 lies outside 1e-06"]),
    "a jump": (rows(*[100.0, 103.0] * 15, 800.0), ["'value', 2002-07", "a move of", "-99 to 400 %"]),
    "it never moves": (rows(*[100.0] * 30), ["the middle month moves by 0 %", "'index level'"]),
}


@pytest.mark.parametrize("case", LEVEL_FAULTS)
def test_a_fault_of_levels_is_named(folder, case):
    content, words = LEVEL_FAULTS[case]
    put(folder, content, unit="index level")
    text = complaint(DataError, lambda: own_table("own:mine"))
    for word in words:
        assert word in text, text


# Faults of the YAML

YAML_FAULTS = {
    "no title": ({"title": ...}, ["mine.yml", "field 'title' is missing", "publisher"]),
    "no kind": ({"kind": ...}, ["mine.yml", "field 'kind' is missing"]),
    "another kind": ({"kind": "net"}, ["mine.yml", "kind='net'", "'price' or 'total'"]),
    "another unit": ({"unit": "decimals"}, ["mine.yml", "unit='decimals'", "'percent per month' or 'index level'"]),
    "daily": ({"frequency": "daily"}, ["mine.yml", "frequency='daily'", "'monthly'"]),
    "a misspelt field": ({"licens": "x"}, ["mine.yml", "unknown field 'licens'", "did you mean 'licence'?"]),
    "a number for a title": ({"title": 2000}, ["mine.yml", "title=2000", "valid string"]),
    "an empty title": ({"title": "  "}, ["mine.yml", "title=", "at least 1 character"]),
    "a long title": ({"title": "x" * 61}, ["mine.yml", "title=", "at most 60 characters"]),
    "markup": ({"title": "A <b>fund</b>"}, ["mine.yml", "title='A <b>fund</b>'", "without < >"]),
    "a formula": ({"publisher": "$x$"}, ["mine.yml", "publisher='$x$'", "without < >"]),
    "two lines": ({"licence": "a\nb"}, ["mine.yml", "licence='a\\nb'", "on one line"]),
}


@pytest.mark.parametrize("case", YAML_FAULTS)
def test_a_fault_of_the_yaml_is_named(folder, case):
    fields, words = YAML_FAULTS[case]
    put(folder, **fields)
    text = complaint(DataError, lambda: own_table("own:mine"))
    for word in words:
        assert word in text, text


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"title: [", "is not valid YAML"),
        (b"", "describes no table"),
        (b"- a\n", "describes no table"),
        (b"title: \xff", "no UTF-8 text"),
        (b"title: !!python/object:os.system x", "is not valid YAML"),
        (b"#" * (MAX_BYTES["yml"] + 1), "more than 16000 bytes"),
    ],
)
def test_what_is_no_description_is_named(folder, content, words):
    put(folder)
    (folder / "mine.yml").write_bytes(content)
    text = complaint(DataError, lambda: own_table("own:mine"))
    assert "mine.yml" in text and words in text


# Names and the folder


def test_an_unknown_name_gets_the_nearest(folder):
    put(folder)
    put(folder, name="other")
    assert own_names() == ("mine", "other")
    assert complaint(InputError, lambda: own_table("own:mime")) == (
        "unknown own table 'mime'; did you mean 'mine'?; DATA_DIR holds: mine, other"
    )
    assert "did you mean 'mine'?" in complaint(InputError, lambda: own_table("own:Mine"))


@pytest.mark.parametrize("name", ["own:../mine", "own:/etc/passwd", "own:sub/mine", "own:."])
def test_a_name_never_leaves_the_folder(folder, name, monkeypatch):
    for place in (folder, folder / "inner" / "sub"):
        place.mkdir(parents=True, exist_ok=True)
        put(place)
    monkeypatch.setenv(SETTING, str(folder / "inner"))
    assert "unknown own table" in complaint(InputError, lambda: own_table(name))


@pytest.mark.parametrize("name", ["mine", "own:", "own:a:b:c", "own:a b", "OWN:mine"])
def test_what_names_no_own_series_is_told_the_form(folder, name):
    assert "own:TABLE or own:TABLE:COLUMN" in complaint(InputError, lambda: own_returns(name))


def test_a_table_without_its_csv_is_named(folder):
    put(folder)
    (folder / "mine.csv").unlink()
    assert complaint(DataError, lambda: own_table("own:mine")) == (
        "own table 'mine': file mine.csv is missing or cannot be read"
    )


def test_without_a_folder_the_setting_is_named(monkeypatch, tmp_path):
    monkeypatch.delenv(SETTING, raising=False)
    assert "DATA_DIR is not set" in complaint(InputError, lambda: own_table("own:mine"))
    monkeypatch.setenv(SETTING, str(tmp_path / "nowhere"))
    assert "there is no such folder" in complaint(InputError, lambda: own_table("own:mine"))
    monkeypatch.setenv(SETTING, "tables")
    assert "DATA_DIR='tables': should be an absolute path" in complaint(InputError, lambda: own_table("own:mine"))
    monkeypatch.setenv(SETTING, str(ROOT / "data"))
    assert "lies in the repository" in complaint(InputError, lambda: own_table("own:mine"))


def test_an_empty_folder_holds_none(folder):
    assert complaint(InputError, lambda: own_table("own:mine")) == "unknown own table 'mine'; DATA_DIR holds: none"


# Pairs and panels


def test_the_other_side_is_that_of_the_pair(folder):
    put(folder)
    panel = Panel(Snapshot(), own=OwnPair(small="own:mine", of="total"))
    small, large = panel.pair("own")
    assert (small.name, large.name) == ("own:mine", "spy")
    assert panel.pair("price")[0].name == "r2000_price"  # the book's pairs stay what they are
    assert panel.labels("own") == ("My small caps (own)", "SPY") and panel.base_of("own") == "total"
    assert panel.made_of("own") == ("own:mine", "etf_total_returns")
    expected = small.values - panel.returns("spy").values
    pd.testing.assert_series_equal(monthly_gap(small, large), expected.dropna())


def test_a_panel_cuts_an_own_series_to_its_window(folder):
    put(folder)
    first, last = pd.Period("2003-05", "M"), pd.Period("2004-06", "M")
    found = Panel(Snapshot(), start=first, end=last).returns("own:mine")
    assert (found.first, found.last) == (first, last)
    late = Panel(Snapshot(), start=pd.Period("2015-01", "M"))
    assert "own:mine covers 2000-01 to 2009-12" in complaint(NotCovered, lambda: late.returns("own:mine"))


@pytest.mark.parametrize(
    ("kind", "pair", "other"),
    [("total", "price", "sp500_price"), ("price", "total", "spy"), ("price", "french", "vw:hi_30")],
)
def test_price_and_total_never_meet(folder, kind, pair, other):
    put(folder, kind=kind)
    text = complaint(ReturnKindError, lambda: OwnPair(small="own:mine", of=pair))
    assert f"'own:mine' is a {kind} return" in text and f"'{other}' a {'price' if kind == 'total' else 'total'}" in text
    assert "pair=price" in text if kind == "price" else "pair=total or french" in text


def test_two_own_series_of_one_kind_need_no_pair_of_that_kind(folder):
    put(folder)
    put(folder, CSV.replace(ROWS[0], "2000-01,2.5"), name="big", title="My large caps")
    assert OwnPair(small="own:mine", large="own:big").sides == ("own:mine", "own:big")
    put(folder, name="big", kind="price", title="My large caps")
    assert "'own:big' a price return" in complaint(ReturnKindError, lambda: OwnPair(small="own:mine", large="own:big"))


def test_the_pair_of_value_is_the_corner_of_small_value_against_that_of_big_growth(folder):
    put(folder)
    assert OwnPair(small="own:mine", of="value").sides == ("own:mine", "six:big_lobm")
    assert OwnPair(large="own:mine", of="value").sides == ("six:small_hibm", "own:mine")
    assert OwnPair(large="own:mine", of="value").called == ("small value", "big growth")
    assert OwnPair(large="own:mine", of="total").called == ("small caps", "large caps")


def test_two_own_series_need_months_that_both_have(folder):
    put(folder)
    later = "\n".join(["month,value", *(row.replace("200", "201", 1) for row in ROWS)]) + "\n"
    put(folder, later, name="later", title="My large caps")
    said = complaint(InputError, lambda: OwnPair(small="own:mine", large="own:later"))
    assert "'own:mine' covers 2000-01 to 2009-12 and 'own:later' 2010-01 to 2019-12" in said


def test_a_pair_of_equal_series_is_no_pair(folder):
    put(folder)
    put(folder, name="twin", title="Another title")
    panel = Panel(Snapshot(), own=OwnPair(small="own:mine", large="own:twin"))
    assert "own:mine and own:twin have the same returns" in complaint(InputError, lambda: panel.pair("own"))


def test_a_pair_without_a_month_of_both_in_the_window_says_so(folder):
    put(folder)
    pair = OwnPair(small="own:mine", of="french")
    panel = Panel(Snapshot(), own=pair, start=pd.Period("2000-01", "M"), end=pd.Period("2012-12", "M"))
    assert panel.pair("own")[0].last == pd.Period("2009-12", "M")
    late = Panel(Snapshot(), own=pair, start=pd.Period("2011-01", "M"))
    assert "own:mine covers 2000-01 to 2009-12" in complaint(NotCovered, lambda: late.pair("own"))


def test_an_own_pair_is_one(folder):
    put(folder)
    assert "needs small or large" in complaint(InputError, OwnPair)
    assert "unknown pair 'prices'" in complaint(InputError, lambda: OwnPair(small="own:mine", of="prices"))
    assert "needs two series" in complaint(InputError, lambda: OwnPair(small="own:mine", large="own:mine"))
    put(folder, name="twin")
    assert "'own:mine' and 'own:twin' both have the label 'My small caps (own)'" in complaint(
        InputError, lambda: OwnPair(small="own:mine", large="own:twin")
    )
    assert "unknown pair 'own'; allowed: price, total, french" in complaint(
        InputError, lambda: Panel(Snapshot()).pair("own")
    )
