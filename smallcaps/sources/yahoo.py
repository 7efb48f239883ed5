"""Yahoo Finance: daily closes, adjusted closes and volumes of indexes and funds, through yfinance.

yfinance drops a day that stands twice, sorts what comes unsorted and keeps stores on disk, one of them pickled. So the
answer is checked before yfinance reads it, on its way through `_Relay`, and the stores are put out of use. Shape: the
chart answer (`/v8/finance/chart/SYMBOL`) as yfinance 1.7.0 reads it in `yfinance/scrapers/history.py` and
`utils.parse_quotes`. This downloader has not yet been run against the live server.
"""

from __future__ import annotations

import json
import logging
import math
import warnings
from collections.abc import Iterable
from datetime import date
from itertools import pairwise
from typing import Any
from urllib.parse import unquote, urlsplit

import pandas as pd
import requests

from smallcaps.sources.errors import SourceError
from smallcaps.sources.promise import Promise, Reading, kept
from smallcaps.sources.transport import Transport, require_good

CHART = "/v8/finance/chart/"
ROWS = 60_000
_UNITS = {"close": "USD or index points", "adjusted": "USD or index points", "volume": "shares"}
# Where our tables begin; 45 days more are read, since a fund's first return needs the month end before.
FIRST = {
    "^GSPC": "1956-12-31", "^RUT": "1987-09-30", "IWM": "2000-06-30", "IWN": "2000-08-31", "IWO": "2000-08-31",
    "SPY": "1993-02-26", "VB": "2004-03-31", "VBR": "2004-02-27", "VTV": "2022-05-31", "VUG": "2022-04-29",
    "KRE": "2006-07-31", "VNQ": "2004-10-29",
}  # fmt: skip
PROMISES = {
    symbol: Promise("yahoo", symbol, _UNITS, "daily", first, 10, minimum=0, maximum=1e12, frozen=5)
    for symbol, first in FIRST.items()
}


class _Relay(requests.Session):
    """What yfinance takes for its session: GETs go through `transport`, chart answers are checked on the way.

    Cookies and consent are extras to yfinance, which goes on without them; so their failures are passing ones here.
    """

    def __init__(self, transport: Transport, today: date):
        super().__init__()
        self.transport, self.today = transport, today
        self.cookies = transport.cookies

    def request(self, method: str, url: str, **options: Any) -> requests.Response:
        params = options.get("params") or {}
        if CHART in urlsplit(url).path:
            response = self.transport.request(method, url, params=params)
            symbol = unquote(urlsplit(url).path.rsplit("/", 1)[1])
            check(response, symbol, today=self.today, whole="range" not in params)
            return response
        try:
            return self.transport.request(method, url, params=params)
        except SourceError as error:
            raise requests.ConnectionError(str(error)) from None


def read(session: Transport, symbols: Iterable[str], *, today: date) -> dict[str, Reading]:
    """Daily `close`, `adjusted` (for dividends and splits) and `volume` of each symbol, to the day before `today`.

    `today` is a day in UTC. SourceError names what is wrong with an answer.
    """
    import yfinance  # takes a second: only a refresh pays for it
    from yfinance import cache
    from yfinance.config import YfConfig

    cache._TzCacheManager._tz_cache = cache._TzCacheDummy()  # yfinance's own way where it finds no folder
    cache._CookieCacheManager._Cookie_cache = cache._CookieCacheDummy()
    logging.getLogger("yfinance").setLevel(logging.CRITICAL)  # its words reach us as exceptions
    YfConfig.debug.hide_exceptions = False
    relay = _Relay(session, today)
    return {symbol: _read_one(yfinance, relay, symbol, today) for symbol in symbols}


def _read_one(yfinance: Any, relay: _Relay, symbol: str, today: date) -> Reading:
    promise = PROMISES[symbol]
    start = (pd.Timestamp(promise.first) - pd.DateOffset(days=45)).date().isoformat()
    try:  # without an end, which would make yfinance answer from its memory
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # yfinance's own calls of what pandas is about to drop
            frame = yfinance.Ticker(symbol, session=relay).history(
                start=start, interval="1d", auto_adjust=False, actions=False, repair=False, timeout=30
            )
    except SourceError:
        raise
    except Exception as error:  # yfinance raises many kinds
        raise SourceError(f"yahoo {symbol}: the answer cannot be read ({type(error).__name__})") from None
    if frame.empty:
        raise SourceError(f"yahoo {symbol}: holds no value")
    frame = frame[["Close", "Adj Close", "Volume"]].astype(float)
    frame.columns = list(promise.columns)
    frame.index = pd.DatetimeIndex(frame.index.tz_localize(None).normalize())
    frame = frame[frame.index < pd.Timestamp(today)]  # today's session may not be over: its close is no close yet
    return kept(promise, frame.dropna(how="all", subset=["close", "adjusted"]), today=today)


def check(response: requests.Response, symbol: str, *, today: date, whole: bool = True) -> None:
    """Raise SourceError unless `response` is a chart answer for `symbol`, in dollars; a `whole` one has rising days.

    One that is not whole is asked by yfinance to learn the time zone, and may come without days.
    """
    where = f"yahoo {symbol}"
    require_good(response)
    try:
        chart = json.loads(response.content)["chart"]
        if chart.get("error"):
            raise SourceError(f"{where}: answered with the error {str(chart['error'].get('code'))!r:.60}")
        result = chart["result"][0]
        meta, quote = result["meta"], result["indicators"]["quote"][0]
        columns = {"close": quote.get("close"), "volume": quote.get("volume")}
        if "adjclose" in result["indicators"]:
            columns["adjclose"] = result["indicators"]["adjclose"][0]["adjclose"]
        stamps = result.get("timestamp")
        named, currency = meta["symbol"], meta.get("currency")
    except (ValueError, KeyError, IndexError, TypeError, AttributeError, RecursionError):
        raise SourceError(f"{where}: the answer is no chart answer in JSON") from None
    if named != symbol or currency != "USD":
        raise SourceError(f"{where}: the answer is for {named!r:.20} in {currency!r:.10}; {symbol!r} in 'USD' is due")
    if whole:
        _check_columns(where, stamps, columns, today)


def _check_columns(where: str, stamps: Any, columns: dict[str, Any], today: date) -> None:
    whole = isinstance(stamps, list) and all(isinstance(stamp, int) and not isinstance(stamp, bool) for stamp in stamps)
    if not whole or not stamps or len(stamps) > ROWS:
        raise SourceError(f"{where}: the answer has no list of 1 to {ROWS:,} time stamps")
    if any(later <= before for before, later in pairwise(stamps)):
        raise SourceError(f"{where}: the time stamps do not rise")
    days = [stamp // 86_400 for stamp in stamps]
    if days[-1] > (today - date(1970, 1, 1)).days:
        raise SourceError(f"{where}: the answer has a day after today, {today}")
    if len(set(days)) < len(days) and len(set(days[:-1])) < len(days) - 1:  # the last may be the running session
        raise SourceError(f"{where}: a day stands twice")
    for name, values in columns.items():
        if not isinstance(values, list) or len(values) != len(stamps):
            raise SourceError(f"{where}: {name} has not as many values as there are days")
        for value in values:
            if value is not None and (isinstance(value, bool) or not isinstance(value, int | float)):
                raise SourceError(f"{where}: {name} holds {value!r:.40}; a number or null is due")
            if value is not None and not math.isfinite(value):
                raise SourceError(f"{where}: {name} holds {value}; a finite number is due")
