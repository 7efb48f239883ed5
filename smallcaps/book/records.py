"""What a run leaves in its notebook beside what is shown: parameters, evidence, figures and curves, as JSON outputs."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from dataclasses import asdict, is_dataclass
from typing import Any

import numpy as np
import pandas as pd

MIME = "application/vnd.smallcaps+json"
DIGITS = 12  # significant digits of a number in a record


def records(notebook: dict[str, Any], kind: str | None = None) -> Iterator[dict[str, Any]]:
    """The records of an executed notebook in order; with `kind`, those of this type only."""
    for cell in notebook["cells"]:
        for output in cell.get("outputs", ()):
            record = output.get("data", {}).get(MIME)
            if record is not None and kind in (None, record["type"]):
                yield record


def plain(value: Any) -> Any:
    """The value as JSON carries it: dataclasses as maps, numpy's numbers as Python's; ValueError for NaN.

    Numbers keep DIGITS digits: the last ones depend on where in memory an array began, and say nothing.
    """
    content = asdict(value) if is_dataclass(value) and not isinstance(value, type) else value
    text = json.dumps(content, default=lambda number: number.item(), allow_nan=False)
    return json.loads(text, parse_float=lambda digits: float(f"{float(digits):.{DIGITS}g}"))


def csv_text(frame: pd.DataFrame) -> str:
    """The table as CSV, each column of numbers to DIGITS - 2 digits of its largest: noise about zero is no number."""
    rounded = frame.copy()
    for name in rounded.select_dtypes("floating").columns:
        largest = rounded[name].abs().max()
        if np.isfinite(largest) and largest > 0:
            rounded[name] = rounded[name].round(DIGITS - 3 - math.floor(math.log10(largest))) + 0.0  # never -0
    return rounded.to_csv(float_format=f"%.{DIGITS - 2}g", lineterminator="\n")
