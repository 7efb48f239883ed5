"""Each reader on a small sample in its publisher's form: what it takes from it, digit for digit."""

from __future__ import annotations

import math
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
import requests

from smallcaps.sources import fred, french, ishares, sec, yahoo
from smallcaps.sources.errors import SourceError
from smallcaps.sources.promise import Promise, complete_months, kept
from smallcaps.sources.xml import root_of

SAMPLES = Path(__file__).parent / "samples"
TODAY = date(2026, 2, 1)


def sample(name: str) -> bytes:
    return (SAMPLES / name).read_bytes()


# French


def blocks(name: str):
    return french.tables_of(french.decoded(sample(name), name), name)


def test_french_factors():
    vintage, (monthly, annual) = blocks("french_factors.csv")
    assert vintage == "200312"
    assert monthly.headings == annual.headings == ("Mkt-RF", "SMB", "HML", "RF")
    assert (monthly.keys[0], monthly.keys[-1], len(monthly.keys)) == ("200101", "200312", 36)
    assert monthly.cells[0] == ("0.60", "-0.25", "0.14", "0.01")
    assert annual.keys == ("2001", "2002", "2003") and annual.title == "Annual Factors: January-December"


def test_french_sizes_are_found_by_their_titles():
    _, found = blocks("french_sizes.csv")
    assert [block.title for block in found] == [
        "Average Value Weight Returns -- Monthly",
        "Average Equal Weighted Returns -- Monthly",
        "Value Weight Returns -- Annual from January to December",
        "Number of Firms in Portfolios",
    ]
    assert found[0].headings[9:12] == ("Lo 10", "Dec 2", "Dec 3")  # printed as 2-Dec, 3-Dec
    assert found[0].cells[2][5] == "-99.99"


def test_french_promises_are_those_of_the_catalog():
    from smallcaps.catalog import load_catalog

    for table, wanted in french.WANTED.items():
        assert list(wanted.promise.columns) == list(load_catalog().table(table).columns)


# FRED


def test_fred_checks_and_reads_a_missing_value():
    fred.check(sample("fred_monthly.csv"), "UNRATE", today=TODAY)

    class Once(requests.Session):
        def fetch(self, url):
            response = requests.Response()
            response.status_code, response._content, response.url = 200, sample("fred_monthly.csv"), url
            return response

    with pytest.raises(SourceError, match="begins 2025-08-01; 1948-01-01 is promised"):
        fred.read(Once(), "UNRATE", today=TODAY)


@pytest.mark.parametrize(
    "line", ["2026-02-01,1_000", "2026-02-01,0x1F", "2026-02-01, 4.4", "2026-02-01,+4.4", "2026-2-1,4"]
)
def test_fred_takes_no_odd_numbers_or_dates(line):
    with pytest.raises(SourceError, match="fred UNRATE"):
        fred.check(sample("fred_monthly.csv") + f"{line}\n".encode(), "UNRATE", today=TODAY)


def test_fred_takes_no_year_that_the_library_would_cut_without_a_word():
    content = sample("fred_monthly.csv").replace(b"2026-01-01", b"3026-01-01")
    with pytest.raises(SourceError, match="3026-01-01, which lies after today"):
        fred.check(content, "UNRATE", today=TODAY)


# iShares


def history(content: bytes = b"", fund: str = "iShares Core S&P Small-Cap ETF") -> pd.DataFrame:
    return ishares.history(content or sample("ishares_fund.xls"), fund_name=fund, where="ishares IJR")


def test_ishares_history():
    frame = history()
    days = ["2021-06-30", "2022-05-08", "2022-05-10", "2022-05-11"]
    assert frame.index.strftime("%Y-%m-%d").tolist() == days
    assert frame["nav"].tolist() == [91.0, 91.0, 91.25, 90.5]
    assert frame["shares"].tolist()[:2] == [650_100_000] * 2 and math.isnan(frame["shares"].iloc[2])
    assert frame["shares"].iloc[3] == 6.5e8


def test_ishares_trading_days_leave_weekends_and_repetitions_out():
    assert ishares.trading_days(history()).strftime("%Y-%m-%d").tolist() == ["2021-06-30", "2022-05-10", "2022-05-11"]


def test_ishares_addresses():
    address = ishares.FUNDS["IWM"].address(ishares.ADDRESS)
    assert address == (
        "https://www.ishares.com/us/products/239710/ishares-russell-2000-etf/1521942788811.ajax"
        "?fileType=xls&fileName=iShares-Russell-2000-ETF_fund&dataType=fund"
    )


# Yahoo


def answered(content: bytes) -> requests.Response:
    response = requests.Response()
    response.status_code, response._content, response.url = 200, content, "https://query2.finance.yahoo.com/x"
    return response


