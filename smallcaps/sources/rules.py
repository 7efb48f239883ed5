"""The rules of a refresh, `data/refresh.yml`: how far a history may be revised, and which misprints are corrected.

They stand in a file of their own, not in the catalog: what the book computes depends on the catalog's entries, so a
change of a limit there would make every chapter run again.
"""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from pathlib import Path

import pandas as pd
import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from smallcaps.catalog import ROOT, Text
from smallcaps.errors import DataError
from smallcaps.sources.promise import Finding, Reading

RULES = ROOT / "data" / "refresh.yml"


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Limit(_Strict):
    """How far history may be revised before a person has to look.

    `share` is the part of the cells that may change; `largest` and `mean` bound the change in the column's unit, or
    in percent of the old value with `percent`.
    """

    share: float = Field(ge=0, le=1)
    largest: float = Field(ge=0)
    mean: float | None = Field(default=None, ge=0)
    percent: bool = False


class TableRules(_Strict):
    """The limits of one table: one for all columns, others for single columns."""

    revised: Limit
    columns: dict[str, Limit] = Field(default_factory=dict)

    def limit(self, column: str) -> Limit:
        """The limit that holds for `column`."""
        return self.columns.get(column, self.revised)


class Correction(_Strict):
    """A known misprint of a publisher: where it stands, what is printed, what is meant, why, and who says so."""

    source: Text
    series: Text
    column: Text
    date: date
    printed: float
    corrected: float
    reason: Text
    cited: Text
    decided: date

    @model_validator(mode="after")
    def _changes_something(self) -> Correction:
        if self.printed == self.corrected:
            raise ValueError("printed and corrected are the same")
        return self


class Rules(_Strict):
    """All rules of a refresh."""

    tables: dict[str, TableRules]
    corrections: tuple[Correction, ...] = ()


@lru_cache(maxsize=4)
def load_rules(path: Path = RULES) -> Rules:
    """The validated rules read from `path`; DataError names the first thing that is wrong in them."""
    try:
        return Rules.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except OSError:
        raise DataError(f"rules {path.name} are missing from {path.parent.name}/") from None
    except (UnicodeDecodeError, yaml.YAMLError) as error:
        raise DataError(f"rules {path.name} are not valid YAML: {' '.join(str(error).split())[:160]}") from None
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or "top level"
        raise DataError(f"rules {path.name}, {where}: {first['msg']} (got {first['input']!r:.80})") from None


def corrected(reading: Reading, corrections: tuple[Correction, ...]) -> tuple[Reading, list[str]]:
    """`reading` with its listed misprints corrected, and a line on each.

    A correction holds only while the misprint is printed: if the publisher prints something else, the value stays and
    a finding says that the rule is out of date. A reading whose digits are kept as printed is corrected in both.
    """
    frame, text, lines, findings = reading.frame.copy(), reading.text, [], list(reading.findings)
    for rule in corrections:
        if (rule.source, rule.series) != (reading.promise.source, reading.promise.series):
            continue
        label = f"{rule.source} {rule.series} {rule.column} of {rule.date}"
        day = pd.Timestamp(rule.date)
        printed = frame[rule.column].get(day) if rule.column in frame else None
        if printed != rule.printed:
            now = "nothing" if printed is None or pd.isna(printed) else f"{printed:g}"
            what = f"{label}: the rule corrects {rule.printed:g}, but {now} is printed; remove the rule"
            findings.append(Finding("", "correction", what))
            continue
        frame.loc[day, rule.column] = rule.corrected
        findings = [finding for finding in findings if finding.at != rule.date.isoformat()]
        if text is not None:
            text = text.copy()
            text.loc[day, rule.column] = f"{rule.corrected:g}"
        lines.append(f"{label}: {rule.printed:g} corrected to {rule.corrected:g} ({rule.reason}; {rule.cited})")
    return Reading(reading.promise, frame, reading.vintage, text, tuple(findings)), lines
