"""Publishers as they would answer on TODAY: the first snapshot's own numbers in each publisher's form, and new months.

The forms are those named at the top of each reader. New months hold plain made-up figures.
"""

from __future__ import annotations

import json
from datetime import date
from functools import cache
from io import BytesIO
from urllib.parse import unquote
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile

import pandas as pd
from sources.servers import Answer, Question

from smallcaps.catalog import ROOT
from smallcaps.sources import ishares, yahoo

TODAY = date(2026, 10, 20)
LAST_DAY = pd.Timestamp("2026-10-19")  # a Monday
FRENCH_END = "2026-08"
END = "2026-09"
SNAPSHOT = ROOT / "data" / "snapshot" / "2026-10"
SERIES = {"IWM": "S000004344", "IWN": "S000004345", "VB": "S000002848", "VBR": "S000002850"}  # the last three made up


@cache
def table(name: str) -> pd.DataFrame:
    """A table of the first snapshot, cells as text."""
    return pd.read_csv(SNAPSHOT / f"{name}.csv", dtype=str, keep_default_na=False, index_col=0)


def months(first: str, last: str) -> list[str]:
    return list(pd.period_range(first, last, freq="M").astype(str))


@cache
def weekdays(month: str) -> pd.DatetimeIndex:
    period = pd.Period(month, freq="M")
    return pd.bdate_range(period.start_time, min(period.end_time.normalize(), LAST_DAY))


def answer(question: Question) -> Answer:
    """What the publisher that `question` means would answer."""
    if question.host == "fred.stlouisfed.org":
        return Answer(fred(question.query["id"]), headers={"Content-Type": "application/csv"})
    if question.host == "mba.tuck.dartmouth.edu":
        name = question.path.rsplit("/", 1)[1].removesuffix("_CSV.zip")
        return Answer(zipped(f"{name}.csv", french_file(name)), headers={"ETag": f'"{name}"'})
    if question.host.endswith("finance.yahoo.com"):
        if not question.path.startswith(yahoo.CHART):
            return Answer(b"Invalid Cookie", 401)
        return Answer(chart(unquote(question.path.rsplit("/", 1)[1]), question.query.get("range")))
    if question.host == "fc.yahoo.com":
        return Answer(b"not found", 404)
    if question.host == "www.ishares.com":
        ticker = next(t for t, fund in ishares.FUNDS.items() if f"/{fund.product}/" in question.path)
        return Answer(workbook(ticker))
    if question.host == "www.sec.gov":
        return edgar(question)
    return Answer(b"nobody", 404)


# Kenneth French


def zipped(name: str, content: bytes) -> bytes:
    out = BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return out.getvalue()


def _rows(name: str, end: str, *, width: int, missing: str | None = None) -> list[str]:
    """Data lines of a table, and made-up ones to `end` that repeat the year before."""
    held = table(name)
    rows = zip(held.index, held.itertuples(index=False, name=None), strict=True)
    lines = {key: list(cells) for key, cells in rows if key <= end}
    for key in months(held.index[-1], end)[1:] if len(end) == 7 else []:
        lines[key] = lines[str(pd.Period(key, freq="M") - 12)]
    first = [missing] if missing else []
    return [
        ",".join([key.replace("-", ""), *(cell.rjust(width) for cell in first + cells)]) for key, cells in lines.items()
    ]


_ANNUAL = ["  2024,  19.76, -11.20,  -8.64,   5.26", "  2025,  13.30, -10.72,   8.51,   4.25"]


