"""What a study hands to the verdict rule."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, fields

import pandas as pd
import pytest

from smallcaps.evidence import Evidence, months


def test_nothing_is_claimed_by_default():
    empty = Evidence()
    given = {field.name for field in fields(empty) if getattr(empty, field.name) is not None}
    assert given == {"proxy", "why"} and not empty.proxy and not empty.why


def test_evidence_does_not_change():
    with pytest.raises(FrozenInstanceError):
        Evidence(estimate=1.0).estimate = 2.0


@pytest.mark.parametrize(
    ("start", "end"),
    [
        (pd.Period("1984-08", freq="M"), pd.Period("2025-08", freq="M")),
        (pd.Timestamp("1984-08-31"), pd.Timestamp("2025-08-01")),
    ],
)
def test_months_fit_an_evidence(start, end):
    found = Evidence(**months(start, end))
    assert (found.sample_start, found.sample_end) == ("1984-08", "2025-08")
    assert found.sample == "1984-08 to 2025-08"


def test_an_open_end_stays_open():
    assert months(None, pd.Period("2025-08", freq="M")) == {"sample_start": None, "sample_end": "2025-08"}
