"""Verdicts follow the data: a claim is planted in the prices, then its opposite, and every page says so."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from bs4 import BeautifulSoup
from checkout import Checkout

from smallcaps.catalog import Facts, Span
from smallcaps.manifest import current_vintage
from smallcaps.panel import Panel
from smallcaps.snapshot import current
from smallcaps.studies.rate_sensitivity import direct_events

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("flip")]
FIRST, SECOND = current_vintage(), f"{current_vintage()}-02"
CLAIM = "rates-first-cut-gap"
RUSSELL = ["russell2000_close", "russell2000_linked", "ru2000pr_fred"]


def plant(folder: Path, gaps: np.ndarray, *, dip: float = 1.0) -> None:
    """Bend the Russell 2000 of a vintage so that it beat the S&P 500 by `gaps` (pp) in the year after each first cut.

    Each of these years is stretched evenly, and the three months before it end at `dip` times their level; all other
    months keep their returns. The manifest takes the new checksum, as a refresh would write it.
    """
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


def add_vintage(snapshots: Path) -> Path:
    """A second vintage, a copy of the first that calls its index levels its own, and the current one; its folder."""
    folder = snapshots / SECOND
    shutil.copytree(snapshots / FIRST, folder)
    manifest = json.loads((folder / "manifest.json").read_text())
    info = current().catalog.table("index_levels")
    columns = {name: Span(first=c.first, last=c.last, gaps=c.gaps) for name, c in info.columns.items()}
    facts = Facts(first=info.first, last=info.last, rows=info.rows, vintage="planted", columns=columns)
    manifest["tables"]["index_levels"]["facts"] = facts.model_dump(exclude_defaults=True)
    (folder / "manifest.json").write_text(json.dumps(manifest))
    (snapshots / "CURRENT").write_text(f"{SECOND}\n")
    return folder


def page(site: Path, name: str) -> BeautifulSoup:
    return BeautifulSoup((site / f"{name}.html").read_text(encoding="utf-8"), "html.parser")


def claims(site: Path) -> list[dict]:
    return json.loads((site / "results.json").read_text(encoding="utf-8"))["claims"]


def shown(checkout: Checkout) -> dict[str, str]:
    """The verdict on the claim as results.json, its card, the ledger and the landing page of the book show it."""
    answer = checkout.run("book")
    assert answer.returncode == 0, answer.stderr
    site = checkout.site
    square = page(site, "index").select_one(f'.sc-score a[href$="#{CLAIM}"]')
    card = page(site, "rate_sensitivity").find(id=CLAIM)
    return {
        "results": next(claim["verdict"] for claim in claims(site) if claim["id"] == CLAIM),
        "card": card.find_next(class_="sc-verdict").get_text(strip=True),
        "ledger": page(site, "claims").select_one(f"#ledger-{CLAIM} .sc-verdict").get_text(strip=True),
        "landing": square.find_parent(class_="sc-score-row").select_one(".sc-score-name").get_text(strip=True).lower(),
        "headline": page(site, "index")
        .select_one(f'.sc-headline a[href$="#{CLAIM}"] .sc-verdict')
        .get_text(strip=True),
    }


def test_the_book_follows_the_data_from_vintage_to_vintage(tmp_path):
    """Verdict, card, ledger and landing page turn with the data; the old vintage still gives the old book."""
    checkout = Checkout(tmp_path)
    snapshots = tmp_path / "data" / "snapshot"
    spread = np.array([-2.0, 3.0, -1.0, 2.0, -3.0, 1.0, 0.5, -0.5])
    # The dip makes a second claim true (a lag around the cut): eight events alone cannot clear the correction for many.
    plant(snapshots / FIRST, 12 + spread, dip=0.8)
    first = shown(checkout)
    assert set(first.values()) == {"supported"}
    before = claims(checkout.site)
    assert checkout.run("record").returncode == 0
    assert "so no number has moved yet" in page(checkout.site, "changelog").get_text()

    plant(add_vintage(snapshots), -12 + spread)
    assert set(shown(checkout).values()) == {"contradicted"}
    changes = page(checkout.site, "changelog")
    assert changes.find(id=f"{FIRST}-to-{SECOND}") or f"{FIRST} to {SECOND}" in changes.get_text()
    row = next(
        row for row in changes.find_all("tr") if "supported" in row.get_text() and "index_levels" in row.get_text()
    )
    assert "contradicted" in row.get_text()

    answer = checkout.run("book", "--vintage", FIRST)
    assert answer.returncode == 0, answer.stderr
    edition = checkout.site / "editions" / f"vintage-{FIRST}"
    assert claims(edition) == before
    assert set(shown(checkout).values()) == {"contradicted"}  # the book itself stays on the current vintage
    differ = page(checkout.site, "changelog").select_one(".sc-changes").get_text()
    assert f"vintage-{FIRST}" in differ and "verdicts differ" in differ
