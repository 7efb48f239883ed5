"""Sixty chapters: how both ways grow with the book."""

from __future__ import annotations

import json
from pathlib import Path

from benchmarks.clones import Measurement, clone, measured, papermill, python_of, run, seconds

CHAPTERS = 60
TEMPLATE = "one_year_on"  # each copy is this chapter with a seed of its own


def sixty_chapters(repeats: int) -> Measurement:
    """Execution alone of sixty generated chapters: ours in parallel, kernels forked; papermill one after another."""
    with clone(environment=True) as ours, clone(environment=True) as plain:
        names = [f"chapter_{number:02}" for number in range(CHAPTERS)]
        source = json.loads((plain / "chapters" / f"{TEMPLATE}.ipynb").read_text(encoding="utf-8"))
        for number, name in enumerate(names):
            (plain / "chapters" / f"{name}.ipynb").write_text(_seeded(source, number), encoding="utf-8")
        runs = "".join(
            f"  - {{name: {name.replace('_', '-')}, chapter: {TEMPLATE}, parameters: {{seed: {number}}}}}\n"
            for number, name in enumerate(names)
        )
        (ours / "sixty.yml").write_text(f"runs:\n{runs}", encoding="utf-8")

        def pair() -> tuple[float, float]:
            run(["rm", "-rf", "_build"], ours)
            return seconds(_execute, ours), seconds(lambda folder: papermill(python_of(folder), folder, names), plain)

        return measured(f"{CHAPTERS} chapters executed", "`papermill` one after another", pair, repeats)


def _execute(folder: Path) -> None:
    code = (
        "from pathlib import Path\n"
        "from smallcaps.book.batch import read_runs\n"
        "from smallcaps.book.execute import execute_all\n"
        "runs = list(read_runs(Path('sixty.yml')).values())\n"
        f"assert len(runs) == {CHAPTERS}\n"
        "execute_all(runs, report=lambda outcome: None)\n"
    )
    run([str(python_of(folder)), "-c", code], folder)


def _seeded(notebook: dict, seed: int) -> str:
    cells = [dict(cell) for cell in notebook["cells"]]
    parameters = next(cell for cell in cells if "parameters" in cell["metadata"].get("tags", ()))
    lines = "".join(parameters["source"]).splitlines()
    parameters["source"] = "\n".join(f"seed = {seed}" if line.startswith("seed") else line for line in lines)
    return json.dumps(notebook | {"cells": cells})
