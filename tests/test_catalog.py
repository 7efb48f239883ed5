"""The catalog: what it refuses, that it describes the tables as they are, and that the tables agree."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

from smallcaps.catalog import CATALOG, Facts, load_catalog
from smallcaps.errors import DataError, InputError
from smallcaps.manifest import SNAPSHOTS
from smallcaps.snapshot import Snapshot, current

TABLES = sorted(current().catalog.tables)  # what the current vintage holds
FIRST = Snapshot(vintage="2026-10").catalog  # the vintage that data/README.md describes
README = (CATALOG.parent / "README.md").read_text(encoding="utf-8")
ROUNDING = 0.005 + 1e-9  # half a unit of the second decimal
DECILES = ["lo_10", *(f"dec_{i}" for i in range(2, 10)), "hi_10"]
GROUPS = {
    "lo_30": DECILES[:3],
    "med_40": DECILES[3:7],
    "hi_30": DECILES[7:],
    "lo_20": DECILES[:2],
    "qnt_2": DECILES[2:4],
    "qnt_3": DECILES[4:6],
    "qnt_4": DECILES[6:8],
    "hi_20": DECILES[8:],
}


def frame(table_id: str) -> pd.DataFrame:
    return current().table(table_id).frame


def change(levels: pd.Series) -> pd.Series:
    """Simple returns in percent, with their first month and every missing month left out."""
    return (levels.pct_change(fill_method=None) * 100).dropna()


# The catalog file


def written(tmp_path: Path, content: str | bytes) -> Path:
    path = tmp_path / "catalog.yml"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def sample() -> dict:
    column = {"title": "A rate", "series": "X", "unit": "percent", "minimum": 0, "maximum": 20}
    named = ("title", "publisher", "vintage", "licence", "citation", "source_page", "note")
    spans = {"frequency": "monthly", "key": "month", "first": "2000-01", "last": "2000-05", "rows": 5}
    return {"tables": {"rates": {**dict.fromkeys(named, "A sample"), **spans, "columns": {"rate": column}}}}


def complaint(path: Path) -> str:
    with pytest.raises(DataError) as caught:
        load_catalog(path)
    text = str(caught.value)
    assert "\n" not in text and text.startswith("catalog catalog.yml")
    return text


def test_sample_is_valid(tmp_path):
    catalog = load_catalog(written(tmp_path, yaml.safe_dump(sample())))
    assert catalog.table("rates").columns["rate"].type == "float"


def test_missing_file(tmp_path):
    assert "is missing" in complaint(tmp_path / "catalog.yml")


def test_a_path_is_no_text():
    with pytest.raises(InputError, match=r"^path='data/catalog.yml': should be a Path, such as"):
        load_catalog("data/catalog.yml")


@pytest.mark.parametrize("content", ["tables: [", "a: b: c", "tables:\n\t- x"])
def test_broken_yaml(tmp_path, content):
    assert "not valid YAML" in complaint(written(tmp_path, content))


def test_no_utf8(tmp_path):
    assert "UTF-8" in complaint(written(tmp_path, b"tables: {\xff\xfe}"))


@pytest.mark.parametrize("content", ["", "a word", "[]"])
def test_no_catalog_at_all(tmp_path, content):
    assert "top level" in complaint(written(tmp_path, content))


@pytest.mark.parametrize(
    ("where", "field", "value", "expected"),
    [
        ("table", "colour", "blue", "tables.rates.colour"),
        ("table", "frequency", "hourly", "tables.rates.frequency"),
        ("table", "key", "week", "tables.rates.key"),
        ("table", "rows", 0, "tables.rates.rows"),
        ("table", "licence", " ", "tables.rates.licence"),
        ("table", "last", None, "tables.rates.last"),
        ("column", "colour", "blue", "tables.rates.columns.rate.colour"),
        ("column", "unit", "", "tables.rates.columns.rate.unit"),
        ("column", "type", "date", "tables.rates.columns.rate.type"),
        ("column", "kind", "gross", "tables.rates.columns.rate.kind"),
        ("column", "maximum", None, "needs a minimum and a maximum"),
        ("column", "minimum", "low", "tables.rates.columns.rate.minimum"),
        ("column", "gaps", {"2000-02": ""}, "tables.rates.columns.rate.gaps.2000-02"),
    ],
)
def test_wrong_field_is_named(tmp_path, where, field, value, expected):
    content = sample()
    table = content["tables"]["rates"]
    (table if where == "table" else table["columns"]["rate"])[field] = value
    assert expected in complaint(written(tmp_path, yaml.safe_dump(content)))


def test_missing_field_is_named(tmp_path):
    content = sample()
    del content["tables"]["rates"]["vintage"]
    assert "tables.rates.vintage" in complaint(written(tmp_path, yaml.safe_dump(content)))


def test_unknown_table_lists_those_that_exist():
    with pytest.raises(InputError, match="unknown table 'ff_factor'.*ff_factors"):
        load_catalog().table("ff_factor")


# Facts of a vintage over the description


def facts(**more) -> dict:
    return {"first": "2000-01", "last": "2000-06", "rows": 6, "vintage": "V2", "columns": {"rate": {}}, **more}


def test_facts_stand_above_the_entry(tmp_path):
    catalog = load_catalog(written(tmp_path, yaml.safe_dump(sample())))
    span = {"first": "2000-02", "last": "2000-06", "gaps": {"2000-03": "shut"}}
    given = Facts.model_validate(facts(columns={"rate": span}, note="Refreshed"))
    table = catalog.with_facts({"rates": given}).table("rates")
    assert (table.rows, table.last, table.vintage, table.note) == (6, "2000-06", "V2", "Refreshed")
    assert table.citation == "A sample" and table.columns["rate"].gaps == {"2000-03": "shut"}
    assert table.columns["rate"].maximum == 20
    assert catalog.table("rates").rows == 5  # the catalog itself stays as it is


def test_later_tables_exist_only_where_a_vintage_states_them(tmp_path):
    content = sample()
    entry = content["tables"].pop("rates")
    later = {name: value for name, value in entry.items() if name not in ("first", "last", "rows", "vintage")}
    catalog = load_catalog(written(tmp_path, yaml.safe_dump({"tables": content["tables"], "later": {"rates": later}})))
    assert catalog.description("rates").title == "A sample"
    with pytest.raises(InputError, match="unknown table 'rates'"):
        catalog.table("rates")
    assert catalog.with_facts({"rates": Facts.model_validate(facts())}).table("rates").rows == 6


def test_facts_of_what_the_catalog_does_not_know(tmp_path):
    catalog = load_catalog(written(tmp_path, yaml.safe_dump(sample())))
    with pytest.raises(DataError, match="'yields'.*describes no such table"):
        catalog.with_facts({"yields": Facts.model_validate(facts())})
    with pytest.raises(DataError, match="'rates': column 'yield' is not in the catalog"):
        catalog.with_facts({"rates": Facts.model_validate(facts(columns={"yield": {}}))})


# The catalog and the tables


@pytest.mark.parametrize("table_id", TABLES)
def test_table_loads_and_is_what_the_catalog_says(table_id):
    table = current().table(table_id)
    assert table.frame.shape == (table.info.rows, len(table.info.columns))
    assert table.frame.index.is_unique


@pytest.mark.parametrize("table_id", TABLES)
def test_every_column_states_its_span(table_id):
    for name, column in current().catalog.table(table_id).columns.items():
        assert column.first and column.last, name


def test_catalog_manifest_and_folder_hold_the_same_tables():
    snapshot = current()
    files = {path.stem for path in snapshot.path.rglob("*.csv")}
    assert files == set(TABLES) == set(snapshot.manifest["tables"])


def test_manifest_states_rows_and_columns_of_the_catalog():
    for table_id, info in current().catalog.tables.items():
        entry = current().manifest["tables"][table_id]
        assert entry["rows"] == info.rows
        assert set(entry["columns"]) == {info.key, *info.columns}


def test_pointer_holds_one_line():
    assert (SNAPSHOTS / "CURRENT").read_text(encoding="utf-8") == f"{current().vintage}\n"


@pytest.mark.parametrize("table_id", [*load_catalog().tables, *load_catalog().later])
def test_source_page_is_an_address(table_id):
    assert load_catalog().description(table_id).source_page.startswith("https://")


@pytest.mark.parametrize("table_id", FIRST.tables)
def test_readme_lists_the_table_as_it_is(table_id):
    info = FIRST.table(table_id)
    rows = [line for line in README.splitlines() if line.startswith(f"| `{table_id}` |")]
    assert len(rows) == 1
    span = info.first if info.first[:4].isdigit() else info.vintage  # the funds' table is of one day
    for stated in (info.title, f" {info.rows:,} ", span, info.vintage):
        assert stated in rows[0], f"data/README.md, row {table_id}: {stated!r} is due"


def test_returns_and_levels_state_their_kind():
    for table_id, info in {**load_catalog().tables, **load_catalog().later}.items():
        for name, column in info.columns.items():
            if column.unit in ("percent per month", "index points") or column.series.startswith("RU2000"):
                assert (column.kind is not None) == (column.type != "text"), f"{table_id}.{name}"


@pytest.mark.parametrize("table_id", TABLES)
def test_bounds_catch_a_unit_that_is_wrong_by_a_factor_of_100(table_id):
    table = current().table(table_id)
    for name, column in table.info.columns.items():
        if column.type == "text":
            continue
        values = table.frame[name]
        assert (values * 100 > column.maximum).any() or (values * 100 < column.minimum).any(), name
        if column.minimum > 0:
            assert (values / 100 < column.minimum).any(), name


def test_documented_gaps_are_rows_of_their_table():
    for table_id, info in current().catalog.tables.items():
        keys = set(frame(table_id).index.astype(str))
        for name, column in info.columns.items():
            assert set(column.gaps) <= keys, f"{table_id}.{name}"


# The tables and one another


def test_factors_are_rebuilt_from_the_six_portfolios():
    six, factors = frame("ff_6_portfolios"), frame("ff_factors")
    small, big = six.filter(like="small_"), six.filter(like="big_")
    smb = small.mean(axis=1) - big.mean(axis=1)
    hml = (six["small_hibm"] + six["big_hibm"] - six["small_lobm"] - six["big_lobm"]) / 2
    for name, rebuilt, later in (("SMB", smb, 0.09), ("HML", hml, 0.235)):
        off = (rebuilt - factors[name]).abs().dropna()
        assert len(off[:"2023-06"]) == 1164
        assert off[:"2023-06"].max() <= ROUNDING, name
        assert off["2023-07":].max() <= later, name  # the portfolios are two releases younger


@pytest.mark.parametrize("table_id", ["ff_size_portfolios", "ff_size_portfolios_ew"])
def test_size_groups_lie_between_their_deciles(table_id):
    returns = frame(table_id)
    for group, deciles in GROUPS.items():
        assert (returns[group] <= returns[deciles].max(axis=1) + 2 * ROUNDING).all(), group
        assert (returns[group] >= returns[deciles].min(axis=1) - 2 * ROUNDING).all(), group


def test_firms_of_the_deciles_add_up():
    firms = frame("ff_size_nfirms")
    for group, deciles in GROUPS.items():
        assert (firms[deciles].sum(axis=1) == firms[group]).all(), group


def test_average_sizes_of_the_deciles_add_up():
    firms, size = frame("ff_size_nfirms"), frame("ff_size_avg_cap")
    for group, deciles in GROUPS.items():
        rebuilt = (firms[deciles] * size[deciles]).sum(axis=1) / firms[group]
        assert (rebuilt - size[group]).abs().max() <= 2 * ROUNDING, group


def test_returns_of_the_deciles_add_up():
    firms, size = frame("ff_size_nfirms"), frame("ff_size_avg_cap")
    weights = {"ff_size_portfolios": firms * size, "ff_size_portfolios_ew": firms}
    for table_id, weight in weights.items():
        returns = frame(table_id)
        for group, deciles in GROUPS.items():
            rebuilt = (weight[deciles] * returns[deciles]).sum(axis=1) / weight[deciles].sum(axis=1)
            off = (rebuilt - returns[group]).abs()["1946":]  # sizes of the 1930s are too coarse
            assert off.median() < 0.01 and off.max() < 0.2, f"{table_id}.{group}"


def test_market_is_near_the_average_of_the_deciles():
    weight = (frame("ff_size_nfirms") * frame("ff_size_avg_cap"))[DECILES]
    rebuilt = (weight * frame("ff_size_portfolios")[DECILES]).sum(axis=1) / weight.sum(axis=1)
    factors = frame("ff_factors")
    off = (rebuilt - factors["RF"] - factors["Mkt-RF"]).abs()
    assert off.median() < 0.05
    assert off.max() < 2  # the widest are of 1999 and 2000: the portfolios take new listings in June only


@pytest.mark.parametrize("table_id", ["ff_me_breakpoints", "ff_beme_breakpoints"])
def test_percentiles_rise(table_id):
    percentiles = frame(table_id).filter(regex=r"^p\d")
    assert len(percentiles.columns) == 20
    assert (np.diff(percentiles.to_numpy(), axis=1) >= 0).all()


def test_yields_agree_with_the_publishers_monthly_means():
    daily, monthly = frame("treasury_yields"), frame("fred_monthly")
    for ours, theirs in (("DGS2", "GS2"), ("DGS10", "GS10")):
        off = (daily[ours] - monthly[theirs]).abs().dropna()
        assert len(off) == daily[ours].count()
        assert off.max() <= ROUNDING, ours


def test_month_end_yields_are_near_the_mean_and_cover_the_same_months():
    mean, end = frame("treasury_yields"), frame("treasury_yields_month_end")
    for name in end:
        assert (mean[name].notna() == end[name].notna()).all(), name
        assert (mean[name].notna() == mean[f"n_{name}"].notna()).all(), name
        assert (mean[name] - end[name]).abs().max() < 2.5, name  # 1980-04 is the widest: 2.2 points


def test_target_changes_accumulate():
    target = frame("fomc_target_changes")
    rebuilt = (target["target"].shift() + target["change"]).iloc[1:]
    assert (rebuilt - target["target"].iloc[1:]).abs().max() < 1e-9
    assert (target["change"].iloc[1:] != 0).all()


def test_target_dates_are_in_the_order_of_what_happened():
    target = frame("fomc_target_changes")
    announced = target["basis"] == "D"
    assert announced.sum() == 92 and (target["basis"] == "E").sum() == 94
    assert announced.index[announced][0] == pd.Timestamp("1994-02-04")
    effective, met = pd.to_datetime(target["effective_date"]), pd.to_datetime(target["committee_date"])
    assert (effective >= target.index).all()
    assert ((met <= target.index) | met.isna()).all()
    assert (effective[~announced] == target.index[~announced]).all()
    assert ((effective > target.index)["2015-12":]).all() and not (effective > target.index)[:"2015-11"].any()


def test_target_range_is_a_quarter_point_wide():
    target = frame("fomc_target_changes")["2008-12-16":]
    assert ((target["target"] - target["lower_bound"]) == 0.25).all()


def test_funds_rate_keeps_near_its_target():
    changes = frame("fomc_target_changes")
    month_end = changes["target"].groupby(changes.index.to_period("M")).last()
    rate = frame("fred_monthly")["FEDFUNDS"]["1990-01":]
    target = month_end.reindex(pd.period_range(month_end.index[0], rate.index[-1], freq="M")).ffill()
    assert (rate - target.reindex(rate.index)).abs().max() < 1.25  # a mean against a month end, in months of big cuts
    assert (rate - target.reindex(rate.index)).abs().median() < 0.25


def test_incumbent_party_is_that_of_the_winner_before():
    elections = frame("presidential_elections")
    assert (elections["incumbent_party"].iloc[1:] == elections["winner_party"].shift().iloc[1:]).all()
    kept = elections["winner_party"] == elections["incumbent_party"]
    assert (kept == elections["incumbent_party_kept"].astype(bool)).all()


def test_election_days_are_the_tuesday_after_the_first_monday_in_november():
    for day in frame("presidential_elections").index:
        assert (day.day_name(), day.month, day.year % 4) == ("Tuesday", 11, 0)
        assert 2 <= day.day <= 8


def test_linked_russell_2000_is_made_of_its_two_parts():
    levels = frame("index_levels")
    linked, source = levels["russell2000_linked"], levels["russell2000_linked_source"]
    late = source == "rut"
    assert (linked[late] == levels["russell2000_close"][late]).all()
    assert source[:"1987-08"].dropna().eq("ru2000pr_rescaled").all()
    ratio = linked[:"1987-08"] / levels["ru2000pr_fred"][:"1987-08"]
    assert ratio.max() / ratio.min() - 1 < 0.005  # one factor but for cents, and for 1987 within half a percent


def test_total_return_index_beats_the_price_index_by_its_dividend():
    levels = frame("index_levels")
    dividend = change(levels["ru2000tr_fred"]) - change(levels["ru2000pr_fred"])
    assert len(dividend.dropna()) == 123
    assert dividend.min() > 0 and dividend.max() < 0.5
    assert 1 < dividend.mean() * 12 < 4


def test_iwm_returns_the_price_index_and_its_dividend():
    fund, index = frame("etf_total_returns")["IWM"], change(frame("index_levels")["russell2000_close"])
    dividend = (fund - index).dropna()
    assert dividend.abs().max() < 2  # closes at two different hours
    assert dividend["2010":].min() > -0.4 and dividend["2010":].max() < 0.6
    assert 0.9 < dividend["2010":"2025"].mean() * 12 < 1.7
    assert dividend["2026-08"] == pytest.approx(0.08, abs=0.01)  # the close of that month is a late quote


def test_spy_returns_the_price_index_and_its_dividend():
    fund, index = frame("etf_total_returns")["SPY"], change(frame("index_levels")["sp500_close"])
    dividend = (fund - index).dropna()
    assert dividend.abs().max() < 1.2
    assert 1 < dividend.mean() * 12 < 2.5


def test_iwm_value_per_share_follows_the_price_index():
    value, index = change(frame("iwm_month_end")["nav_usd"]), change(frame("index_levels")["russell2000_close"])
    off = (value - index).dropna()
    assert off.abs().max() < 0.7  # a quarter's distribution; 2012-12 is the widest
    assert abs(off.mean()) < 0.02


def test_iwm_rows_are_dated_within_their_month():
    fund = frame("iwm_month_end")
    assert (pd.to_datetime(fund["as_of"]).dt.to_period("M") == fund.index).all()
    assert fund.index[fund["note"].notna()].astype(str).tolist() == ["2010-05", "2013-06", "2024-03"]


def test_flows_by_month_end_are_near_those_by_day():
    fund, daily = frame("iwm_month_end"), frame("iwm_flows_daily_method")["net_flow_musd"]
    by_month = fund["shares"].diff() * fund["nav_usd"].rolling(2).mean() / 1e6
    assert (by_month - daily).abs().max() < 300
    year = pd.period_range("2024-01", "2024-12", freq="M")
    assert by_month[year].sum() == pytest.approx(-1201.5, abs=0.1)
    assert daily[year].sum() == pytest.approx(-12.8, abs=0.1)


def test_flows_and_volumes_count_the_same_days():
    flows, volume = frame("iwm_flows_daily_method")["n_days"], frame("etf_volume")["iwm_trading_days"]
    assert (flows.reindex(volume.index) == volume).all()


def test_daily_facts_state_their_month():
    facts = frame("index_daily_facts")
    assert (facts.index.strftime("%Y-%m") == facts["month"]).all()


def test_volume_shown_for_the_russell_2000_is_that_of_the_exchange():
    facts = frame("index_daily_facts")
    both = facts.dropna(subset=["rut_volume_shown"])
    assert len(both) == 5
    assert (both["rut_volume_shown"] == both["spx_volume_shown"]).all()


def test_dollar_indexes_move_together_where_both_stand():
    dollar = frame("dollar_index")
    changes = pd.concat([change(dollar[name]) for name in dollar], axis=1).dropna()
    assert len(changes) == 11
    assert changes.corr().iloc[0, 1] > 0.9


def test_prices_and_unemployment_miss_october_2025_only():
    monthly = frame("fred_monthly")
    for name in ("CPIAUCSL", "UNRATE"):
        inside = monthly[name].loc[monthly[name].first_valid_index() : monthly[name].last_valid_index()]
        assert inside.index[inside.isna()].astype(str).tolist() == ["2025-10"]
