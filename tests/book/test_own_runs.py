"""Runs with own tables: their key, their marks, what they refuse, and that no file of theirs gives the table away."""

from __future__ import annotations

import json
import subprocess
import sys

import nbformat
import pandas as pd
import pytest
from checkout import Checkout, files
from own_data import found_in, write_table
from planning import records

from smallcaps import Panel, Snapshot
from smallcaps.book import paths, plan
from smallcaps.book.assemble import _figure, _Writer
from smallcaps.book.chapter import open_chapter
from smallcaps.book.comparison import changed_parameters
from smallcaps.book.inputs import inputs_of
from smallcaps.book.parameters import CHAPTERS, WITHOUT_OWN, own_sums, validate
from smallcaps.book.records import MIME
from smallcaps.book.records import records as left_by
from smallcaps.errors import BuildError, DataError, InputError, NotCovered, ReturnKindError
from smallcaps.own import SETTING

TAKERS = [chapter for chapter in CHAPTERS if chapter not in WITHOUT_OWN]
KINDS = {chapter: "total" if chapter in ("etf_flows", "value_rotation") else "price" for chapter in TAKERS}


@pytest.fixture
def folder(tmp_path, monkeypatch):
    where = tmp_path / "tables"
    where.mkdir()
    monkeypatch.setenv(SETTING, str(where))
    write_table(where, "mine", kind="price", seed=1)
    write_table(where, "mine_total", kind="total", seed=2, unit="percent per month")
    return where


def name_of(chapter: str) -> str:
    return "own:mine_total" if KINDS[chapter] == "total" else "own:mine"


# The key


@pytest.mark.parametrize("chapter", TAKERS)
def test_an_own_table_is_part_of_the_key(chapter, folder):
    without = plan.plan_run(chapter, {}).key
    keys = {side: plan.plan_run(chapter, {side: name_of(chapter)}).key for side in ("small", "large")}
    assert len({without, *keys.values()}) == 3
    for file in folder.glob(f"{name_of(chapter).removeprefix('own:')}.*"):
        text = file.read_text(encoding="utf-8")
        file.write_text(text.replace("8", "9", 1) if file.suffix == ".csv" else text + "note: New\n", encoding="utf-8")
        changed = plan.plan_run(chapter, {"small": name_of(chapter)}).key
        assert changed not in {without, *keys.values()}, file.name
        keys[file.name] = changed
    assert plan.plan_run(chapter, {}).key == without


def test_inputs_state_both_files(folder):
    run = plan.plan_run("one_year_on", {"small": "own:mine"})
    edition = plan.Edition("x", run.parameters.start, run.parameters.end, (run,), ())
    data = inputs_of(edition)["data"]
    assert {name: value for name, value in data.items() if name.startswith("own:")} == own_sums(run.parameters)
    assert set(own_sums(run.parameters)) == {"own:mine", "own:mine.yml"}


def test_the_book_never_looks_at_the_folder(monkeypatch, folder):
    before = plan.plan_edition().built_from
    monkeypatch.setenv(SETTING, "/nowhere")
    assert plan.plan_edition().built_from == before
    monkeypatch.delenv(SETTING)
    edition = plan.plan_edition()
    assert edition.built_from == before
    assert all(
        (run.parameters.small, run.parameters.large) == ("", "") for run in edition.runs if run.chapter in TAKERS
    )
    assert not [name for name in inputs_of(edition)["data"] if name.startswith("own:")]


# What is refused


@pytest.mark.parametrize("chapter", WITHOUT_OWN)
@pytest.mark.parametrize("side", ["small", "large"])
def test_a_chapter_without_small_and_large_says_why(chapter, side, folder):
    with pytest.raises(InputError) as caught:
        validate(chapter, {side: "own:mine"})
    text = str(caught.value)
    assert text.startswith(f"chapter {chapter} takes no {side}='own:mine': it ") and WITHOUT_OWN[chapter] in text
    assert text.endswith(", ".join(TAKERS))


@pytest.mark.parametrize(
    ("values", "error", "words"),
    [
        ({"small": "own:mime"}, InputError, "unknown own table 'mime'; did you mean 'mine'?"),
        ({"small": "own:mine:volume"}, InputError, "unknown column 'volume' of own table 'mine'"),
        ({"small": "mine"}, InputError, "parameter small='mine' of chapter rate_sensitivity: should be own:TABLE"),
        ({"large": 3}, InputError, "parameter large=3 of chapter rate_sensitivity: should be own:TABLE"),
        ({"small": "own:mine", "large": "own:mine"}, InputError, "a difference needs two series"),
        ({"small": "own:mine_total"}, ReturnKindError, "'own:mine_total' is a total return and 'sp500_price' a price"),
        ({"small": "own:mine", "pair": "total"}, ReturnKindError, "'own:mine' is a price return and 'spy' a total"),
        ({"large": "own:mine_total"}, ReturnKindError, "'r2000_price' is a price return and 'own:mine_total' a total"),
    ],
)
def test_what_is_not_allowed_is_refused_before_anything_runs(values, error, words, folder):
    with pytest.raises(error) as caught:
        plan.plan_run("rate_sensitivity", values)
    assert words in str(caught.value) and "\n" not in str(caught.value)


