"""What went into an edition, by kind: data, code, lock, parameters, platform. It lies in the site as `inputs.json`."""

from __future__ import annotations

import hashlib
import json
import platform
import sys
from importlib import metadata
from pathlib import Path
from typing import Any

from smallcaps.book import paths
from smallcaps.book.parameters import TABLES, own_sums
from smallcaps.book.plan import Edition, code_files, digest, notebook_content, table_hash
from smallcaps.errors import BuildError

KINDS = ("data", "code", "lock", "parameters", "platform")
FILE = "inputs.json"
_NUMERIC = ("numpy", "pandas", "scipy", "statsmodels", "arch", "matplotlib")  # whose versions may move a digit


def inputs_of(edition: Edition) -> dict[str, Any]:
    """The edition's inputs: under each kind names with a hash or value; nothing in it depends on the commit."""
    tables = sorted({table for run in edition.runs for table in TABLES[run.chapter]})
    notebooks = {f"chapters/{run.chapter}.ipynb": digest(notebook_content(run.source)) for run in edition.runs}
    return {
        "edition": {"name": edition.name, "start": edition.start, "end": edition.end},
        "data": {"claims.yml": _sha256(paths.ROOT / "data" / "claims.yml")}
        | {table: table_hash(table) for table in tables}
        | {file: sha for run in edition.runs for file, sha in own_sums(run.parameters).items()},
        "code": {f"smallcaps/{name}": value for name, value in code_files().items()} | notebooks,
        "lock": {"requirements.txt": _sha256(paths.ROOT / "requirements.txt")}
        | {name: metadata.version(name) for name in _NUMERIC},
        "parameters": {
            f"{run.chapter}.{name}": value
            for run in edition.runs
            for name, value in run.parameters.model_dump().items()
        },
        "platform": {
            "python": f"{sys.version_info.major}.{sys.version_info.minor}",
            "implementation": platform.python_implementation(),
            "system": platform.system(),
            "machine": platform.machine(),
        },
    }


def as_json(inputs: dict[str, Any]) -> str:
    """The text of `inputs.json`."""
    return json.dumps(inputs, indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def read_inputs(site: Path) -> dict[str, Any]:
    """The inputs of the site in the folder `site`; BuildError if it states none or its file is damaged."""
    try:
        return paths.read_json(site / FILE)
    except OSError:
        raise BuildError(f"{site.name} states no inputs ({FILE} is missing): build it first") from None


def differing_inputs(a: dict[str, Any], b: dict[str, Any]) -> dict[str, list[str]]:
    """By kind, the names whose hash or value differs; values that say something are shown: "python: 3.12 → 3.13"."""
    found = {}
    for kind in KINDS:
        one, two = a.get(kind, {}), b.get(kind, {})
        names = sorted(name for name in {*one, *two} if one.get(name) != two.get(name))
        if names:
            found[kind] = [_shown(name, one.get(name), two.get(name)) for name in names]
    return found


def _shown(name: str, a: Any, b: Any) -> str:
    if a is None or b is None:
        return f"{name} ({'only after' if a is None else 'only before'})"
    hashes = all(isinstance(value, str) and len(value) == 64 for value in (a, b))
    return name if hashes else f"{name}: {a} → {b}"


def told(differing: dict[str, list[str]], *, most: int = 4) -> str:
    """The differing inputs in one line: "data (ff_factors); lock (requirements.txt)"; at most `most` of a kind."""
    parts = []
    for kind, names in differing.items():
        more = f" and {len(names) - most} more" if len(names) > most else ""
        parts.append(f"{kind} ({', '.join(names[:most])}{more})")
    return "; ".join(parts) or "none"


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
