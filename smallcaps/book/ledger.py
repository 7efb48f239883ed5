"""The ledger: every claim in one table that a browser can filter without a server."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

import pandas as pd

from smallcaps.book.cards import amount, digits, slug
from smallcaps.claims import Claim, load_register
from smallcaps.scale import UNGRADED, Verdict
from smallcaps.words import interval, p_value

COLUMNS = (
    "Verdict",
    "Claim",
    "Found",
    "Claimed",
    "95 % interval",
    "Base rate",
    "p, corrected",
)
CSV_COLUMNS = [
    "claim",
    "article",
    "chapter",
    "page",
    "ceiling",
    "verdict",
    "confidence",
    "claimed",
    "unit",
    "estimate",
    "low",
    "high",
    "base_rate",
    "p",
    "p_adjusted",
    "n",
    "sample_start",
    "sample_end",
    "minimum_detectable_effect",
    "specifications",
    "share_agreeing",
    "why",
]


def ledger_html(claims: pd.DataFrame) -> str:
    """The ledger as HTML, one row a claim with the anchor `ledger-ID`; `claims` as SummaryPage has it."""
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in COLUMNS)
    rows = "".join(_row(claim_id, claim) for claim_id, claim in claims.iterrows())
    return (
        '<div class="sc-ledger"><div class="sc-filters" hidden></div>'
        '<div class="sc-table sc-wide-table" tabindex="0" role="region" aria-label="All claims">'
        f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div></div>"
        '<script defer src="_static/ledger.js"></script>'
    )


def _row(claim_id: str, row: pd.Series) -> str:
    claim = load_register().claim(claim_id)
    verdict = row["verdict"]
    sure = f'<span class="sc-sure">{row["confidence"]} confidence</span>' if pd.notna(row["confidence"]) else ""
    yes_no = _yes_no(claim, row)
    cells = [
        yes_no or _number(claim, row["estimate"]),
        "" if yes_no else _number(claim, row["claimed"], claim.decimals),
        escape(interval(tuple(row["interval"]), digits(claim))) if isinstance(row["interval"], list) else "",
        _number(claim, row["base_rate"]),
        p_value(row["p_adjusted"]) if pd.notna(row["p_adjusted"]) else "",
    ]
    origin = f"Article {' and '.join(row['article'])}{', implied' if row['implied'] else ''}"
    origin = "; ".join(filter(None, [origin, *_sample(row)]))
    return (
        f'<tr id="ledger-{claim_id}" class="sc-{slug(verdict)}" data-verdict="{escape(verdict)}" '
        f'data-chapter="{row["chapter"]}" data-article="{" ".join(row["article"])}">'
        f'<td class="gt_left" data-found="{cells[0]}"><span class="sc-verdict">{escape(verdict)}</span>{sure}</td>'
        f'<th scope="row" class="gt_left"><a href="{row["page"]}">{escape(row["claim"])}</a> '
        f'<span class="sc-sure">{origin}</span></th>' + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>"
    )


def _number(claim: Claim, value: float | None, decimals: int | None = None) -> str:
    return "" if value is None or pd.isna(value) else escape(amount(claim, value, decimals))


def _yes_no(claim: Claim, row: pd.Series) -> str:
    """Whether it is so, for a fact without a number of its own; else nothing."""
    if claim.type != "fact-yes-no" or row["verdict"] in UNGRADED or pd.notna(row["estimate"]):
        return ""
    return "yes" if row["verdict"] == Verdict.SUPPORTED else "no"


def _sample(row: pd.Series) -> Iterator[str]:
    """What was looked at: how many, when, and whether what is claimed was measured itself."""
    if row["ceiling"] in ("none", "pending"):
        return
    if pd.notna(row["n"]):
        yield f"n = {row['n']:.0f}"
    if row["sample"]["start"]:
        yield f"{row['sample']['start']} to {row['sample']['end']}"
    yield "by proxy" if row["proxy"] else "measured directly"


def ledger_csv(claims: pd.DataFrame) -> str:
    """The ledger as CSV text, one row a claim, numbers unrounded."""
    flat = claims.copy()
    flat["article"] = flat["article"].map(" ".join)
    for place, name in enumerate(("low", "high")):
        flat[name] = [pair[place] if isinstance(pair, list) else None for pair in claims["interval"]]
    flat["sample_start"] = [sample["start"] for sample in claims["sample"]]
    flat["sample_end"] = [sample["end"] for sample in claims["sample"]]
    curves = [entry or {} for entry in claims["specifications"]]
    flat["specifications"] = [entry.get("count") for entry in curves]
    flat["share_agreeing"] = [entry.get("share_agreeing") for entry in curves]
    return flat[CSV_COLUMNS].to_csv(float_format="%.10g", lineterminator="\n")
