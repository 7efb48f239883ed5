"""Net flows, the articles' figures, and the timing of flows: hand-computed cases, known relations, faults."""

from __future__ import annotations

import io
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from smallcaps import charts_etf_flows as forms
from smallcaps.errors import NotCovered, TooFewEvents
from smallcaps.figures import VARIANTS, Figure, render
from smallcaps.flows import DAILY, MONTH_ENDS, net_flows
from smallcaps.panel import Panel
from smallcaps.snapshot import current
from smallcaps.studies import etf_flows as study
from smallcaps.studies import flow_returns as timing


class Tables:
    """A snapshot made of frames."""

    def __init__(self, **frames: pd.DataFrame):
        self.frames = frames
        columns = {name: SimpleNamespace(columns=dict.fromkeys(frame.columns)) for name, frame in frames.items()}
        self.catalog = SimpleNamespace(tables=frames, table=columns.__getitem__)

    def table(self, name: str) -> SimpleNamespace:
        return SimpleNamespace(frame=self.frames[name])


def months(first: str, n: int) -> pd.PeriodIndex:
    return pd.period_range(first, periods=n, freq="M", name="month")


def panel(start: str | None = None, end: str | None = None, **frames: pd.DataFrame) -> Panel:
    bounds = {name: pd.Period(m, freq="M") if m else None for name, m in (("start", start), ("end", end))}
    return Panel(Tables(**frames) if frames else current(), **bounds)


# Four month ends: value 10, 10, 20, 20 USD; 100, 150, 150, 120 million shares. The last month has a daily count.
ENDS = pd.DataFrame(
    {"nav_usd": [10.0, 10.0, 20.0, 20.0], "shares": [100e6, 150e6, 150e6, 120e6]}, index=months("2023-10", 4)
)
COUNTED = pd.DataFrame({"net_flow_musd": [-700.0]}, index=months("2024-01", 1))
FLAT = pd.DataFrame({"IWM": [0.0, 0.0, 101.0, 0.5], "SPY": 0.0, "VB": 1.0}, index=months("2023-10", 4))
SMALL = {"iwm_month_end": ENDS, "iwm_flows_daily_method": COUNTED, "etf_total_returns": FLAT}


# Net flows


def test_flows_by_hand():
    found = net_flows(panel(**SMALL))
    assert found.index.astype(str).tolist() == ["2023-11", "2023-12", "2024-01"]
    assert found["month_ends"].tolist() == pytest.approx([0.5, 0.0, -0.6])  # change of shares times the mean value
    assert found["flow"].tolist() == pytest.approx([0.5, 0.0, -0.7])  # the daily count where there is one
    assert found["method"].tolist() == [MONTH_ENDS, MONTH_ENDS, DAILY]
    assert found["share"].tolist() == pytest.approx([50.0, 0.0, -100 * 0.7 / 3.0])
    assert found["assets"].tolist() == pytest.approx([1.5, 3.0, 2.4])


def test_the_first_month_of_a_window_keeps_its_flow():
    found = net_flows(panel("2023-12", "2023-12", **SMALL))
    assert found["flow"].tolist() == [0.0] and found["method"].tolist() == [MONTH_ENDS]


def test_nothing_after_the_window_is_read():
    assert net_flows(panel(None, "2023-12", **SMALL))["method"].eq(MONTH_ENDS).all()


@pytest.mark.parametrize("window", [("2000-01", "2001-12"), ("2023-01", "2023-10"), ("2024-02", "2024-12")])
def test_a_window_without_flows_says_what_there_is(window):
    with pytest.raises(NotCovered, match="2023-11 to 2024-01"):
        net_flows(panel(*window, **SMALL))


# Growth, distributions, methods


def test_growth_by_hand():
    found = study.growth(panel(**SMALL))
    assert found.path["assets"].tolist() == pytest.approx([1.0, 1.5, 3.0, 2.4])
    assert found.path["put_in"].tolist() == pytest.approx([1.0, 1.5, 1.5, 0.8])
    assert (found.change, found.flow, found.market) == pytest.approx((1.4, -0.2, 1.6))
    assert found.flow_part == pytest.approx(-0.2 / 1.4 * 100)
    assert found.years.loc[2023, ["flow", "share", "change", "market", "months"]].tolist() == pytest.approx(
        [0.5, 50, 2, 1.5, 2]
    )
    assert found.paid_out == pytest.approx(0.01 * 1.5 + 0.005 * 3.0)


