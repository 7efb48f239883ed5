"""`make data`: ask the publishers, hold every answer against its promise, the catalog and the snapshot, then publish.

All or nothing: one source that fails, or one finding that nobody accepted, and nothing is written. `ONLY` leaves
sources out; their tables, and those that have no free publisher, go over into the new vintage unchanged.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from smallcaps.catalog import Catalog, Facts, load_catalog
from smallcaps.errors import DataError, InputError
from smallcaps.manifest import LOCAL, MANIFEST, SNAPSHOTS, vintages
from smallcaps.snapshot import Snapshot, as_json, manifest_of
from smallcaps.sources import contents, sec
from smallcaps.sources.cache import DownloadCache
from smallcaps.sources.cells import Built, Old
from smallcaps.sources.compare import Change, compare, keep_digits, older_vintage
from smallcaps.sources.errors import RefreshRefusedError, SourceError
from smallcaps.sources.promise import Finding
from smallcaps.sources.readings import AllReadings, Asking, read_all
from smallcaps.sources.report import Report, clean, summary
from smallcaps.sources.rules import Rules, load_rules
from smallcaps.sources.staging import CACHE, only_refresh, publish, work_folder
from smallcaps.sources.tables import RECIPES, SOURCES
from smallcaps.sources.transport import Transport

NO_PUBLISHER = "no free publisher serves it"
REPORT = "report.txt"
SEC_YEAR = timedelta(days=400)  # filings of a fiscal year, and the 60 days until the last of them is public


@dataclass(frozen=True)
class New:
    """A table of the coming vintage: the bytes of its file, its facts, how it changed, what a person should see."""

    content: bytes
    facts: Facts
    change: Change
    notes: tuple[str, ...]


def refresh(
    *,
    folder: Path = SNAPSHOTS,
    only: Iterable[str] = (),
    accept: Iterable[str] = (),
    dry_run: bool = False,
    offline: bool = False,
    session: Transport | None = None,
    today: date | None = None,
    environment: Mapping[str, str] | None = None,
    say: Callable[[str], None] = print,
    quiet: bool = False,
) -> Report:
    """Bring the snapshot in `folder` up to date from its publishers, or say in one error why that was not done.

    `only` names sources (all if empty), `accept` tables whose findings a person has looked at. `say` gets one line a
    table. InputError for an unknown name, SourceError for a publisher, RefreshRefusedError for findings, a second
    refresh or a folder that cannot be written; in each case the snapshot is as it was.
    """
    only, accept = _known("ONLY", only, SOURCES) or SOURCES, _known("ACCEPT", accept, tuple(RECIPES))
    today = today or datetime.now(UTC).date()  # a day that New York has behind it when the next one begins
    environment = os.environ if environment is None else environment
    if offline:
        raise SourceError("make data asks the publishers, and OFFLINE is set: unset it, or build from the snapshot")
    agent = sec.contact(environment) if "sec" in only else ""
    base, rules = load_catalog(folder.parent / "catalog.yml"), load_rules(folder.parent / "refresh.yml")
    with nullcontext() if dry_run else only_refresh(folder):
        snapshot = Snapshot(folder)  # only now: another refresh may have ended a moment ago
        session = session or Transport(cache=None if dry_run else DownloadCache(work_folder(folder) / CACHE))
        since = today - SEC_YEAR if "nport_flows" in snapshot.manifest["tables"] else None
        known = {*base.tables, *base.later}
        tables = [table for table, recipe in RECIPES.items() if recipe.source in only and table in known]
        readings, notes = read_all(Asking(session, today, agent, since), tables, rules=rules, quiet=quiet)
        new, findings = {}, []
        for table in tables:
            new[table], found = _made(table, readings, snapshot, base, rules, today)
            findings += found
            say(f"{table}: {summary(new[table].change)}")
            for finding in found:
                say(f"  {'!' if finding.refuses else '-'} {clean(finding.what)}")
        notes += [str(finding) for finding in findings if not finding.refuses]
        accepted = _accepted(findings, accept)
        report = Report(
            day=today.isoformat(),
            before=snapshot.vintage,
            written=None,
            sources=tuple(only),
            changes=tuple(made.change for made in new.values()),
            carried=_carried(snapshot, tables),
            accepted=tuple(accepted),
            notes=(*notes, *(f"{table}: {note}" for table, made in new.items() for note in made.notes)),
            vintages={table: made.facts.vintage for table, made in new.items()},
            dry_run=dry_run,
        )
        if dry_run or not report.changed:
            return report
        report = replace(report, written=_free_name(folder, today))
        files = _files(snapshot, new, report, today)
        publish(folder, report.written, files)
    return report


def _known(name: str, given: Iterable[str], allowed: Sequence[str]) -> tuple[str, ...]:
    given = tuple(dict.fromkeys(word for text in given for word in text.replace(",", " ").split()))
    for word in given:
        if word not in allowed:
            raise InputError(f"{name}={word!r}: unknown; allowed: {', '.join(allowed)}")
    return given


def _made(
    table: str, readings: AllReadings, snapshot: Snapshot, base: Catalog, rules: Rules, today: date
) -> tuple[New, list[Finding]]:
    """The new state of `table` and what looks wrong in it; an error if it is not what the catalog says."""
    recipe = RECIPES[table]
    held = table in snapshot.manifest["tables"]
    info = snapshot.catalog.table(table) if held else base.description(table)
    old = Old(contents.as_text(snapshot.content(table), info) if held else None, info)
    series = {name: readings[recipe.source, name] for name in recipe.series}
    built: Built = recipe.make(series, old, today)
    text = keep_digits(old.text, built.text.astype(object), info)
    if text.empty:
        raise SourceError(f"table {table!r}: the publisher's answer holds no complete row")
    change = compare(table, old.text, text, info, rules.tables[table])
    found = [replace(finding, table=table) for reading in series.values() for finding in reading.findings]
    found += [*built.findings, *change.findings]
    if held:
        found += older_vintage(table, info.vintage, built.vintage)
    unchanged = held and not change
    if unchanged:  # what did not change keeps its vintage and its words
        facts = contents.carried_facts(snapshot, table)
    else:
        first = vintages(snapshot.path.parent)[0]
        note, citation = contents.refreshed_words(
            table, base, vintage=built.vintage, today=today.isoformat(), first_vintage=first
        )
        stated = {"vintage": built.vintage, "today": today.isoformat(), "note": note, "citation": citation}
        facts = contents.facts_of(text, info, **stated)
    content = snapshot.content(table) if unchanged else contents.as_csv(table, text, info)
    try:
        contents.validated(table, content, facts, base)
    except DataError as error:
        raise DataError("; ".join([str(error), *(f.what for f in found if f.refuses)][:3])) from None
    return New(content, facts, change, built.notes), found


def _accepted(findings: Sequence[Finding], accept: Sequence[str]) -> list[Finding]:
    """The findings that were accepted by name; RefreshRefusedError if there are others."""
    refusing = list(dict.fromkeys(finding for finding in findings if finding.refuses))
    refused = [finding for finding in refusing if finding.table not in accept]
    if refused:
        tables = ",".join(dict.fromkeys(finding.table for finding in refused))
        shown = "; ".join(str(finding) for finding in refused[:3])
        more = f"; and {len(refused) - 3} more" if len(refused) > 3 else ""
        count = f"{len(refused)} finding{'s' if len(refused) > 1 else ''}, so nothing was written"
        raise RefreshRefusedError(f"{count}: {shown}{more}. To accept after a look: ACCEPT={tables}")
    return refusing


def _carried(snapshot: Snapshot, fresh: Sequence[str]) -> dict[str, str]:
    held = snapshot.manifest["tables"]
    return {
        table: f"source {RECIPES[table].source} was not asked" if table in RECIPES else NO_PUBLISHER
        for table in held
        if table not in fresh
    }


def _free_name(folder: Path, today: date) -> str:
    """The name of the new vintage: the day, and a number after it if that day has one already."""
    taken = {path.name for path in folder.iterdir()}
    names = (today.isoformat(), *(f"{today.isoformat()}.{number}" for number in range(2, 10)))
    for name in names:
        if name not in taken:
            return name
    raise RefreshRefusedError(f"{today.isoformat()} has {len(names)} vintages already; no more are written in one day")


def _files(snapshot: Snapshot, new: Mapping[str, New], report: Report, today: date) -> dict[str, bytes]:
    """The files of the new vintage by name: tables, manifests and the report; local ones with their folder before."""
    files: dict[str, bytes] = {REPORT: report.as_text().encode()}
    facts = {table: made.facts for table, made in new.items()}
    for local in (False, True):
        part = {}
        for table in {**snapshot.manifest["tables"], **new}:
            if (table in RECIPES and RECIPES[table].local) != local:
                continue
            part[f"{table}.csv"] = new[table].content if table in new else snapshot.content(table)
            if table not in facts:
                facts[table] = contents.carried_facts(snapshot, table)
        if part or not local:
            manifest = manifest_of(part, vintage=report.written, created=today.isoformat(), facts=facts)
            part[MANIFEST] = as_json(manifest).encode()
        files |= {f"{LOCAL}/{name}" if local else name: content for name, content in part.items()}
    return files