@cache
def french_file(name: str, *, vintage: str = "202608") -> bytes:
    """A file of the library in the form of May 2026."""
    end = f"{vintage[:4]}-{vintage[4:]}"
    made = f"This file was created using the {vintage} CRSP database."
    close = ["", "Copyright 2026 Eugene F. Fama and Kenneth R. French"]
    if name == "F-F_Research_Data_Factors":
        lines = [
            made,
            "The 1-month TBill rate data until 202405 are from Ibbotson Associates.",
            "",
            ",Mkt-RF,SMB,HML,RF",
        ]
        lines += _rows("ff_factors", end, width=7)
        lines += ["", " Annual Factors: January-December ", ",Mkt-RF,SMB,HML,RF", *_ANNUAL, *close]
    elif name == "Portfolios_Formed_on_ME":
        deciles = ",".join(f"{number}-Dec" for number in range(2, 10))
        head = f",<= 0,Lo 30,Med 40,Hi 30,Lo 20,Qnt 2,Qnt 3,Qnt 4,Hi 20,Lo 10,{deciles},Hi 10"
        lines = [f"{made}  It contains", "value- and equal-weighted returns for size portfolios.", "", ""]
        parts = {
            "Average Value Weight Returns -- Monthly": "ff_size_portfolios",
            "Average Equal Weighted Returns -- Monthly": "ff_size_portfolios_ew",
            "Number of Firms in Portfolios": "ff_size_nfirms",
            "Average Firm Size": "ff_size_avg_cap",
        }
        for title, held in parts.items():
            code = "0" if "Firms" in title else "-99.99"
            lines += [f"  {title}", head, *_rows(held, end, width=8, missing=code), "", ""]
        lines += close
    elif name == "6_Portfolios_2x3":
        lines = [made, "It contains value- and equal-weighted returns for portfolios formed on ME and BEME.", "", ""]
        for title in ("Average Value Weighted Returns -- Monthly", "Average Equal Weighted Returns -- Monthly"):
            lines += [f"  {title}", ",SMALL LoBM,ME1 BM2,SMALL HiBM,BIG LoBM,ME2 BM2,BIG HiBM"]
            lines += [*_rows("ff_6_portfolios", end, width=9), "", ""]
        lines += close
    elif name == "ME_Breakpoints":
        text = f"{made}  It contains every 5th NYSE ME percentile (divided by 1000000)."
        lines = [text, "", *_rows("ff_me_breakpoints", end, width=12), *close]
    else:
        text = f"{made}  It contains every 5th NYSE BEME percentile."
        lines = [text, "", "  ,<= 0,>0", *_rows("ff_beme_breakpoints", "2025", width=8), *close]
    return "\r\n".join([*lines, ""]).encode()


# FRED


@cache
def fred(series: str) -> bytes:
    """The answer of fredgraph.csv for `series`."""
    if series.startswith("DGS"):
        rows = _yields(series)
    elif series.startswith("DFEDTAR"):
        rows = _targets(series)
    else:
        rows = _monthly(series)
    return "".join(f"{line}\n" for line in (f"observation_date,{series}", *(",".join(row) for row in rows))).encode()


def _monthly(series: str) -> list[tuple[str, str]]:
    held = table("dollar_index" if series.startswith("TWEX") else "fred_monthly")[series]
    filled = held.index[held != ""]
    rows = [(f"{month}-01", held[month] or ".") for month in held.loc[filled[0] : filled[-1]].index]
    if series == "TWEXBMTH":  # goes on for years after the part that the table takes
        return rows + [(f"{month}-01", "100.5") for month in months("2007-01", "2019-12")]
    rows += [(f"{month}-01", held[filled[-1]]) for month in months(filled[-1], END)[1:]]
    return (
        [("1925-01-01", "0"), *((f"{m}-01", "0") for m in months("1925-02", "1926-06")), *rows]
        if series == "USREC"
        else rows
    )