def test_distributions_are_total_return_less_change_of_value():
    assert study.distributions(panel(**SMALL)).tolist() == pytest.approx([0.0, 1.0, 0.5])


def test_assets_that_move_with_flows_alone_are_all_flow():
    ends = pd.DataFrame({"nav_usd": 10.0, "shares": [1e8, 2e8, 1.5e8, 1.8e8]}, index=ENDS.index)
    found = study.growth(panel(**SMALL | {"iwm_month_end": ends, "iwm_flows_daily_method": COUNTED.iloc[:0]}))
    assert found.flow_part == pytest.approx(100) and found.flow_part_of_variance == pytest.approx(100)


def test_methods_side_by_side():
    both = study.methods_compared(panel(**SMALL))
    assert both.loc["2024-01"].tolist() == pytest.approx([-0.7, -0.6, 0.1])
    assert study.methods_by_year(both).loc[2024].tolist() == pytest.approx([1, -0.7, -0.6, 0.1, 0.1])
    with pytest.raises(NotCovered, match="2023-12"):
        study.methods_compared(panel(None, "2023-12", **SMALL))


# The articles' figures


def test_year_to_date_by_hand():
    found = study.year_to_date_flow(panel(**SMALL), through=pd.Period("2024-01", freq="M"))
    assert found.flow == pytest.approx(-0.7) and found.same_months.to_dict() == pytest.approx({2024: -0.7})
    evidence = found.evidence()
    assert (evidence.estimate, evidence.n, evidence.sample) == (found.flow, 1, "2024-01 to 2024-01")


def test_volume_is_weighted_with_days():
    days = pd.DataFrame(
        {"iwm_trading_days": [20.0, 10.0], "iwm_avg_daily_volume_shares": [30e6, 60e6]}, index=months("2024-01", 2)
    )
    ends = pd.DataFrame({"nav_usd": [10.0, 30.0, 50.0], "shares": 1e8}, index=months("2023-12", 3))
    found = study.average_volume(panel(etf_volume=days, iwm_month_end=ends), through=pd.Period("2024-02", freq="M"))
    assert found.shares == pytest.approx(40.0)  # (20 * 30 + 10 * 60) / 30
    assert found.dollars == pytest.approx((20 * 30 * 20 + 10 * 60 * 40) / 30 / 1e3)  # bn a day, at 20 and 40 USD
    assert found.table["to_date"].tolist() == pytest.approx([30.0, 40.0])


def test_vb_is_carried_forward_by_its_return():
    sheet = pd.DataFrame({"value": [60_000.0]}, index=pd.Index(["Vanguard Small-Cap ETF"], name="fund"))
    returns = pd.DataFrame({"VB": [5.0, 10.0, -10.0, 0.0, 1.0]}, index=months("2025-06", 5))
    found = study.net_assets_vb(panel(other_funds=sheet, etf_total_returns=returns))
    assert found.values.tolist() == pytest.approx([60, 66, 59.4, 59.4, 59.994])  # June's own return is not in it
    assert found.evidence().proxy and found.evidence().estimate == pytest.approx(59.4)


def test_the_figures_of_the_snapshot():
    """By hand from the tables: sums of nine months, shares times value at three month ends, 186 trading days."""
    flow = study.year_to_date_flow(panel()).evidence()
    assert flow.estimate == pytest.approx(-6.557672, abs=1e-6) and flow.n == 9
    assets = study.net_assets(panel()).evidence()
    assert assets.allowed_range == pytest.approx((285.4 * 0.235194969, 293.35 * 0.241848619))
    assert study.net_assets_vb(panel()).before == pytest.approx(68.14, abs=0.005)
    volume = study.average_volume(panel()).evidence()
    assert volume.estimate == pytest.approx(33.718381, abs=1e-6) and volume.n == 186


