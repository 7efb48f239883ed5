"""From the publishers' series to the tables of the snapshot: one function a table, cells as text, key column first.

A table begins where the catalog says, however far back its publisher goes: an earlier start would move base rates
without anybody's decision. A daily series enters a monthly table with its complete months only.
"""

from __future__ import annotations

from datetime import date

import pandas as pd

from smallcaps.sources import french, ishares, sec
from smallcaps.sources.cells import Built, Old, Readings, Recipe, by_month, digits, monthly, plain
from smallcaps.sources.promise import Finding, Reading, complete_months


def _french(readings: Readings, old: Old, today: date, *, table: str) -> Built:
    reading = readings[table]
    text = reading.text.copy()
    form, name = ("%Y-%m", "month") if reading.promise.frequency == "monthly" else ("%Y", "year")
    text.index = pd.Index(text.index.strftime(form), name=name)
    return Built(text[list(old.info.columns)], reading.vintage)


_DAILY_YIELDS = ("DGS3MO", "DGS1", "DGS2", "DGS10")
_MONTHLY = ("FEDFUNDS", "TB3MS", "GS2", "GS10", "CPIAUCSL", "PCEPILFE", "UNRATE", "USREC")


def _treasury_yields(readings: Readings, old: Old, today: date) -> Built:
    months = {name: by_month(readings[name].frame[name]) for name in _DAILY_YIELDS}
    columns = {name: digits(group.mean(), 4) for name, group in months.items()}
    columns |= {f"n_{name}": digits(group.count(), 0) for name, group in months.items()}
    return Built(monthly(columns, old), f"FRED {today}")


def _treasury_yields_month_end(readings: Readings, old: Old, today: date) -> Built:
    columns = {name: digits(by_month(readings[name].frame[name]).last(), 2) for name in _DAILY_YIELDS}
    return Built(monthly(columns, old), f"FRED {today}")


def _fred_monthly(readings: Readings, old: Old, today: date) -> Built:
    columns = {name: plain(_of_months(readings[name])) for name in _MONTHLY}
    return Built(monthly(columns, old), f"FRED {today}")


def _dollar_index(readings: Readings, old: Old, today: date) -> Built:
    newer, older = (_of_months(readings[name]) for name in ("TWEXBGSMTH", "TWEXBMTH"))
    columns = {"TWEXBGSMTH": digits(newer, 4), "TWEXBMTH": digits(older[older.index <= "2006-12"], 4)}
    return Built(monthly(columns, old), f"FRED {today}")


def _of_months(reading: Reading) -> pd.Series:
    series = reading.frame[reading.promise.series].copy()
    series.index = series.index.to_period("M")
    return series


def _target_changes(readings: Readings, old: Old, today: date) -> Built:
    """The old rows, and one for each later change of the upper bound.

    The table's `date` is the announcement, on the business day before the change takes effect (so in every scheduled
    decision since 2015-12); the note asks a person to look, because the series has only the effective date.
    """
    upper = readings["DFEDTARU"].frame["DFEDTARU"].dropna()
    lower = readings["DFEDTARL"].frame["DFEDTARL"].reindex(upper.index)
    change, last = upper.diff(), old.text.iloc[-1]
    rows, notes, findings = old.text.to_dict("index"), [], []
    if upper.get(pd.Timestamp(last["effective_date"])) != float(last["target"]):
        text = f"FRED's DFEDTARU is not {last['target']} on {last['effective_date']}, as our last row has it"
        findings.append(Finding("fomc_target_changes", "contradiction", text))
    for day in change.index[(change != 0) & change.notna() & (change.index > last["effective_date"])]:
        announced = f"{day - pd.offsets.BusinessDay():%Y-%m-%d}"
        target, by, bound = plain(pd.Series([upper[day], change[day], lower[day]]))
        cells = (target, by, bound, f"{day:%Y-%m-%d}", announced, "D")
        rows[announced] = dict(zip(old.text.columns, cells, strict=True))
        notes.append(
            f"new target {target} in effect {day:%Y-%m-%d}; its announcement on {announced} is inferred: check"
        )
    text = pd.DataFrame.from_dict(rows, orient="index").rename_axis("date")
    return Built(text, f"FRED {today}", tuple(notes), tuple(findings))


_FUNDS = ("IWM", "IWN", "IWO", "SPY", "VB", "VBR", "VTV", "VUG", "KRE", "VNQ")


def _total_returns(readings: Readings, old: Old, today: date) -> Built:
    ends = {name: by_month(readings[name].frame["adjusted"]).last() for name in _FUNDS}
    columns = {name: digits((end.pct_change(fill_method=None) * 100).iloc[1:], 4) for name, end in ends.items()}
    return Built(monthly(columns, old), f"{today:%Y-%m}")


def _index_levels(readings: Readings, old: Old, today: date) -> Built:
    sp500, russell = (digits(by_month(readings[name].frame["close"]).last(), 2) for name in ("^GSPC", "^RUT"))
    text = monthly({"sp500_close": sp500, "russell2000_close": russell}, old)
    for name in set(old.info.columns) - set(text):  # no publisher carries these any more
        text[name] = old.text[name].reindex(text.index, fill_value="")
    later = text["russell2000_close"] != ""
    text.loc[later, "russell2000_linked"] = text["russell2000_close"]
    text.loc[later, "russell2000_linked_source"] = "rut"
    return Built(text[list(old.info.columns)], f"{today:%Y-%m}")


