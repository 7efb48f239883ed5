"""The party in office: returns under Democratic and Republican presidents, tested by whole terms."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from scipy import stats

from smallcaps.errors import InputError, NotCovered, TooFewEvents
from smallcaps.inference import TestResult, ols, term_permutation
from smallcaps.panel import Panel

PUBLISHED_TO = pd.Period("1998-12", freq="M")  # the last month that Santa-Clara and Valkanov (2003) used
MARCH_TO = 1933  # inaugurations on 4 March up to this year, on 20 January from 1937
DRAWS = 100_000  # arrangements of terms drawn where there are too many to count: p to about 0.001
PARTIES = {"D": "Democratic", "R": "Republican"}
MEASURES = {"gap": "smallest minus largest 30 %", "smb": "size factor", "market": "market minus Treasury bills"}


@dataclass(frozen=True)
class PartyDifference:
    """Mean return under each party and their difference, percent per year (12 times the monthly mean).

    `terms` has a row a term (index: the year it began) with party, start, end, months and mean. `test` permutes
    whole terms (two-sided); `newey_west_p` is the p of the usual regression on a party dummy, shown beside it.
    """

    measure: str
    compounding: str
    terms: pd.DataFrame
    democratic: float
    republican: float
    test: TestResult
    newey_west_p: float
    start: pd.Period
    end: pd.Period

    @property
    def difference(self) -> float:
        """Democratic minus Republican, percentage points per year."""
        return self.test.estimate

    @property
    def medians(self) -> pd.Series:
        """Median of the terms' means by party, percent per year."""
        return self.terms.groupby("party")["mean"].median()

    @property
    def minimum_detectable_effect(self) -> float:
        """The difference that a two-sided 5 % t test on the terms' means finds with probability 80 %, pp."""
        groups = self.terms.groupby("party")["mean"]
        sizes, freedom = groups.size(), len(self.terms) - 2
        spread = np.sqrt(((self.terms["mean"] - groups.transform("mean")) ** 2).sum() / freedom)
        error = spread * np.sqrt((1 / sizes).sum())
        return float((stats.t.ppf(0.975, freedom) + stats.t.ppf(0.8, freedom)) * error)

    @property
    def most_influential(self) -> tuple[str, float]:
        """The term whose removal moves the difference most, and the difference without it."""
        without = {}
        for term in self.terms.index:
            rest = self.terms.drop(index=term)
            if rest["party"].nunique() == 2:
                without[term] = _difference(rest)
        if not without:
            raise TooFewEvents("no term can be left out: one party would have none")
        return max(without.items(), key=lambda item: abs(item[1] - self.difference))


def party_in_office(table: pd.DataFrame, index: pd.PeriodIndex) -> pd.DataFrame:
    """Party ("D" or "R") and term (the year it began) for each month of `index`.

    `table` holds elections by date with columns winner_party and incumbent_party. The party changes with the first
    full month after the inauguration: April to 1933, February from 1937. Before the first election in the table the
    party is the incumbent's.
    """
    if not len(table):
        raise NotCovered("no presidential election before the end of the window: the party in office is not known")
    years = table.index.year + 1
    starts = [pd.Period(year=year, month=4 if year <= MARCH_TO else 2, freq="M").ordinal for year in years]
    parties = [table["incumbent_party"].iloc[0], *table["winner_party"]]
    terms = [str(years[0] - 4), *map(str, years)]
    position = np.searchsorted(starts, [month.ordinal for month in index], side="right")
    return pd.DataFrame({"party": [parties[i] for i in position], "term": [terms[i] for i in position]}, index=index)


def monthly_measure(panel: Panel, *, measure: str = "gap", compounding: str = "simple") -> pd.Series:
    """The monthly series by name, percent per month, total returns.

    `gap`: French's smallest minus largest 30 %; `smb`: his size factor; `market`: the whole market minus the one-month
    bill. `compounding` is "simple" (difference of simple returns) or "log" (difference of log returns).
    """
    if measure not in MEASURES:
        raise InputError(f"unknown measure {measure!r}; allowed: {', '.join(MEASURES)}")
    if compounding not in ("simple", "log") or (measure, compounding) == ("smb", "log"):
        raise InputError(f"compounding is {compounding!r} for {measure!r}; allowed: simple, and log but for smb")
    if measure == "smb":
        return panel.frame("ff_factors")["SMB"]
    if measure == "gap":
        long, short = (series.values for series in panel.pair("french"))
    else:
        long, short = panel.returns("market").values, panel.frame("ff_factors")["RF"] / 100
    if compounding == "log":
        long, short = np.log1p(long), np.log1p(short)
    return (long - short).dropna() * 100


