"""iShares' fund workbooks: net asset value per share and shares outstanding by day, in SpreadsheetML 2003.

The file is named .xls and is XML text, sometimes with byte-order marks before its declaration and with bare
ampersands. The sheet Historical has the headings As Of, NAV per Share, Ex-Dividends, Shares Outstanding, newest row
first; dates are text in the language of the site, numbers are cells of type Number, `--` stands for none. Shape: the
copy of IWM's workbook of September 2026 in the public repository DavidVossebuerger/Regime-Conditional-Vol-Targeting,
commit c79cec89 (saved in German: such a file is refused here by its dates). Namespace and cell attributes: Microsoft,
XML Spreadsheet Reference. This downloader has not yet been run against the live server.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

import pandas as pd
from lxml import etree

from smallcaps.sources.errors import SourceError
from smallcaps.sources.promise import Finding, Promise, Reading, kept
from smallcaps.sources.transport import Transport
from smallcaps.sources.xml import root_of

ADDRESS = "https://www.ishares.com/us/products/"
SHEET = "Historical"
HEADINGS = ["As Of", "NAV per Share", "Ex-Dividends", "Shares Outstanding"]
ROWS = 20_000  # of one sheet; daily since 2000 is 6,600
NONE = "--"

_SS = "{urn:schemas-microsoft-com:office:spreadsheet}"
_DATE = re.compile(r"([A-Z][a-z]+) (\d{1,2}), (\d{4})")
_NUMBER = re.compile(r"\d{1,12}(\.\d{1,12})?(E\+?\d{1,2})?")
_MONTHS = ("January", "February", "March", "April", "May", "June", "July")
_MONTHS += ("August", "September", "October", "November", "December")
_MONTH = {name[:length]: number for number, name in enumerate(_MONTHS, start=1) for length in (3, len(name))}


@dataclass(frozen=True)
class Fund:
    """A fund: its name as the workbook prints it, and where its workbook lies."""

    name: str
    product: str

    def address(self, base: str) -> str:
        """The workbook's address under `base`."""
        file = self.name.replace("&", "").replace(" ", "-")
        return f"{base}{self.product}/1521942788811.ajax?fileType=xls&fileName={file}_fund&dataType=fund"


FUNDS = {
    "IWM": Fund("iShares Russell 2000 ETF", "239710/ishares-russell-2000-etf"),
    "IWN": Fund("iShares Russell 2000 Value ETF", "239712/ishares-russell-2000-value-etf"),
    "IWO": Fund("iShares Russell 2000 Growth ETF", "239709/ishares-russell-2000-growth-etf"),
    "IJR": Fund("iShares Core S&P Small-Cap ETF", "239774/ishares-core-sp-smallcap-etf"),
    "IVV": Fund("iShares Core S&P 500 ETF", "239726/ishares-core-sp-500-etf"),
}
# Rows before the first date are not read: older rows of IWM's workbook hold misprints (2004-04-30, 2005-06-15).
PROMISES = {
    ticker: Promise(
        "ishares", ticker, {"nav": "USD per share", "shares": "shares"}, "daily", "2009-10-30", 14,
        minimum=1, maximum=2e10, frozen=6,  # a long weekend repeats four
    )
    for ticker in FUNDS
}  # fmt: skip


def read(session: Transport, ticker: str, *, today: date, address: str = ADDRESS) -> Reading:
    """Net asset value and shares of `ticker` by day since 2009-10; SourceError names what is wrong with the file.

    Beside the findings of every series: a share count, or a value per share, that leaps from one day to the next.
    """
    fund, promise = FUNDS[ticker], PROMISES[ticker]
    response = session.fetch(fund.address(address))
    frame = history(response.content, fund_name=fund.name, where=str(promise))
    reading = kept(promise, frame.loc[promise.first :], today=today)
    return Reading(promise, reading.frame, "", None, (*reading.findings, *_jumps(reading.frame, ticker)))