def test_the_largest_difference_of_return_and_value_is_the_distribution_of_december_2012():
    paid = study.distributions(panel())
    assert str(paid.idxmax()) == "2012-12" and paid.abs().max() < 1.0  # a misprint in the table would stand out


def test_the_month_end_method_misses_by_what_the_catalog_says():
    both = study.methods_compared(panel())
    assert both["difference"].abs().max() < 0.3
    assert study.methods_by_year(both).loc[2024, ["daily", "month_ends"]].tolist() == pytest.approx(
        [-0.01, -1.20], abs=0.005
    )


@pytest.mark.parametrize(
    ("run", "window"),
    [
        (study.year_to_date_flow, ("2025-02", None)),
        (study.year_to_date_flow, (None, "2025-08")),
        (study.net_assets, (None, "2025-09")),
        (study.net_assets_vb, (None, "2025-08")),
        (study.average_volume, ("2025-03", None)),
    ],
)
def test_a_fact_that_the_window_cuts_is_not_covered(run, window):
    with pytest.raises(NotCovered, match="2025"):
        run(panel(*window))


# The timing of flows


def made(n: int, *, lead: float, same: float = 0.0, seed: int = 7) -> Panel:
    """A fund whose gap is `same` times its flow and `lead` times that of the month before, with a little noise."""
    rng = np.random.default_rng(seed)
    flow = rng.normal(0, 5, n + 1)
    flow[0] = 0.0
    gap = same * flow + lead * np.roll(flow, 1) + rng.normal(0, 0.5, n + 1)
    index = months("2000-01", n + 1)
    ends = pd.DataFrame({"nav_usd": 10.0, "shares": 1e8 * np.cumprod(1 + flow / 100)}, index=index)
    returns = pd.DataFrame({"IWM": gap + 1.0, "SPY": 1.0}, index=index)
    return panel(iwm_month_end=ends, iwm_flows_daily_method=COUNTED.iloc[:0], etf_total_returns=returns)


def lead_lag(found: Panel, **options) -> timing.LeadLag:
    return timing.flows_lead_returns(found, rng=np.random.default_rng(1), **options)


def test_a_planted_lead_is_found_where_it_is():
    found = lead_lag(made(200, lead=0.2, same=0.4), lags=3)
    assert found.table.index.tolist() == [-3, -2, -1, 0, 1, 2, 3]
    assert found.table.loc[1, "slope"] == pytest.approx(0.2, abs=0.05)
    assert found.same["slope"] == pytest.approx(0.4, abs=0.05)
    assert found.clear == [0, 1]
    assert found.p("greater") < 0.01 < 0.5 < found.p("less")


def test_evidence_of_a_lead_and_of_a_reversal():
    for lead in (0.2, -0.2):
        found = lead_lag(made(150, lead=lead), lags=1)
        evidence = found.evidence()
        assert evidence.estimate == pytest.approx(lead, abs=0.05)
        assert (evidence.p < 0.05) == (lead > 0) and (evidence.p_opposite < 0.05) == (lead < 0)
        assert (evidence.base_rate, evidence.n) == (0.0, found.lead.n)
        assert evidence.minimum_detectable_effect > 0 and evidence.interval[0] < evidence.estimate


def test_corrections_begin_with_the_textbook_slope():
    found = lead_lag(made(120, lead=0.2), lags=1)
    table, sample = found.corrections(), found.lead.sample
    x, y = sample["driver"].to_numpy(), sample["response"].to_numpy()
    assert table.iloc[0, 0] == pytest.approx(np.polyfit(x, y, 1)[0])
    assert table.iloc[:3, 1:].sum(axis=1).to_numpy() == pytest.approx(1.0, abs=0.03)  # the two tails
    assert len(table) == 4 and (table.iloc[:, 1] < 0.05).all()


def test_summed_slopes_add_up():
    found = made(120, lead=-0.2, same=0.4)
    table, single = timing.cumulated(found, lags=2), lead_lag(found, lags=2).table
    assert table.loc[0, "slope"] == pytest.approx(single.loc[0, "slope"])
    assert table.loc[1, "slope"] == pytest.approx(single.loc[0, "slope"] + single.loc[1, "slope"], abs=0.02)
    assert table.loc[0, "given_back"] == 0 and table.loc[1, "given_back"] == pytest.approx(50, abs=8)


