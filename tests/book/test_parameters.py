"""Typed parameters: what each kind of bad value gets, and the three places that must say the same."""

from __future__ import annotations

import ast
import json
import re

import pytest
from complaints import complaint
from hypothesis import given, settings
from hypothesis import strategies as st

from smallcaps.book import parameters, paths
from smallcaps.book.parameters import (
    CHAPTERS,
    MAIN_TABLES,
    NOTEBOOKS,
    TABLES,
    check_inside,
    check_month,
    check_order,
    from_text,
    nearest,
    span,
    validate,
    window,
)
from smallcaps.catalog import load_catalog
from smallcaps.errors import InputError
from smallcaps.snapshot import current

# Good values


@pytest.mark.parametrize("chapter", NOTEBOOKS)
def test_every_default_is_allowed(chapter):
    values = validate(chapter, {})
    assert validate(chapter, values.model_dump()) == values
    assert values.strict is True


def test_given_values_replace_defaults():
    found = validate("rate_sensitivity", {"horizon": 6, "start": "1990-01"})
    assert (found.horizon, found.start, found.pair) == (6, "1990-01", "price")
    assert [str(month) for month in window(found)] == ["1990-01", "2026-09"]


def test_parameters_do_not_change():
    with pytest.raises(Exception, match="frozen"):
        validate("rate_sensitivity", {}).horizon = 3


@pytest.mark.parametrize("chapter", NOTEBOOKS)
def test_every_parameter_is_explained(chapter):
    for name, field in NOTEBOOKS[chapter].model_fields.items():
        assert field.description and len(field.description) > 10, name


# Bad values, each in one line


@pytest.mark.parametrize(
    ("chapter", "values", "words"),
    [
        ("rate_sensitivty", {}, ["unknown chapter 'rate_sensitivty'", "did you mean 'rate_sensitivity'?", "etf_flows"]),
        ("zzz", {}, ["unknown chapter 'zzz';", "chapters: rate_sensitivity"]),
        ("rate_sensitivity", {"horizn": 6}, ["unknown parameter 'horizn'", "did you mean 'horizon'?", "rolling"]),
        ("etf_flows", {"horizon": 6}, ["unknown parameter 'horizon' of chapter etf_flows", "known: start, end"]),
        ("rate_sensitivity", {"start": "1984"}, ["start='1984'", "a month as YYYY-MM, such as 1984-09"]),
        ("rate_sensitivity", {"start": "1984-13"}, ["start='1984-13'", "YYYY-MM"]),
        ("rate_sensitivity", {"start": "1984-09-18"}, ["start='1984-09-18'", "YYYY-MM"]),
        ("rate_sensitivity", {"end": 1984}, ["end=1984", "YYYY-MM"]),
        ("rate_sensitivity", {"end": None}, ["end=None", "YYYY-MM"]),
        ("rate_sensitivity", {"start": "2000-02", "end": "2000-01"}, ["start=2000-02 lies after end=2000-01"]),
        ("rate_sensitivity", {"horizon": "6"}, ["horizon='6'", "integer"]),
        ("rate_sensitivity", {"horizon": 6.5}, ["horizon=6.5", "integer"]),
        ("rate_sensitivity", {"horizon": True}, ["horizon=True", "integer"]),
        ("rate_sensitivity", {"horizon": 0}, ["horizon=0", "greater than or equal to 1"]),
        ("rate_sensitivity", {"horizon": 37}, ["horizon=37", "less than or equal to 36"]),
        ("rate_sensitivity", {"pair": "prices"}, ["pair='prices'", "'price', 'total' or 'french'"]),
        ("rate_sensitivity", {"strict": "yes"}, ["strict='yes' of chapter rate_sensitivity: should be true or false"]),
        ("rate_sensitivity", {"strict": 1}, ["strict=1", "should be true or false"]),
        ("rate_sensitivity", {"seed": -1}, ["seed=-1", "greater than or equal to 0"]),
        ("value_rotation", {"fall": "deep"}, ["fall='deep'", "number"]),
        ("value_rotation", {"fall": float("nan")}, ["fall=nan", "50"]),
    ],
)
def test_bad_value(chapter, values, words):
    text = complaint(InputError, lambda: validate(chapter, values))
    for word in words:
        assert word in text


def test_a_value_of_many_lines_is_told_in_one():
    assert "horizon='6\\n7'" in complaint(InputError, lambda: validate("rate_sensitivity", {"horizon": "6\n7"}))


@pytest.mark.parametrize("value", ["1984-09\n", "１９８４-09"])
def test_what_only_looks_like_a_month_is_none(value):
    complaint(InputError, lambda: check_month("START", value))


def test_month_and_order_of_an_edition():
    assert check_month("START", "1984-09") == "1984-09"
    assert (
        complaint(InputError, lambda: check_month("START", "84-09"))
        == "START='84-09': should be a month as YYYY-MM, such as 1984-09"
    )
    check_order("1984-09", "1984-09")
    assert complaint(InputError, lambda: check_order("1984-10", "1984-09")) == "start=1984-10 lies after end=1984-09"


@given(st.text(max_size=8).filter(lambda text: not re.match(r"\d{4}-\d{2}", text)))
@settings(deadline=None)  # a busy machine is no fault
def test_no_other_text_is_a_month(text):
    complaint(InputError, lambda: check_month("START", text))


