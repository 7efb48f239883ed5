"""A theme's chapter in a notebook's hand: validated parameters, the panel of its tables, and its claims."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from smallcaps.book.page import Missing, NotAvailable, Page, read_parameters
from smallcaps.book.parameters import TABLES, Parameters, check_inside, own_sums, pair_of, window
from smallcaps.book.records import plain
from smallcaps.errors import InputError
from smallcaps.evidence import Evidence
from smallcaps.own import own_returns, own_table
from smallcaps.pairs import OWN, OwnPair
from smallcaps.panel import Panel


def own_mark(pair: OwnPair) -> str:
    """The Markdown that marks a page as made with own series: which, what they stand for, and their fingerprints."""
    lines = []
    small, large = pair.called
    for called, name in ((small, pair.small), (large, pair.large)):
        if name:
            table, series = own_table(name), own_returns(name)
            sha = table.sums[table.name]
            note = f" {table.info.note}" if table.info.note else ""
            lines.append(
                f"- **{series.label}** stands for {called}: `{name}`, {table.info.publisher}; {series.kind} "
                f"returns, {series.first} to {series.last}; licence: {table.info.licence}; sha256 `{sha[:16]}`.{note}"
            )
    return (
        ":::{container} sc-run sc-own\n**Own data: this page is no part of the book.** Wherever the chapter sets "
        f"{small} against {large}:\n\n"
        + "\n".join(lines)
        + "\n\nWhat is said of a named index, fund or portfolio is still of that one. The own "
        "table is not passed on: figures made with it have no data file. Its publisher's terms hold for this page.\n"
        ":::"
    )


def open_chapter(name: str, namespace: Mapping[str, Any]) -> Chapter:
    """The chapter `name` with the parameters found in `namespace` (pass `globals()`); errors as read_parameters."""
    return Chapter(name, read_parameters(name, namespace))


class Chapter(Page):
    """One run of one theme's chapter: a page with a panel of the tables that the chapter declares."""

    def __init__(self, name: str, parameters: Parameters):
        if parameters.strict:
            check_inside(parameters, chapter=name)
        super().__init__(name, parameters)
        self.start, self.end = window(parameters)
        self.panel = Panel(self.snapshot, tables=TABLES[name], start=self.start, end=self.end, own=self.own)
        self.pair = OWN if self.own else pair_of(parameters)
        if self.own:
            if parameters.strict:
                self.panel.pair(OWN)  # says now what every study would say: not in this window, no month of both
            self.record("own", tables=own_sums(parameters))
            self.say(own_mark(self.own))

    @property
    def labels(self) -> tuple[str, str]:
        """What the small and the large series of the chapter's pair are called."""
        return self.panel.labels(self.pair)

    @property
    def pair_tables(self) -> tuple[str, ...]:
        """The tables that the chapter's pair is made from, for a figure's source line; an own one is `own:TABLE`."""
        return self.panel.made_of(self.pair)

    @property
    def own_tables(self) -> tuple[str, ...]:
        """The own tables of the run, for the source line of a figure that looks at every pair; mostly none."""
        return tuple(dict.fromkeys(own_returns(name).tables[0] for name in (self.own.names if self.own else ())))

    def claim(self, claim_id: str, evidence: Evidence | Missing) -> None:
        """Record what was found for a claim (units as in the register). A claim that no cell records is outside the
        edition; a Missing ends the section, as any use of it does."""
        if isinstance(evidence, Missing):
            raise NotAvailable(evidence._reason)
        if not isinstance(evidence, Evidence):
            raise InputError(f"claim {claim_id!r} takes an Evidence, got {type(evidence).__name__}")
        self.record("claim", id=claim_id, evidence=plain(evidence))

    def curve(self, claim_id: str, curve: Any) -> None:
        """Record the specification curve of a claim; see multiverse.Curve."""
        self.record("curve", claim=claim_id, curve=curve.as_json())
