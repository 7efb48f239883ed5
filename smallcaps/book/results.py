"""What an edition's runs found for each claim, the verdicts that follow, and `results.json`."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from smallcaps.book import paths
from smallcaps.book.parameters import TABLES
from smallcaps.book.plan import Edition, Run
from smallcaps.book.records import records
from smallcaps.change import what_would_change_it
from smallcaps.claims import Claim, load_register
from smallcaps.confidence import Specifications
from smallcaps.errors import BuildError
from smallcaps.evidence import Evidence
from smallcaps.inference import benjamini_hochberg
from smallcaps.snapshot import current
from smallcaps.verdict import Decision, decide


@dataclass(frozen=True)
class ClaimResult:
    """A claim with what was found for it and the verdict by rule; `page` is its address below the site's root."""

    claim: Claim
    evidence: Evidence | None
    p_adjusted: float | None
    specifications: Specifications | None
    decision: Decision
    page: str

    @property
    def would_change(self) -> str:
        """What would have to be different for another verdict."""
        return what_would_change_it(self.claim, self.evidence, self.decision)

    def as_json(self) -> dict[str, Any]:
        """The claim as `results.json` carries it; what does not apply is null."""
        found = self.evidence or Evidence()
        specifications = asdict(self.specifications) if self.specifications else None
        return {
            "id": self.claim.id,
            "claim": self.claim.claim,
            "article": list(self.claim.article),
            "chapter": self.claim.chapter,
            "page": self.page,
            "ceiling": self.claim.ceiling,
            "claimed": self.claim.claimed,
            "unit": self.claim.unit,
            "estimate": found.estimate,
            "interval": list(found.interval) if found.interval else None,
            "p": found.p,
            "p_adjusted": self.p_adjusted,
            "n": found.n,
            "sample": {"start": found.sample_start, "end": found.sample_end},
            "base_rate": found.base_rate,
            "minimum_detectable_effect": found.minimum_detectable_effect,
            "specifications": specifications,
            "verdict": str(self.decision.verdict),
            "confidence": self.decision.confidence,
            "why": self.decision.why,
        }


@dataclass(frozen=True)
class Stamp:
    """Which edition a page or a file belongs to; `vintage` maps each table in use to its vintage."""

    start: str
    end: str
    vintage: dict[str, str]
    commit: str | None
    built_from: str


@dataclass(frozen=True)
class Results:
    """Everything that the pages are made from: executed notebooks by name, claims by id, the edition's stamp.

    `curves` holds the specification curves that the chapters recorded, by claim id.
    """

    stamp: Stamp
    notebooks: dict[str, dict[str, Any]]
    claims: dict[str, ClaimResult]
    curves: dict[str, dict[str, Any]]

    def of_chapter(self, chapter: str) -> tuple[ClaimResult, ...]:
        """The claims of one chapter, in the order of the register."""
        return tuple(result for result in self.claims.values() if result.claim.chapter == chapter)

    def as_json(self) -> str:
        """The text of `results.json`."""
        return _json({"edition": asdict(self.stamp), "claims": [result.as_json() for result in self.claims.values()]})

    def evidence_as_json(self) -> str:
        """The text of `evidence.json`: what the rule was given for each claim, before any correction."""
        found = {result.claim.id: result.evidence for result in self.claims.values() if result.evidence}
        return _json({name: asdict(evidence) for name, evidence in found.items()})

    def for_summaries(self) -> str:
        """The text that the summary pages are made from: claims as the ledger shows them, and the curves.

        The commit is left out: it decides nothing.
        """
        extra = {
            result.claim.id: {
                "implied": result.claim.implied,
                "type": result.claim.type,
                "decimals": result.claim.decimals,
                "smallest_effect": result.claim.smallest_effect,
                "difference": result.claim.difference,
                "proxy": bool(result.evidence and result.evidence.proxy),
                "would_change": result.would_change,
            }
            for result in self.claims.values()
        }
        claims = [result.as_json() | extra[result.claim.id] for result in self.claims.values()]
        edition = {"start": self.stamp.start, "end": self.stamp.end, "vintage": self.stamp.vintage}
        return _json({"edition": edition, "claims": claims, "curves": self.curves})


