"""FRED, the Federal Reserve Bank of St. Louis: one series a request, whole history, through pandas-datareader.

pandas-datareader names the columns itself, takes any second column for the series and any text for a column of
text. So the answer is checked before it is read, in the hook that pandas-datareader offers for that: header
`observation_date,SERIES` (until late 2024 `DATE,SERIES`), rising dates as YYYY-MM-DD, numbers, and `.` or nothing for
a missing value. Shape: the answers of https://fred.stlouisfed.org/graph/fredgraph.csv, as described in the issues
pandas-datareader#985 and FinanceDataReader#238. This downloader has not yet been run against the live server.
"""

from __future__ import annotations

import csv
import re
from datetime import date
from io import StringIO

import requests
from pandas_datareader.fred import FredReader

from smallcaps.sources.errors import SourceError
from smallcaps.sources.promise import Promise, Reading, kept
from smallcaps.sources.transport import Transport

ADDRESS = "https://fred.stlouisfed.org/graph/fredgraph.csv"
DATE_HEADERS = ("observation_date", "DATE")
ROWS = 60_000  # daily since 1860 would be fewer
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_NUMBER = re.compile(r"-?\d{1,12}(\.\d{1,12})?")


def _rate(series: str, first: str, late: int, frequency: str = "monthly", **more: float) -> Promise:
    bounds = {"minimum": -5.0, "maximum": 40.0, **more}
    return Promise("fred", series, {series: "percent"}, frequency, first, late, **bounds)


def _index(series: str, base: str, first: str, late: int, *, ended: str | None = None) -> Promise:
    unit = f"index {base} = 100"
    return Promise("fred", series, {series: unit}, "monthly", first, late, minimum=5, maximum=1000, ended=ended)


# Dates from which our tables begin, in days after which a missing newest value is worth a look: a monthly figure is
# dated on the first of its month, so it is 31 days old before it can be published at all.
PROMISES = {
    promise.series: promise
    for promise in (
        _rate("DGS3MO", "1981-09-30", 14, "daily", frozen=25),
        _rate("DGS1", "1962-01-31", 14, "daily", frozen=25),
        _rate("DGS2", "1976-06-30", 14, "daily", frozen=10),
        _rate("DGS10", "1962-01-31", 14, "daily", minimum=0, frozen=10),
        _rate("DFEDTARU", "2008-12-31", 14, "daily"),
        _rate("DFEDTARL", "2008-12-31", 14, "daily"),
        _rate("FEDFUNDS", "1954-07-01", 70),
        _rate("TB3MS", "1944-07-01", 70),
        _rate("GS2", "1976-06-01", 70),
        _rate("GS10", "1953-04-01", 70),
        _index("CPIAUCSL", "1982-84", "1947-01-01", 100),
        _index("PCEPILFE", "2017", "1959-01-01", 130),
        _rate("UNRATE", "1948-01-01", 100),
        Promise("fred", "USREC", {"USREC": "0 or 1"}, "monthly", "1926-07-01", 130, minimum=0, maximum=1),
        _index("TWEXBGSMTH", "2006-01", "2006-01-01", 100),
        _index("TWEXBMTH", "1997-01", "2000-01-01", 0, ended="2006-12-01"),
    )
}


class _CheckedReader(FredReader):
    """FredReader with our own look at the answer; `address` replaces the publisher's."""

    address = ADDRESS
    today = date.max

    @property
    def url(self) -> str:
        return self.address

    def _get_response(self, url: str, params: object = None, headers: object = None) -> requests.Response:
        return self.session.fetch(url)  # our tries, not the reader's own

    def _sanitize_response(self, response: requests.Response) -> bytes:
        check(response.content, self.symbols, today=self.today)
        return response.content


def read(session: Transport, series: str, *, today: date, address: str = ADDRESS) -> Reading:
    """The whole history of `series` as FRED gives it today; SourceError names what is wrong with the answer."""
    promise = PROMISES[series]
    whole = {"start": "1776-01-01", "end": "2200-12-31"}  # the reader would cut what lies outside without a word
    reader = _CheckedReader(series, **whole, retry_count=0, pause=0, session=session)
    reader.address, reader.today = address, today
    try:
        frame = reader.read()
    except SourceError:
        raise
    except Exception as error:  # the reader raises what pandas raises
        raise SourceError(f"fred {series}: the answer cannot be read ({type(error).__name__})") from None
    frame.columns = [series]
    month = f"{promise.first[:7]}-01"  # means of months need their first month whole
    return kept(promise, frame.astype(float).loc[month:] if len(frame) else frame, today=today)


def _is_date(text: str) -> bool:
    try:
        return bool(_DATE.fullmatch(text)) and date.fromisoformat(text).year >= 1776
    except ValueError:
        return False


def check(content: bytes, series: str, *, today: date) -> None:
    """Raise SourceError unless `content` is a CSV of dates to `today` and numbers of `series` in FRED's form."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise SourceError(f"fred {series}: the answer is no UTF-8 text") from None
    try:
        rows = list(csv.reader(StringIO(text, newline=None), strict=True))
    except csv.Error as error:
        raise SourceError(f"fred {series}: the answer does not read as CSV ({error})") from None
    header = rows[0] if rows else []
    if len(header) != 2 or header[0] not in DATE_HEADERS or header[1] != series:
        due = f"{DATE_HEADERS[0]},{series}"
        raise SourceError(f"fred {series}: the header is {','.join(header)!r:.80}; {due!r} is due")
    if len(rows) > ROWS:
        raise SourceError(f"fred {series}: {len(rows):,} rows; at most {ROWS:,} are read")
    before = ""
    for number, row in enumerate(rows[1:], start=2):
        if len(row) != 2 or not _is_date(row[0]):
            raise SourceError(f"fred {series}: line {number} is {','.join(row)!r:.60}; a date and a value are due")
        if row[0] <= before:
            fault = "stands twice" if row[0] == before else f"follows {before}"
            raise SourceError(f"fred {series}: {row[0]} {fault}; rising dates are due")
        if row[0] > today.isoformat():
            raise SourceError(f"fred {series}: has a value for {row[0]}, which lies after today, {today}")
        before = row[0]
        if row[1] not in ("", ".") and not _NUMBER.fullmatch(row[1]):
            raise SourceError(f"fred {series}: the value of {row[0]} is {row[1]!r:.40}; a number or '.' is due")
