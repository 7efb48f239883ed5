"""The parameters of each chapter, declared once: name, type, default, allowed values, meaning."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Literal

import pandas as pd
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from smallcaps.book import paths
from smallcaps.errors import InputError
from smallcaps.manifest import current_vintage, stated_of

if TYPE_CHECKING:
    from smallcaps.pairs import OwnPair

_OWN = re.compile(r"own:[^:\s]+(:[^:\s]+)?")  # whether there is such a table, smallcaps.own says
_MONTH = re.compile(r"[1-9][0-9]{3}-(0[1-9]|1[0-2])")


def _month(value: object) -> str:
    if not isinstance(value, str) or not _MONTH.fullmatch(value):
        raise ValueError("a month as YYYY-MM, such as 1984-09")
    return value


@dataclass(frozen=True)
class Allowed:
    """What a parameter takes, in words, where its type does not say it."""

    words: str


def _own(value: object) -> str:
    if value == "":
        return ""
    if not isinstance(value, str) or not _OWN.fullmatch(value):
        raise ValueError("own:TABLE or own:TABLE:COLUMN, a table in DATA_DIR by its name; or empty")
    return value


Month = Annotated[str, BeforeValidator(_month), Allowed("a month, `YYYY-MM`")]
Own = Annotated[str, BeforeValidator(_own), Allowed("`own:TABLE` or `own:TABLE:COLUMN`; empty: the chapter's")]
Pair = Literal["price", "total", "french"]
_PAIR = "small and large: two price indexes, two total returns, or French's portfolios"


class Parameters(BaseModel):
    """What every chapter takes. `tables` and `title` belong to the chapter and are no parameters."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    start: Month = Field(description="first month of the window")
    end: Month = Field(description="last month of the window")
    seed: int = Field(default=20251010, ge=0, description="seed of everything random")
    strict: bool = Field(
        default=True,
        description="True: a window that the data or the events do not fill is an error; False: the page says so",
    )


class SmallAndLarge(Parameters):
    """What a chapter takes beside that sets a small series against a large one."""

    small: Own = Field(default="", description="an own table in place of the small series; see the page Your own data")
    large: Own = Field(default="", description="an own table in place of the large series; see the page Your own data")


class RateSensitivity(SmallAndLarge):
    start: Month = Field(default="1926-07", description="first month of the window")
    end: Month = Field(default="2026-09", description="last month of the window")
    horizon: int = Field(default=12, ge=1, le=36, description="months after the first cut")
    pair: Pair = Field(default="price", description=_PAIR)
    rolling: int = Field(default=120, ge=36, le=240, description="months in a rolling estimate")


class ValueRotation(SmallAndLarge):
    start: Month = Field(default="1926-07", description="first month of the window")
    end: Month = Field(default="2026-09", description="last month of the window")
    fall: float = Field(default=20.0, ge=5, le=50, description="percent that ends a regime in the drawdown dating")
    small: Own = Field(default="", description="an own table in place of small value; see the page Your own data")
    large: Own = Field(default="", description="an own table in place of big growth; see the page Your own data")


class ElectionCycles(SmallAndLarge):
    start: Month = Field(default="1926-07", description="first month of the window")
    end: Month = Field(default="2026-08", description="last month of the window")
    horizon: int = Field(default=12, ge=1, le=36, description="months after the election")
    pair: Pair = Field(default="price", description=_PAIR)


class EtfFlows(SmallAndLarge):
    start: Month = Field(default="1993-02", description="first month of the window")
    end: Month = Field(default="2026-08", description="last month of the window")
    lags: int = Field(default=6, ge=1, le=12, description="months by which flows may lead or follow returns")


class MomentumAndRecords(SmallAndLarge):
    start: Month = Field(default="1926-07", description="first month of the window")
    end: Month = Field(default="2026-08", description="last month of the window")
    horizon: int = Field(default=12, ge=1, le=36, description="months after a breakout")
    quiet: int = Field(default=12, ge=3, le=36, description="month ends without a record before a breakout")


class InflationAndDollar(SmallAndLarge):
    start: Month = Field(default="1926-07", description="first month of the window")
    end: Month = Field(default="2026-09", description="last month of the window")
    pair: Pair = Field(default="price", description=_PAIR)


class OneYearOn(SmallAndLarge):
    start: Month = Field(default="1926-07", description="first month of the window")
    end: Month = Field(default="2026-09", description="last month of the window")


class Summary(Parameters):
    """What a page takes that draws on the other chapters' results."""

    start: Month = Field(default="1926-07", description="first month of the window")
    end: Month = Field(default="2026-09", description="last month of the window")
    results: str = Field(default="", description="file with the chapters' results; empty: those of the book last built")


