"""Hit rates and years of the term, on panels small enough to count by hand and on the snapshot."""

from __future__ import annotations

from itertools import product
from math import comb

import numpy as np
import pandas as pd
import pytest

from smallcaps.errors import TooFewEvents
from smallcaps.panel import Panel
from smallcaps.returns import ReturnSeries
from smallcaps.snapshot import current
from smallcaps.studies import election_cycles as study


class FakePanel:
    """Small and large with the given monthly gap (decimals) from 1928-11 on, and elections every fourth November."""

    def __init__(self, gap: list[float]):
        self.gap = pd.Series(gap, index=pd.period_range("1928-11", periods=len(gap), freq="M"), dtype=float)
        years = range(1928, self.gap.index[-1].year + 1, 4)
        dates = pd.DatetimeIndex([f"{year}-11-05" for year in years if f"{year}-11" <= str(self.gap.index[-1])])
        self.table = pd.DataFrame({"winner_party": "D"}, index=dates)

    def pair(self, name: str) -> tuple[ReturnSeries, ReturnSeries]:
        still = self.gap * 0
        return ReturnSeries("s", "small", "price", self.gap, ()), ReturnSeries("l", "large", "price", still, ())

    def base_of(self, pair: str) -> str:
        return pair

    def known_events(self, table: str) -> pd.DataFrame:
        return self.table


def rng() -> np.random.Generator:
    return np.random.default_rng(3)


def first_months(signs: list[int]) -> list[float]:
    """Each term: one percent up or down in its first month, nothing after."""
    return [value for sign in signs for value in [0.01 * sign, *[0.0] * 47]]


# Hit rates


def test_share_and_base_rate_are_counted_by_hand():
    found = study.hit_rate(FakePanel(first_months([1, 1, 1, -1, 1, 1, 1, -1])), rng=rng())
    assert (found.study.hits, found.study.n, found.share) == (6, 8, 75.0)
    # 384 months hold 373 windows of 12. Each first month lies in 12 of them, but the first of all in one only.
    assert found.base_share == pytest.approx(100 * (1 + 5 * 12) / 373)


def test_p_is_the_binomial_tail_and_the_interval_is_exact():
    found = study.hit_rate(FakePanel(first_months([1, 1, 1, -1, 1, 1, 1, -1])), rng=rng())
    b = found.base_share / 100
    tail = sum(comb(8, k) * b**k * (1 - b) ** (8 - k) for k in (6, 7, 8))
    assert found.against_base.p == pytest.approx(tail)
    low, high = (end / 100 for end in found.interval)
    # Clopper and Pearson: at either end a count as far out as 6 of 8 has probability 2.5 %.
    assert sum(comb(8, k) * low**k * (1 - low) ** (8 - k) for k in (6, 7, 8)) == pytest.approx(0.025)
    assert sum(comb(8, k) * high**k * (1 - high) ** (8 - k) for k in range(7)) == pytest.approx(0.025)


def test_windows_can_begin_later():
    panel = FakePanel(first_months([1] * 8))
    assert study.hit_rate(panel, rng=rng()).share == 100
    assert study.hit_rate(panel, months_later=1, rng=rng()).share == 0


def test_the_proxy_says_so():
    panel = FakePanel(first_months([1] * 8))
    assert study.hit_rate(panel, pair="french", rng=rng()).evidence().proxy
    assert not study.hit_rate(panel, pair="price", rng=rng()).evidence().proxy


def test_four_elections_are_too_few():
    with pytest.raises(TooFewEvents, match=r"elections with a whole 12-month window .*at least 5 are needed"):
        study.hit_rate(FakePanel(first_months([1] * 4)), rng=rng())


@pytest.mark.parametrize(("n", "base"), [(6, 0.5), (12, 0.485), (25, 0.506)])
def test_the_detectable_share_has_a_power_of_80_percent(n, base):
    def tail(k: int, share: float) -> float:
        return sum(comb(n, j) * share**j * (1 - share) ** (n - j) for j in range(k, n + 1))

    needed = min(k for k in range(n + 1) if tail(k, base) <= 0.05)
    assert tail(needed, study.detectable_share(n, base_rate=base) / 100) == pytest.approx(0.8)


def test_nothing_is_detectable_where_even_all_hits_are_common():
    assert study.detectable_share(5, base_rate=0.6) is None  # 0.6**5 = 0.078


def test_the_power_at_the_detectable_share():
    found = study.hit_rate(FakePanel(first_months([1, 1, 1, -1, 1, 1, 1, -1])), rng=rng())
    assert found.power_at(found.detectable_share) == pytest.approx(80)
    assert found.minimum_detectable_effect == pytest.approx(found.detectable_share - found.base_share)


