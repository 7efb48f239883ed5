"""The parts of a chapter's page that no notebook writes: its claims with their verdicts, and how to run it again."""

from __future__ import annotations

from collections.abc import Iterator

from smallcaps.book.parameters import own_pair, span
from smallcaps.book.plan import Run
from smallcaps.book.reference import parameter_table
from smallcaps.book.results import ClaimResult, Results
from smallcaps.catalog import Table
from smallcaps.claims import Claim
from smallcaps.scale import Verdict
from smallcaps.words import MINUS, THIN, interval, number, p_value


def claim_cards(chapter: str, results: Results) -> str:
    """The Markdown of a chapter's claims, each with its verdict, evidence and anchor."""
    cards = "\n\n".join(card(result) for result in results.of_chapter(chapter))
    return f"## The claims and their verdicts\n\n{cards}\n"


def card(result: ClaimResult) -> str:
    """The Markdown of one claim: verdict, claim and key number; the evidence and the reason fold out."""
    claim, decision = result.claim, result.decision
    key = _plain(key_number(result))
    title = _plain(claim.claim) + (f" [{key}]{{.sc-key}}" if key else "")
    lines = [
        f"({claim.id})=",
        f"::::{{dropdown}} [{decision.verdict}]{{.sc-verdict}} {title}",
        f":class-container: sc-claim sc-{slug(decision.verdict)}",
        "",
        _plain(" ".join(filter(None, [_origin(result), evidence_line(result)]))),
        "",
        _plain(" ".join(filter(None, [decision.why, _source(claim), _change(result)]))),
        "::::",
    ]
    return "\n".join(lines)


def _plain(text: str) -> str:
    """The text with its dollars as dollars: between two of them Markdown would see a formula."""
    return text.replace("$", r"\$")


def key_number(result: ClaimResult) -> str:
    """The number that a reader looks for first: what was found, against what was claimed; "" where there is none."""
    claim, found = result.claim, result.evidence
    if found is None or found.estimate is None:
        return ""
    against = f" against {amount(claim, claim.claimed, claim.decimals)} claimed" if claim.claimed is not None else ""
    return f"{amount(claim, found.estimate)}{against}"


def _origin(result: ClaimResult) -> str:
    articles = " and ".join(result.claim.article)
    sure = f"; {result.decision.confidence} confidence" if result.decision.confidence else ""
    implied = " Implied by the argument, so not in the score." if result.claim.implied else ""
    return f"Article{'s' if len(result.claim.article) > 1 else ''} {articles}{sure}.{implied}"


def _source(claim: Claim) -> str:
    """What a public source says where no table holds the fact, with its address."""
    cited = claim.cited
    return f"The source: {cited.source} ([address]({cited.url}))." if cited else ""


def _change(result: ClaimResult) -> str:
    if result.decision.verdict in (Verdict.NOT_TESTABLE, Verdict.PENDING):
        return ""  # the reason says it already
    return f"*What would change it:* {result.would_change}"


def slug(verdict: str) -> str:
    """The verdict as a class name."""
    return str(verdict).replace(" ", "-")


def evidence_line(result: ClaimResult) -> str:
    """The numbers behind the verdict in one line; "" where none were computed."""
    claim, found = result.claim, result.evidence
    if found is None or found.estimate is None:
        return ""
    parts = [f"Estimate {amount(claim, found.estimate)}"]
    if claim.claimed is not None:
        parts.append(f"claimed {amount(claim, claim.claimed, claim.decimals)}")
    if found.interval:
        parts.append(f"95 % interval {interval(found.interval, digits(claim))}")
    if found.base_rate is not None:
        parts.append(f"base rate {amount(claim, found.base_rate)}")
    if found.p is not None:
        adjusted = f", {p_value(result.p_adjusted)} after correction" if result.p_adjusted is not None else ""
        parts.append(f"p {p_value(found.p)}{adjusted}")
    if found.minimum_detectable_effect is not None:
        parts.append(f"smallest effect this sample could show {effect(claim, found.minimum_detectable_effect)}")
    if found.n is not None:
        parts.append(f"n = {found.n}")
    if found.sample_start:
        parts.append(found.sample)
    if found.proxy:
        parts.append("by proxy")
    return "; ".join(parts) + "."


_UNITS = {
    "percent": "%",
    "percent of periods": "%",
    "basis points": "bp",
    "bn USD": "bn",
    "m shares": "m shares",
    "bn shares": "bn shares",
}
_MONEY = ("bn USD",)
_WHOLE = ("months", "rank", "basis points", "times")
_FINE = ("pp per pp", "pp per month", "pp per percent", "pp per sd")


