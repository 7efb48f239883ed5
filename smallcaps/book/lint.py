"""Hold the source notebooks against the house rules: no outputs, one cell of parameters, nothing run out of order."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path

from smallcaps.book import paths
from smallcaps.book.parameters import NOTEBOOKS
from smallcaps.errors import BuildError


def require_clean_notebooks(folder: Path = paths.CHAPTERS) -> str:
    """A line that says how many notebooks are clean; BuildError names the first fault."""
    notebooks = sorted(folder.glob("*.ipynb"))
    for path in notebooks:
        for fault in notebook_faults(path):
            raise BuildError(f"notebook {path.name}: {fault}")
    return f"{len(notebooks)} notebooks are clean"


def notebook_faults(path: Path) -> Iterator[str]:
    """What is wrong with one source notebook, in words."""
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    for number, cell in enumerate(cells):
        if cell["cell_type"] != "code":
            continue
        if cell.get("outputs") or cell.get("execution_count") is not None:
            yield f"cell {number} has outputs or a count; sources are kept without"
        if re.search(r"^\s*[%!]", "".join(cell["source"]), re.MULTILINE):
            yield f"cell {number} uses a magic, whose errors papermill does not see"
    tagged = [cell for cell in cells if "parameters" in cell.get("metadata", {}).get("tags", [])]
    if len(tagged) != 1:
        yield f"has {len(tagged)} cells tagged 'parameters'; one is due"
    elif path.stem in NOTEBOOKS:
        yield from _parameter_faults("".join(tagged[0]["source"]), path.stem)


def _parameter_faults(source: str, chapter: str) -> Iterator[str]:
    """Differences between the notebook's cell and the declaration."""
    written = {}
    for statement in ast.parse(source).body:
        if isinstance(statement, ast.Assign):
            name = statement.targets[0].id
            try:
                written[name] = ast.literal_eval(statement.value)
            except ValueError:
                yield f"parameter {name!r} is no plain literal"
                return
    declared = {name: field.default for name, field in NOTEBOOKS[chapter].model_fields.items()}
    for name in sorted({*written, *declared}):
        if name not in written or name not in declared:
            where = "the cell" if name not in written else "the declaration"
            yield f"parameter {name!r} is missing from {where}"
        elif written[name] != declared[name]:
            yield f"parameter {name!r} is {written[name]!r} in the cell and {declared[name]!r} in the declaration"
