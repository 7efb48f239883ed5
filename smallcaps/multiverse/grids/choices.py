"""Choices that several grids share: which small and large companies, which weights and returns, and since when."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from smallcaps.errors import InputError
from smallcaps.multiverse.grid import Dimension, Exclusion, Option
from smallcaps.own import is_own

RETURNS = Dimension(
    "returns",
    (
        Option("price", "price", "The articles quote index levels, which leave dividends out."),
        Option("total", "total", "Dividends are part of what an investor earns, and large caps pay more of them."),
    ),
)
_INDEX = Option("Russell 2000", "index", "The index that the articles speak of.")
_SIZES = (
    Option("smallest 30 %", "lo_30", "French's small portfolio: NYSE's smallest 30 % by breakpoints."),
    Option("second fifth", "qnt_2", "Without the microcaps, which the Russell 2000 holds at small weights."),
    Option("middle 40 %", "med_40", "By value most of the Russell 2000 lies above NYSE's smallest 30 %."),
)
_MORE_SIZES = (
    Option("smallest fifth", "lo_20", "The usual small portfolio of the literature on size."),
    Option("third decile", "dec_3", "One narrow class near the bottom of the Russell 2000."),
    Option("fourth decile", "dec_4", "One narrow class near the middle of the Russell 2000."),
    Option("fifth decile", "dec_5", "One narrow class near the top of the Russell 2000."),
)
_LARGE = (
    Option("S&P 500", "index", "The index that the articles compare with; for total returns the fund SPY."),
    Option("largest 30 %", "hi_30", "French's large portfolio, of the same universe as his small ones."),
    Option("whole market", "market", "What an investor holds who takes no side; large caps are most of it."),
)
_MORE_LARGE = (
    Option("largest fifth", "hi_20", "Closer to the five hundred largest companies."),
    Option("largest decile", "hi_10", "The mega-caps that the articles set small caps against."),
)
WEIGHTING = Dimension(
    "weighting",
    (
        Option("by value", "vw", "As the indexes and funds are weighted."),
        Option("equal", "ew", "What the average company did, rather than the average dollar."),
    ),
)
RECESSIONS = Dimension(
    "recessions",
    (
        Option("with", False, "Nobody knows on the day whether a recession will come."),
        Option("without", True, "A cut or a rally in a recession may be another thing; known only with hindsight."),
    ),
)
SINCE_LAUNCH = Option("1984 on", "1984-01", "The Russell 2000 was launched then; its earlier months are back-cast.")
SINCE_ANNOUNCED = Option("1994 on", "1994-02", "From then on the Federal Reserve announced its decisions on the day.")
_HORIZONS = {False: (6, 12, 24), True: (6, 9, 12, 18, 24)}  # months, by whether the grid is wide
_NO_PRICES = "only the two indexes have price returns"
_ONE_UNIVERSE = "portfolios of one universe are set against each other, the fund against its index"
_ONE_WEIGHTING = "the index, the fund and the whole market are weighted by value, so both sides are"


def small(*, wide: bool = False) -> Dimension:
    """Who the small caps are."""
    return Dimension("small", (_INDEX, *_SIZES, *(_MORE_SIZES if wide else ())))


def large(*, wide: bool = False) -> Dimension:
    """Who the large caps are."""
    return Dimension("large", (*_LARGE, *(_MORE_LARGE if wide else ())))


def by_value(label: str) -> Option:
    """One of the portfolios above by itself, weighted by value: its value is the panel's name of the series."""
    portfolios = (*_SIZES, *_MORE_SIZES, *_LARGE, *_MORE_LARGE)
    found = next(option for option in portfolios if option.label == label)
    return Option(found.label, f"vw:{found.value}", found.reason)


def sample(*options: Option) -> Dimension:
    """Since when: all the data, then each of `options`, whose value is the first month."""
    first = Option("all the data", None, "More events say more; the earliest months are back-cast or by proxy.")
    return Dimension("sample", (first, *options))


def horizons(own: int, *, reasons: Mapping[int, str], wide: bool = False) -> Dimension:
    """Months looked at: the chapter's own first."""
    lengths = dict.fromkeys((own, *_HORIZONS[wide]))
    return Dimension(
        "horizon",
        tuple(Option(f"{h} months", h, reasons.get(h, "As the chapter was run.")) for h in lengths),
    )


def pairs(pair: str, *, wide: bool = False) -> tuple[Dimension, ...]:
    """Returns, small, large and weighting, with the chapter's pair (pairs.PAIRS) as the first option of each."""
    first = {
        "price": ("price", "Russell 2000", "S&P 500"),
        "total": ("total", "Russell 2000", "S&P 500"),
        "french": ("total", "smallest 30 %", "largest 30 %"),
    }
    if pair not in first:
        raise InputError(f"unknown pair {pair!r}; allowed: {', '.join(first)}")
    dimensions = (RETURNS, small(wide=wide), large(wide=wide))
    return (*(d.beginning_with(label) for d, label in zip(dimensions, first[pair], strict=True)), WEIGHTING)


PAIR_EXCLUSIONS = (
    Exclusion(_NO_PRICES, lambda v: v["returns"] == "price" and (v["small"], v["large"]) != ("index", "index")),
    Exclusion(_ONE_UNIVERSE, lambda v: v["large"] == "index" and v["small"] != "index"),
    Exclusion(_ONE_WEIGHTING, lambda v: v["weighting"] == "ew" and "index" in (v["small"], v["large"])),
    Exclusion(_ONE_WEIGHTING, lambda v: v["weighting"] == "ew" and v["large"] == "market"),
)


def names(values: Mapping[str, Any]) -> tuple[str, str]:
    """The panel's names of the small and the large series that the options select; an own series is its own name."""
    indexes = {"price": ("r2000_price", "sp500_price"), "total": ("r2000_total", "spy")}[values["returns"]]
    return tuple(
        index
        if values[side] == "index"
        else "market"
        if values[side] == "market"
        else values[side]
        if is_own(values[side])
        else f"{values['weighting']}:{values[side]}"
        for side, index in zip(("small", "large"), indexes, strict=True)
    )
