"""Numbers as a page prints them: one rounding, a true minus sign, units in words."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

MINUS = "\N{MINUS SIGN}"
THIN = "\N{NARROW NO-BREAK SPACE}"


def number(value: float, decimals: int = 1, *, sign: bool = False) -> str:
    """The number with `decimals` digits and thousands separated, a plus if `sign`; never "-0.0"."""
    rounded = round(float(value), decimals) + 0.0
    text = f"{abs(rounded):,.{decimals}f}"
    if rounded < 0:
        return MINUS + text
    return f"+{text}" if sign and rounded > 0 else text


def pp(value: float, decimals: int = 1) -> str:
    """A signed difference in percentage points: "+1.6 pp"."""
    return f"{number(value, decimals, sign=True)}{THIN}pp"


def percent(value: float, decimals: int = 1, *, sign: bool = False) -> str:
    """A percentage from a number in percent: "7.0 %"."""
    return f"{number(value, decimals, sign=sign)}{THIN}%"


def interval(low_high: tuple[float, float] | None, decimals: int = 1) -> str:
    """An interval: "−9.3 to +12.4"; "not bounded at this n" where there is none."""
    if low_high is None:
        return "not bounded at this n"
    low, high = low_high
    return f"{number(low, decimals, sign=True)} to {number(high, decimals, sign=True)}"


def p_value(value: float) -> str:
    """A p-value, two digits; "< 0.001" below that."""
    return "< 0.001" if value < 0.001 else f"{value:.3f}" if value < 0.1 else f"{value:.2f}"


def p_is(value: float) -> str:
    """A p-value as a sentence has it: "p = 0.12", "p < 0.001"."""
    text = p_value(value)
    return f"p {text}" if text.startswith("<") else f"p = {text}"


def count(successes: int, n: int) -> str:
    """A hit rate as a count: "4 of 8"."""
    return f"{successes} of {n}"


def month(period: pd.Period | str) -> str:
    """A month in words: "August 2025"."""
    return pd.Period(period, freq="M").strftime("%B %Y")


def short_month(period: pd.Period | pd.Timestamp) -> str:
    """A month that does not break in a table's cell: "Oct 2025"."""
    return f"{period:%b}\N{NO-BREAK SPACE}{period:%Y}"


def day(date: pd.Timestamp) -> str:
    """A day in words: "17 September 2025"."""
    return f"{date.day} {date:%B %Y}"


def times(value: int) -> str:
    """How often, as prose has it: "never", "once", "twice", "three times"."""
    return ("never", "once", "twice")[value] if 0 <= value < 3 else f"{in_words(value)} times"


def opening(words: str) -> str:
    """The words as they open a sentence: the first letter large, names in them as they are."""
    return words[:1].upper() + words[1:]


def listed(words: Iterable[str]) -> str:
    """The words joined as a sentence does: "a, b and c"; "" for none."""
    *head, last = list(words) or [""]
    return f"{', '.join(head)} and {last}" if head else last


_SMALL = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")


def in_words(value: int) -> str:
    """A count as prose writes it: words to twelve, digits beyond."""
    return _SMALL[value] if 0 <= value < len(_SMALL) else str(value)
