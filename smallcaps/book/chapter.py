"""A theme's chapter in a notebook's hand: validated parameters, the panel of its tables, and its claims."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from smallcaps.book.page import Missing, NotAvailable, Page, read_parameters
from smallcaps.book.parameters import TABLES, Parameters, check_inside, window
from smallcaps.book.records import plain
from smallcaps.errors import InputError
from smallcaps.evidence import Evidence
from smallcaps.panel import Panel


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
        self.panel = Panel(self.snapshot, tables=TABLES[name], start=self.start, end=self.end)

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
