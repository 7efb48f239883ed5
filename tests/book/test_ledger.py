"""The ledger: one row a claim, what was found in it, and a CSV of the same."""

from __future__ import annotations

import json
from io import StringIO

import pandas as pd
import pytest
from bs4 import BeautifulSoup

from smallcaps.book import paths
from smallcaps.book.ledger import COLUMNS, ledger_csv, ledger_html
from smallcaps.claims import load_register


@pytest.fixture(scope="module")
def claims(site) -> pd.DataFrame:
    """The claims of the built book, as the summary pages read them."""
    content = json.loads((paths.ROOT / paths.LATEST_RESULTS).read_text(encoding="utf-8"))
    return pd.DataFrame(content["claims"]).set_index("id")


@pytest.fixture(scope="module")
def rows(claims) -> dict[str, dict[str, str]]:
    """The cells of each claim's row by the head of their column."""
    table = BeautifulSoup(ledger_html(claims), "html.parser").select_one(".sc-ledger table")
    assert [head.get_text() for head in table.select("thead th")] == list(COLUMNS)
    found = {}
    for row in table.select("tbody tr"):
        cells = [cell.get_text(" ", strip=True) for cell in row.find_all(["th", "td"], recursive=False)]
        found[row["id"].removeprefix("ledger-")] = dict(zip(COLUMNS, cells, strict=True))
    return found


def test_every_claim_has_its_row(rows):
    assert list(rows) == [claim.id for claim in load_register().claims]


def test_every_graded_claim_says_what_was_found(rows, claims):
    graded = claims[~claims["verdict"].isin(["not testable", "pending", "outside this edition"])]
    assert all(rows[claim]["Found"] for claim in graded.index)
    assert rows["rates-more-in-2026"]["Found"] == "no"
    assert rows["rates-borrowing-costs"]["Found"] == "yes"


def test_a_row_says_its_sample_and_how_it_was_measured(rows):
    said = rows["rates-first-cut-gap"]["Claim"]
    assert "Article A; n = 8; 1979-01 to 2026-08; measured directly" in said
    assert "by proxy" in rows["value-spread-pays"]["Claim"]


def test_a_figure_that_was_not_graded_is_not_set_beside_an_answer(rows):
    assert (rows["value-august-style"]["Found"], rows["value-august-style"]["Claimed"]) == ("yes", "")


def test_the_csv_has_the_same_claims_with_all_digits(claims):
    table = pd.read_csv(StringIO(ledger_csv(claims)), index_col=0)
    assert list(table.index) == list(claims.index)
    found = claims["estimate"].astype(float)
    assert table["estimate"].to_numpy() == pytest.approx(found.to_numpy(), rel=1e-9, nan_ok=True)