def test_the_evidence_is_in_percent_of_periods():
    evidence = study.hit_rate(FakePanel(first_months([1, 1, 1, -1, 1, 1, 1, -1])), rng=rng()).evidence()
    assert (evidence.estimate, evidence.n, evidence.sample) == (75.0, 8, "1928-11 to 1960-10")
    assert evidence.p + evidence.p_opposite > 1  # both tails hold the count itself
    assert all(type(value) is float for value in (evidence.p, evidence.base_rate, *evidence.interval))


def test_the_snapshots_elections_from_plain_levels():
    found = study.hit_rate(Panel(current(), end=pd.Period("2024-12", freq="M")), rng=rng())
    levels = current().table("index_levels").frame
    assert found.study.table.index.tolist() == [str(year) for year in range(1980, 2021, 4)]
    for year in (1988, 2000, 2020):  # after the link of 1987: the index's own closes
        base, end = (pd.Period(f"{y}-10", freq="M") for y in (year, year + 1))
        small, large = (levels[c][end] / levels[c][base] for c in ("russell2000_close", "sp500_close"))
        assert found.study.table.loc[str(year), "gap"] == pytest.approx(100 * (small - large))


def test_an_edition_does_not_know_later_elections():
    panel = Panel(current(), end=pd.Period("2020-10", freq="M"))
    assert study.election_events(panel)[-1].label == "2016"


# Years of the term


def term_years(values: list[list[float]]) -> list[float]:
    """Monthly gaps in decimals, the same all through a year, from percentage points a month by term and year."""
    return [value / 100 for term in values for year in term for value in [year] * 12]


NOISY = [
    [1.2, 0.1, -0.4, 0.3],
    [0.7, -0.9, 0.2, 0.5],
    [-0.3, 0.4, 0.6, -0.2],
    [1.5, 0.0, 0.1, 0.8],
    [0.2, -0.5, 0.9, 0.1],
    [0.9, 0.3, -0.6, -0.1],
]


def test_means_and_differences_by_hand():
    found = study.presidential_cycle(FakePanel(term_years(NOISY)), rng=rng())
    by_year = np.array(NOISY).mean(axis=0)
    assert found.table["mean"].to_numpy() == pytest.approx(by_year)
    assert found.first_year.estimate == pytest.approx(by_year[0] - by_year[1:].mean())
    assert found.table["difference"].sum() == pytest.approx(0, abs=1e-12)
    assert (found.n, str(found.start), str(found.end)) == (6, "1928-11", "1952-10")


def test_the_drawn_p_is_near_that_of_all_arrangements():
    found = study.presidential_cycle(FakePanel(term_years(NOISY)), rng=rng())
    values = np.array(NOISY)
    sets = [np.mean([values[i, year] for i, year in enumerate(chosen)]) for chosen in product(range(4), repeat=6)]
    exact = np.mean(np.array(sets) >= values[:, 0].mean() - 1e-12)
    assert found.first_year.p == pytest.approx(exact, abs=4 * np.sqrt(exact / study.DRAWS))
    assert found.first_year.p < 0.05 < found.first_year_opposite.p


def test_the_real_calendar_is_best_where_only_first_years_gain():
    found = study.presidential_cycle(FakePanel(term_years([[1.0, 0, 0, 0]] * 6)), rng=rng())
    assert found.shifted.p == found.shifted.smallest_p == pytest.approx(1 / 48)
    assert found.shifted.estimate == pytest.approx(1.0)
    assert found.first_year.interval == pytest.approx((1.0, 1.0))


def test_a_term_begun_counts_in_the_shifted_calendar_only():
    whole = term_years(NOISY)
    gap = np.array([*whole, *[0.5] * 20])
    found = study.presidential_cycle(FakePanel(gap), rng=rng())
    first_year = np.arange(len(gap)) % 48 < 12
    assert found.n == 6
    assert found.shifted.n == len(whole) + 20
    assert found.shifted.estimate == pytest.approx(100 * (gap[first_year].mean() - gap[~first_year].mean()))


def test_five_terms_are_too_few():
    with pytest.raises(TooFewEvents, match="5 whole presidential terms between 1928-11 and 1948-10; at least 6"):
        study.presidential_cycle(FakePanel(term_years(NOISY[:5])), rng=rng())


def test_the_same_seed_gives_the_same_digits():
    first, second = (study.presidential_cycle(FakePanel(term_years(NOISY)), rng=rng()) for _ in range(2))
    assert first.evidence() == second.evidence()
