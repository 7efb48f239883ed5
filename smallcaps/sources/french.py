"""Kenneth R. French's data library: zipped CSV files of several tables each, through pandas-datareader.

pandas-datareader 0.11.1 keys the tables by position, takes a table under 800 characters for prose (so that the
numbers shift), lets the missing codes -99.99 and -999 pass as numbers, and loses the first row of ME_Breakpoints.
So the tables are found here by their titles, with the digits as printed, and the two readings must agree. Shape: the
files that the library served in May 2026, https://mba.tuck.dartmouth.edu/pages/faculty/ken.french/data_library.html.
The downloader was held against those files; it has not yet been run against the live server.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
from pandas_datareader.famafrench import FamaFrenchReader

from smallcaps.sources.archive import only_file
from smallcaps.sources.errors import SourceError
from smallcaps.sources.promise import Promise, Reading, kept
from smallcaps.sources.transport import Transport

ADDRESS = "https://mba.tuck.dartmouth.edu/pages/faculty/ken.french/ftp/"
MISSING = (-99.99, -999.0)
ROWS = 3_000  # of one table; monthly since 1926 would be fewer for a century to come
NOT_USED = "<= 0"  # firms without a positive size: the library fills the column with missing codes

_VINTAGE = re.compile(r"created using the (\d{6}) CRSP database")
_DATA = re.compile(r"^\s*(\d{4,8})\s*,(.*)$")
_NUMBER = re.compile(r"-?\d{1,12}(\.\d{1,8})?")
_PERCENTILES = tuple(f"p{level}" for level in range(5, 101, 5))
_SIZES = ("Lo 30", "Med 40", "Hi 30", "Lo 20", "Qnt 2", "Qnt 3", "Qnt 4", "Hi 20", "Lo 10")
_SIZES += (*(f"Dec {number}" for number in range(2, 10)), "Hi 10")
_DECILES = {f"{number}-Dec": f"Dec {number}" for number in range(2, 10)}  # what a spreadsheet makes of "Dec 2"
_VALUE_WEIGHTED = ("Average Value Weight Returns -- Monthly", "Average Value Weighted Returns -- Monthly")
_EQUAL_WEIGHTED = ("Average Equal Weight Returns -- Monthly", "Average Equal Weighted Returns -- Monthly")


@dataclass(frozen=True)
class Wanted:
    """Where one of our tables stands in the library: file, titles it may bear (none: untitled), headings, ours."""

    dataset: str
    titles: tuple[str, ...]
    headings: tuple[str, ...]
    promise: Promise


def _wanted(
    table: str, dataset: str, titles: tuple[str, ...], headings: tuple[str, ...], names: tuple[str, ...], **promise: Any
) -> tuple[str, Wanted]:
    unit, known = promise.pop("unit"), {"frequency": "monthly", "first": "1926-07-01", "late": 200, **promise}
    return table, Wanted(dataset, titles, headings, Promise("french", table, dict.fromkeys(names, unit), **known))


_NAMES = tuple(name.lower().replace(" ", "_") for name in _SIZES)
_RETURN = {"unit": "percent per month", "minimum": -95, "maximum": 400}
_SIX = ("SMALL LoBM", "ME1 BM2", "SMALL HiBM", "BIG LoBM", "ME2 BM2", "BIG HiBM")
_SIX_NAMES = ("small_lobm", "small_midbm", "small_hibm", "big_lobm", "big_midbm", "big_hibm")
_FACTORS = ("Mkt-RF", "SMB", "HML", "RF")
_ME, _BEME = ("n_nyse", *_PERCENTILES), ("n_le_0", "n_gt_0", *_PERCENTILES)
_BY_SIZE, _MILLIONS = "Portfolios_Formed_on_ME", {"unit": "million USD", "minimum": 0, "maximum": 1e8}
WANTED = dict(
    (
        _wanted("ff_factors", "F-F_Research_Data_Factors", (), _FACTORS, _FACTORS, **_RETURN),
        _wanted("ff_size_portfolios", _BY_SIZE, _VALUE_WEIGHTED, _SIZES, _NAMES, **_RETURN),
        _wanted("ff_size_portfolios_ew", _BY_SIZE, _EQUAL_WEIGHTED, _SIZES, _NAMES, **_RETURN),
        _wanted(
            "ff_size_nfirms", _BY_SIZE, ("Number of Firms in Portfolios",), _SIZES, _NAMES,
            unit="firms", minimum=0, maximum=2e4,
        ),
        _wanted("ff_size_avg_cap", _BY_SIZE, ("Average Firm Size",), _SIZES, _NAMES, **_MILLIONS),
        _wanted("ff_6_portfolios", "6_Portfolios_2x3", _VALUE_WEIGHTED, _SIX, _SIX_NAMES, **_RETURN),
        _wanted("ff_me_breakpoints", "ME_Breakpoints", (), (), _ME, **{**_MILLIONS, "first": "1925-12-01"}),
        _wanted(
            "ff_beme_breakpoints", "BE-ME_Breakpoints", (), (NOT_USED, ">0"), _BEME,
            unit="ratio; firms", minimum=0, maximum=1e5, frequency="annual", first="1926-01-01", late=700,
        ),
    )
)  # fmt: skip


@dataclass(frozen=True)
class Block:
    """One table of a file as printed: its title, its headings, its row keys and their cells."""

    title: str
    headings: tuple[str, ...]
    keys: tuple[str, ...]
    cells: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Library:
    """One file of the library: its CRSP vintage (YYYYMM), its tables, and the tables as pandas-datareader has them."""

    dataset: str
    vintage: str
    blocks: tuple[Block, ...]
    second_reading: tuple[pd.DataFrame, ...]


class _CheckedReader(FamaFrenchReader):
    """FamaFrenchReader over TLS, with a bounded archive; `text` is what it read."""

    address = ADDRESS
    text = ""

    @property
    def url(self) -> str:
        return f"{self.address}{self.symbols}_CSV.zip"

    def _read_zipfile(self, url: str) -> str:
        response = self.session.fetch(url)  # our tries, not the reader's own
        self.text = decoded(only_file(response.content, where=f"french {self.symbols}"), self.symbols)
        return self.text.replace("\n", "\r\n")


def read(session: Transport, dataset: str, *, address: str = ADDRESS) -> Library:
    """The file `dataset` of the library as it is served today; SourceError names what is wrong with it."""
    whole = {"start": "1776-07-04", "end": "2200-12-31"}
    reader = _CheckedReader(dataset, **whole, retry_count=0, pause=0, session=session)
    reader.address = address
    try:
        second = reader.read()
    except SourceError:
        raise
    except Exception:  # whatever pandas raises: our own reading says what is wrong, or that the second one is missing
        second = {}
    vintage, blocks = tables_of(reader.text, dataset)
    return Library(dataset, vintage, blocks, tuple(f for f in second.values() if isinstance(f, pd.DataFrame)))


def table(library: Library, table_id: str, *, today: date) -> Reading:
    """Our table `table_id` out of `library`, missing codes as missing values; SourceError names what is wrong."""
    wanted = WANTED[table_id]
    block = _find(library, wanted)
    text = pd.DataFrame(block.cells, columns=list(block.headings or wanted.promise.columns), index=_dates(block))
    printed = numbers = text.astype(float)
    if NOT_USED in text and NOT_USED not in wanted.headings:
        text, numbers = text.drop(columns=NOT_USED), numbers.drop(columns=NOT_USED)
    text.columns = numbers.columns = list(wanted.promise.columns)
    last = f"{text.index[-1]:%Y%m}"
    if wanted.promise.frequency == "monthly" and last > library.vintage:
        raise SourceError(f"french {table_id}: ends {last}, after its own CRSP vintage {library.vintage}")
    missing = numbers.isin(MISSING)
    vintage = f"CRSP {library.vintage}"
    reading = kept(wanted.promise, numbers.mask(missing), today=today, vintage=vintage, text=text.mask(missing, ""))
    _agree(printed, library, table_id)
    return reading


def decoded(content: bytes, dataset: str) -> str:
    """The text in `content` with single line ends; SourceError for what is no text in UTF-8 or Windows' Latin-1."""
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text.replace("\r\n", "\n").replace("\r", "\n")
    raise SourceError(f"french {dataset}: the file is no text in UTF-8 or Latin-1")


