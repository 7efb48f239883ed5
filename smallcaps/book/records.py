"""What a run leaves in its notebook beside what is shown: parameters, evidence, figures and curves, as JSON outputs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, is_dataclass
from typing import Any

MIME = "application/vnd.smallcaps+json"


def records(notebook: dict[str, Any], kind: str | None = None) -> Iterator[dict[str, Any]]:
    """The records of an executed notebook in order; with `kind`, those of this type only."""
    for cell in notebook["cells"]:
        for output in cell.get("outputs", ()):
            record = output.get("data", {}).get(MIME)
            if record is not None and kind in (None, record["type"]):
                yield record


def plain(value: Any) -> Any:
    """The value as JSON carries it: dataclasses as maps, numpy's numbers as Python's; ValueError for NaN."""
    content = asdict(value) if is_dataclass(value) and not isinstance(value, type) else value
    return json.loads(json.dumps(content, default=lambda number: number.item(), allow_nan=False))