CHAPTERS: dict[str, type[Parameters]] = {
    "rate_sensitivity": RateSensitivity,
    "value_rotation": ValueRotation,
    "election_cycles": ElectionCycles,
    "etf_flows": EtfFlows,
    "momentum_and_records": MomentumAndRecords,
    "inflation_and_dollar": InflationAndDollar,
    "one_year_on": OneYearOn,
}

SUMMARIES: dict[str, type[Parameters]] = {"claims": Summary, "robustness": Summary}
NOTEBOOKS = CHAPTERS | SUMMARIES

# What a chapter compares that takes no parameter `pair`, where it is not the two price indexes.
_ITS_PAIR = {EtfFlows: "funds", ValueRotation: "value"}

# Why a notebook takes no own series: asked for, it says so.
_SUMMARY = "it draws on the other chapters' results and reads no series of its own"
WITHOUT_OWN = dict.fromkeys(SUMMARIES, _SUMMARY)

# What each chapter is about; the months that these tables cover are its default window.
MAIN_TABLES: dict[str, tuple[str, ...]] = {
    "rate_sensitivity": (
        "index_levels",
        "etf_total_returns",
        "ff_size_portfolios",
        "fomc_target_changes",
        "treasury_yields_month_end",
        "fred_monthly",
    ),
    "value_rotation": ("ff_6_portfolios", "ff_factors", "ff_beme_breakpoints", "etf_total_returns", "fred_monthly"),
    "election_cycles": (
        "index_levels",
        "etf_total_returns",
        "ff_size_portfolios",
        "ff_factors",
        "presidential_elections",
    ),
    "etf_flows": (
        "iwm_month_end",
        "iwm_flows_daily_method",
        "etf_total_returns",
        "etf_volume",
        "other_funds",
    ),
    "momentum_and_records": (
        "index_levels",
        "index_daily_facts",
        "etf_total_returns",
        "ff_size_portfolios",
    ),
    "inflation_and_dollar": (
        "fred_monthly",
        "dollar_index",
        "treasury_yields_month_end",
        "index_levels",
        "etf_total_returns",
        "ff_factors",
        "ff_size_portfolios",
    ),
    "one_year_on": (
        "index_levels",
        "index_daily_facts",
        "etf_total_returns",
        "fomc_target_changes",
        "treasury_yields_month_end",
        "fred_monthly",
        "iwm_month_end",
        "iwm_flows_daily_method",
    ),
}

# What only the chapter's specification curve reads beside them: it gives no window of its own.
CURVE_TABLES: dict[str, tuple[str, ...]] = {
    "rate_sensitivity": ("ff_factors", "ff_size_portfolios_ew"),
    "election_cycles": ("fred_monthly", "ff_size_portfolios_ew"),
    "momentum_and_records": ("fred_monthly", "ff_factors"),
    "etf_flows": ("fred_monthly", "ff_size_portfolios"),
}

# What each notebook may read (a summary: none); a change of any other table does not make it run again.
TABLES = {name: (*MAIN_TABLES.get(name, ()), *CURVE_TABLES.get(name, ())) for name in NOTEBOOKS}


def nearest(word: str, allowed: Mapping[str, Any] | list[str]) -> str:
    """A hint for a misspelt word: "; did you mean 'horizon'?", or nothing where no name is near."""
    close = difflib.get_close_matches(word, list(allowed), n=1, cutoff=0.5)
    return f"; did you mean {close[0]!r}?" if close else ""


def chapter_class(chapter: str) -> type[Parameters]:
    """The declaration of `chapter`; InputError with the nearest known name."""
    try:
        return NOTEBOOKS[chapter]
    except KeyError:
        hint = nearest(chapter, NOTEBOOKS)
        raise InputError(f"unknown chapter {chapter!r}{hint}; chapters: {', '.join(NOTEBOOKS)}") from None


