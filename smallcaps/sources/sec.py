"""The SEC's Form N-PORT: sales, reinvestments and redemptions of a fund by month, from single filings.

EDGAR asks for a User-Agent with a contact and for at most 10 requests a second (https://www.sec.gov/os/accessing-edgar-data).
The contact comes from the environment, stands in the header of these requests and nowhere else. Shapes: the list of
fund symbols `files/company_tickers_mf.json`; the Atom feed of `cgi-bin/browse-edgar` by series, whose entries hold
`filing-type`, `filing-date` and `filing-href`; and `primary_doc.xml`, whose item B.6 is `mon1Flow` to `mon3Flow` with
the attributes `sales`, `reinvestment`, `redemption` in US dollars, the third month being that of `repPdDate` (SEC,
EDGAR Form N-PORT XML Technical Specification; Form N-PORT, item B.6). A filing is public 60 days after the end of a
fiscal quarter. This downloader has not yet been run against the live server.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date

import pandas as pd
from lxml import etree

from smallcaps.sources.errors import SourceError
from smallcaps.sources.promise import Finding, Promise, Reading, kept
from smallcaps.sources.transport import AGENT, Transport
from smallcaps.sources.xml import root_of

ADDRESS = "https://www.sec.gov/"
CONTACT = "SEC_CONTACT"
FUNDS = ("IWM", "IWN", "VB", "VBR")
FILINGS = 60  # of one fund; quarterly since 2019 would be fewer until 2034
NO_FIGURE = "N/A"
COLUMNS = {"sales": "USD", "reinvested": "USD", "redeemed": "USD"}
# A start that the filings of all four funds reach; a fund's first months on the form are left out.
PROMISES = {
    ticker: Promise("sec", ticker, COLUMNS, "monthly", "2020-01-01", 200, minimum=0, maximum=1e12) for ticker in FUNDS
}

_ATTRIBUTES = {"sales": "sales", "reinvested": "reinvestment", "redeemed": "redemption"}
_SERIES = re.compile(r"S\d{9}")
_FILING = re.compile(r"/Archives/edgar/data/(\d{1,10})/(\d{18})/[0-9-]{20}-index\.html?")
_AMOUNT = re.compile(r"-?\d{1,15}(\.\d{1,10})?")


def contact(environment: Mapping[str, str]) -> str:
    """The User-Agent for EDGAR, with the contact that `environment` holds; SourceError if it holds none."""
    given = environment.get(CONTACT, "").strip()
    if not re.fullmatch(r"[\x20-\x7e]*[\x21-\x3f\x41-\x7e]+@[\w-]+(\.[\w-]+)+", given, re.ASCII) or len(given) > 200:
        state = "is not set" if not given else "holds no address of the form name@example.org"
        raise SourceError(
            f"{CONTACT} {state}: the SEC asks who is asking. Set {CONTACT} to your e-mail address, "
            "or leave this source out with ONLY=fred,french,yahoo,ishares"
        )
    return f"{AGENT} {given}"


def read(
    session: Transport,
    tickers: Iterable[str],
    *,
    agent: str,
    today: date,
    since: date | None = None,
    address: str = ADDRESS,
) -> dict[str, Reading]:
    """Monthly `sales`, `reinvested` and `redeemed` (USD) of each fund; SourceError names what is wrong with a filing.

    With `since`, only filings made on that day or later are read: a filing lists thousands of holdings, and weighs
    megabytes. Of two filings about one month the later one holds: amendments replace what they amend.
    """
    listed = session.fetch(f"{address}files/company_tickers_mf.json", agent=agent)
    series = series_of(listed.content)
    asked = {"session": session, "agent": agent, "today": today, "since": since, "address": address}
    return {ticker: _read_one(ticker, series, **asked) for ticker in tickers}


def _read_one(
    ticker: str,
    series: Mapping[str, str],
    *,
    session: Transport,
    agent: str,
    today: date,
    since: date | None,
    address: str,
) -> Reading:
    if ticker not in series:
        raise SourceError(f"sec {ticker}: the list of fund symbols does not hold it")
    query = {"action": "getcompany", "CIK": series[ticker], "type": "NPORT-P", "count": "100", "output": "atom"}
    feed = session.fetch(f"{address}cgi-bin/browse-edgar", params=query, agent=agent)
    months: dict[str, tuple[float, float, float]] = {}
    for filed, path in filings(feed.content, where=f"sec {ticker}"):  # oldest first, so that a later one replaces
        if since is not None and filed < since.isoformat():
            continue
        document = session.fetch(f"{address.rstrip('/')}{path}", agent=agent)
        months.update(flows(document.content, series=series[ticker], where=f"sec {ticker}"))
    if not months:
        raise SourceError(f"sec {ticker}: no filing was made since {since}")
    promise = PROMISES[ticker] if since is None else replace(PROMISES[ticker], first=f"{today}")
    frame = pd.DataFrame.from_dict(months, orient="index", columns=list(COLUMNS), dtype=float).sort_index()
    frame.index = pd.to_datetime(frame.index, format="%Y-%m")
    reading = kept(promise, frame.loc[PROMISES[ticker].first :], today=today)
    return Reading(reading.promise, reading.frame, "", None, (*reading.findings, *_empty(reading.frame, ticker)))


def series_of(content: bytes) -> dict[str, str]:
    """Series by symbol (S and nine digits) of our funds, from the SEC's list of fund symbols."""
    try:
        listed = json.loads(content)
        places = {name: number for number, name in enumerate(listed["fields"])}
        pairs = {row[places["symbol"]]: row[places["seriesId"]] for row in listed["data"]}
        found = {ticker: str(pairs[ticker]) for ticker in FUNDS if ticker in pairs}
    except (ValueError, KeyError, TypeError, IndexError, RecursionError):
        raise SourceError("sec: the list of fund symbols is not of the form fields, data") from None
    for ticker, series in found.items():
        if not _SERIES.fullmatch(series):
            raise SourceError(f"sec {ticker}: {series!r:.40} is no series of the form S000000000")
    return found


