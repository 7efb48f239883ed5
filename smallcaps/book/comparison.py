"""What a run says of its distance from the book: the section on its page, and the lines that the command prints."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from smallcaps.book import paths
from smallcaps.book.differences import Differences, FigureChange, Published, differences, read_published
from smallcaps.book.inputs import FILE, differing_inputs, read_inputs, told
from smallcaps.book.parameters import own_sums, span
from smallcaps.book.plan import Run
from smallcaps.book.results import ClaimResult, Results
from smallcaps.own import is_own

COMPARISON = "comparison.json"
NO_BOOK = (
    "No book is built here, so there is nothing to compare with, and p-values are corrected for this chapter's tests "
    "alone. `make book` builds it; then run this again."
)


def compare_with_book(run: Run, results: Results, found: Published, inputs: dict[str, Any]) -> tuple[str, str]:
    """The Markdown of the page's section and the text of `comparison.json`, for a run that found `found`."""
    site = paths.site_folder("book")
    if not (site / "results.json").exists() or not (site / FILE).exists():
        return f"## Compared with the book\n\n{NO_BOOK}\n", _json({"a": None, "b": run.key, "note": NO_BOOK})
    book, before = read_published(site).of({run.chapter}), read_inputs(site)
    kept = {name: text for name, text in found.figures.items() if text is not None}
    withheld = found.figures.keys() - kept.keys()  # made with an own table: their data are nowhere
    book = replace(book, figures={name: text for name, text in book.figures.items() if name not in withheld})
    changed = differences(book, replace(found, figures=kept))
    asked = changed_parameters(run, before)
    others = {name: now for name, now in _other_inputs(before, inputs, run).items() if now}
    content = {"parameters": asked, "inputs": others, **changed.as_json("book", run.key)}
    return section(run, results, changed, asked, others, book.edition), _json(content)


def changed_parameters(run: Run, before: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The parameters in which the run differs from the book; windows count as far as the chapter's tables reach."""
    first, last = span(run.chapter)
    found = {}
    reach = {"start": lambda month: max(month, first), "end": lambda month: min(month, last)}
    for name, value in run.parameters.model_dump().items():
        as_far = reach.get(name, lambda given: given)
        default = type(run.parameters).model_fields[name].default  # a book may be older than the parameter
        old, now = as_far(before["parameters"].get(f"{run.chapter}.{name}", default)), as_far(value)
        if name != "strict" and old != now:
            found[name] = {"book": old, "run": now}
    return found


def _other_inputs(before: dict[str, Any], now: dict[str, Any], run: Run) -> dict[str, list[str]]:
    """Inputs other than parameters that changed since the book was built: a difference may come from them too."""
    now = now | {"data": {name: value for name, value in now["data"].items() if not is_own(name)}}
    mine = {*now["data"], *now["code"]}
    ours = before | {kind: {n: h for n, h in before[kind].items() if n in mine} for kind in ("data", "code")}
    return {kind: names for kind, names in differing_inputs(ours, now).items() if kind != "parameters"}


def section(
    run: Run,
    results: Results,
    changed: Differences,
    asked: dict[str, dict[str, Any]],
    others: dict[str, list[str]],
    edition: dict[str, Any],
) -> str:
    """The Markdown of "Compared with the book"."""
    from smallcaps.words import number

    lines = ["## Compared with the book", ""]
    lines.append(f"The book as last built covers {edition['start']} to {edition['end']}. {_summary(changed)}")
    if asked:
        lines += ["", "| Parameter | In the book | Here |", "|---|---|---|"]
        lines += [f"| `{name}` | {cell(values['book'])} | {cell(values['run'])} |" for name, values in asked.items()]
    if others:
        lines += ["", f"Since the book was built these changed too: {cell(told(others))}."]
    if changed.claims:
        lines += ["", "| Claim | Verdict in the book | Verdict here | Estimate in the book | Estimate here |"]
        lines += ["|---|---|---|---|---|"]
        lines += [_claim_row(results.claims[change.id], change.fields) for change in changed.claims]
    if own_sums(run.parameters):
        lines += ["", "Figures made with an own table are not compared: their data are kept nowhere."]
    if changed.figures:
        lines += ["", "| Figure | Rows in the book | Rows here | Numbers that differ | Largest difference |"]
        lines += ["|---|---|---|---|---|"]
        for change in changed.figures:
            cells = [change.figure.split("/")[1], *(cell(n) for n in change.rows)]
            cells += [f"{change.different} of {change.cells}", _largest(change, number)]
            lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def _summary(changed: Differences) -> str:
    if not changed:
        return "Nothing differs: every verdict, every number and every figure is the book's."
    return (
        f"Of {changed.claims_compared} claims {len(changed.verdicts)} get another verdict and {len(changed.claims)} "
        f"differ in some number; of {changed.figures_compared} figures {len(changed.figures)} have other data. "
        f'<a href="{COMPARISON}">{COMPARISON}</a> lists every number.'
    )


def _claim_row(result: ClaimResult, fields: dict[str, tuple[Any, Any]]) -> str:
    from smallcaps.book.cards import amount

    here = str(result.decision.verdict)
    before = fields.get("verdict", (here, here))[0]
    after = result.evidence.estimate if result.evidence else None
    old = fields["estimate"][0] if "estimate" in fields else after
    estimates = ["–" if value is None else amount(result.claim, value) for value in (old, after)]
    marked = f"**{here}**" if before != here else here
    return f"| {cell(result.claim.claim)} | {before or '–'} | {marked} | {' | '.join(estimates)} |"


def _largest(change: FigureChange, number: Any) -> str:
    if change.largest is None:
        return "–"
    whole = change.largest.a.is_integer() and change.largest.b.is_integer()
    digits = 0 if whole else 1 if abs(change.largest.b) >= 10 else 3
    before, after = (number(value, digits) for value in (change.largest.a, change.largest.b))
    return f"{cell(change.largest.row)}, {cell(change.largest.column)}: {before} → {after}"


def cell(value: object) -> str:
    """A value as one cell of a Markdown table; text from outside cannot become markup."""
    text = "–" if value is None else " ".join(str(value).split())
    return "".join(f"\\{sign}" if sign in "\\`*_{}[]<>#|$" else sign for sign in text)


def _json(content: object) -> str:
    return json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False) + "\n"