def test_a_table_with_a_fault_is_refused_before_anything_runs(folder):
    (folder / "mine.csv").write_text("month,value\n2000-01,1\n", encoding="utf-8")
    with pytest.raises(DataError, match="mine.csv has 1 months; allowed: 24 to 3600"):
        plan.plan_run("one_year_on", {"small": "own:mine"})


def test_the_command_line_gives_one_line(folder, tmp_path):
    command = [sys.executable, "-m", "smallcaps", "run", "one_year_on", "--set", "small=own:mime"]
    answer = subprocess.run(command, cwd=paths.ROOT, capture_output=True, text=True)
    assert (answer.returncode, answer.stdout) == (2, "")
    assert answer.stderr == "error: unknown own table 'mime'; did you mean 'mine'?; DATA_DIR holds: mine, mine_total\n"


# The marks


def opened(chapter: str, **values):
    return open_chapter(chapter, {"In": [], **validate(chapter, values).model_dump()})


@pytest.mark.parametrize("chapter", TAKERS)
def test_a_page_opens_with_what_stands_for_what(chapter, folder, shown):
    found = opened(chapter, large=name_of(chapter))
    (mark,) = [item.data for item in shown if hasattr(item, "data")]
    name = name_of(chapter).removeprefix("own:")
    title = f"The {name.replace('_', ' ')} index (own)"
    assert "Own data: this page is no part of the book" in mark
    role = "big growth" if chapter == "value_rotation" else "large caps"
    assert f"**{title}** stands for {role}: `own:{name}`, An index house" in mark
    assert own_sums(found.parameters)[f"own:{name}"][:16] in mark and "licence: for one desk" in mark
    (record,) = records(shown, "own")
    assert record["tables"] == own_sums(found.parameters)
    assert found.labels[1] == title and found.pair == "own"
    assert f"own:{name}" in found.pair_tables and found.own_tables == (f"own:{name}",)


def test_a_strict_page_refuses_an_own_series_outside_its_window(folder):
    with pytest.raises(NotCovered, match="own:mine covers 1979-02 to 2026-08; nothing of it lies in the window"):
        opened("one_year_on", small="own:mine", end="1975-12")
    assert opened("one_year_on", small="own:mine", end="1975-12", strict=False).pair == "own"


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_a_page_of_the_book_has_no_mark(chapter, folder, shown):
    found = opened(chapter)
    assert not records(shown, "own") and not [item for item in shown if hasattr(item, "data")]
    assert found.own is None and found.own_tables == () and found.pair != "own"


def draw(canvas, look):
    canvas.subplots().plot([1.123456789, 2.123456789, 1.5])


FRAME = pd.DataFrame({"value": [1.123456789, 2.123456789, 1.5]}, index=["a", "b", "c"])
PARTS = {"title": "T", "subtitle": "S", "alt": "A", "draw": draw, "data": FRAME}


def test_a_figure_made_with_an_own_table_names_it_and_leaves_no_data(folder, shown, tmp_path):
    chapter = opened("one_year_on", small="own:mine")
    chapter.figure("mine", source=(*chapter.pair_tables, "fred_monthly"), **PARTS)
    chapter.figure("others", source=("fred_monthly",), **PARTS)
    mine, others = records(shown, "figure")
    assert mine["csv"] is None and mine["source"].startswith("own table mine (An index house); ")
    assert others["csv"].startswith(",value\n") and "own table" not in others["source"]
    pages = tmp_path / "pages"
    writer = _Writer(pages)
    assert "No data file: made with an own table" in _figure(mine, "one_year_on", writer, code="cell")
    assert "others.csv" in _figure(others, "one_year_on", writer, code="cell")
    assert [path.name for path in pages.rglob("*.csv")] == ["others.csv"]


def test_a_table_keeps_the_digits_that_the_page_prints(folder, shown):
    frame = FRAME.assign(other=FRAME["value"], n=[1, 2, 3], word="x")
    options = {"name": "t", "caption": "c", "decimals": {"other": 3, "n": 0}}
    opened("one_year_on", small="own:mine").table(frame, **options)
    opened("one_year_on").table(frame, **options)
    own, book = (dict(record["columns"]) for record in records(shown, "table"))
    assert own["value"] == [1.1, 2.1, 1.5] and own["other"] == [1.123, 2.123, 1.5]
    assert book["value"] == FRAME["value"].tolist() and own["n"] == book["n"] and own["word"] == book["word"]


def test_the_box_names_the_table_and_how_to_run_it_again(folder):
    from smallcaps.book.cards import provenance, run_again

    run = plan.plan_run("one_year_on", {"small": "own:mine"})
    sha = own_sums(run.parameters)["own:mine"]
    made_of = provenance(run, commit=None)
    assert f"| The mine index (own table `mine`) | 1979-01 to 2026-08 | sha256 `{sha}` |" in made_of
    assert 'SET="small=own:mine" DATA_DIR=/path/to/tables' in run_again(run)
    assert "DATA_DIR" not in run_again(plan.plan_run("one_year_on", {}))


