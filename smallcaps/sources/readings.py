"""All the answers that a refresh needs, one after another, with a progress bar and the listed misprints corrected."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial

from tqdm import tqdm

from smallcaps.sources import fred, french, ishares, sec, yahoo
from smallcaps.sources.promise import Reading
from smallcaps.sources.rules import Rules, corrected
from smallcaps.sources.tables import RECIPES, SOURCES
from smallcaps.sources.transport import Transport

AllReadings = dict[tuple[str, str], Reading]  # by source and series
Step = tuple[str, Callable[[], Mapping[str, Reading]]]


@dataclass(frozen=True)
class Asking:
    """How the publishers are asked: the session, the day, the contact for EDGAR, and from when its filings are read."""

    session: Transport
    today: date
    agent: str
    since: date | None


def read_all(ask: Asking, tables: Sequence[str], *, rules: Rules, quiet: bool) -> tuple[AllReadings, list[str]]:
    """Every series that `tables` need, by source and series, misprints corrected; and a line on each of those."""
    readings: AllReadings = {}
    needed: dict[str, dict[str, None]] = {source: {} for source in SOURCES}
    for table in tables:
        needed[RECIPES[table].source].update(dict.fromkeys(RECIPES[table].series))
    steps = [step for source, series in needed.items() if series for step in _steps(source, tuple(series), ask)]
    notes = []
    with tqdm(steps, disable=quiet or None, unit="answer", leave=False) as bar:
        for label, read in bar:
            bar.set_description(label)
            for series, reading in read().items():
                fixed, lines = corrected(reading, rules.corrections)
                readings[fixed.promise.source, series] = fixed
                notes += lines
    return readings, notes


def _steps(source: str, series: tuple[str, ...], ask: Asking) -> list[Step]:
    """What is asked of `source` to have `series`: the name of each answer, and the function that reads it."""
    session, today = ask.session, ask.today
    if source == "sec":
        options = {"agent": ask.agent, "today": today, "since": ask.since}
        return [(source, lambda: sec.read(session, series, **options))]
    if source == "french":
        datasets: dict[str, list[str]] = {}
        for table in series:
            datasets.setdefault(french.WANTED[table].dataset, []).append(table)
        return [(f"french {name}", partial(_french, session, name, of, today)) for name, of in datasets.items()]
    readers: dict[str, Callable[[str], Mapping[str, Reading]]] = {
        "fred": lambda name: {name: fred.read(session, name, today=today)},
        "yahoo": lambda name: yahoo.read(session, [name], today=today),
        "ishares": lambda name: {name: ishares.read(session, name, today=today)},
    }
    return [(f"{source} {name}", partial(readers[source], name)) for name in series]


def _french(session: Transport, dataset: str, tables: Sequence[str], today: date) -> dict[str, Reading]:
    library = french.read(session, dataset)
    return {table: french.table(library, table, today=today) for table in tables}
