"""The editions that are built: the switch between them on their About pages, and what differs between two."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from html import escape
from pathlib import Path
from typing import Any

from smallcaps.book import paths
from smallcaps.book.differences import Differences, differences, read_published
from smallcaps.book.inputs import differing_inputs, read_inputs, told
from smallcaps.book.parameters import nearest
from smallcaps.errors import InputError

_SWITCH = re.compile(r'(<nav [^>]*class="sc-editions"[^>]*>).*?(</nav>)', re.DOTALL)
_CHANGES = re.compile(r'(<div class="sc-changes">).*?(</div>)', re.DOTALL)


def built_editions() -> dict[str, Path]:
    """The folders of all editions that are built, by name, the book first."""
    found = {"book": paths.site_folder("book")} if (paths.site_folder("book") / "index.html").exists() else {}
    folders = sorted(path.parent for path in paths.EDITIONS.glob("*/index.html"))
    return found | {folder.name: folder for folder in folders if folder.suffix not in (".new", ".old")}


def fill_switches() -> None:
    """Let two pages of each edition follow which editions are there now: About lists them, and the changelog says in
    what they differ from the book. A page that says so already stays untouched."""
    editions = built_editions()
    for name, site in editions.items():
        _fill(site / "about.html", _SWITCH, _switch(name, editions))
        _fill(site / "changelog.html", _CHANGES, _changes(name, editions))


def _fill(page: Path, place: re.Pattern[str], inside: str) -> None:
    if not page.exists():
        return
    before = page.read_text(encoding="utf-8")
    after = place.sub(lambda hit: f"{hit[1]}{inside}{hit[2]}", before)
    if after != before:
        aside = page.with_suffix(".part")
        aside.write_text(after, encoding="utf-8")
        aside.replace(page)


def _changes(name: str, editions: dict[str, Path]) -> str:
    """HTML: in what each edition differs from the book; on an edition's own page, it alone."""
    others = [other for other in editions if other != "book" and name in ("book", other)]
    if "book" not in editions or not others:
        return "<p>No other edition is built here.</p>"
    book = read_published(editions["book"])
    parts = []
    for other in others:
        there = read_published(editions[other])
        changed = differences(book, there)
        dates = f"{there.edition['start']} to {there.edition['end']}"
        parts.append(f"<h3>{escape(other)}</h3><p>{escape(dates)}: {escape(str(changed))}.</p>")
        if changed.verdicts:
            rows = "".join(
                f"<tr><td>{escape((there.claims.get(c.id) or book.claims[c.id])['claim'])}</td>"
                f"<td>{escape(str(c.verdict[0]))}</td><td>{escape(str(c.verdict[1]))}</td></tr>"
                for c in changed.verdicts
            )
            head = '<tr><th scope="col">Claim</th><th scope="col">Book</th><th scope="col">Edition</th></tr>'
            parts.append(f'<table class="table"><thead>{head}</thead><tbody>{rows}</tbody></table>')
    return "".join(parts)


def _switch(name: str, editions: dict[str, Path]) -> str:
    items = []
    for other, site in editions.items():
        edition = paths.read_json(site / "results.json")["edition"]
        words = escape(f"{'The book' if other == 'book' else other}: {edition['start']} to {edition['end']}")
        address = Path(os.path.relpath(site / "index.html", editions[name])).as_posix()
        here, link = f"<strong>{words}</strong> (this one)", f'<a href="{escape(address)}">{words}</a>'
        items.append(f"<li>{here if other == name else link}</li>")
    return f"<ul>{''.join(items)}</ul>"


def compare(a: str, b: str) -> Path:
    """Print which verdicts and numbers change from edition `a` to `b` and which inputs differ; the file with all of it.

    A single run may stand on either side, by the name of its folder; then its chapter alone is compared.
    """
    if a == b:
        raise InputError(f"A={a!r} and B={b!r} are the same edition")
    runs = {path.parent.name: path.parent for path in paths.RUNS.glob("*/run.json")}
    sites = [require_built("A", a, runs=runs), require_built("B", b, runs=runs)]
    one, two = (read_published(site) for site in sites)
    before, after = (read_inputs(site) for site in sites)
    if any(site.parent == paths.RUNS for site in sites):
        chapters = {claim["chapter"] for claim in one.claims.values()} & {c["chapter"] for c in two.claims.values()}
        if not chapters:
            raise InputError(f"A={a!r} and B={b!r} have no chapter in common")
        one, two = one.of(chapters), two.of(chapters)
    changed = differences(one, two)
    inputs = differing_inputs(before, after)
    inputs["parameters"] = [text for text in inputs.get("parameters", ()) if not re.match(r"\w+\.(start|end):", text)]
    inputs = {kind: names for kind, names in inputs.items() if names}
    dates = [f"{side.edition['start']} to {side.edition['end']}" for side in (one, two)]
    for line in _lines(changed, dates, inputs):
        print(line)
    content = {"dates": dates, "inputs": inputs, **changed.as_json(a, b)}
    file = paths.BUILD / "comparisons" / f"{a}--{b}.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False) + "\n", encoding="utf-8")
    print(f"all of it: {file.relative_to(paths.ROOT)}")
    return file


def require_built(setting: str, name: str, *, runs: Mapping[str, Path] | None = None) -> Path:
    """The folder of the edition `name`, or of one of `runs`; InputError, which lists what is built, if there is none.

    `setting` is what the command line calls the name: A, B or NAME.
    """
    editions, runs = built_editions(), runs or {}
    found = editions.get(name) or runs.get(name)
    if found is None:
        listed = ", ".join(editions) or "none; run make book first"
        raise InputError(f"{setting}={name!r}: no such edition{nearest(name, [*editions, *runs])}; built: {listed}")
    return found


def _lines(changed: Differences, dates: list[str], inputs: dict[str, list[str]]) -> list[str]:
    lines = [f"{'dates':<24} {dates[0]} → {dates[1]}" if dates[0] != dates[1] else f"{'dates':<24} {dates[0]}, both"]
    lines += [f"{'other inputs that differ':<24} {told(inputs)}", f"{'changed':<24} {changed}"]
    for change in changed.claims:
        verdict = " → ".join(str(word) for word in change.verdict) if change.verdict else "same verdict"
        lines.append(f"  {change.id:<28} {verdict}{_estimates(change.fields)}")
    for change in changed.figures:
        rows = " → ".join("none" if count is None else str(count) for count in change.rows)
        lines.append(
            f"  figure {change.figure}: {change.different} of {change.cells} shared numbers differ; rows {rows}"
        )
    return lines


def _estimates(fields: dict[str, tuple[Any, Any]]) -> str:
    shown = []
    for name in ("estimate", "n"):
        if name in fields:
            values = ("none" if value is None else f"{value:.6g}" for value in fields[name])
            shown.append(f"{name} {' → '.join(values)}")
    return f" ({'; '.join(shown)})" if shown else ""