def tables_of(text: str, dataset: str) -> tuple[str, tuple[Block, ...]]:
    """The CRSP vintage (YYYYMM) and the tables in `text`, whose lines end in a line feed."""
    found = _VINTAGE.search(text)
    if found is None:
        raise SourceError(f"french {dataset}: names no CRSP vintage ('created using the YYYYMM CRSP database' is due)")
    blocks, title, headings, rows = [], "", (), []
    for line in [*text.split("\n"), ""]:
        data = _DATA.match(line)
        if data:
            rows.append((data[1], tuple(cell.strip() for cell in data[2].split(","))))
            continue
        if rows:
            blocks.append(_block(dataset, title, headings, rows))
            title, headings, rows = "", (), []
        if line.lstrip().startswith(","):
            names = (cell.strip() for cell in line.split(",")[1:])
            headings = tuple(_DECILES.get(name, name) for name in names)
        elif line.strip():
            title, headings = line.strip(), ()
    return found[1], tuple(blocks)


def _block(dataset: str, title: str, headings: tuple[str, ...], rows: list[tuple[str, tuple[str, ...]]]) -> Block:
    label = f"french {dataset}, table {title[:50]!r}"
    if len(rows) > ROWS:
        raise SourceError(f"{label}: {len(rows):,} rows; at most {ROWS:,} are read")
    for key, cells in rows:
        if len(key) != len(rows[0][0]) or len(cells) != len(rows[0][1]):
            raise SourceError(f"{label}: row {key} is not of the form of row {rows[0][0]}")
        for cell in cells:
            if not _NUMBER.fullmatch(cell):
                raise SourceError(f"{label}: row {key} holds {cell!r:.40}; a number is due")
    return Block(title, headings, tuple(key for key, _ in rows), tuple(cells for _, cells in rows))


