"""Everything a study may look at, cut to a window: the one road from the snapshot to the studies."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import pandas as pd

from smallcaps import links
from smallcaps.errors import InputError, NotCovered
from smallcaps.own import is_own, own_returns
from smallcaps.pairs import OWN, PAIRS, OwnPair, sides
from smallcaps.returns import Kind, ReturnSeries, percent, same_kind, simple_returns
from smallcaps.snapshot import Snapshot

_FRENCH_LABELS = {
    "lo_30": "smallest 30 %",
    "med_40": "middle 40 %",
    "hi_30": "largest 30 %",
    "lo_20": "smallest fifth",
    "hi_20": "largest fifth",
    "lo_10": "smallest decile",
    "hi_10": "largest decile",
}
_SIX_LABELS = {
    "small_hibm": "small value",
    "small_midbm": "small neutral",
    "small_lobm": "small growth",
    "big_hibm": "big value",
    "big_midbm": "big neutral",
    "big_lobm": "big growth",
}


class Panel:
    """The snapshot between two months, as frames, typed return series and events.

    `tables` are the only tables it may read: a chapter declares what it uses, so that a change of any other table
    does not make it run again. `start` and `end` are months (included) or None for all that there is. Return series
    are made from the whole table first and cut then, so that the first month of a window keeps its return. `own` is
    a pair with a researcher's own series, asked for as the pair `own`. InputError for a start or an end that is no
    monthly pd.Period.
    """

    def __init__(
        self,
        snapshot: Snapshot,
        *,
        tables: Iterable[str] | None = None,
        start: pd.Period | None = None,
        end: pd.Period | None = None,
        own: OwnPair | None = None,
    ):
        self.snapshot = snapshot
        self.tables = tuple(tables) if tables is not None else tuple(snapshot.catalog.tables)
        for name, month in (("start", start), ("end", end)):
            if month is not None and not (isinstance(month, pd.Period) and month.freqstr == "M"):
                raise InputError(f"{name}={month!r}: should be a month, such as pd.Period('1984-09', 'M'), or None")
        self.start = start
        self.end = end
        self.own = own

    def frame(self, table_id: str) -> pd.DataFrame:
        """The table between start and end, in the publisher's units; NotCovered if no row is left."""
        whole = self._whole(table_id)
        index = whole.index
        if isinstance(index, pd.PeriodIndex):
            start, end = self._bounds(index.freqstr)
            cut = whole.loc[start:end]
        elif isinstance(index, pd.DatetimeIndex):
            start = self.start.start_time if self.start is not None else None
            cut = whole.loc[start : self.end.end_time if self.end is not None else None]
        else:
            return whole
        if not len(cut):
            raise self._not_covered(table_id, index[0], index[-1])
        return cut

    def known_events(self, table_id: str) -> pd.DataFrame:
        """The rows of an event table up to the end of the window, from the table's beginning.

        What counts as an event may depend on what came before it (a first cut needs the rises before it), also
        before the window's start; never on what came after.
        """
        whole = self._whole(table_id)
        return whole.loc[: self.end.end_time] if self.end is not None else whole

    def history(self, table_id: str) -> pd.DataFrame:
        """The rows of a monthly or annual table up to the end of the window, from the table's beginning."""
        whole = self._whole(table_id)
        return whole.loc[: self._bounds(whole.index.freqstr)[1]]

    def returns(self, name: str) -> ReturnSeries:
        """The return series `name` between start and end; InputError lists the names, NotCovered gives the span.

        Names: r2000_price, r2000_total, sp500_price, a fund's ticker in lower case, vw:COLUMN and ew:COLUMN (French's
        size portfolios, value- and equal-weighted), six:COLUMN (his six size and value portfolios), market (total
        return of the whole market), own:TABLE and own:TABLE:COLUMN (a table in the folder that DATA_DIR names).
        """
        series = self._maker(name)()
        cut_start = max(series.first, self.start) if self.start is not None else series.first
        cut_end = min(series.last, self.end) if self.end is not None else series.last
        if cut_start > cut_end:
            raise self._not_covered(name, series.first, series.last)
        return series.between(cut_start, cut_end)

    def pair(self, name: str) -> tuple[ReturnSeries, ReturnSeries]:
        """Small and large of one kind: `price`, `total`, `french`, `funds`, `value` (small value, big growth), or `own`
        where the panel has an own pair."""
        small, large = (self.returns(side) for side in self.sides(name))
        if name == OWN:  # the book's pairs are two series with months in common
            both = small.values.index.intersection(large.values.index)
            if not len(both):
                raise NotCovered(
                    f"{small.name} covers {small.first} to {small.last} and {large.name} {large.first} to {large.last} "
                    "of this window: no month of both"
                )
            if (small.values[both] == large.values[both]).all():
                raise InputError(
                    f"{small.name} and {large.name} have the same returns in all months that both have: a difference "
                    "needs two series"
                )
        return small, large

    @property
    def pairs(self) -> tuple[str, ...]:
        """The pairs to look at where all are: the book's three, and the panel's own where it has one."""
        return (*PAIRS, *((OWN,) if self.own else ()))

    def sides(self, pair: str) -> tuple[str, str]:
        """The names of a pair's small and large series; InputError for a pair that the panel does not know."""
        return sides(pair, self.own)

    def base_of(self, pair: str) -> str:
        """The pair of the book that `pair` is or, for an own one, is made from."""
        return self.own.of if pair == OWN and self.own is not None else pair

    def labels(self, pair: str) -> tuple[str, str]:
        """What pages call a pair's small and large series, whether or not the window reaches them."""
        small, large = (self._maker(name)().label for name in self.sides(pair))
        return small, large

    def kind_of(self, pair: str) -> Kind:
        """Whether a pair's returns hold dividends: price or total."""
        return same_kind(self._maker(name)() for name in self.sides(pair))

    def made_of(self, pair: str) -> tuple[str, ...]:
        """The tables that a pair's series are made from, each once; an own one is `own:TABLE`."""
        series = (self._maker(name)() for name in self.sides(pair))
        return tuple(dict.fromkeys(table for one in series for table in one.tables))

    def _whole(self, table_id: str) -> pd.DataFrame:
        if table_id not in self.tables:
            allowed = ", ".join(self.tables)
            raise InputError(f"table {table_id!r} is not declared for this chapter; declared: {allowed}")
        return self.snapshot.table(table_id).frame

    def _bounds(self, freq: str) -> tuple[pd.Period | None, pd.Period | None]:
        return tuple(None if month is None else month.asfreq(freq) for month in (self.start, self.end))

    def _not_covered(self, what: str, first: object, last: object) -> NotCovered:
        first, last = (value.strftime("%Y-%m") if hasattr(value, "strftime") else value for value in (first, last))
        asked = f"{self.start or 'the beginning'} to {self.end or 'the end'}"
        return NotCovered(f"{what} covers {first} to {last}; nothing of it lies in the window {asked}")

    def _maker(self, name: str) -> Callable[[], ReturnSeries]:
        if is_own(name):
            return lambda: own_returns(name)
        prefix, _, column = name.partition(":")
        if column and prefix in ("vw", "ew", "six"):
            return lambda: self._french(prefix, column)
        makers = {
            "r2000_price": lambda: links.russell2000_price(self._whole("index_levels")),
            "r2000_total": lambda: links.russell2000_total(
                self._whole("index_levels"), self._whole("etf_total_returns")
            ),
            "sp500_price": self._sp500_price,
            "market": self._market,
        }
        if name in makers:
            return makers[name]
        funds = {ticker.lower(): ticker for ticker in self._columns("etf_total_returns")}
        if name in funds:
            return lambda: self._fund(funds[name])
        allowed = ", ".join([*makers, *funds, "vw:COLUMN", "ew:COLUMN", "six:COLUMN", "own:TABLE"])
        raise InputError(f"unknown return series {name!r}; allowed: {allowed}")

    def _columns(self, table_id: str) -> list[str]:
        return list(self.snapshot.catalog.table(table_id).columns)

    def _sp500_price(self) -> ReturnSeries:
        values = simple_returns(self._whole("index_levels")["sp500_close"].dropna())
        return ReturnSeries("sp500_price", "S&P 500", "price", values, ("index_levels",))

    def _market(self) -> ReturnSeries:
        factors = self._whole("ff_factors")
        values = (factors["Mkt-RF"] + factors["RF"]) / 100
        return ReturnSeries("market", "US stock market", "total", values, ("ff_factors",))

    def _fund(self, ticker: str) -> ReturnSeries:
        values = percent(self._whole("etf_total_returns")[ticker])
        return ReturnSeries(ticker.lower(), ticker, "total", values, ("etf_total_returns",))

    def _french(self, prefix: str, column: str) -> ReturnSeries:
        table = {"vw": "ff_size_portfolios", "ew": "ff_size_portfolios_ew", "six": "ff_6_portfolios"}[prefix]
        columns = self._columns(table)
        if column not in columns:
            raise InputError(f"unknown portfolio {column!r} in {table}; allowed: {', '.join(columns)}")
        label = {**_FRENCH_LABELS, **_SIX_LABELS}.get(column, column)
        return ReturnSeries(f"{prefix}:{column}", label, "total", percent(self._whole(table)[column]), (table,))