def digits(claim: Claim) -> int:
    """The decimals with which a page prints what was found for the claim, its interval too."""
    return 0 if claim.unit in _WHOLE else 2 if claim.unit in _FINE else max(claim.decimals or 0, 1)


def effect(claim: Claim, value: float) -> str:
    """A difference from the base rate with its unit."""
    if claim.difference == claim.unit:
        return amount(claim, value)
    return f"{number(value, digits(claim))}{THIN}{claim.difference}"


def amount(claim: Claim, value: float, decimals: int | None = None) -> str:
    """A number with the claim's unit, as a page prints it."""
    signed = claim.unit in ("pp", *_FINE)
    text = number(value, digits(claim) if decimals is None else decimals, sign=signed)
    if claim.unit == "rank":
        return f"rank {text}"
    unit = "" if claim.unit is None else _UNITS.get(claim.unit, claim.unit)
    if claim.unit in _MONEY:
        text = f"{MINUS}${text.removeprefix(MINUS)}" if text.startswith(MINUS) else f"${text}"
    return f"{text}{THIN if unit else ''}{unit}"


def spans(run: Run, *, vintage: str) -> str:
    """The Markdown line under a chapter's title: the window asked for, what its tables cover, the snapshot."""
    first, last = span(run.chapter)
    asked = f"{run.parameters.start} to {run.parameters.end}"
    return f"[Window {asked} · tables cover {first} to {last} · snapshot {vintage}]{{.sc-spans}}"


def run_again(run: Run) -> str:
    """The Markdown of the box that says how to run the chapter with the parameters of its page, and with others."""
    declared = type(run.parameters).model_fields
    changed = {
        name: value
        for name, value in run.parameters.model_dump().items()
        if name not in ("start", "end", "strict") and value != declared[name].default
    }
    setting = f' SET="{" ".join(f"{name}={value}" for name, value in changed.items())}"' if changed else ""
    setting += " DATA_DIR=/path/to/tables" if own_pair(run.parameters) else ""
    first, last = span(run.chapter)
    return f"""## Run it again

:::{{container}} sc-run
This page was computed with `start={run.parameters.start}` and `end={run.parameters.end}`; the chapter's tables cover
{first} to {last}. <a href="downloads/notebooks/{run.chapter}.ipynb" download>The executed notebook</a> holds each step.
For other dates, from a clone of the repository:

```bash
make run CHAPTER={run.chapter} START={max(run.parameters.start, first)} END={min(run.parameters.end, last)}{setting}
```

{parameter_table(run.chapter)}
:::
"""


def _own_rows(run: Run) -> Iterator[str]:
    """The rows of the own tables in the box: title, span, and the fingerprint of the file instead of a vintage."""
    pair = own_pair(run.parameters)
    if pair is None:
        return
    from smallcaps.own import own_table

    for table in dict.fromkeys(own_table(name) for name in pair.names):
        months = table.frame.index
        sha = table.sums[table.name]
        yield f"| {table.info.title} (own table `{table.name}`) | {months[0]} to {months[-1]} | sha256 `{sha}` |"


def _span(table: Table) -> str:
    """First and last date of a table; one that is keyed by names has none."""
    return f"{table.first} to {table.last}" if table.first[:1].isdigit() else "–"


_PACKAGES = ("numpy", "pandas", "scipy", "statsmodels", "matplotlib")


def provenance(run: Run, *, commit: str | None) -> str:
    """The Markdown of the box that says what a page was made of: window, commit, versions, data vintages."""
    import platform
    from importlib.metadata import version

    from smallcaps.book.parameters import TABLES
    from smallcaps.snapshot import current

    tables = current().catalog.tables
    made_of = "\n".join(
        f"| {tables[name].title} | {_span(tables[name])} | {tables[name].vintage} |"
        for name in TABLES[run.chapter]
        if name in tables
    )
    made_of += "".join(f"\n{row}" for row in _own_rows(run))
    python = ".".join(platform.python_version_tuple()[:2])
    packages = ", ".join(f"{package} {version(package)}" for package in _PACKAGES)
    return f"""::::{{dropdown}} What this page was made of, and how to cite it
:class-container: sc-provenance

Window {run.parameters.start} to {run.parameters.end}; commit {commit or "not known"}; Python {python}, {packages}.

| Table | Span | Vintage |
|---|---|---|
{made_of}

To cite a claim, give the address of its card (this page and the claim's anchor), the window and the commit.
::::
"""