def _yields(series: str) -> list[tuple[str, str]]:
    means, ends = table("treasury_yields"), table("treasury_yields_month_end")[series]
    held = means[means[series] != ""]
    rows = []
    for month, count, mean in zip(held.index, held[f"n_{series}"].astype(int), held[series].astype(float), strict=True):
        last = float(ends[month])
        days = weekdays(month)[-count:]
        others = [(count * mean - last) / (count - 1)] * (count - 1)
        for place in range((count - 1) // 2 * 2):
            others[place] += 0.001 * (-1) ** place
        rows += zip(days.strftime("%Y-%m-%d"), [*(f"{value:.6f}" for value in others), ends[month]], strict=True)
    for month in months(means.index[-1], "2026-10")[1:]:
        rows += [(f"{day:%Y-%m-%d}", f"{4 + day.day / 100:.2f}") for day in weekdays(month)]
    return [*rows[:-3], (rows[-3][0], "."), *rows[-2:]]


def _targets(series: str) -> list[tuple[str, str]]:
    held = table("fomc_target_changes")
    column = "target" if series == "DFEDTARU" else "lower_bound"
    held = held[held.index >= "2008-12-16"]
    steps = pd.Series(held[column].to_numpy(), index=pd.to_datetime(held["effective_date"]))
    steps[pd.Timestamp("2026-10-08")] = "4.25" if series == "DFEDTARU" else "4"
    daily = steps.reindex(pd.date_range("2008-12-16", LAST_DAY)).ffill()
    return list(zip(daily.index.strftime("%Y-%m-%d"), daily, strict=True))


# Yahoo


def _days_to(month: str, count: int) -> pd.DatetimeIndex:
    days = weekdays(month)
    return days[-count:] if month >= "2023-11" else days[::-5][::-1]  # one a week is enough for the years before


@cache
def closes(symbol: str) -> pd.DataFrame:
    """Made-up days that end each month on the first snapshot's own figure, then three months and a half of new ones."""
    if symbol.startswith("^"):
        held = table("index_levels")["sp500_close" if symbol == "^GSPC" else "russell2000_close"]
        ends = held[held != ""].astype(float)
    else:
        held = table("etf_total_returns")[symbol]
        growth = (1 + held[held != ""].astype(float) / 100).cumprod() * 40
        ends = pd.concat([pd.Series({str(pd.Period(growth.index[0], freq="M") - 1): 40.0}), growth])
    volume = table("etf_volume")
    rows = {}
    for month in months(ends.index[0], "2026-10"):
        days = _days_to(month, int(volume["iwm_trading_days"].get(month, 21)))
        level = ends.get(month, ends.iloc[-1] * (1 + pd.Period(month, freq="M").month / 500))
        size = int(volume["iwm_avg_daily_volume_shares"].get(month, 20_000_000))
        for place, day in enumerate(days[::-1]):
            wave = (place % 2 * 2 - 1) * 1000 if place < len(days) // 2 * 2 else 0  # the mean stays
            rows[day] = (level * (1 + 0.001 * (place % 7)), size + wave)
    frame = pd.DataFrame.from_dict(rows, orient="index", columns=["close", "volume"]).sort_index()
    return frame


def chart(symbol: str, asked: str | None = None, **changes: object) -> bytes:
    """The chart answer for `symbol`; `changes` replaces parts of it."""
    frame = closes(symbol).iloc[-1:] if asked == "1d" else closes(symbol)
    stamps = [int(stamp) for stamp in (frame.index + pd.Timedelta(hours=14, minutes=30)).as_unit("s").asi8]
    price = [round(value, 6) for value in frame["close"]]
    volume = [int(value) for value in frame["volume"]]
    meta = {
        "currency": "USD", "symbol": symbol, "exchangeName": "PCX", "instrumentType": "ETF",
        "exchangeTimezoneName": "America/New_York", "timezone": "EDT", "gmtoffset": -14400, "priceHint": 2,
        "dataGranularity": "1d", "range": "", "validRanges": ["1d", "5d", "1mo", "1y", "max"],
    }  # fmt: skip
    quote = {"open": price, "high": price, "low": price, "close": price, "volume": volume}
    result = {
        "meta": meta,
        "timestamp": stamps,
        "indicators": {"quote": [quote], "adjclose": [{"adjclose": price}]},
    }
    return json.dumps({"chart": {"result": [{**result, **changes}], "error": None}}).encode()


# iShares


@cache
def fund_days(ticker: str) -> tuple[tuple[pd.Timestamp, float, float | None], ...]:
    """Days, oldest first, whose month ends and flows are the first snapshot's own for IWM and made up otherwise."""
    held, flows = table("iwm_month_end"), table("iwm_flows_daily_method")
    scale = {"IWM": 1.0, "IWN": 0.5, "IWO": 0.8, "IJR": 0.4, "IVV": 2.0}[ticker]
    rows: list[tuple[pd.Timestamp, float, float | None]] = []
    before = None
    for month in months("2009-10", "2026-10"):
        if month in held.index:
            last, value, count = (held.loc[month, name] for name in ("as_of", "nav_usd", "shares"))
            last, value, count = pd.Timestamp(last), float(value), float(count)
        else:
            last, value, count = weekdays(month)[-1], before[0] * 1.01, before[1] + 50_000
        days = weekdays(month)
        days = days[days <= last]
        if month in flows.index:
            days = days[-int(flows.loc[month, "n_days"]) :]
        elif month < "2023-11":
            days = days[::-4][::-1]
        if before is None:
            before = (value * 0.99, count)
        # The share count moves on the first day at one value and on the last at another, so that the flow comes out.
        early = value * 1.02 if abs(value - before[0]) < 0.01 else before[0]
        first_move = 0.0
        if month in flows.index:
            flow = float(flows.loc[month, "net_flow_musd"]) * 1e6
            first_move = (flow - (count - before[1]) * value) / (early - value)
        for place, day in enumerate(days):
            final = place == len(days) - 1
            level = value if final else early * (1 + 1e-4 * (place % 3))
            level = level if place else early * (1 if month in flows.index else 1.0005)
            rows.append((day, level * scale, count if final else before[1] + first_move))
        if last not in days:  # a month that ends on a day without trading
            rows.append((last, value * scale, count))
        before = (value, count)
    return tuple(rows)


def _cell(value: str, kind: str = "String") -> str:
    return f'<ss:Cell ss:StyleID="Left">\n<ss:Data ss:Type="{kind}">{value}</ss:Data>\n</ss:Cell>\n'


def _line(*cells: str) -> str:
    return f"<ss:Row>\n{''.join(cells)}</ss:Row>\n"


def history_rows(days: tuple[tuple[pd.Timestamp, float, float | None], ...]) -> list[str]:
    """Rows of the sheet Historical, newest first."""
    rows = [_line(*(_cell(heading) for heading in ishares.HEADINGS))]
    for day, value, count in reversed(days):
        shares = _cell("--") if count is None else _cell(f"{count:.0f}", "Number")
        rows.append(
            _line(_cell(f"{day:%b} {day.day:02d}, {day.year}"), _cell(f"{value:.6f}", "Number"), _cell("--"), shares)
        )
    return rows


def book(name: str, rows: list[str], *, ampersand: str = "&") -> bytes:
    """A workbook of the fund `name` with the sheet Historical made of `rows`; an ampersand stands bare, as in life."""
    holdings = _line(_cell("19-Oct-2026")) + _line(_cell(escape(name).replace("&amp;", ampersand)))
    sheets = {
        "Disclaimers": "",
        "Holdings": holdings,
        "Historical": "".join(rows),
        "Performance": "",
        "Distributions": "",
    }
    body = "".join(
        f'<ss:Worksheet ss:Name="{title}">\n<ss:Table>\n{content}</ss:Table>\n</ss:Worksheet>\n'
        for title, content in sheets.items()
    )
    head = '<?xml version="1.0"?>\n<ss:Workbook xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">\n'
    return b"\xef\xbb\xbf\xef\xbb\xbf" + f"{head}{body}</ss:Workbook>".encode()


@cache
def workbook(ticker: str) -> bytes:
    return book(ishares.FUNDS[ticker].name, history_rows(fund_days(ticker)))


# SEC


def edgar(question: Question) -> Answer:
    """What EDGAR would answer; 403 to whoever names no contact, as it does."""
    if "@" not in question.headers.get("user-agent", ""):
        return Answer(b"Request Rate Threshold Exceeded", 403)
    if question.path == "/files/company_tickers_mf.json":
        listed = {"fields": ["cik", "seriesId", "classId", "symbol"]}
        listed["data"] = [[1100663, series, "C000000001", ticker] for ticker, series in SERIES.items()]
        return Answer(json.dumps(listed).encode())
    if question.path == "/cgi-bin/browse-edgar":
        return Answer(feed(question.query["CIK"]))
    number = question.path.split("/")[5]
    return Answer(filing(f"S{number[:9]}", pd.Period(f"20{number[10:12]}-{number[12:14]}", freq="M")))


def _quarters() -> list[pd.Period]:
    return list(pd.period_range("2019-09", "2026-06", freq="3M"))


def feed(series: str) -> bytes:
    """The Atom feed of a series: one filing a quarter, newest first."""
    entries = []
    for quarter in reversed(_quarters()):
        number = f"{series[1:]}0{quarter.year % 100:02d}{quarter.month:02d}0000"
        dashed = f"{number[:10]}-{number[10:12]}-{number[12:]}"
        filed = (quarter.end_time + pd.Timedelta(days=58)).date()
        entries.append(
            '<entry><category label="form type" scheme="https://www.sec.gov/" term="NPORT-P" />'
            f'<content type="text/xml">'
            f"<accession-number>{dashed}</accession-number><filing-date>{filed}</filing-date><filing-href>"
            f"https://www.sec.gov/Archives/edgar/data/1100663/{number}/{dashed}-index.htm</filing-href>"
            f"<filing-type>NPORT-P</filing-type></content></entry>"
        )
    head = '<?xml version="1.0" encoding="ISO-8859-1" ?>\n<feed xmlns="http://www.w3.org/2005/Atom">'
    return f"{head}<title>iShares Trust</title>{''.join(entries)}</feed>".encode("latin-1")


def filing(series: str, last: pd.Period, *, flows: str | None = None) -> bytes:
    """primary_doc.xml of the quarter that ends in `last`."""
    flows = flows or "".join(
        f'<mon{number}Flow redemption="{1e9 + number}00000" reinvestment="0.00000000" sales="{2e9 + number}00000"/>'
        for number in (1, 2, 3)
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<edgarSubmission xmlns="http://www.sec.gov/edgar/nport">'
        "<headerData><submissionType>NPORT-P</submissionType></headerData><formData><genInfo>"
        f"<regName>iShares Trust</regName><seriesName>Fund</seriesName><seriesId>{series}</seriesId>"
        f"<repPdEnd>2027-03-31</repPdEnd><repPdDate>{last.end_time.date()}</repPdDate></genInfo><fundInfo>"
        f"<totAssets>1.0</totAssets>{flows}</fundInfo><invstOrSecs><invstOrSec><name>A &amp; B</name></invstOrSec>"
        "</invstOrSecs></formData></edgarSubmission>"
    ).encode()
