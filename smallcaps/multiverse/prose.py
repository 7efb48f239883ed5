"""What a specification curve says in sentences: one wording for every chapter, values from the curve alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from smallcaps.multiverse.curve import Curve
from smallcaps.words import listed, number, opening, p_is, p_value, percent

_SHOWN = {"percent of periods": "%", "percent": "%"}


def value(curve: Curve, estimate: float) -> str:
    """An estimate with its unit: "+1.6 pp", "58.3 %", "−0.08 pp per pp"."""
    unit = _SHOWN.get(curve.unit, curve.unit)
    digits = 2 if curve.table["estimate"].abs().median() < 0.5 else 1
    return f"{number(estimate, digits, sign=unit != '%')}\N{NARROW NO-BREAK SPACE}{unit}"


def _claimed(curve: Curve) -> str:
    """The claimed figure as the articles print it."""
    return f"{number(curve.claimed, 0)}\N{NARROW NO-BREAK SPACE}{_SHOWN.get(curve.unit, curve.unit)}"


def title(curve: Curve) -> str:
    """The takeaway: how many of the specifications point the claimed way."""
    share = curve.summary["share_agreeing"]
    lead = "Most" if share >= 0.8 else "More than half" if share > 0.5 else "Less than half" if share > 0.2 else "Few"
    return f"{lead} of {curve.count:,} reasonable specifications point the claimed way: {percent(share * 100, 0)}"


def subtitle(curve: Curve) -> str:
    """What is drawn: measure, unit, intervals."""
    measure = opening(curve.measure)
    return f"{measure}, {curve.unit}: estimates in order, 95 % intervals ({curve.intervals}), and the choices made"


def alt(curve: Curve) -> str:
    """The picture in words with its numbers."""
    estimates = curve.table["estimate"]
    own = "" if curve.own_estimate is None else f" This chapter's own is {value(curve, curve.own_estimate)}."
    claimed = "" if curve.claimed is None else f", the claimed figure {_claimed(curve)}"
    lowest, highest = value(curve, estimates.min()), value(curve, estimates.max())
    middle = value(curve, curve.summary["median"])
    telling = f"\N{LEFT DOUBLE QUOTATION MARK}{curve.telling()}\N{RIGHT DOUBLE QUOTATION MARK}"
    return (
        f"Curve of {curve.count:,} estimates of {curve.measure} in rising order, from {lowest} to {highest}, with the "
        f"median at {middle}{claimed}.{own} Under it, dots show which option of {', '.join(curve.dimensions)} each "
        f"specification takes; the option of {telling} moves the estimate most."
    )


def answer(curve: Curve) -> str:
    """The curve's statistics, how often placebo calendars give as much, and the choice that matters most."""
    found, held = curve.summary, curve.summary["share_holding_figure"]
    base = "zero" if (curve.table["base"] == 0).all() else "its own base rate"
    holding = (
        ""
        if held is None
        else f", and {percent(held * 100, 0)} of the 95 % intervals hold the claimed {_claimed(curve)}"
    )
    agree = percent(found["share_agreeing"] * 100, 0)
    first = (
        f"Of {curve.count:,} defensible specifications, {agree} put the estimate on the claimed side of {base}; "
        f"the median is {value(curve, found['median'])}{holding}."
    )
    return f"{first} {_under_placebos(curve)} {_what_matters(curve)}"


def _under_placebos(curve: Curve) -> str:
    found = curve.joint
    size, opposite = ("large", "low") if curve.direction == "positive" else ("low", "high")
    held = found.p_share_holding
    as_much = [
        f"as large a share came up in {_how_often(found.p_share_agreeing, of=' of them')}",
        f"as {size} a median in {_how_often(found.p_median)}",
        *([] if held is None else [f"as many intervals that hold the figure in {_how_often(held)}"]),
    ]
    smallest = p_value(found.smallest_p).replace("<", "below")
    other = (
        f" In the other direction, as {opposite} a median came up in {_how_often(found.p_median_opposite)}."
        if found.p_median_opposite < 0.05
        else ""
    )
    return (
        f"The same was computed for {found.placebos:,} placebo calendars, which {curve.placebo}. With the real one "
        f"counted, {listed(as_much)}; the smallest p that so many allow is {smallest}.{other}"
    )


def _how_often(p: float, *, of: str = "") -> str:
    """A joint p as the share of calendars that it is: "55 % (p = 0.55)", "fewer than 0.1 % (p < 0.001)"."""
    text = p_value(p)
    below = text.startswith("<")  # the share is taken from the p as printed: the two never differ by a rounding
    share = f"fewer than {percent(0.1)}" if below else percent(float(text) * 100, 0 if p >= 0.1 else 1)
    return f"{share}{of} ({p_is(p)})"


def _what_matters(curve: Curve) -> str:
    options = curve.by_option
    options = options[options["dimension"] == curve.telling()].sort_values("median")
    low, high = options.iloc[0], options.iloc[-1]
    return (
        f"The choice that matters most is the one under *{curve.telling()}*: the median runs from "
        f"{value(curve, low['median'])} ({low['option']}) to {value(curve, high['median'])} ({high['option']})."
    )


def counted(record: Mapping[str, Any]) -> str:
    """How the specifications of a recorded curve were counted: declared, left out by reason, fallen together."""
    left = "; ".join(f"{entry['count']:,} left out ({entry['reason']})" for entry in record["left_out"])
    together = record["fell_together"]
    same = f"; {together:,} that select the same events and series as another" if together else ""
    total = record["summary"]["count"]
    parts = [f"{record['declared']:,} combinations declared", *([left] if left else [])]
    return "; ".join(parts) + f"{same}; {total:,} remain"
