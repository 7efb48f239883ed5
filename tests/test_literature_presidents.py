"""Two published means by party, from the study that the chapter calls, on the snapshot.

The exhibits themselves were not at hand. The values of Pastor and Veronesi are those of the published text as search
engines show it; the digits of Santa-Clara and Valkanov are taken from reference notes, in line with what the paper's
abstract and introduction say (nine points of difference; about eleven and two percent).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest

from smallcaps.panel import Panel
from smallcaps.snapshot import current
from smallcaps.studies.presidents import party_difference


@dataclass(frozen=True)
class Published:
    """Percent per year under each party, with what it is and how far another vintage of the data may be from it."""

    paper: str
    definition: str
    start: str
    end: str
    democratic: float
    republican: float
    tolerance: float
    vintage: str


MARKET = (
    "12 times the mean monthly log return of the value-weighted US market minus the log return of the bill; the party "
    "changes with the first full month after the inauguration (April to 1933, February from 1937)"
)
PUBLISHED = (
    Published(
        paper="Santa-Clara and Valkanov (2003), The presidential puzzle, Journal of Finance 58(5), 1841-1872",
        definition=MARKET,  # theirs: three-month bill, CRSP index of their day; here French's market and one-month bill
        start="1927-01",
        end="1998-12",
        democratic=10.69,
        republican=1.69,
        tolerance=0.4,
        vintage="CRSP 202603",  # which gives 10.74 and 1.93
    ),
    Published(
        paper="Pastor and Veronesi (2020), Political cycles and stock returns, Journal of Political Economy 128(11)",
        definition=MARKET,
        start="1927-01",
        end="2015-12",
        democratic=10.7,
        republican=-0.2,
        tolerance=0.7,
        vintage="CRSP 202603",  # which gives 11.01 and 0.39
    ),
)


@pytest.mark.parametrize("published", PUBLISHED, ids=["santa-clara-valkanov-2003", "pastor-veronesi-2020"])
def test_means_by_party(published):
    found = party_difference(
        Panel(current()),
        measure="market",
        compounding="log",
        start=pd.Period(published.start, freq="M"),
        end=pd.Period(published.end, freq="M"),
        rng=np.random.default_rng(0),
    )
    assert current().catalog.table("ff_factors").vintage == published.vintage
    assert found.democratic == pytest.approx(published.democratic, abs=published.tolerance), published.definition
    assert found.republican == pytest.approx(published.republican, abs=published.tolerance), published.definition