def test_a_book_older_than_the_parameters_is_compared_all_the_same(folder):
    run = plan.plan_run("one_year_on", {"small": "own:mine"})
    before = {f"one_year_on.{name}": value for name, value in plan.plan_run("one_year_on", {}).parameters}
    del before["one_year_on.small"], before["one_year_on.large"]
    assert changed_parameters(run, {"parameters": before}) == {"small": {"book": "", "run": "own:mine"}}


def test_a_table_that_changes_while_the_chapter_runs_stops_the_page(folder, tmp_path, monkeypatch):
    from types import SimpleNamespace

    from smallcaps.book.single import _require_unchanged

    monkeypatch.setattr(paths, "CACHE", tmp_path / "cache")
    run = plan.plan_run("one_year_on", {"small": "own:mine"})
    record = {"type": "own", "tables": own_sums(run.parameters)}
    notebook = {"cells": [{"outputs": [{"data": {MIME: record}}]}]}
    results = SimpleNamespace(notebooks={"one_year_on": notebook})
    _require_unchanged(run, results)
    write_table(folder, "mine", kind="price", seed=9)
    with pytest.raises(BuildError, match="own:mine, own:mine.yml changed while one_year_on ran"):
        _require_unchanged(run, results)
    record["tables"] = own_sums(run.parameters)  # the kernel read the new one, the key is of the old
    with pytest.raises(BuildError, match="changed while one_year_on ran"):
        _require_unchanged(run, results)


# Nothing is given away


@pytest.fixture(scope="module")
def secret(tmp_path_factory):
    """The folder of an own table, and the table."""
    folder = tmp_path_factory.mktemp("licensed")
    write_table(folder, "total", kind="total", seed=4)  # the same values under another kind
    return folder, write_table(folder, "mine", kind="price", seed=4)


def public(*names: str) -> list[pd.Series]:
    panel = Panel(Snapshot())
    return [panel.returns(name).values for name in names]


def test_the_search_finds_what_is_there(secret):
    folder, table = secret
    other = public("sp500_price")
    assert found_in({"a.csv": (folder / "mine.csv").read_bytes()}, table, other)["a.csv"]
    returns = (table["value"] / table["value"].shift(1) - 1).dropna()
    gap = ((returns - other[0]) * 100).dropna()
    assert len(found_in({"g.csv": gap.to_csv(float_format="%.10g").encode()}, table, other)["g.csv"]) > 500
    assert not found_in({"r.csv": (returns * 100).round(2).to_csv().encode()}, table, other)


@pytest.mark.slow
@pytest.mark.xdist_group("own")
@pytest.mark.parametrize(
    ("chapter", "setting", "other"),
    [
        ("one_year_on", "small=own:mine", "sp500_price"),
        ("momentum_and_records", "large=own:mine horizon=1", "r2000_price"),
        ("value_rotation", "small=own:total", "six:big_lobm"),
    ],
)
def test_no_file_of_a_run_holds_the_table(chapter, setting, other, secret, tmp_path, monkeypatch):
    folder, table = secret
    monkeypatch.setenv(SETTING, str(folder))
    checkout = Checkout(tmp_path / "checkout")
    answer = checkout.run("run", chapter, "--set", setting)
    assert answer.returncode == 0, answer.stderr
    (made,) = (checkout.root / "_build" / "runs").glob(f"{chapter}-*")
    left = files(made)
    assert {f"{chapter}.html", f"{chapter}.ipynb", "results.json", "inputs.json", "downloads/edition.zip"} <= set(left)
    assert found_in(left, table, public(other)) == {}
    for name, content in left.items():
        assert str(folder).encode() not in content, name
    page = left[f"{chapter}.html"].decode()
    assert "Own data: this page is no part of the book" in page and "(An index house)" in page
    assert setting.split()[0].partition("=")[2] in page
    assert json.loads(left["run.json"])["own"] == {
        k: v for k, v in json.loads(left["inputs.json"])["data"].items() if k.startswith("own:")
    }
    notebook = nbformat.reads(left[f"{chapter}.ipynb"].decode(), as_version=4)
    withheld = {record["name"] for record in left_by(notebook, "figure") if record["csv"] is None}
    offered = {name.split("/")[-1].removesuffix(".csv") for name in left if name.startswith("downloads/figures/")}
    assert withheld and not withheld & offered
    again = checkout.run("run", chapter, "--set", setting)
    assert f"{chapter:<24} unchanged" in again.stdout, again.stderr


@pytest.mark.slow
@pytest.mark.xdist_group("own")
def test_plain_papermill_takes_an_own_table(secret, tmp_path, monkeypatch):
    folder, _ = secret
    monkeypatch.setenv(SETTING, str(folder))
    out = tmp_path / "out.ipynb"
    command = [sys.executable, "-m", "papermill", "--no-progress-bar", "chapters/one_year_on.ipynb", str(out)]
    answer = subprocess.run([*command, "-p", "small", "own:mine"], cwd=paths.ROOT, capture_output=True, text=True)
    assert answer.returncode == 0, answer.stderr[-2000:]
    assert "Own data: this page is no part of the book" in out.read_text(encoding="utf-8")
