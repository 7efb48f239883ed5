"""What the book found on each vintage of the data, as `data/history` records it, and what moved between two."""

from __future__ import annotations

import json
from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

from smallcaps.book import paths
from smallcaps.book.cards import amount
from smallcaps.book.parameters import TABLES
from smallcaps.claims import Claim, load_register
from smallcaps.errors import BuildError, DataError
from smallcaps.manifest import check_vintage, current_vintage
from smallcaps.words import listed

FOLDER = "data/history"
KEPT = ("id", "chapter", "verdict", "confidence", "estimate", "interval", "p", "n")


def as_record(results: Mapping[str, Any]) -> dict[str, Any]:
    """What a vintage's record holds of a build's results.json: each table's vintage, and each claim's findings."""
    claims = [{name: claim[name] for name in KEPT} for claim in results["claims"]]
    return {"edition": {"vintage": results["edition"]["vintage"]}, "claims": claims}


def record(site: Path) -> Path:
    """Record what the book in `site` found on the vintage at work; the file. BuildError where no book lies there."""
    try:
        results = json.loads((site / "results.json").read_text(encoding="utf-8"))
    except OSError:
        raise BuildError(f"no results lie in {site.name}: run make book first") from None
    file = paths.ROOT / FOLDER / f"{current_vintage(paths.snapshots())}.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    aside = file.with_suffix(".part")
    aside.write_text(json.dumps(as_record(results), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    aside.replace(file)
    return file


def read_records() -> dict[str, dict[str, Any]]:
    """The records by vintage, oldest first; DataError for a file that is none, or whose vintage is not there."""
    found = {}
    for file in sorted((paths.ROOT / FOLDER).glob("*.json")):
        try:
            content = json.loads(file.read_text(encoding="utf-8"))
            complete = all(set(KEPT) <= set(claim) for claim in content["claims"]) and content["edition"]["vintage"]
        except (ValueError, KeyError, TypeError):
            complete = False
        if not complete:
            raise DataError(f"{FOLDER}/{file.name} does not read as the record of a vintage")
        found[check_vintage(file.stem, paths.snapshots())] = content
    return found


def history(results: Mapping[str, Any], vintage: str) -> str:
    """Markdown: the headline claims on each vintage up to `vintage`, and what moved; `results` is its results.json."""
    records = {name: found for name, found in read_records().items() if name < vintage} | {vintage: as_record(results)}
    claims = {claim.id: claim for claim in load_register().claims}
    lines = [_headlines(records, claims), ""]
    names = list(records)
    if len(names) == 1:
        lines.append(
            f"{vintage} is the first vintage on record, so no number has moved yet. With the next one this page shows "
            "which did, from which tables, and what that made of the verdicts."
        )
    for before, after in pairwise(names):
        lines += [f"### {before} to {after}", "", _moved(records[before], records[after], claims), ""]
    return "\n".join(lines)


def _headlines(records: Mapping[str, Any], claims: Mapping[str, Claim]) -> str:
    rows = ["| Claim | " + " | ".join(records) + " |", "|---|" + "---|" * len(records)]
    for claim in claims.values():
        if claim.headline:
            cells = [_finding(claim, _by_id(found).get(claim.id)) for found in records.values()]
            rows.append(f"| {claim.claim.replace('|', ' ')} | {' | '.join(cells)} |")
    return "\n".join(rows)


def _finding(claim: Claim, found: Mapping[str, Any] | None) -> str:
    if found is None:
        return "–"
    value = "" if found["estimate"] is None else f"{amount(claim, found['estimate'])}, "
    return f"{value}{found['verdict']}"


def _moved(before: Mapping[str, Any], after: Mapping[str, Any], claims: Mapping[str, Claim]) -> str:
    old, new = (found["edition"]["vintage"] for found in (before, after))
    fresh = sorted(table for table in {*old, *new} if old.get(table) != new.get(table))
    was, now = _by_id(before), _by_id(after)
    rows, unseen = [], 0
    for name in [*now, *(name for name in was if name not in now)]:
        one, two = was.get(name), now.get(name)
        if one == two:
            continue
        claim = claims.get(name)
        shown = [_finding(claim, side) if claim and side else (side or {}).get("verdict", "–") for side in (one, two)]
        if shown[0] == shown[1]:
            unseen += 1
            continue
        chapter = (two or one)["chapter"]
        cause = [f"`{table}`" for table in fresh if table in TABLES.get(chapter, ())]
        words = claim.claim.replace("|", " ") if claim else f"`{name}`"
        rows.append(f"| {words} | {shown[0]} | {shown[1]} | {listed(cause) if cause else 'code or other claims'} |")
    tables = f"New vintages of {listed([f'`{table}`' for table in fresh])}." if fresh else "No table has a new vintage."
    if not rows:
        return f"{tables} No verdict and no number that a page prints moved."
    more = f"\n\n{unseen} more moved in digits that no page prints." if unseen else ""
    head = "| Claim | Before | After | Through |\n|---|---|---|---|\n"
    return f"{tables}\n\n{head}" + "\n".join(rows) + more


def _by_id(found: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    return {claim["id"]: claim for claim in found["claims"]}
