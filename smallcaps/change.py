"""What would change a verdict: a sentence computed from the numbers at hand and from the row that decided."""

from __future__ import annotations

import math

from scipy.stats import binomtest

from smallcaps.case import ALPHA, NEAR, Case
from smallcaps.claims import BASE_RATE_MARGIN, Claim
from smallcaps.evidence import Evidence
from smallcaps.verdict import Decision
from smallcaps.words import number

HITS = "percent of periods"
MIN_FOR_INTERVAL = 6  # fewer events give no 95 % interval by inverting an exact sign-flip test


def what_would_change_it(claim: Claim, evidence: Evidence | None, decision: Decision) -> str:
    """What would have to be different for another verdict, in a sentence computed from the numbers at hand.

    The thresholds for effects move the estimate and keep the spread of the sample; a hit rate moves by whole periods.
    """
    row, found = decision.row, evidence or Evidence()
    if row == "1":
        return f"Time: it can be graded after {claim.due}."
    if row == "2":
        return f"Data that is not public: {claim.data_that_would_decide}"
    if row == "3":
        return f"An edition whose dates cover its sample ({claim.specification.sample or 'see its specification'})."
    if row == "4d":
        return f"It would be contradicted if this were so: {claim.contradicts}"
    if row == "4e":
        return f"It would be supported if this were so: {claim.confirms}"
    case = Case(claim, evidence)
    return _fact_figure(case, row) if row.startswith("4") else _effect(case, row, found)


def _fact_figure(case: Case, row: str) -> str:
    claim, half = case.claim, case.half_unit
    exact = _span(claim, claim.claimed - half, claim.claimed + half)
    near = _span(claim, *sorted((claim.claimed * (1 - NEAR), claim.claimed * (1 + NEAR))))
    judged = case.judged
    it_is = f"it is {_span(claim, *judged)}" if isinstance(judged, tuple) else f"it is {_say(claim, judged)}"
    if NEAR * abs(claim.claimed) <= half and row != "4b":  # a rank, say: no room between supported and contradicted
        other = "contradicted" if row == "4a" else "supported"
        where = f"A figure outside {exact} would be" if row == "4a" else f"Only a figure within {exact} would be"
        return f"{where} {other}; {it_is}."
    if row == "4a":
        return f"A figure outside {exact} would be partly supported, one outside {near} contradicted; {it_is}."
    contradicted = f", outside {near} to be contradicted" if row == "4b" else f", within {near} to be partly supported"
    return f"The figure would have to lie within {exact} to be supported{contradicted}; {it_is}."


def _effect(case: Case, row: str, found: Evidence) -> str:
    claim, sign, base = case.claim, case.claim.sign, case.base or 0.0
    least = "at least" if sign > 0 else "at most"
    clear, reach, it_is = _clear_of_base(case), None, _say(claim, found.estimate)
    if claim.type == "effect-figure" and case.interval is not None:
        low, high = case.interval
        margin = _say(claim, BASE_RATE_MARGIN[claim.unit])
        # The estimate at which an interval of this width just touches the claimed figure, from the side it is on now.
        below = found.estimate < claim.claimed
        touch = claim.claimed - (high - found.estimate if below else low - found.estimate)
        reach = f"An estimate of {'at least' if below else 'at most'} {_say(claim, touch)}"
    if row == "5a":
        far = _say(claim, abs(claim.claimed - base))
        return (
            f"A base rate more than {margin} from the claimed figure (it is {far} from it), or an interval without it."
        )
    if row == "5b":
        return f"An interval without {_say(claim, claim.claimed)}, or a p of 0.05 or more."
    if row in ("5c", "5d", "5e"):
        also = "" if row == "5c" else f", and {least} {clear} for one that leaves the base rate" if clear else ""
        return f"{reach} for its interval to hold the claimed figure{also}; it is {it_is}."
    if row == "5g":
        return f"An interval, which takes at least {MIN_FOR_INTERVAL} events; there are {found.n or 0}."
    if row == "6a":
        return f"A corrected p of 0.05 or more, as an estimate nearer to the base rate would give; it is {it_is}."
    if row in ("6b", "6c"):
        support = f"; for support, {least} {clear}" if clear else ""
        return f"An estimate that is not so clearly on the other side of {_say(claim, base)}{support}."
    more = _more_events(case, abs(claim.claimed - base) if row == "5f" else claim.smallest_effect)
    return f"{_wanted(case, least, clear)}; the estimate is {it_is}{more if row != '6e' else ''}."


def _wanted(case: Case, least: str, clear: str | None) -> str:
    """What the estimate would have to be for the claim to be told from its base rate."""
    found, base = case.evidence, case.base or 0.0
    if case.claim.unit == HITS and found.n and 0 <= base <= 100:  # else the base rate is no share
        hits = _hits_needed(found.n, base / 100, more=case.claim.sign > 0)
        if hits is None:
            return f"No count of {found.n} periods gives a p below 0.05"
        return f"A p below 0.05, before any correction, needs {least} {hits} of {found.n} periods"
    if case.interval is not None and case.claim.sign * (case.interval[0 if case.claim.sign > 0 else 1] - base) > 0:
        return "The interval leaves the base rate already; a corrected p below 0.05 needs a clearer estimate"
    if clear is None:
        return "It needs a corrected p below 0.05"
    return f"Its interval would leave the base rate at an estimate of {least} {clear}"


def _hits_needed(n: int, base: float, *, more: bool) -> int | None:
    """The first count of `n`, from the base rate on, whose one-sided binomial p is below 0.05; None if none is."""
    counts = range(n + 1) if more else range(n, -1, -1)
    clear = (k for k in counts if binomtest(k, n, base, alternative="greater" if more else "less").pvalue < ALPHA)
    return next(clear, None)


def _clear_of_base(case: Case) -> str | None:
    """The estimate from which, with the spread of this sample, the 95 % interval leaves the base rate; or None."""
    if case.interval is None:
        return None
    low, high = case.interval
    width = case.evidence.estimate - low if case.claim.sign > 0 else high - case.evidence.estimate
    needed = (case.base or 0.0) + case.claim.sign * width
    return _say(case.claim, needed) if math.isfinite(needed) else None


def _more_events(case: Case, effect: float) -> str:
    """How many events would show `effect`: the detectable effect shrinks with the square root of their number."""
    detectable = case.detectable
    if not case.evidence.n or not effect or detectable is None or not effect < detectable < math.inf:
        return ""
    count = math.ceil(case.evidence.n * (detectable / effect) ** 2)
    shown = f"{number(effect, _digits(case.claim))} {case.claim.difference}"
    return f"; to show {shown}, about {count:,} observations instead of {case.evidence.n:,}"


def _digits(claim: Claim) -> int:
    """One digit more than the article prints; two where it prints no figure."""
    return 2 if claim.decimals is None else claim.decimals + 1


def _say(claim: Claim, value: float) -> str:
    """A number with the claim's unit."""
    return f"{number(value, _digits(claim))}{'' if claim.unit in (None, 'rank') else f' {claim.unit}'}"


def _span(claim: Claim, low: float, high: float) -> str:
    """Two numbers with the claim's unit."""
    return f"{number(low, _digits(claim))} to {_say(claim, high)}"