def party_difference(
    panel: Panel,
    *,
    measure: str = "gap",
    compounding: str = "simple",
    start: pd.Period | None = None,
    end: pd.Period | None = None,
    rng: np.random.Generator,
) -> PartyDifference:
    """Mean return under Democratic minus Republican presidents, percent per year, with a p over whole terms.

    Months `start` to `end` within the panel's window. NotCovered if no month is left, TooFewEvents below three terms
    or with only one party in office.
    """
    whole = monthly_measure(panel, measure=measure, compounding=compounding)
    series = whole.loc[start:end]
    if not len(series):
        asked = f"{start or 'the beginning'} to {end or 'the end'}"
        raise NotCovered(f"{MEASURES[measure]} covers {whole.index[0]} to {whole.index[-1]}; nothing lies in {asked}")
    office = party_in_office(panel.known_events("presidential_elections"), series.index)
    if office["party"].nunique() < 2:
        only = PARTIES[office["party"].iloc[0]]
        raise TooFewEvents(f"only {only} presidents between {series.index[0]} and {series.index[-1]}; both are needed")
    test = term_permutation(series.to_numpy(), office["party"], office["term"], first="D", rng=rng, draws=DRAWS)
    democratic = (office["party"] == "D").to_numpy()
    return PartyDifference(
        measure=measure,
        compounding=compounding,
        terms=_terms(series, office),
        democratic=float(series[democratic].mean() * 12),
        republican=float(series[~democratic].mean() * 12),
        test=_annual(test),
        newey_west_p=ols(series, democratic.astype(float), names=("democratic",)).p["democratic"],
        start=series.index[0],
        end=series.index[-1],
    )


ERAS = {
    "to 1998": (None, PUBLISHED_TO),
    "since 1999": (PUBLISHED_TO + 1, None),
    "all years": (None, None),
}
_ROWS = {"market": "Market", "gap": "Small minus large", "smb": "Size factor"}
RETURNS = {"market": "log", "gap": "simple", "smb": "simple"}  # as the published studies have them; small caps simple


@dataclass(frozen=True)
class PartyStudy:
    """The differences by measure (market, gap, smb) and era; `missing` has the error of one that this window lacks."""

    found: dict[tuple[str, str], PartyDifference]
    missing: dict[tuple[str, str], NotCovered | TooFewEvents]

    def of(self, measure: str, era: str) -> PartyDifference:
        """The difference of `measure` in `era` (a key of ERAS).

        NotCovered if the window has no month of the era, TooFewEvents if it has too few terms of it.
        """
        if (measure, era) not in self.found:
            raise self.missing[measure, era]
        return self.found[measure, era]

    def terms(self, measure: str) -> pd.DataFrame:
        """The terms of the first two eras, a row each; a term cut by their border has a row in both."""
        return pd.concat([self.of(measure, era).terms.assign(era=era) for era in list(ERAS)[:2]])

    def table(self) -> pd.DataFrame:
        """A row for each measure and span of years: means, difference, its detectable size, p-values, terms."""
        rows = {}
        for (measure, _), found in self.found.items():
            rows[f"{_ROWS[measure]}, {found.start.year} to {found.end.year}"] = {
                "D, %": found.democratic,
                "R, %": found.republican,
                "D minus R, pp": found.difference,
                "Detectable, pp": found.minimum_detectable_effect,
                "p, terms": found.test.p,
                "p, Newey-West": found.newey_west_p,
                "Terms": found.test.n,
            }
        return pd.DataFrame.from_dict(rows, orient="index").rename_axis("Return and years")

    def rejections(self) -> tuple[int, int]:
        """How many rows of the table have p below 0.05 by Newey-West, and how many of these by whole terms too."""
        table = self.table()
        usual = table[table["p, Newey-West"] < 0.05]
        return len(usual), int((usual["p, terms"] < 0.05).sum())


def party_study(panel: Panel, *, rng: np.random.Generator) -> PartyStudy:
    """The party difference of the market (log) and of small caps (simple): to 1998, since 1999, in all years.

    The error of the last one if the window fills none of them.
    """
    found, missing = {}, {}
    for measure, compounding in RETURNS.items():
        for era, (start, end) in ERAS.items():
            options = {"measure": measure, "compounding": compounding, "start": start, "end": end}
            try:
                found[measure, era] = party_difference(panel, **options, rng=rng)
            except (NotCovered, TooFewEvents) as error:
                missing[measure, era] = error
    if not found:
        raise missing["gap", "all years"]
    return PartyStudy(found, missing)


def _terms(series: pd.Series, office: pd.DataFrame) -> pd.DataFrame:
    grouped = series.groupby(office["term"])
    return pd.DataFrame(
        {
            "party": office.groupby("term")["party"].first(),
            "start": grouped.apply(lambda part: part.index[0]),
            "end": grouped.apply(lambda part: part.index[-1]),
            "months": grouped.size(),
            "mean": grouped.mean() * 12,
        }
    )


def _difference(terms: pd.DataFrame) -> float:
    """Democratic minus Republican mean over months, from the terms' means."""
    totals = (terms["mean"] * terms["months"]).groupby(terms["party"]).sum()
    means = totals / terms.groupby("party")["months"].sum()
    return float(means["D"] - means["R"])


def _annual(test: TestResult) -> TestResult:
    return replace(test, estimate=test.estimate * 12, statistic=test.statistic * 12)