def history(content: bytes, *, fund_name: str, where: str) -> pd.DataFrame:
    """The sheet Historical of the workbook `content`: `nav` (USD) and `shares` by date, oldest first, `--` missing."""
    root = root_of(content, where=where)
    if root.tag != f"{_SS}Workbook":
        raise SourceError(f"{where}: the answer is no workbook in SpreadsheetML")
    sheets = {sheet.get(f"{_SS}Name", ""): sheet for sheet in root.findall(f"{_SS}Worksheet")}
    if SHEET not in sheets:
        raise SourceError(f"{where}: the workbook has the sheets {', '.join(sheets)!r:.120}; {SHEET!r} is due")
    if not any(fund_name in _texts(row) for sheet in sheets.values() for row in _rows(sheet)[:12]):
        raise SourceError(f"{where}: the workbook does not name the fund {fund_name!r}")
    rows = [row for row in _rows(sheets[SHEET]) if len(row)]
    if len(rows) > ROWS:
        raise SourceError(f"{where}: {len(rows):,} rows; at most {ROWS:,} are read")
    header = [text.strip() for text in _texts(rows[0])] if rows else []
    if header != HEADINGS:
        raise SourceError(f"{where}: the headings are {', '.join(header)!r:.120}; {', '.join(HEADINGS)!r} are due")
    values = [_values(row, where=where) for row in rows[1:]]
    days = pd.DatetimeIndex([day for day, _, _ in values])
    if len(days) > 1 and not (days[1:] < days[:-1]).all():
        at = days[1:][~(days[1:] < days[:-1])][0]
        raise SourceError(f"{where}: {at:%Y-%m-%d} does not come before the row above it; the newest row is first")
    columns = {"nav": [nav for _, nav, _ in values], "shares": [shares for _, _, shares in values]}
    return pd.DataFrame(columns, index=days, dtype=float).iloc[::-1]


def trading_days(frame: pd.DataFrame) -> pd.DatetimeIndex:
    """The days of `frame` on which the fund traded: no weekend, no repetition of the day before to the last digit."""
    repeats = (frame["nav"] == frame["nav"].shift()) & (
        (frame["shares"] == frame["shares"].shift()) | frame["shares"].isna()
    )
    return frame.index[~repeats & frame["nav"].notna() & (frame.index.day_of_week < 5)]


def _rows(sheet: etree._Element) -> list[etree._Element]:
    return sheet.findall(f"{_SS}Table/{_SS}Row")


def _texts(row: etree._Element) -> list[str]:
    return [(cell.findtext(f"{_SS}Data") or "") for cell in row.findall(f"{_SS}Cell")]


def _values(row: etree._Element, *, where: str) -> tuple[pd.Timestamp, float, float]:
    cells = row.findall(f"{_SS}Cell")
    if len(cells) != len(HEADINGS):
        raise SourceError(f"{where}: a row has {len(cells)} cells; {len(HEADINGS)} are due ({_texts(row)!r:.80})")
    for cell in cells:
        if cell.get(f"{_SS}Formula") is not None or cell.get(f"{_SS}Index") is not None:
            raise SourceError(f"{where}: a cell holds a formula or stands out of its place ({_texts(row)!r:.80})")
    day = _day(_texts(row)[0], where=where)
    return day, _number(cells[1], day, where=where), _number(cells[3], day, where=where)


def _day(text: str, *, where: str) -> pd.Timestamp:
    match = _DATE.fullmatch(text.strip())
    try:
        return pd.Timestamp(date(int(match[3]), _MONTH[match[1]], int(match[2])))
    except (TypeError, KeyError, ValueError):
        raise SourceError(f"{where}: {text!r:.40} is no date of the form 'May 11, 2022' (in English)") from None


def _number(cell: etree._Element, day: pd.Timestamp, *, where: str) -> float:
    data = cell.find(f"{_SS}Data")
    text = (data.text or "").strip() if data is not None else ""
    if text == NONE:
        return float("nan")
    if data is None or data.get(f"{_SS}Type") != "Number" or not _NUMBER.fullmatch(text):
        raise SourceError(f"{where}: {text!r:.40} on {day:%Y-%m-%d} is no number; a Number cell or {NONE!r} is due")
    return float(text)


def _jumps(frame: pd.DataFrame, ticker: str) -> list[Finding]:
    """Days on which shares times value leaps: a misprint. A split moves both and leaves their product as it was."""
    filled = frame.dropna()
    before = filled.shift()
    leaps = (filled.prod(axis=1) / before.prod(axis=1)).iloc[1:]
    found, last = [], None
    for day in leaps.index[(leaps < 0.6) | (leaps > 1.7)]:
        position = filled.index.get_loc(day)
        if last is not None and position - last <= 5:  # the way back from the leap before
            continue
        last = position
        grown = filled["shares"].loc[day] / before["shares"].loc[day]
        name, column = ("NAV per share", "nav") if 0.6 < grown < 1.7 else ("share count", "shares")
        later = filled[column].iloc[position + 1 : position + 6] / before[column].loc[day]
        how = "for a few days only" if later.between(0.75, 1.33).any() else "and stays there"
        ratio = filled[column].loc[day] / before[column].loc[day]
        text = f"ishares {ticker}: the {name} goes to {ratio:.2f} times that of the day before on {day:%Y-%m-%d}, {how}"
        found.append(Finding("", name, text, at=f"{day:%Y-%m-%d}"))
    return found[:20]
