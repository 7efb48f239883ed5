"""What a run says of its distance from the book."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from smallcaps.book import paths
from smallcaps.book.comparison import NO_BOOK, cell, changed_parameters, compare_with_book
from smallcaps.book.differences import Published
from smallcaps.book.plan import Run, plan_run
from smallcaps.book.results import Results, Stamp, judge
from smallcaps.evidence import Evidence

CHAPTER, CLAIM = "etf_flows", "flows-inflows"
CSV = "month,growth\n2000-01,1.5\n"
FOUND = Evidence(estimate=-3.0, n=100, sample_start="1993-02", sample_end="2026-08")


def results(evidence: Evidence = FOUND) -> Results:
    claims = judge({CLAIM: evidence}, curves={}, chapters={CHAPTER})
    return Results(Stamp("1926-07", "2026-09", {}, None, "0"), {}, claims, {})


def published(found: Results, csv: str = CSV) -> Published:
    content = json.loads(found.as_json())
    return Published(
        {claim["id"]: claim for claim in content["claims"]}, {f"{CHAPTER}/growth": csv}, content["edition"]
    )


def inputs(run: Run, **changes) -> dict:
    parameters = {f"{CHAPTER}.{name}": value for name, value in run.parameters.model_dump().items()}
    return {"data": {"a": "1"}, "code": {}, "lock": {}, "parameters": parameters, "platform": {}} | changes


@pytest.fixture
def book(tmp_path, monkeypatch):
    """A book of one chapter, built with the defaults in the widest window."""
    monkeypatch.setattr(paths, "site_folder", lambda name: tmp_path)
    folder = tmp_path / "downloads" / "figures" / CHAPTER
    folder.mkdir(parents=True)
    (folder / "growth.csv").write_text(CSV)
    (tmp_path / "results.json").write_text(results().as_json())
    run = plan_run(CHAPTER, {"start": "1926-07", "end": "2026-09", "strict": False})
    (tmp_path / "inputs.json").write_text(json.dumps(inputs(run)))
    return tmp_path


def test_the_defaults_give_the_book(book):
    run = plan_run(CHAPTER, {})
    page, file = compare_with_book(run, results(), published(results()), inputs(run))
    assert "Nothing differs: every verdict, every number and every figure is the book's." in page
    content = json.loads(file)
    assert (content["claims"], content["figures"], content["parameters"], content["inputs"]) == ([], [], {}, {})


def test_what_differs_stands_on_the_page_and_in_the_file(book):
    run = plan_run(CHAPTER, {"lags": 3, "end": "2019-12"})
    found = results(replace(FOUND, estimate=4.0, n=90))
    page, file = compare_with_book(run, found, published(found, "month,growth\n2000-01,-1.5\n"), inputs(run))
    assert page.startswith("## Compared with the book")
    assert "| `lags` | 6 | 3 |" in page and "| `end` | 2026-08 | 2019-12 |" in page
    assert "2000-01, growth: 1.500 → −1.500" in page and "| 1 of 1 |" in page
    content = json.loads(file)
    (claim,) = content["claims"]
    assert claim["id"] == CLAIM and claim["fields"]["estimate"] == {"a": -3.0, "b": 4.0, "difference": 7.0}
    assert content["parameters"]["lags"] == {"book": 6, "run": 3}


def test_an_input_that_changed_since_the_book_is_named(book):
    run = plan_run(CHAPTER, {})
    page, file = compare_with_book(run, results(), published(results()), inputs(run, data={"a": "2"}))
    assert "Since the book was built these changed too: data" in page
    assert json.loads(file)["inputs"] == {"data": ["a: 1 → 2"]}


def test_without_a_book_the_page_says_so(tmp_path, monkeypatch):
    monkeypatch.setattr(paths, "site_folder", lambda name: tmp_path)
    run = plan_run(CHAPTER, {})
    page, file = compare_with_book(run, results(), published(results()), inputs(run))
    assert NO_BOOK in page and json.loads(file)["note"] == NO_BOOK


def test_a_wider_window_than_the_data_is_no_change():
    wide = plan_run(CHAPTER, {"start": "1926-07", "end": "2026-09", "strict": False})
    assert changed_parameters(plan_run(CHAPTER, {}), inputs(wide)) == {}


def test_text_from_outside_is_no_markup():
    assert cell("<b>|*x*") == "\\<b\\>\\|\\*x\\*"
    assert cell(None) == "–"
