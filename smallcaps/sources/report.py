"""The report of a refresh, as text and as an HTML page: new months, revisions, what was carried over, and why.

Everything that comes from a publisher or a file is escaped in the page, and stripped of control characters in both.
"""

from __future__ import annotations

import html
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from smallcaps.sources.compare import Change, Revision
from smallcaps.sources.promise import Finding

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
SHOWN_ROWS = 6


@dataclass(frozen=True)
class Report:
    """What a refresh did, or would do.

    `written` is the new vintage, None where nothing was (a dry run, or no news). `changes` are the tables that were
    read anew, `carried` those that went over unchanged, each with the reason; `accepted` the findings that a person
    accepted, `notes` what else a person should see. Keys and contacts are never in it.
    """

    day: str
    before: str
    written: str | None
    sources: tuple[str, ...]
    changes: tuple[Change, ...]
    carried: Mapping[str, str]
    accepted: tuple[Finding, ...] = ()
    notes: tuple[str, ...] = ()
    vintages: Mapping[str, str] = field(default_factory=dict)
    dry_run: bool = False

    @property
    def changed(self) -> tuple[Change, ...]:
        """The tables in which anything is new or revised."""
        return tuple(change for change in self.changes if change)

    def as_text(self) -> str:
        """The report as plain text, lines of any length."""
        parts = [self.headline(), ""]
        for change in self.changes:
            parts.append(f"{change.table} ({self.vintages.get(change.table, '')}): {summary(change)}")
            parts += [f"    {revision_line(revision)}" for revision in change.revisions]
        for title, lines in self._lists():
            parts += ["", title, *(f"  - {line}" for line in lines)]
        return "\n".join(clean(part) for part in parts) + "\n"

    def as_html(self) -> str:
        """The report as a page of its own, without scripts, pictures or addresses of other hosts."""
        rows = "".join(
            _row(change.table, self.vintages.get(change.table, ""), _keys(change.new_rows), summary(change))
            for change in self.changes
        )
        revisions = "".join(_row(c.table, revision_line(revision)) for c in self.changes for revision in c.revisions)
        lists = "".join(
            f"<h2>{_text(title)}</h2><ul>{''.join(f'<li>{_text(line)}</li>' for line in lines)}</ul>"
            for title, lines in self._lists()
        )
        return (
            "<!doctype html><html lang='en'><head><meta charset='utf-8'><title>Refresh of the data</title>"
            "<meta name='viewport' content='width=device-width, initial-scale=1'>"
            "<meta http-equiv='Content-Security-Policy' content=\"default-src 'none'; style-src 'unsafe-inline'\">"
            f"<style>{_STYLE}</style></head><body><main><h1>Refresh of the data</h1><p>{_text(self.headline())}</p>"
            "<table><caption>Tables that were read anew</caption><thead><tr><th scope='col'>Table</th>"
            "<th scope='col'>Vintage</th><th scope='col'>New rows</th><th scope='col'>In short</th></tr></thead>"
            f"<tbody>{rows}</tbody></table><table><caption>Revisions of history</caption><thead><tr>"
            f"<th scope='col'>Table</th><th scope='col'>Column</th></tr></thead><tbody>{revisions}</tbody></table>"
            f"{lists}</main></body></html>\n"
        )

    def headline(self) -> str:
        """One sentence: what was asked, and what came of it."""
        count = f"{len(self.changed)} of {len(self.changes)} tables changed"
        asked = f"{self.day}: asked {', '.join(self.sources)}; {count}"
        if self.written:
            return f"{asked}; vintage {self.written} stands beside {self.before} and is the current one"
        why = "a dry run" if self.dry_run else "nothing is new"
        return f"{asked}; nothing was written ({why}), the current vintage is {self.before}"

    def _lists(self) -> list[tuple[str, list[str]]]:
        lists = [
            ("Accepted by name", [str(finding) for finding in self.accepted]),
            ("To look at", list(self.notes)),
            ("Carried over unchanged", [f"{table}: {why}" for table, why in self.carried.items()]),
        ]
        return [(title, lines) for title, lines in lists if lines]


def summary(change: Change) -> str:
    """One line on a table: how many rows are new or gone, and how many values of its history changed."""
    parts = [f"{len(change.new_rows)} new rows"] if change.new_rows else []
    parts += [f"{change.filled} values in rows that lacked them"] if change.filled else []
    parts += [f"{len(change.gone_rows)} rows gone"] if change.gone_rows else []
    changed = sum(revision.changed for revision in change.revisions)
    parts += [f"{changed} values revised in {len(change.revisions)} columns"] if changed else []
    return ", ".join(parts) or "unchanged"


def revision_line(revision: Revision) -> str:
    """One line on a column: how many values changed, the largest change and where."""
    line = f"{revision.column}: {revision.changed} of {revision.compared} values revised"
    if math.isnan(revision.largest):
        return f"{line}, first {revision.at}"
    return f"{line}, largest {revision.largest:.4g} ({revision.at}), mean {revision.mean:.2g}"


def verdict_changes(
    before: Mapping[str, Any], after: Mapping[str, Any], tables: Mapping[str, Sequence[str]]
) -> list[str]:
    """One line for each claim whose verdict or estimate differs between two builds' results.json, and why.

    `tables` maps a chapter to the tables that it may read; the reason is those of them whose vintage differs.
    """
    old = {claim["id"]: claim for claim in before.get("claims", [])}
    vintages = [build.get("edition", {}).get("vintage") or {} for build in (before, after)]
    moved = {table for table in {**vintages[0], **vintages[1]} if vintages[0].get(table) != vintages[1].get(table)}
    lines = []
    for claim in after.get("claims", []):
        was = old.pop(claim["id"], None)
        if was is None:
            lines.append(f"{claim['id']}: is new, verdict {claim['verdict']}")
            continue
        pairs = [(name, was.get(name), claim.get(name)) for name in _COMPARED]
        differences = [f"{name} {before} -> {after}" for name, before, after in pairs if before != after]
        if differences:
            fed = sorted(moved & set(tables.get(claim["chapter"], ())))
            why = f"new vintages of {', '.join(fed)}" if fed else "no table of its chapter has a new vintage"
            lines.append(f"{claim['id']}: {'; '.join(differences)} ({why})")
    return [clean(line) for line in lines + [f"{claim}: is gone" for claim in old]]


_COMPARED = ("verdict", "confidence", "estimate", "p", "n")
_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;color:#1a1a1a;background:#fff;margin:2rem}main{max-width:70rem}"
    "table{border-collapse:collapse;margin:1.5rem 0}caption{text-align:left;font-weight:600}"
    "th,td{border-bottom:1px solid #ccc;padding:.3rem .8rem .3rem 0;text-align:left;vertical-align:top}"
)


def clean(text: str) -> str:
    """`text` on one line, without control characters and marks that turn the direction of writing."""
    return _CONTROL.sub(" ", text)


def _row(table: str, *cells: str) -> str:
    rest = "".join(f"<td>{_text(cell)}</td>" for cell in cells)
    return f"<tr><th scope='row'><code>{_text(table)}</code></th>{rest}</tr>"


def _text(text: str) -> str:
    return html.escape(clean(text), quote=True)


def _keys(keys: Sequence[str]) -> str:
    if len(keys) <= SHOWN_ROWS:
        return ", ".join(keys)
    return f"{', '.join(keys[:2])} … {', '.join(keys[-2:])} ({len(keys)})"