def validate(chapter: str, values: Mapping[str, Any]) -> Parameters:
    """The parameters of `chapter` with `values` over its defaults.

    InputError, one line: an unknown name (with the nearest known one), a value of the wrong type or outside what is
    allowed, or a start after the end. Own tables are read and checked; errors as `own_pair` says.
    """
    declaration = chapter_class(chapter)
    fields = declaration.model_fields
    for name in values:
        if name in SmallAndLarge.model_fields and name not in fields:
            others = ", ".join(word for word in NOTEBOOKS if word not in WITHOUT_OWN)
            why = WITHOUT_OWN[chapter]
            raise InputError(f"chapter {chapter} takes no {name}={values[name]!r}: {why}; chapters that do: {others}")
        if name not in fields:
            raise InputError(
                f"unknown parameter {name!r} of chapter {chapter}{nearest(name, fields)}; known: {', '.join(fields)}"
            )
    try:
        parameters = declaration(**values)
    except ValidationError as error:
        first = error.errors()[0]
        name = str(first["loc"][0])
        what = first["msg"].removeprefix("Value error, ").removeprefix("Input should be ")
        what = "true or false" if first["type"] == "bool_type" else what
        raise InputError(f"parameter {name}={first['input']!r} of chapter {chapter}: should be {what}") from None
    check_order(parameters.start, parameters.end)
    own_pair(parameters)
    return parameters


def pair_of(parameters: Parameters) -> str:
    """The pair of the book that a chapter compares: its parameter where it takes one, else the chapter's own."""
    return getattr(parameters, "pair", _ITS_PAIR.get(type(parameters), "price"))


def own_pair(parameters: Parameters) -> OwnPair | None:
    """The pair that own series make of the chapter's, or None without one; each table is read and checked.

    InputError, DataError and ReturnKindError in one line, as smallcaps.own and smallcaps.pairs raise them.
    """
    small, large = getattr(parameters, "small", ""), getattr(parameters, "large", "")
    if not small and not large:
        return None  # the book and its editions never look at DATA_DIR
    from smallcaps.pairs import OwnPair

    return OwnPair(small=small, large=large, of=pair_of(parameters))


def own_sums(parameters: Parameters) -> dict[str, str]:
    """The sha256 of each file of the own tables that a run reads: `own:TABLE` the CSV, `own:TABLE.yml` the YAML."""
    pair = own_pair(parameters)
    if pair is None:
        return {}
    from smallcaps.own import PREFIX, own_table

    return {f"{PREFIX}{file}": sha for name in pair.names for file, sha in own_table(name).sums.items()}


def check_order(start: str, end: str) -> None:
    """Raise InputError if `start` (YYYY-MM) lies after `end`."""
    if start > end:
        raise InputError(f"start={start} lies after end={end}")


def check_month(name: str, value: str) -> str:
    """`value` if it is a month as YYYY-MM; InputError otherwise."""
    try:
        return _month(value)
    except ValueError as error:
        raise InputError(f"{name}={value!r}: should be {error}") from None


def check_inside(parameters: Parameters, *, chapter: str) -> None:
    """Raise InputError if the window leaves the span that the chapter's tables cover."""
    first, last = span(chapter)
    if parameters.start < first or parameters.end > last:
        name, value = ("start", parameters.start) if parameters.start < first else ("end", parameters.end)
        raise InputError(f"{name}={value} lies outside the data of chapter {chapter}, which cover {first} to {last}")


def span(chapter: str) -> tuple[str, str]:
    """First and last month (YYYY-MM) that any monthly table of `chapter` covers in the vintage at work; a summary
    covers what all chapters do."""
    chapter_class(chapter)
    folder = paths.snapshots()
    vintage = current_vintage(folder)
    names = MAIN_TABLES[chapter] if chapter in CHAPTERS else {name for main in MAIN_TABLES.values() for name in main}
    tables = [stated_of(name, vintage, folder) for name in names]
    monthly = [table for table in tables if table["frequency"] == "monthly"]
    return min(table["first"] for table in monthly), max(table["last"] for table in monthly)


def window(parameters: Parameters) -> tuple[pd.Period, pd.Period]:
    """Start and end as monthly periods."""
    return pd.Period(parameters.start, freq="M"), pd.Period(parameters.end, freq="M")


def from_text(chapter: str, assignments: list[str]) -> dict[str, Any]:
    """Values from "name=value" words, typed as the chapter declares them; InputError names a word that is none, and
    a name that comes twice."""
    fields = chapter_class(chapter).model_fields
    values: dict[str, Any] = {}
    for assignment in assignments:
        name, equals, text = assignment.partition("=")
        if not equals:
            raise InputError(f"SET takes name=value, got {assignment!r}")
        if name in values:
            raise InputError(f"SET gives {name} twice, the second time as {text!r}; allowed: once")
        kind = fields[name].annotation if name in fields else str
        values[name] = _typed(text, kind)
    return values


def _typed(text: str, kind: object) -> Any:
    if kind is bool:
        return {"true": True, "false": False}.get(text.lower(), text)
    for number in (int, float):
        if kind is number:
            try:
                return number(text)
            except ValueError:
                return text  # pydantic says what is allowed
    return text
