"""The record of each vintage, and the page's account of what moved from one to the next."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from smallcaps.book import history, paths
from smallcaps.book.parameters import TABLES
from smallcaps.claims import load_register
from smallcaps.errors import BuildError, DataError, InputError
from smallcaps.manifest import MANIFEST, POINTER, current_vintage

ROOT = paths.ROOT
HEADLINES = [claim for claim in load_register().claims if claim.headline]
FIRST = HEADLINES[0]
OLD, NEW = "2030-01", "2030-02"


@pytest.fixture
def root(tmp_path, monkeypatch) -> Path:
    """A repository with two vintages, the newer one current, and no record."""
    for name in (OLD, NEW):
        folder = tmp_path / "data" / "snapshot" / name
        folder.mkdir(parents=True)
        (folder / MANIFEST).write_text('{"tables": {}}')
    (tmp_path / "data" / "snapshot" / POINTER).write_text(f"{NEW}\n")
    monkeypatch.setattr(paths, "ROOT", tmp_path)
    return tmp_path


def results(vintage: str = "a", **changed) -> dict:
    """A results.json with the headline claims alone; `changed` are fields of the first."""
    found = {"verdict": "supported", "confidence": "low", "estimate": 2.0, "interval": [1.0, 3.0], "p": 0.04, "n": 8}
    claims = [found | {"id": claim.id, "chapter": claim.chapter} for claim in HEADLINES]
    claims[0] |= changed
    tables = dict.fromkeys(TABLES[FIRST.chapter], vintage)
    return {"edition": {"vintage": tables | {"other": "same"}}, "claims": claims}


def leave(root: Path, vintage: str, found: dict) -> None:
    folder = root / "data" / "history"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{vintage}.json").write_text(json.dumps(history.as_record(found)))


def test_one_vintage_says_so_and_shows_its_numbers(root):
    text = history.history(results(), OLD)
    assert f"{OLD} is the first vintage on record, so no number has moved yet." in text
    assert text.count("supported") == len(HEADLINES)
    assert f"| Claim | {OLD} |" in text


def test_a_number_that_moved_is_shown_with_the_tables_that_moved_it(root):
    leave(root, OLD, results())
    text = history.history(results("b", estimate=-3.0, verdict="contradicted"), NEW)
    assert f"| Claim | {OLD} | {NEW} |" in text and f"### {OLD} to {NEW}" in text
    (row,) = [line for line in text.partition("###")[2].splitlines() if line.startswith(f"| {FIRST.claim[:20]}")]
    assert "supported" in row and "contradicted" in row and "\N{MINUS SIGN}3" in row
    assert all(f"`{table}`" in row for table in TABLES[FIRST.chapter])
    assert "`other`" not in text


def test_digits_that_no_page_prints_are_counted_and_not_listed(root):
    leave(root, OLD, results())
    text = history.history(results(estimate=2.0000001, p=0.0400001), NEW)
    assert "No table has a new vintage. No verdict and no number that a page prints moved." in text
    moved = history.history(results(estimate=5.0), NEW)
    assert "code or other claims" in moved


def test_a_claim_that_came_or_went_is_named(root):
    leave(root, OLD, results())
    fewer = results()
    gone = fewer["claims"].pop()
    (row,) = [
        line for line in history.history(fewer, NEW).partition("###")[2].splitlines() if line.endswith("claims |")
    ]
    claim = next(claim for claim in HEADLINES if claim.id == gone["id"])
    assert row.startswith(f"| {claim.claim}") and "| – |" in row


def test_an_older_vintage_does_not_know_the_newer(root):
    leave(root, OLD, results())
    leave(root, NEW, results(estimate=9.0))
    assert NEW not in history.history(results(), OLD)


def test_a_record_is_written_whole_and_read_back(root):
    site = root / "site"
    with pytest.raises(BuildError, match="no results lie in site: run make book first"):
        history.record(site)
    site.mkdir()
    (site / "results.json").write_text(json.dumps(results()))
    file = history.record(site)
    assert file == root / "data" / "history" / f"{NEW}.json"
    assert history.read_records() == {NEW: history.as_record(results())}


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"edition": {"vintage": {}}, "claims": [{"id": "x"}]}'])
def test_what_is_no_record_is_refused(root, text):
    (root / "data" / "history").mkdir()
    (root / "data" / "history" / f"{OLD}.json").write_text(text)
    with pytest.raises(DataError, match=f"data/history/{OLD}.json does not read as the record of a vintage"):
        history.read_records()


def test_a_record_of_a_vintage_that_is_not_there_is_refused(root):
    leave(root, "2029-12", results())
    with pytest.raises(InputError, match="unknown vintage '2029-12'; vintages that exist: 2030-01, 2030-02"):
        history.read_records()


@pytest.mark.xdist_group("site")
def test_the_record_of_the_current_vintage_is_what_the_book_says(site):
    """Who changes a number by code records it: `make record`."""
    now = history.as_record(json.loads((site / "results.json").read_text(encoding="utf-8")))
    then = history.read_records()[current_vintage()]
    assert then["edition"] == now["edition"]
    for one, two in zip(then["claims"], now["claims"], strict=True):
        for name in history.KEPT:
            exact = isinstance(two[name], str) or two[name] is None
            assert one[name] == (two[name] if exact else pytest.approx(two[name], rel=1e-6, abs=1e-9)), one["id"]