def _find(library: Library, wanted: Wanted) -> Block:
    digits = {"monthly": 6, "annual": 4}[wanted.promise.frequency]
    fitting = [block for block in library.blocks if len(block.keys[0]) == digits]
    label = f"french {library.dataset}"
    if wanted.titles:
        fitting = [block for block in fitting if block.title in wanted.titles]
        label += f", table {wanted.titles[0]!r}"
    if len(fitting) != 1:
        raise SourceError(f"{label}: {len(fitting)} tables of {digits}-digit dates are found; one is due")
    headings = tuple(name for name in fitting[0].headings if name != NOT_USED or name in wanted.headings)
    if headings != wanted.headings:
        raise SourceError(f"{label}: the headings are {', '.join(headings)!r:.120}; {wanted.headings} are due")
    width = len(fitting[0].headings) if len(wanted.headings) > 2 else len(wanted.promise.columns)
    if len(fitting[0].cells[0]) != width:
        raise SourceError(f"{label}: {len(fitting[0].cells[0])} columns of numbers; {width} are due")
    if len(wanted.headings) == 2:  # the two counts are headed, the twenty percentiles are not
        return Block(fitting[0].title, (), fitting[0].keys, fitting[0].cells)
    return fitting[0]


def _dates(block: Block) -> pd.DatetimeIndex:
    form = {6: "%Y%m", 4: "%Y"}[len(block.keys[0])]
    dates = pd.to_datetime(pd.Series(block.keys), format=form, errors="coerce")
    if dates.isna().any():
        strange = block.keys[int(dates.isna().argmax())]
        raise SourceError(f"french, table {block.title[:50]!r}: {strange!r} is no {form.replace('%', '')} date")
    return pd.DatetimeIndex(dates)


def _agree(numbers: pd.DataFrame, library: Library, table_id: str) -> None:
    """Raise SourceError unless one table of pandas-datareader's reading holds the same numbers for the same dates."""
    lost = 1 if library.dataset.endswith("_Breakpoints") else 0  # see the top of this module
    for other in library.second_reading:
        ours = numbers.iloc[len(numbers) - len(other) :]
        if 0 <= len(numbers) - len(other) <= lost and ours.shape == other.shape:
            dates = other.index.to_timestamp() if isinstance(other.index, pd.PeriodIndex) else other.index
            same = np.array_equal(dates, ours.index) and all(pd.api.types.is_numeric_dtype(t) for t in other.dtypes)
            if same and np.allclose(other.to_numpy(dtype=float), ours.to_numpy(), rtol=0, atol=1e-9):
                return
    raise SourceError(f"french {table_id}: two readings of {library.dataset} do not agree; neither is taken")
