"""The party in office: when it changes, means by hand, and a test that counts terms."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from panels import month, panel
from statsmodels.stats.power import TTestIndPower

from smallcaps.errors import InputError, NotCovered, TooFewEvents
from smallcaps.snapshot import current
from smallcaps.studies import presidents as study


def rng() -> np.random.Generator:
    return np.random.default_rng(5)


class FakePanel:
    """A size factor (percent a month) from 1961-02 on, under the presidents of the public record."""

    def __init__(self, smb: list[float]):
        index = pd.period_range("1961-02", periods=len(smb), freq="M")
        self.factors = pd.DataFrame({"SMB": np.asarray(smb, dtype=float)}, index=index)

    def frame(self, table: str) -> pd.DataFrame:
        return self.factors

    def known_events(self, table: str) -> pd.DataFrame:
        return current().table(table).frame


def by_term(values: list[float]) -> list[float]:
    return [value for value in values for _ in range(48)]


# Who was in office


@pytest.mark.parametrize(
    ("when", "party", "term"),
    [
        ("1926-07", "R", "1925"),  # before the table: the incumbent of 1928
        ("1929-03", "R", "1925"),
        ("1929-04", "R", "1929"),
        ("1933-03", "R", "1929"),  # inauguration on 4 March 1933
        ("1933-04", "D", "1933"),
        ("1937-01", "D", "1933"),  # on 20 January from 1937
        ("1937-02", "D", "1937"),
        ("1953-01", "D", "1949"),
        ("1953-02", "R", "1953"),
        ("1974-09", "R", "1973"),  # Ford: the same party and term
        ("2021-01", "R", "2017"),
        ("2021-02", "D", "2021"),
        ("2025-02", "R", "2025"),
    ],
)
def test_party_and_term(when, party, term):
    office = study.party_in_office(current().table("presidential_elections").frame, pd.PeriodIndex([when], freq="M"))
    assert office.iloc[0].tolist() == [party, term]


def test_without_an_election_nobody_knows():
    with pytest.raises(NotCovered, match="party in office is not known"):
        study.party_difference(panel(end="1928-10"), rng=rng())


# The difference


VALUES = [0.5, 0.3, -0.2, 0.1, 0.4, -0.3]  # terms of 1961 D, 1965 D, 1969 R, 1973 R, 1977 D, 1981 R


def test_means_by_hand():
    found = study.party_difference(FakePanel(by_term(VALUES)), measure="smb", rng=rng())
    assert found.terms["party"].tolist() == ["D", "D", "R", "R", "D", "R"]
    assert found.democratic == pytest.approx(12 * 0.4)
    assert found.republican == pytest.approx(12 * -0.4 / 3)
    assert found.difference == pytest.approx(found.democratic - found.republican)
    assert found.terms["mean"].tolist() == pytest.approx([12 * value for value in VALUES])
    assert found.medians.to_dict() == pytest.approx({"D": 4.8, "R": -2.4})


def test_p_is_that_of_all_arrangements_of_terms():
    found = study.party_difference(FakePanel(by_term(VALUES)), measure="smb", rng=rng())
    sets = [sum(VALUES[i] for i in chosen) for chosen in combinations(range(6), 3)]
    real = VALUES[0] + VALUES[1] + VALUES[4]
    assert found.test.p == pytest.approx(2 * np.mean(np.array(sets) >= real - 1e-12))
    assert (found.test.n, found.test.resamples) == (6, 20)


def test_months_called_independent_look_far_surer():
    noise = np.random.default_rng(1).normal(scale=0.3, size=288)
    found = study.party_difference(FakePanel(np.add(by_term(VALUES), noise)), measure="smb", rng=rng())
    assert found.newey_west_p < 0.001 < 0.05 <= found.test.p


def test_the_detectable_difference_is_about_that_of_a_t_test():
    found = study.party_difference(FakePanel(by_term(VALUES)), measure="smb", rng=rng())
    groups = found.terms.groupby("party")["mean"]
    spread = np.sqrt(groups.var(ddof=1).mean())  # three terms each
    exact = TTestIndPower().solve_power(nobs1=3, alpha=0.05, power=0.8) * spread
    assert found.minimum_detectable_effect == pytest.approx(exact, rel=0.05)


def test_the_most_influential_term():
    found = study.party_difference(FakePanel(by_term(VALUES)), measure="smb", rng=rng())
    term, without = found.most_influential
    assert term == "1973"  # the Republican mean falls from -0.13 to -0.25 without it
    assert without == pytest.approx(12 * (0.4 + 0.25))


def test_a_term_cut_by_the_window_counts_its_months_only():
    found = study.party_difference(FakePanel(by_term(VALUES)), measure="smb", start=month("1964-02"), rng=rng())
    assert found.terms["months"].tolist() == [12, 48, 48, 48, 48, 48]
    assert found.democratic == pytest.approx(12 * (0.5 * 12 + 0.3 * 48 + 0.4 * 48) / 108)


def test_one_party_alone():
    with pytest.raises(TooFewEvents, match="only Republican presidents between 1982-01 and 1990-12"):
        study.party_difference(panel("1982-01", "1990-12"), rng=rng())


def test_a_span_without_a_month():
    with pytest.raises(NotCovered, match="nothing lies in 1999-01 to the end"):
        study.party_difference(panel(end="1990-12"), start=month("1999-01"), rng=rng())


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"measure": "value"}, "unknown measure 'value'; allowed: gap, smb, market"),
        ({"measure": "gap", "compounding": "daily"}, "compounding is 'daily'"),
        ({"measure": "smb", "compounding": "log"}, "compounding is 'log' for 'smb'"),
    ],
)
def test_what_is_not_allowed(options, message):
    with pytest.raises(InputError, match=message):
        study.monthly_measure(panel(), **options)


# The eras


def test_the_order_of_the_parties_turned_after_1998():
    found = study.party_study(panel(), rng=rng())
    for measure in ("gap", "smb"):
        assert found.of(measure, "to 1998").difference > 0 > found.of(measure, "since 1999").difference
    assert len(found.table()) == 9
    usual, by_terms = found.rejections()
    assert by_terms <= usual


def test_terms_of_both_eras_cover_all_months_once():
    found = study.party_study(panel(), rng=rng())
    terms = found.terms("gap")
    assert terms["months"].sum() == found.of("gap", "all years").terms["months"].sum()
    assert terms.index.tolist().count("1997") == 2


def test_an_era_that_the_window_lacks_says_why():
    found = study.party_study(panel("1950-01", "1990-12"), rng=rng())
    with pytest.raises(NotCovered, match="nothing lies in 1999-01 to the end"):
        found.of("gap", "since 1999")
    assert len(found.table()) == 3  # "to 1998" and all years are the same months: one row a measure


def test_a_window_without_any_difference():
    with pytest.raises(TooFewEvents, match="only Republican presidents"):
        study.party_study(panel("1982-01", "1990-12"), rng=rng())
