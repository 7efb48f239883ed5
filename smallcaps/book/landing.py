"""The first screen: the score of the verdicts as a picture, and the headline claims with one number each."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

from smallcaps.book.cards import amount, slug
from smallcaps.book.results import ClaimResult, Results
from smallcaps.claims import EFFECTS, FACTS
from smallcaps.scale import UNGRADED, Verdict

# From what holds to what does not, then what nobody can say: the order in which a reader asks.
ORDER = (
    Verdict.SUPPORTED,
    Verdict.UNINFORMATIVE,
    Verdict.PARTLY,
    Verdict.UNDERPOWERED,
    Verdict.NOT_SUPPORTED,
    Verdict.CONTRADICTED,
    Verdict.NOT_TESTABLE,
    Verdict.PENDING,
    Verdict.OUTSIDE,
)


def scored(results: Results) -> tuple[ClaimResult, ...]:
    """The claims that count in the score: all but those that the articles only imply."""
    return tuple(result for result in results.claims.values() if not result.claim.implied)


def counts(results: Results) -> dict[Verdict, int]:
    """How many scored claims got each verdict, in ORDER, without those that none got."""
    verdicts = [result.decision.verdict for result in scored(results)]
    return {verdict: verdicts.count(verdict) for verdict in ORDER if verdict in verdicts}


@dataclass(frozen=True)
class Tally:
    """Of the claims of one sort: how many could be graded, hold up as stated, or have too small a sample to tell."""

    graded: int
    held: int
    too_few: int


def tally(results: Results, sort: str) -> Tally:
    """The tally of the scored claims whose type begins with `sort`: "fact" or "effect" (warnings are effects)."""
    types = {"fact": FACTS, "effect": EFFECTS}[sort]
    verdicts = [result.decision.verdict for result in scored(results) if result.claim.type in types]
    return Tally(
        graded=sum(verdict not in UNGRADED for verdict in verdicts),
        held=sum(verdict is Verdict.SUPPORTED for verdict in verdicts),
        too_few=sum(verdict is Verdict.UNDERPOWERED for verdict in verdicts),
    )


def low_confidence(results: Results) -> int:
    """How many of the graded verdicts are of low confidence."""
    return sum(result.decision.confidence == "low" for result in scored(results))


def score_picture(results: Results) -> str:
    """HTML: a row a verdict, a square a claim; each square is a link to the claim's evidence."""
    rows = []
    for verdict, count in counts(results).items():
        squares = "".join(
            f'<li><a class="sc-square" href="{result.page}" title="{escape(result.claim.claim, quote=True)}">'
            f'<span class="sc-hidden">{escape(result.claim.claim)}</span></a></li>'
            for result in scored(results)
            if result.decision.verdict is verdict
        )
        rows.append(
            f'<div class="sc-score-row sc-{slug(verdict)}">'
            f'<span class="sc-score-name">{str(verdict).capitalize()}</span>'
            f'<span class="sc-score-count">{count}</span><ul class="sc-squares">{squares}</ul></div>'
        )
    return f'<div class="sc-score">{"".join(rows)}</div>'


def headline_cards(results: Results) -> str:
    """HTML: the headline claims of the register, each with its number, its verdict and a link to the evidence."""
    cards = "".join(_headline(result) for result in results.claims.values() if result.claim.headline)
    return f'<ul class="sc-headlines">{cards}</ul>'


def _headline(result: ClaimResult) -> str:
    claim, found, verdict = result.claim, result.evidence, result.decision.verdict
    shown = amount(claim, found.estimate) if found and found.estimate is not None else "–"
    sure = f" · {result.decision.confidence} confidence" if result.decision.confidence else ""
    base = f" · any window: {escape(amount(claim, found.base_rate))}" if found and found.base_rate is not None else ""
    return (
        f'<li class="sc-headline sc-{slug(verdict)}"><a href="{result.page}">'
        f'<span class="sc-big">{escape(shown)}</span>'
        f'<span class="sc-headline-verdict sc-verdict">{escape(str(verdict))}</span>'
        f'<span class="sc-headline-claim">{escape(claim.claim)}</span>'
        f'<span class="sc-headline-more">{sure.removeprefix(" · ")}{base}</span></a></li>'
    )