def test_months_after_are_counted_against_all_months():
    table = timing.months_after(made(120, lead=0.2))
    assert table.iloc[0]["months"] == 119 and np.isnan(table.iloc[0]["p"])
    assert table.loc["an inflow", "mean"] > table.iloc[0]["mean"] > table.loc["an outflow", "mean"]
    assert table.loc[["an inflow", "an outflow"], "months"].sum() == 119
    assert table.loc["the largest inflows (a fifth)", "p"] < 0.05


def test_other_choices_agree_on_a_planted_lead():
    table = timing.other_choices(made(250, lead=0.2))
    assert (table["low"] > 0).all() and table.iloc[0]["n"] == 249
    assert {"to 2017-12", "from 2018-01"} & set(table.index) == {"to 2017-12"}  # too few months after


@pytest.mark.parametrize("run", [timing.months_after, lead_lag, timing.other_choices])
def test_too_few_months(run):
    with pytest.raises(TooFewEvents, match="at least 36"):
        run(made(30, lead=0.2))


def test_the_answer_of_the_snapshot():
    """Newey-West with 4 lags over 201 months: sign, size and the other tail, as statsmodels alone gives them."""
    evidence = lead_lag(panel()).evidence()
    assert evidence.estimate == pytest.approx(-0.0793, abs=5e-4) and evidence.n == 201
    assert evidence.p_opposite < 0.05 < evidence.p


# The figures


def test_the_calendar_has_a_cell_for_each_month_and_draws_in_every_look():
    grid = pd.DataFrame([[np.nan] * 11 + [3.0], [-20.0] + [1.0] * 11], index=[2009, 2010], columns=range(1, 13))
    draw = forms.calendar(grid, totals=pd.Series({2009: 0.7, 2010: -2.0}))
    figure = Figure("calendar", "t", "s", "a", "x", grid, draw, height=2.0, narrow_height=2.0)
    for options in VARIANTS.values():
        assert "<svg" in render(figure, **options)
    assert _patches(draw) == 13 + 6  # months and the key


@pytest.mark.parametrize("form", ["amounts", "growth", "to_date", "around"])
def test_every_form_draws_in_every_look(form):
    index = months("2025-01", 12)
    year = pd.DataFrame({"flow": np.linspace(-2, 3, 12), "to_date": np.linspace(-5, 1, 12)}, index=index)
    path = pd.DataFrame({"assets": np.linspace(10, 80, 12), "put_in": 20.0}, index=index)
    steps = pd.DataFrame({"slope": [0.1, -0.2, 0.3], "low": -0.3, "high": [0.3, -0.1, 0.4]}, index=[-1, 0, 1])
    draw = {
        "amounts": forms.amounts(pd.Series({"claimed": 66.6, "held": 70.0, "left": -6.0}), claimed="claimed"),
        "growth": forms.put_in_and_market(path, labels={"assets": "assets", "put_in": "put in"}, market="market"),
        "to_date": forms.to_date(year, marked=index[8]),
        "around": forms.around_flow(steps),
    }[form]
    figure = Figure(form, "t", "s", "a", "x", year, draw)
    for options in VARIANTS.values():
        assert "<svg" in render(figure, **options)


def _patches(draw) -> int:
    from matplotlib.figure import Figure as Canvas

    from smallcaps.figures import look

    canvas = Canvas()
    draw(canvas, look())
    canvas.savefig(io.BytesIO(), format="svg")
    return len(canvas.axes[0].patches)


@pytest.mark.parametrize(
    ("values", "place", "side"),
    [
        ([1, 2, 1], 1, (0, 8)),
        ([2, 1, 2], 1, (0, -8)),
        ([1, 2, 3], 1, (-5, 3)),
        ([3, 2, 1], 1, (5, 3)),
        ([3, 2], 1, (0, -8)),
    ],
)
def test_labels_stand_free_of_the_line(values, place, side):
    assert forms._clear_of_line(np.array(values, dtype=float), place) == side