def _volume(readings: Readings, old: Old, today: date) -> Built:
    volume = by_month(readings["IWM"].frame["volume"])
    columns = {"iwm_trading_days": digits(volume.count(), 0), "iwm_avg_daily_volume_shares": digits(volume.mean(), 0)}
    return Built(monthly(columns, old), f"{today:%Y-%m}")


def _index_daily(readings: Readings, old: Old, today: date) -> Built:
    names = {"sp500_close": "^GSPC", "russell2000_close": "^RUT"}
    closes = pd.DataFrame({ours: readings[name].frame["close"] for ours, name in names.items()}).dropna(how="all")
    closes = closes[closes.index >= "1956-12-31"]
    text = closes.apply(digits, decimals=2)
    text.index = pd.Index(closes.index.strftime("%Y-%m-%d"), name="date")
    return Built(text, f"{today}")


def _iwm_month_end(readings: Readings, old: Old, today: date) -> Built:
    ends = _month_ends(readings["IWM"].frame)
    text = pd.DataFrame(
        {
            "as_of": ends["as_of"],
            "nav_usd": digits(ends["nav"], 6),
            "shares": digits(ends["shares"], 0),
        }
    ).rename_axis("month")
    same_day = old.text["as_of"].reindex(text.index) == text["as_of"]
    text["note"] = old.text["note"].reindex(text.index).where(same_day, "").fillna("")
    return Built(text[text.index >= old.first("as_of", "")], f"{today:%Y-%m}")


def _month_ends(frame: pd.DataFrame) -> pd.DataFrame:
    """The last day of each complete month that has a value and a share count, by month (YYYY-MM)."""
    months = frame.index.to_period("M")
    whole = frame[months.isin(complete_months(frame.index))].dropna()
    ends = whole.assign(as_of=whole.index.strftime("%Y-%m-%d")).groupby(whole.index.to_period("M")).last()
    ends.index = ends.index.astype(str)
    return ends


def _iwm_flows(readings: Readings, old: Old, today: date) -> Built:
    frame = readings["IWM"].frame
    counted = frame.dropna()
    flow = (counted["shares"].diff() * counted["nav"] / 1e6).dropna()
    days = frame["nav"].loc[ishares.trading_days(frame)]
    columns = {"net_flow_musd": digits(by_month(flow).sum(), 3), "n_days": digits(by_month(days).count(), 0)}
    text = monthly(columns, old)
    return Built(text[text["net_flow_musd"] != ""], f"{today:%Y-%m}")


def _fund_month_end(readings: Readings, old: Old, today: date) -> Built:
    columns = {}
    for ticker in ("IWN", "IWO", "IJR", "IVV"):
        ends = _month_ends(readings[ticker].frame)
        columns[f"{ticker}_nav_usd"] = digits(ends["nav"], 6)
        columns[f"{ticker}_shares"] = digits(ends["shares"], 0)
    return Built(monthly(columns, old), f"{today:%Y-%m}")


def _nport_flows(readings: Readings, old: Old, today: date) -> Built:
    columns = {
        f"{ticker}_{name}_musd": digits(_of_column(readings[ticker], name) / 1e6, 3)
        for ticker in sec.FUNDS
        for name in sec.COLUMNS
    }
    text = monthly(columns, old)
    if old.text is not None:  # the reading covers the filings of the last year or so
        earlier = old.text[old.text.index < text.index[0]]
        text = pd.concat([earlier[list(text.columns)], text])
    return Built(text, f"EDGAR {today}")


def _of_column(reading: Reading, name: str) -> pd.Series:
    return reading.frame[name].set_axis(reading.frame.index.to_period("M"))


def _french_recipe(table: str) -> Recipe:
    return Recipe("french", (table,), lambda readings, old, today: _french(readings, old, today, table=table))


RECIPES: dict[str, Recipe] = {
    **{table: _french_recipe(table) for table in french.WANTED},
    "treasury_yields": Recipe("fred", _DAILY_YIELDS, _treasury_yields),
    "treasury_yields_month_end": Recipe("fred", _DAILY_YIELDS, _treasury_yields_month_end),
    "fred_monthly": Recipe("fred", _MONTHLY, _fred_monthly),
    "dollar_index": Recipe("fred", ("TWEXBGSMTH", "TWEXBMTH"), _dollar_index),
    "fomc_target_changes": Recipe("fred", ("DFEDTARU", "DFEDTARL"), _target_changes),
    "index_levels": Recipe("yahoo", ("^GSPC", "^RUT"), _index_levels),
    "index_daily": Recipe("yahoo", ("^GSPC", "^RUT"), _index_daily, local=True),
    "etf_total_returns": Recipe("yahoo", _FUNDS, _total_returns),
    "etf_volume": Recipe("yahoo", ("IWM",), _volume),
    "iwm_month_end": Recipe("ishares", ("IWM",), _iwm_month_end),
    "iwm_flows_daily_method": Recipe("ishares", ("IWM",), _iwm_flows),
    "fund_month_end": Recipe("ishares", tuple(t for t in ishares.FUNDS if t != "IWM"), _fund_month_end),
    "nport_flows": Recipe("sec", sec.FUNDS, _nport_flows),
}
SOURCES = ("fred", "french", "yahoo", "ishares", "sec")
