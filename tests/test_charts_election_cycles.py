"""The forms of the elections' chapter draw in every variant, also where little is left to draw."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from smallcaps import charts_election_cycles as charts
from smallcaps.figures import VARIANTS, Figure, render

WINS = pd.DataFrame(
    [[1.0, 0.0, 1.0], [np.nan, 1.0, 0.0]], index=["Price indexes, Oct", "Total returns, Nov"], columns=list("abc")
)
TERMS = pd.DataFrame(
    {
        "party": ["D", "R"],
        "start": pd.PeriodIndex(["1993-02", "2001-02"], freq="M"),
        "end": pd.PeriodIndex(["1997-01", "2005-01"], freq="M"),
        "mean": [3.0, -2.0],
    }
)
YEARS = pd.DataFrame({"mean": [0.5, -0.1], "low": [0.1, -0.4], "high": [0.9, 0.2]}, index=["Year 1, first", "Year 2"])
ERAS = [("to 1998", {"D": 3.0}), ("since 1999", {"R": -2.0})]
FORMS = {
    "runs": charts.runs(WINS, spans=[("Price indexes, Oct", "a", "b"), ("Price indexes, Oct", "b", "c")]),
    "runs-without-spans": charts.runs(WINS.iloc[:1], spans=[]),
    "party-terms": charts.party_terms(TERMS, eras=ERAS, split=pd.Period("1998-12", freq="M")),
    "year-means": charts.year_means(YEARS, mean=0.2),
    "gap-by-year": charts.gap_by_year(pd.Series([2.0, -1.0, 0.5], index=list("abc")), marks={"mean": 0.5, "all": 0.4}),
}


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("form", FORMS)
def test_every_variant_draws_the_same_bytes_twice(form, variant):
    figure = Figure(form, "t", "s", "a", "o", pd.DataFrame({"x": [1]}), FORMS[form])
    first, second = (render(figure, **VARIANTS[variant]) for _ in range(2))
    assert first == second and "<svg" in first
