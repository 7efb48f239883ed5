"""Verdicts follow the data: a claim is planted in the prices, then its opposite, and every page says so."""

from __future__ import annotations

import hashlib
import json

import numpy as np
import pandas as pd
import pytest
from bs4 import BeautifulSoup
from checkout import Checkout

from smallcaps.panel import Panel
from smallcaps.snapshot import current
from smallcaps.studies.rate_sensitivity import direct_events

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("flip")]
CLAIM = "rates-first-cut-gap"
RUSSELL = ["russell2000_close", "russell2000_linked", "ru2000pr_fred"]


def plant(checkout: Checkout, gaps: np.ndarray, *, dip: float = 1.0) -> None:
    """Bend the Russell 2000 so that it beat the S&P 500 by `gaps` (percentage points) in the year after each first cut.

    Each of these years is stretched evenly, and the three months before it end at `dip` times their level; all other
    months keep their returns. The manifest takes the new checksum, as a refresh would write it.
    """
    folder = next((checkout.root / "data" / "snapshot").glob("*/index_levels.csv")).parent
    table = pd.read_csv(folder / "index_levels.csv", index_col="month", dtype=str, keep_default_na=False)
    levels = table.replace("", np.nan)[["sp500_close", *RUSSELL]].astype(float)
    months = pd.PeriodIndex(table.index, freq="M")
    lowest = levels[RUSSELL].min()
    events = direct_events(Panel(current()))
    for event, gap in zip(events, gaps, strict=True):
        base, end = months.get_loc(event.base), months.get_loc(event.base + 12)
        large = levels["sp500_close"].iloc[end] / levels["sp500_close"].iloc[base]
        column = "ru2000pr_fred" if event.base < pd.Period("1987-09", freq="M") else "russell2000_close"
        small = levels[column].iloc[end] / levels[column].iloc[base]
        factor = (large + gap / 100) / small
        since = np.arange(len(months)) - base
        path = dip ** (np.clip(since + 3, 0, 3) / 3) * factor ** (np.clip(since, 0, 12) / 12)
        levels[RUSSELL] = levels[RUSSELL].mul(path, axis=0)
    levels[RUSSELL] *= lowest / levels[RUSSELL].min()  # inside the catalog's bounds; no return changes
    for column in RUSSELL:
        table[column] = [f"{x:.4f}" if np.isfinite(x) else "" for x in levels[column]]
    text = table.to_csv(lineterminator="\n").encode()
    (folder / "index_levels.csv").write_bytes(text)
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["tables"]["index_levels"]["sha256"] = hashlib.sha256(text).hexdigest()
    (folder / "manifest.json").write_text(json.dumps(manifest))


def shown(checkout: Checkout) -> dict[str, str]:
    """The verdict on the claim as results.json, its card, the ledger and the landing page show it."""
    answer = checkout.run("book")
    assert answer.returncode == 0, answer.stderr

    def page(name: str) -> BeautifulSoup:
        return BeautifulSoup((checkout.site / name).read_text(encoding="utf-8"), "html.parser")

    claims = json.loads((checkout.site / "results.json").read_text(encoding="utf-8"))["claims"]
    square = page("index.html").select_one(f'.sc-score a[href$="#{CLAIM}"]')
    card = page("rate_sensitivity.html").find(id=CLAIM)
    return {
        "results": next(claim["verdict"] for claim in claims if claim["id"] == CLAIM),
        "card": card.find_next(class_="sc-verdict").get_text(strip=True),
        "ledger": page("claims.html").select_one(f"#ledger-{CLAIM} .sc-verdict").get_text(strip=True),
        "landing": square.find_parent(class_="sc-score-row").select_one(".sc-score-name").get_text(strip=True).lower(),
        "headline": page("index.html").select_one(f'.sc-headline a[href$="#{CLAIM}"] .sc-verdict').get_text(strip=True),
    }


def test_verdict_card_ledger_and_landing_page_follow_the_data(tmp_path):
    checkout = Checkout(tmp_path)
    spread = np.array([-2.0, 3.0, -1.0, 2.0, -3.0, 1.0, 0.5, -0.5])
    # The dip makes a second claim true (a lag around the cut): eight events alone cannot clear the correction for many.
    plant(checkout, 12 + spread, dip=0.8)
    assert set(shown(checkout).values()) == {"supported"}
    plant(checkout, -12 + spread)
    assert set(shown(checkout).values()) == {"contradicted"}
