"""What differs between two sets of results, on cases small enough to count by hand."""

from __future__ import annotations

import json

import pytest
from complaints import complaint

from smallcaps.book.differences import Cell, Published, differences, read_published
from smallcaps.errors import BuildError


def claim(name: str = "a-claim", **fields) -> dict:
    usual = {"id": name, "chapter": "etf_flows", "verdict": "supported", "estimate": 1.5, "interval": [1.0, 2.0]}
    return usual | {"n": 8, "p": None, "sample": {"start": "1979-01", "end": "2026-08"}} | fields


def published(*claims: dict, **figures: str) -> Published:
    named = {name.replace("__", "/"): text for name, text in figures.items()}
    return Published({c["id"]: c for c in claims}, named, {"start": "1926-07", "end": "2026-09"})


CSV = "month,small,large\n2000-01,1.5,2\n2000-02,3,4\n"


def test_nothing_differs_from_itself():
    one = published(claim(), etf_flows__growth=CSV)
    found = differences(one, one)
    assert not found
    assert (found.claims_compared, found.figures_compared) == (1, 1)
    assert str(found) == "nothing differs: 1 claims, 1 figures"


def test_each_field_that_differs_is_named_with_both_values():
    after = claim(verdict="contradicted", interval=[1.0, 2.5], p=0.04, sample={"start": "1979-01", "end": "2019-12"})
    (change,) = differences(published(claim()), published(after)).claims
    assert change.fields == {
        "verdict": ("supported", "contradicted"),
        "interval.1": (2.0, 2.5),
        "p": (None, 0.04),
        "sample.end": ("2026-08", "2019-12"),
    }
    assert change.verdict == ("supported", "contradicted")


def test_a_claim_that_only_one_side_has_differs():
    found = differences(published(claim("a")), published(claim("b")))
    assert [(change.id, change.verdict) for change in found.claims] == [
        ("a", ("supported", None)),
        ("b", (None, "supported")),
    ]


@pytest.mark.parametrize(("tolerance", "differing"), [(0.0, 1), (1e-8, 0)])
def test_a_tolerance_is_for_numbers(tolerance, differing):
    found = differences(published(claim()), published(claim(estimate=1.5 + 1e-12)), tolerance=tolerance)
    assert len(found.claims) == differing
    assert differences(published(claim()), published(claim(n=9)), tolerance=tolerance)


def test_a_truth_is_no_number():
    assert differences(published(claim(n=1)), published(claim(n=True)), tolerance=2) == differences(
        published(claim(n=1)), published(claim(n=1))
    )
    assert differences(published(claim(n=0)), published(claim(n=True)), tolerance=2)


def test_figures_are_matched_by_their_rows():
    after = "month,small,large\n2000-02,3.25,4\n2000-03,9,9\n"
    (change,) = differences(published(f=CSV), published(f=after)).figures
    assert (change.rows, change.cells, change.different) == ((2, 2), 2, 1)
    assert change.largest == Cell("2000-02", "small", 3.0, 3.25)


def test_rows_that_begin_alike_are_matched_in_order():
    one, two = "term,mean\nD,1\nD,2\n", "term,mean\nD,1\nD,5\n"
    (change,) = differences(published(f=one), published(f=two)).figures
    assert (change.different, change.largest) == (1, Cell("D", "mean", 2.0, 5.0))


@pytest.mark.parametrize(
    "after",
    ["month,small,big\n2000-01,1.5,2\n2000-02,3,4\n", "month,small\n2000-01,1.5\n2000-02,3\n"],
    ids=["another name", "a column less"],
)
def test_other_columns_differ_although_no_number_does(after):
    (change,) = differences(published(f=CSV), published(f=after)).figures
    assert change.different == 0


def test_a_figure_that_only_one_side_has():
    (change,) = differences(published(), published(f=CSV)).figures
    assert change.rows == (None, 2)


def test_the_file_says_all_of_it():
    found = differences(published(claim(), f=CSV), published(claim(estimate=2.0), f=CSV.replace("1.5", "1.25")))
    content = json.loads(json.dumps(found.as_json("book", "run")))
    assert content["claims"][0]["fields"] == {"estimate": {"a": 1.5, "b": 2.0, "difference": 0.5}}
    assert content["figures"][0]["largest"] == {
        "row": "2000-01",
        "column": "small",
        "a": 1.5,
        "b": 1.25,
        "difference": -0.25,
    }
    assert content["compared"] == {"claims": 1, "figures": 1}


def test_a_site_is_read_back(tmp_path):
    (tmp_path / "downloads" / "figures" / "etf_flows").mkdir(parents=True)
    (tmp_path / "downloads" / "figures" / "etf_flows" / "growth.csv").write_text(CSV)
    (tmp_path / "results.json").write_text(json.dumps({"edition": {"start": "x"}, "claims": [claim()]}))
    found = read_published(tmp_path)
    assert found.claims == {"a-claim": claim()} and found.figures == {"etf_flows/growth": CSV}
    assert found.of({"one_year_on"}) == Published({}, {}, {"start": "x"})


def test_no_site_is_said_in_one_line(tmp_path):
    with pytest.raises(BuildError, match="build it first"):
        read_published(tmp_path / "nowhere")


def test_damaged_results_are_named_with_what_to_do(tmp_path):
    (tmp_path / "results.json").write_text('{"claims": [')
    text = complaint(BuildError, lambda: read_published(tmp_path))
    assert text == f"{tmp_path}/results.json is damaged, it does not read as JSON: remove it, then make book"