def _json(content: object) -> str:
    return json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def read_for_summaries(path: Path) -> dict[str, Any]:
    """What `Results.for_summaries` wrote to `path`; BuildError says how to make it."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except OSError:
        raise BuildError("there are no results of a book yet: run make book first") from None


def collect(edition: Edition, *, others: Mapping[str, Evidence] | None = None) -> Results:
    """The results of an edition whose runs have all been executed; `others` as `judge` takes it."""
    notebooks = {run.chapter: load_run(run) for run in edition.runs}
    curves = {
        record["claim"]: record["curve"] for notebook in notebooks.values() for record in records(notebook, "curve")
    }
    claims = judge(evidence_of(notebooks), curves=curves, chapters={*notebooks, *edition.uncovered}, others=others)
    return Results(stamp(edition), notebooks, claims, curves)


def judge(
    found: Mapping[str, Evidence],
    *,
    curves: Mapping[str, dict[str, Any]],
    chapters: set[str],
    others: Mapping[str, Evidence] | None = None,
) -> dict[str, ClaimResult]:
    """The verdict on every claim of `chapters`, p-values corrected for their number (Benjamini-Hochberg).

    `others` is the evidence on claims of other chapters: it gets no verdict here, but its p-values count, so that a
    chapter run alone is corrected as it is in the book.
    """
    claims = [claim for claim in load_register().claims if claim.chapter in chapters]
    # What a public source says needs no table: the register holds both sides, and the rule compares them.
    cited = {claim.id: Evidence(holds=claim.cited.agrees) for claim in claims if claim.cited}
    found = cited | dict(found)
    ours = {claim.id for claim in claims}
    family = {name: evidence for name, evidence in (others or {}).items() if name not in ours}
    family |= {claim.id: found[claim.id] for claim in claims if claim.id in found}
    adjusted = _adjusted({name: evidence.p for name, evidence in family.items()})
    opposite = _adjusted({name: evidence.p_opposite for name, evidence in family.items()})
    results = {}
    for claim in claims:
        evidence = found.get(claim.id)
        curve = curves.get(claim.id)
        specifications = Specifications(**curve["summary"]) if curve else None
        decision = decide(
            claim,
            evidence,
            p_adjusted=adjusted.get(claim.id),
            p_opposite_adjusted=opposite.get(claim.id),
            specifications=specifications,
        )
        page = f"{claim.chapter}.html#{claim.id}"
        results[claim.id] = ClaimResult(claim, evidence, adjusted.get(claim.id), specifications, decision, page)
    return results


def _adjusted(p_values: dict[str, float | None]) -> dict[str, float | None]:
    return benjamini_hochberg(p_values) if any(p is not None for p in p_values.values()) else p_values


def evidence_of(notebooks: Mapping[str, dict[str, Any]]) -> dict[str, Evidence]:
    """The evidence that the notebooks recorded, by claim id.

    InputError for a claim that the register does not hold, BuildError for one that it holds in another chapter.
    """
    register, found = load_register(), {}
    for chapter, notebook in notebooks.items():
        for record in records(notebook, "claim"):
            claim = register.claim(record["id"])
            if claim.chapter != chapter:
                raise BuildError(f"notebook {chapter} records claim {claim.id!r}, which belongs to {claim.chapter}")
            found[claim.id] = _evidence(record["evidence"])
    return found


def _evidence(recorded: Mapping[str, Any]) -> Evidence:
    fields = dict(recorded)
    for pair in ("interval", "allowed_range"):
        fields[pair] = tuple(fields[pair]) if fields[pair] else None
    return Evidence(**fields)


def read_evidence(path: Path) -> dict[str, Evidence]:
    """What `Results.evidence_as_json` wrote to `path`, by claim id; nothing where there is no such file."""
    if not path.exists():
        return {}
    return {name: _evidence(fields) for name, fields in paths.read_json(path).items()}


def load_run(run: Run) -> dict[str, Any]:
    """The executed notebook of `run`."""
    return json.loads(run.output.read_text(encoding="utf-8"))


def stamp(edition: Edition) -> Stamp:
    """The stamp of `edition`."""
    tables = sorted({table for run in edition.runs for table in TABLES[run.chapter]})
    catalog = current().catalog
    vintage = {table: catalog.table(table).vintage for table in tables}
    return Stamp(edition.start, edition.end, vintage, commit(), edition.built_from)


def commit(root: Path = paths.ROOT) -> str | None:
    """The commit that is checked out, or None where git does not say."""
    try:
        answer = subprocess.run(
            ["git", "rev-parse", "HEAD"], cwd=root, capture_output=True, text=True, timeout=10, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return answer.stdout.strip()