def filings(content: bytes, *, where: str) -> list[tuple[str, str]]:
    """Day (YYYY-MM-DD) and path of each N-PORT filing or amendment in the Atom feed `content`, oldest first."""
    found = []
    for entry in root_of(content, where=where).iter("{*}entry"):
        kind, filed, link = (_text(entry, name) for name in ("filing-type", "filing-date", "filing-href"))
        if kind not in ("NPORT-P", "NPORT-P/A"):
            continue
        match = _FILING.search(link)
        if not match or not re.fullmatch(r"\d{4}-\d{2}-\d{2}", filed):
            raise SourceError(f"{where}: the feed's entry of {filed!r:.20} has the address {link!r:.80}")
        found.append((filed, f"/Archives/edgar/data/{match[1]}/{match[2]}/primary_doc.xml"))
    if not found or len(found) > FILINGS:
        raise SourceError(f"{where}: the feed lists {len(found)} filings; 1 to {FILINGS} are due")
    return sorted(found)


def flows(content: bytes, *, series: str, where: str) -> dict[str, tuple[float, float, float]]:
    """Sales, reinvestments and redemptions (USD) by month (YYYY-MM) of one filing; a figure not given is NaN."""
    root = root_of(content, where=where)
    named = _text(root, "seriesId", inside="genInfo")
    if named != series:
        raise SourceError(f"{where}: a filing is about series {named!r:.20}; {series!r} is due")
    reported = _text(root, "repPdDate", inside="genInfo")
    try:
        last = pd.Period(date.fromisoformat(reported), freq="M")
    except ValueError:
        raise SourceError(f"{where}: the filing's date {reported!r:.20} is no YYYY-MM-DD date") from None
    months = {}
    for number in (1, 2, 3):
        flow = next(root.iter(f"{{*}}mon{number}Flow"), None)
        if flow is None:
            raise SourceError(f"{where}: the filing of {reported} has no mon{number}Flow")
        month = str(last - 3 + number)
        months[month] = tuple(_amount(flow.get(name), f"{where}: {name} of {month}") for name in _ATTRIBUTES.values())
    return months


def _amount(text: str | None, label: str) -> float:
    if text == NO_FIGURE:
        return float("nan")
    if text is None or not _AMOUNT.fullmatch(text.strip()):
        raise SourceError(f"{label} is {text!r:.40}; an amount in USD or {NO_FIGURE!r} is due")
    return float(text)


def _text(element: etree._Element, name: str, *, inside: str = "") -> str:
    scope = next(element.iter(f"{{*}}{inside}"), None) if inside else element
    found = next(scope.iter(f"{{*}}{name}"), None) if scope is not None else None
    return (found.text or "").strip() if found is not None else ""


def _empty(frame: pd.DataFrame, ticker: str) -> list[Finding]:
    gaps = frame.index[frame.isna().any(axis=1)]
    return [Finding("", "gap", f"sec {ticker}: {day:%Y-%m} has no figure") for day in gaps[:5]]
