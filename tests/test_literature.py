"""Published numbers, from the snapshot through the library; paper, definition, sample and tolerance stand beside each.

The numbers are in reference_values.json. Fama and French's were checked against the paper's own text; the others come
from summaries and public reproductions of the exhibits, which their notes say.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from smallcaps.inference import ols
from smallcaps.panel import Panel
from smallcaps.returns import monthly_gap
from smallcaps.snapshot import current
from smallcaps.studies.presidents import party_in_office

TEXT = json.loads((Path(__file__).parent / "reference_values.json").read_text(encoding="utf-8"))
REFERENCES = {reference["id"]: reference for reference in TEXT["references"]}
FIELDS = {
    "id",
    "paper",
    "where",
    "definition",
    "returns",
    "sample",
    "unit",
    "value",
    "tolerance",
    "ours",
    "vintage",
    "note",
}


def panel(reference: dict) -> Panel:
    start, end = (pd.Period(month, freq="M") for month in reference["sample"])
    return Panel(current(), start=start, end=end)


# What each number is made of


def factor(name: str) -> Callable[[Panel], pd.Series]:
    return lambda p: p.frame("ff_factors")[name]


def deciles(p: Panel) -> pd.Series:
    """Smallest minus largest decile, percent per month."""
    return monthly_gap(p.returns("vw:lo_10"), p.returns("vw:hi_10")) * 100


def excess_of(portfolio: str) -> Callable[[Panel], pd.Series]:
    """Log return of the portfolio minus the log bill, percent per month."""
    return lambda p: 100 * (np.log1p(p.returns(portfolio).values) - np.log1p(p.frame("ff_factors")["RF"] / 100))


# How it is summed up


def mean(series: pd.Series, p: Panel) -> float:
    return series.mean()


def t(series: pd.Series, p: Panel) -> float:
    return series.mean() / (series.std(ddof=1) / math.sqrt(len(series)))


def yearly(series: pd.Series, p: Panel) -> float:
    return 12 * series.mean()


def volatility(series: pd.Series, p: Panel) -> float:
    return math.sqrt(12) * series.std(ddof=1)


def sharpe(series: pd.Series, p: Panel) -> float:
    return yearly(series, p) / volatility(series, p)


def alpha(series: pd.Series, p: Panel) -> float:
    return 12 * ols(series, p.frame("ff_factors")["Mkt-RF"], names=("market",)).params["intercept"]


def under(party: str) -> Callable[[pd.Series, Panel], float]:
    def average(series: pd.Series, p: Panel) -> float:
        office = party_in_office(p.known_events("presidential_elections"), series.index)["party"]
        return 12 * series[office == party].mean()

    return average


def party_gap(series: pd.Series, p: Panel) -> float:
    return under("D")(series, p) - under("R")(series, p)


CHECKS: dict[str, tuple[Callable, Callable]] = {
    "ff1993-smb-mean": (factor("SMB"), mean),
    "ff1993-smb-t": (factor("SMB"), t),
    "ff1993-hml-mean": (factor("HML"), mean),
    "ff1993-hml-t": (factor("HML"), t),
    "ff1993-market-mean": (factor("Mkt-RF"), mean),
    "ff1993-market-t": (factor("Mkt-RF"), t),
    "aim2018-smb-mean-1936": (factor("SMB"), yearly),
    "aim2018-smb-volatility-1936": (factor("SMB"), volatility),
    "aim2018-smb-sharpe-1936": (factor("SMB"), sharpe),
    "aim2018-decile-mean-1936": (deciles, yearly),
    "aim2018-decile-volatility-1936": (deciles, volatility),
    "aim2018-decile-sharpe-1936": (deciles, sharpe),
    "aim2018-decile-alpha-1936": (deciles, alpha),
    "aim2018-smb-mean-1926": (factor("SMB"), yearly),
    "aim2018-decile-mean-1926": (deciles, yearly),
    "scv2003-smallest-decile-democrats": (excess_of("vw:lo_10"), under("D")),
    "scv2003-smallest-decile-republicans": (excess_of("vw:lo_10"), under("R")),
    "scv2003-largest-decile-gap": (excess_of("vw:hi_10"), party_gap),
}


def found(name: str) -> float:
    reference, (series, summary) = REFERENCES[name], CHECKS[name]
    at = panel(reference)
    return float(summary(series(at), at))


@pytest.mark.parametrize("name", CHECKS)
def test_published_number(name):
    reference, value = REFERENCES[name], found(name)
    assert abs(value - reference["value"]) <= reference["tolerance"], (
        f"{reference['paper']}, {reference['where']}: {reference['value']} ± {reference['tolerance']} "
        f"{reference['unit']}, got {value:.3f}. Definition: {reference['definition']} ({reference['returns']} returns, "
        f"{' to '.join(reference['sample'])}, {reference['vintage']})"
    )


@pytest.mark.parametrize("name", CHECKS)
def test_the_number_entered_as_ours_is_the_snapshots(name):
    digits = len(str(REFERENCES[name]["ours"]).partition(".")[2])
    assert found(name) == pytest.approx(REFERENCES[name]["ours"], abs=0.6 * 10**-digits)


def test_every_reference_is_used_and_described():
    assert len(REFERENCES) == len(TEXT["references"])
    assert REFERENCES.keys() == CHECKS.keys()
    for reference in REFERENCES.values():
        assert reference.keys() == FIELDS
        assert reference["returns"] in ("log", "simple") and reference["tolerance"] > 0
        assert all(re.fullmatch(r"\d{4}-\d{2}", month) for month in reference["sample"])
        assert abs(reference["value"]) > 1.4 * reference["tolerance"]  # zero or the other sign would not pass


def test_the_vintage_is_the_one_the_references_were_held_against():
    assert {reference["vintage"] for reference in REFERENCES.values()} == {
        current().catalog.table("ff_factors").vintage
    }


# Definitions that decide: the same data under another convention leave the tolerance


def test_simple_returns_are_not_what_santa_clara_and_valkanov_print():
    reference = REFERENCES["scv2003-smallest-decile-republicans"]
    at = panel(reference)
    simple = 100 * (at.returns("vw:lo_10").values - at.frame("ff_factors")["RF"] / 100)
    assert abs(under("R")(simple, at) - reference["value"]) > 2 * reference["tolerance"]


def test_the_alpha_of_the_smallest_decile_is_not_significant():
    at = panel(REFERENCES["aim2018-decile-alpha-1936"])
    fit = ols(deciles(at), at.frame("ff_factors")["Mkt-RF"], names=("market",))
    assert fit.t["intercept"] < 1.96
