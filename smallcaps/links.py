"""Series that no single source carries whole: each is linked by returns in a function with a name."""

from __future__ import annotations

import pandas as pd

from smallcaps.returns import ReturnSeries, link, percent, simple_returns

RUSSELL_LAUNCH_NOTE = "months before 1984 are the publisher's back-cast"


def russell2000_price(levels: pd.DataFrame) -> ReturnSeries:
    """Russell 2000 price returns, 1979-01 on, from the table `index_levels`.

    RU2000PR (as FRED carried it) to 1987-09, the index's own closes after: the return of 1987-09 comes from
    RU2000PR because the two sources differ in level by up to half a percent just before their join.
    """
    values = link(
        simple_returns(levels["ru2000pr_fred"].dropna()),
        simple_returns(levels["russell2000_close"].dropna()),
        last_early="1987-09",
    )
    note = f"RU2000PR to 1987-09, the index's closes after; {RUSSELL_LAUNCH_NOTE}"
    return ReturnSeries("r2000_price", "Russell 2000", "price", values, ("index_levels",), note)


def russell2000_total(levels: pd.DataFrame, etfs: pd.DataFrame) -> ReturnSeries:
    """Russell 2000 total returns, 1979-01 on: RU2000TR to 2001-04, then the fund IWM (fee 0.19 % a year)."""
    values = link(
        simple_returns(levels["ru2000tr_fred"].dropna()),
        percent(etfs["IWM"]),
        last_early="2001-04",
    )
    note = f"RU2000TR to 2001-04, then IWM, whose fee of 0.19 % a year is in; {RUSSELL_LAUNCH_NOTE}"
    return ReturnSeries("r2000_total", "Russell 2000", "total", values, ("index_levels", "etf_total_returns"), note)


def broad_dollar(table: pd.DataFrame) -> pd.Series:
    """Monthly change of the broad dollar index, decimals, 2000-02 on, from the table `dollar_index`.

    The older index (TWEXBMTH) to 2006-01, the present one (TWEXBGSMTH, which starts in 2006-01) after; a rise means
    a dearer dollar. Monthly means, so a change lags month-end returns by about half a month.
    """
    return link(
        simple_returns(table["TWEXBMTH"].dropna()),
        simple_returns(table["TWEXBGSMTH"].dropna()),
        last_early="2006-01",
    )
