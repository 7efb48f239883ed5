"""What would change a verdict: computed thresholds, and that they hold."""

from __future__ import annotations

from dataclasses import replace

import pytest
from claim_cases import FACT, FIGURE, HIT_RATE, LAG, LEAD, RANK, YES_NO, effect, figure, make_claim

from smallcaps.change import what_would_change_it
from smallcaps.evidence import Evidence
from smallcaps.scale import Verdict
from smallcaps.verdict import decide


@pytest.mark.parametrize(
    ("claim", "evidence", "parts"),
    [
        (make_claim("future"), None, ["2028-12"]),
        (make_claim("none"), None, ["Company accounts."]),
        (FACT, None, ["edition"]),
        (FACT, Evidence(estimate=7.3), ["7.25 to 7.35 percent", "6.57 to 8.03 percent"]),
        (FACT, Evidence(estimate=7.0), ["7.25 to 7.35 percent", "it is 7.00 percent"]),
        (FACT, Evidence(allowed_range=(9.0, 12.0)), ["it is 9.00 to 12.00 percent"]),
        (RANK, Evidence(estimate=1), ["outside 0.5 to 1.5 would be contradicted", "it is 1.0"]),
        (RANK, Evidence(estimate=2), ["within 0.5 to 1.5", "it is 2.0"]),
        (YES_NO, Evidence(holds=True), ["It is not so."]),
        (YES_NO, Evidence(holds=False), ["It is so."]),
        (FIGURE, figure(14, 8, 20, 0.2, base=10.5), ["more than 2.0 percent", "1.5 percent from it"]),
        (FIGURE, figure(14, 8, 20, 0.01), ["without 12.0 percent"]),
        (FIGURE, figure(20, 14, 26, 0.01), ["at most 18.0 percent", "it is 20.0 percent"]),
        (FIGURE, figure(2, -4, 8, 0.4), ["at least 6.0 percent", "at least 7.0 percent"]),
        (
            FIGURE,
            figure(2, -14, 18, 0.4, minimum_detectable_effect=22.0),
            ["at least 17.0 percent", "11.0 points, about 32 observations instead of 8"],
        ),
        (FIGURE, replace(figure(2, 0, 0, 0.4), interval=None, n=4), ["at least 6 events; there are 4"]),
        (LEAD, effect(0.3, 0.7, detectable=6.0), ["3.00 points, about 120 observations instead of 30"]),
        (LAG, replace(effect(0.3), interval=(-2.0, 4.0)), ["at most −3.00 percent"]),
    ],
)
def test_what_would_change_it_is_computed(claim, evidence, parts):
    sentence = what_would_change_it(claim, evidence, decide(claim, evidence))
    assert all(part in sentence for part in parts), sentence


def test_a_hit_rate_needs_whole_periods():
    """Of 12 with a base rate of 48.5 %: P(X >= 9) = 0.059 and P(X >= 10) = 0.014, by hand from the binomial."""
    found = Evidence(estimate=58.3, interval=(27.7, 84.8), p=0.347, p_opposite=0.8, n=12, base_rate=48.5)
    sentence = what_would_change_it(HIT_RATE, found, decide(HIT_RATE, found))
    assert "at least 10 of 12 periods; the estimate is 58.3 percent of periods" in sentence
    few = replace(found, n=3)
    assert "No count of 3 periods gives a p below 0.05" in what_would_change_it(HIT_RATE, few, decide(HIT_RATE, few))


@pytest.mark.parametrize("base", [-1.0, 100.5])
def test_a_base_rate_that_is_no_share_counts_no_periods(base):
    found = Evidence(estimate=58.3, interval=(-20.0, 120.0), p=0.3, n=12, base_rate=base)
    sentence = what_would_change_it(HIT_RATE, found, decide(HIT_RATE, found))
    assert sentence.startswith("Its interval would leave the base rate at an estimate of at least")


def test_an_interval_that_leaves_the_base_rate_before_the_correction_is_said():
    found = replace(effect(0.3), estimate=-2.1, interval=(-4.0, -0.2), p=0.02)
    sentence = what_would_change_it(LAG, found, decide(LAG, found, p_adjusted=0.24))
    assert sentence.startswith("The interval leaves the base rate already; a corrected p below 0.05 needs a clearer")


def test_moving_the_estimate_as_said_changes_the_verdict():
    found = figure(2, -4, 8, 0.4)
    assert decide(FIGURE, found).row == "5e"
    moved = figure(7.0, 1.0, 13.0, 0.04)  # at least 6.0 for the figure, at least 7.0 for p
    assert decide(FIGURE, moved).verdict is Verdict.SUPPORTED
