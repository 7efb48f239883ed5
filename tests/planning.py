"""What tests of the book share: changes in a copy of the checkout, and what a notebook displayed."""

from __future__ import annotations

import json
from pathlib import Path

from smallcaps.book import plan
from smallcaps.book.records import MIME
from smallcaps.manifest import MANIFEST, stated


def forget() -> None:
    """A new process has read nothing yet."""
    for reader in (*vars(plan).values(), stated):
        if hasattr(reader, "cache_clear"):
            reader.cache_clear()


def edit_manifest(root: Path, *tables: str) -> None:
    """Another sha256 for each of `tables`."""
    (path,) = (root / "data").rglob(MANIFEST)
    manifest = json.loads(path.read_text(encoding="utf-8"))
    for table in tables:
        manifest["tables"][table]["sha256"] = "0" * 64
    path.write_text(json.dumps(manifest), encoding="utf-8")


def records(shown: list, kind: str) -> list[dict]:
    """The records of `kind` among what a notebook displayed (the fixture `shown`)."""
    found = [item[MIME] for item in shown if isinstance(item, dict) and MIME in item]
    return [record for record in found if record["type"] == kind]
