"""Editions beside each other: the switch on their About pages, and what differs between two."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from complaints import complaint

from smallcaps.book import paths
from smallcaps.book.editions import built_editions, compare, fill_switches, require_built
from smallcaps.book.inputs import KINDS
from smallcaps.errors import InputError

PAGE = "about.html"
EMPTY = '<p>Before</p><nav aria-label="Editions" class="sc-editions"></nav><p>After</p>'
CLAIM = {
    "id": "flows-inflows",
    "claim": "Money <came> in",
    "chapter": "etf_flows",
    "verdict": "supported",
    "estimate": 1.0,
}


@pytest.fixture
def build(tmp_path, monkeypatch) -> Path:
    monkeypatch.setattr(paths, "ROOT", tmp_path)
    monkeypatch.setattr(paths, "BUILD", tmp_path)
    monkeypatch.setattr(paths, "RUNS", tmp_path / "runs")
    monkeypatch.setattr(paths, "EDITIONS", tmp_path / "html" / "editions")
    return tmp_path


def make(name: str, *, start: str = "1926-07", inputs: dict | None = None, **claim) -> Path:
    site = paths.site_folder(name)
    site.mkdir(parents=True)
    (site / "index.html").write_text("")
    (site / PAGE).write_text(EMPTY, encoding="utf-8")
    (site / "changelog.html").write_text('<div class="sc-changes"></div><p>After</p>', encoding="utf-8")
    results = {"edition": {"start": start, "end": "2026-09"}, "claims": [CLAIM | claim]}
    (site / "results.json").write_text(json.dumps(results))
    (site / "inputs.json").write_text(json.dumps({kind: {} for kind in KINDS} | (inputs or {})))
    return site


def test_each_edition_links_to_the_others_and_not_to_itself(build):
    book, early, late = make("book"), make("early"), make("late", start="1990-01")
    fill_switches()
    assert list(built_editions()) == ["book", "early", "late"]
    page = (early / PAGE).read_text(encoding="utf-8")
    assert page.startswith("<p>Before</p>") and page.endswith("<p>After</p>")
    assert 'href="../../index.html"' in page and 'href="../late/index.html"' in page
    assert page.count("href=") == 2 and "late: 1990-01 to 2026-09" in page
    assert 'href="editions/late/index.html"' in (book / PAGE).read_text(encoding="utf-8")
    for site in (book, early, late):
        for address in (site / PAGE).read_text(encoding="utf-8").split('href="')[1:]:
            assert (site / address.split('"')[0]).exists()


def test_the_changelog_says_in_what_editions_differ_from_the_book(build):
    book, early, late = make("book"), make("early"), make("late", start="1990-01", verdict="contradicted")
    fill_switches()
    page = (book / "changelog.html").read_text(encoding="utf-8")
    assert page.endswith("</div><p>After</p>")
    assert "nothing differs: 1 claims, 0 figures" in page.split("<h3>late</h3>")[0]
    assert "<td>Money &lt;came&gt; in</td><td>supported</td><td>contradicted</td>" in page.split("<h3>late</h3>")[1]
    own = (late / "changelog.html").read_text(encoding="utf-8")
    assert "late" in own and "early" not in own
    shutil.rmtree(early), shutil.rmtree(late)
    fill_switches()
    assert "No other edition is built here." in (book / "changelog.html").read_text(encoding="utf-8")


def test_an_edition_that_is_gone_is_linked_no_more(build):
    book, early = make("book"), make("early")
    fill_switches()
    shutil.rmtree(early)
    fill_switches()
    assert "href=" not in (book / PAGE).read_text(encoding="utf-8")


def test_what_a_killed_build_left_is_no_edition(build):
    make("book"), make("early.new"), make("early.old")
    assert list(built_editions()) == ["book"]


def test_a_comparison_names_verdicts_numbers_dates_and_inputs(build, capsys):
    make("book", inputs={"data": {"ff_factors": "a" * 64}, "parameters": {"etf_flows.start": "1926-07"}})
    changed = {"data": {"ff_factors": "b" * 64}, "parameters": {"etf_flows.start": "1990-01", "etf_flows.lags": 3}}
    make("late", start="1990-01", inputs=changed, verdict="contradicted", estimate=2.0)
    content = json.loads(compare("book", "late").read_text(encoding="utf-8"))
    told = capsys.readouterr().out
    assert "1926-07 to 2026-09 → 1990-01 to 2026-09" in told
    assert "data (ff_factors); parameters (etf_flows.lags (only after))" in told
    assert "supported → contradicted (estimate 1 → 2)" in told
    assert content["claims"][0]["fields"]["estimate"] == {"a": 1.0, "b": 2.0, "difference": 1.0}


@pytest.mark.parametrize(
    ("a", "b", "words"),
    [("book", "book", "the same edition"), ("book", "lat", "did you mean 'late'"), ("x", "y", "A='x'")],
)
def test_what_cannot_be_compared_is_named(build, a, b, words):
    make("book"), make("late")
    with pytest.raises(InputError, match=words):
        compare(a, b)


def test_without_a_site_the_name_is_refused_with_what_to_do(build):
    text = complaint(InputError, lambda: require_built("NAME", "book"))
    assert text == "NAME='book': no such edition; built: none; run make book first"


def test_a_run_is_built_only_where_runs_are_allowed(build):
    make("book")
    runs = {"etf_flows-0": build / "runs" / "etf_flows-0"}
    assert require_built("A", "etf_flows-0", runs=runs) == runs["etf_flows-0"]
    assert require_built("A", "book", runs=runs) == paths.site_folder("book")
    text = complaint(InputError, lambda: require_built("NAME", "etf_flows-0"))
    assert text == "NAME='etf_flows-0': no such edition; built: book"