def test_a_window_outside_the_data_names_the_span():
    first, last = span("etf_flows")
    text = complaint(InputError, lambda: check_inside(validate("etf_flows", {"start": "1990-01"}), chapter="etf_flows"))
    assert text == f"start=1990-01 lies outside the data of chapter etf_flows, which cover {first} to {last}"
    assert "end=2030-01 lies" in complaint(
        InputError, lambda: check_inside(validate("etf_flows", {"end": "2030-01"}), chapter="etf_flows")
    )
    check_inside(validate("etf_flows", {"start": first, "end": last}), chapter="etf_flows")


def test_nearest_is_silent_where_nothing_is_near():
    assert nearest("horzion", ["horizon", "pair"]) == "; did you mean 'horizon'?"
    assert nearest("zzz", ["horizon", "pair"]) == ""


# SET="name=value …"


def test_words_become_values_of_the_declared_type():
    words = ["horizon=6", "pair=total", "strict=False", "start=1990-01"]
    values = from_text("rate_sensitivity", words)
    assert values == {"horizon": 6, "pair": "total", "strict": False, "start": "1990-01"}
    assert type(values["horizon"]) is int and type(values["strict"]) is bool
    fall = from_text("value_rotation", ["fall=15"])["fall"]
    assert fall == 15.0 and type(fall) is float


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["horizon"], "SET takes name=value, got 'horizon'"),
        (["horizon=six"], "horizon='six'"),
        (["horizon="], "horizon=''"),
        (["horizon=6.5"], "horizon='6.5'"),
        (["strict=maybe"], "strict='maybe'"),
        (["pair=a=b"], "pair='a=b'"),
        (["horzon=6"], "did you mean 'horizon'?"),
        (["=6"], "unknown parameter ''"),
    ],
)
def test_bad_words(words, expected):
    assert expected in complaint(InputError, lambda: validate("rate_sensitivity", from_text("rate_sensitivity", words)))


@pytest.mark.parametrize("chapter", NOTEBOOKS)
def test_every_default_survives_the_way_through_words(chapter):
    values = validate(chapter, {}).model_dump()
    assert from_text(chapter, [f"{name}={value}" for name, value in values.items()]) == values


# Three places that say the same


WRITTEN = [name for name in NOTEBOOKS if (paths.CHAPTERS / f"{name}.ipynb").exists()]


@pytest.mark.parametrize("chapter", WRITTEN)
def test_the_notebooks_cell_is_the_declaration(chapter):
    cells = json.loads((paths.CHAPTERS / f"{chapter}.ipynb").read_text(encoding="utf-8"))["cells"]
    (tagged,) = [cell for cell in cells if "parameters" in cell["metadata"].get("tags", [])]
    module = ast.parse("".join(tagged["source"]))
    assert all(isinstance(statement, ast.Assign) for statement in module.body)
    written = {statement.targets[0].id: ast.literal_eval(statement.value) for statement in module.body}
    declared = validate(chapter, {}).model_dump()
    assert written == declared
    assert {name: type(value) for name, value in written.items()} == {
        name: type(value) for name, value in declared.items()
    }


def test_chapters_and_tables_are_declared_alike():
    catalog = load_catalog()
    assert CHAPTERS.keys() <= TABLES.keys()
    for chapter, tables in TABLES.items():
        assert len(set(tables)) == len(tables), chapter
        assert set(tables) <= set(catalog.tables), chapter


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_the_span_is_what_the_monthly_tables_of_the_vintage_cover(chapter):
    monthly = [t for t in map(current().catalog.table, MAIN_TABLES[chapter]) if t.frequency == "monthly"]
    assert span(chapter) == (min(t.first for t in monthly), max(t.last for t in monthly))


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_the_default_window_is_what_the_catalog_states(chapter):
    monthly = [t for t in map(load_catalog().table, MAIN_TABLES[chapter]) if t.frequency == "monthly"]
    fields = NOTEBOOKS[chapter].model_fields
    assert fields["start"].default == min(t.first for t in monthly)
    assert fields["end"].default == max(t.last for t in monthly)


def test_the_declarations_of_claims_and_parameters_name_the_same_chapters():
    from smallcaps.claims import CHAPTERS as CLAIMED

    assert set(CLAIMED) <= set(parameters.CHAPTERS)


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_the_box_and_the_page_show_the_declaration(chapter):
    from smallcaps.book.cards import run_again
    from smallcaps.book.plan import plan_run
    from smallcaps.book.reference import parameter_pages, written

    table = parameter_pages()[chapter]
    assert table in run_again(plan_run(chapter, {}))
    for name, field in NOTEBOOKS[chapter].model_fields.items():
        (row,) = [line for line in table.splitlines() if line.startswith(f"| `{name}` |")]
        assert f"| {field.description} |" in row and row.endswith(f"| `{written(field)}` |")


def test_what_is_allowed_is_said_as_it_is_checked():
    from smallcaps.book.reference import allowed

    fields = NOTEBOOKS["rate_sensitivity"].model_fields
    assert allowed(fields["horizon"]) == "a whole number, 1 to 36"
    assert allowed(fields["start"]) == "a month, `YYYY-MM`"
    assert allowed(fields["strict"]) == "`True`, `False`"
    assert allowed(fields["seed"]) == "a whole number from 0"
    assert allowed(NOTEBOOKS["value_rotation"].model_fields["fall"]) == "a number, 5 to 50"