def test_yahoo_chart_is_checked():
    yahoo.check(answered(sample("yahoo_chart.json")), "IWM", today=TODAY)
    with pytest.raises(SourceError, match="is for 'IWM'"):
        yahoo.check(answered(sample("yahoo_chart.json")), "IWN", today=TODAY)
    with pytest.raises(SourceError, match="after today"):
        yahoo.check(answered(sample("yahoo_chart.json")), "IWM", today=date(2026, 1, 5))


# SEC


def test_sec_symbols_and_feed():
    assert sec.series_of(sample("sec_symbols.json")) == {"IWM": "S000004344"}
    found = sec.filings(sample("sec_feed.xml"), where="sec IWM")
    assert found == [
        ("2026-08-25", "/Archives/edgar/data/1100663/000111111126000008/primary_doc.xml"),
        ("2026-08-27", "/Archives/edgar/data/1100663/000111111126000009/primary_doc.xml"),
    ]


def test_sec_flows():
    flows = sec.flows(sample("sec_nport.xml"), series="S000004344", where="sec IWM")
    assert list(flows) == ["2025-12", "2026-01", "2026-02"]
    assert flows["2025-12"] == (500.25, 0.0, 200.5)
    assert math.isnan(flows["2026-02"][0]) and flows["2026-02"][2] == 10.0


@pytest.mark.parametrize("given", ["a@b.org", "Some Body some.body@example.org"])
def test_sec_contact(given):
    assert sec.contact({"SEC_CONTACT": f" {given} "}).endswith(f" {given}")


# XML


@pytest.mark.parametrize(
    "content",
    [
        b"<!DOCTYPE x [<!ENTITY a 'b'>]><x>&a;</x>",
        b"<! DOCTYPE x><x/>",
        b"<!doctype x><x/>",
        b"\xff\xfe<\x00x\x00/\x00>\x00",
        b"<?xml version='1.0' encoding='UTF-16'?><x/>",
        b"<x>&a;</x><!ENTITY a 'b'>",
        b"",
        b"<x>",
        b"<x/>trailing",
    ],
)
def test_xml_that_is_refused(content):
    with pytest.raises(SourceError, match="^here: "):
        root_of(content, where="here")


def test_xml_takes_ampersands_for_themselves():
    root = root_of(
        b"\xef\xbb\xbf\xef\xbb\xbf<?xml version='1.0'?><x a='1&2'>S&P &amp; &#65; &unknown; &#x42;</x>", where="here"
    )
    assert root.text == "S&P & A &unknown; B" and root.get("a") == "1&2"


# Promises


def daily(**more) -> Promise:
    given = {"minimum": 0, "maximum": 10, "frozen": 3, **more}
    return Promise("s", "X", {"X": "points"}, "daily", "2026-01-05", 5, **given)


def values(*numbers, start="2026-01-05") -> pd.DataFrame:
    return pd.DataFrame({"X": list(numbers)}, index=pd.bdate_range(start, periods=len(numbers)), dtype=float)


def test_a_promise_kept():
    assert kept(daily(), values(1, 2, 3, 4), today=date(2026, 1, 9)).findings == ()


def test_late_and_frozen_and_empty():
    found = kept(daily(), values(1, 2, 2, 2), today=date(2026, 1, 20)).findings
    assert [(finding.kind, finding.refuses) for finding in found] == [("late", False), ("frozen tail", True)]
    assert kept(daily(frozen=0), values(2, 2, 2), today=date(2026, 1, 9)).findings == ()


@pytest.mark.parametrize(
    ("frame", "expected"),
    [
        (values(), "holds no value"),
        (values(float("nan")), "holds no value"),
        (values(1, 11), "is 11; allowed is 0 to 10 points"),
        (values(1, float("inf")), "is inf"),
        (values(1, start="2026-01-06"), "begins 2026-01-06; 2026-01-05 is promised"),
        (values(1, 2).rename(columns={"X": "Y"}), "the columns are 'Y'"),
        (values(1, 2).iloc[::-1], "follows a later date"),
        (pd.concat([values(1), values(1)]), "stands twice"),
        (values(*[1] * 30), "lies after today"),
        (values(1, 2).astype(str), "holds text"),
    ],
)
def test_a_promise_broken(frame, expected):
    with pytest.raises(SourceError, match=expected):
        kept(daily(), frame, today=date(2026, 1, 20))


@pytest.mark.parametrize(
    ("last", "months"),
    [("2026-01-29", 1), ("2026-01-30", 2), ("2026-02-02", 2), ("2026-02-26", 2), ("2026-02-27", 3), ("2026-05-29", 6)],
)
def test_complete_months(last, months):
    assert len(complete_months(pd.bdate_range("2025-12-29", last))) == months
