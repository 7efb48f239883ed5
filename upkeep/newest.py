"""Does the book hold with the newest packages that its requirements allow? `python -m upkeep.newest [STEP…]`.

Everything happens in a copy of the checkout with an environment of its own: the lock files are compiled anew there,
then the steps (make targets) run. The report says which versions moved and what broke. Needs the network, and no
package: any Python that can build the book can run it. `make newest` is the way to call it.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "_build" / "newest"
STEPS = ("lint", "book", "test")
NOT_COPIED = (".venv", ".git", "_build", "node_modules", "__pycache__", ".*_cache", ".hypothesis", ".refresh")
INHERITED = ("MAKEFLAGS", "MFLAGS", "MAKELEVEL", "PYTHONPATH", "VIRTUAL_ENV")  # of whoever called: not for the copy
LINES = 60  # of a failed step's output that the report keeps

_PIN = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)==(?P<version>[^\s;]+)(?:\s*;\s*(?P<when>.+))?", re.MULTILINE)


@dataclass(frozen=True)
class Step:
    """One make target as it went: `output` is the end of what it printed, "" where it held."""

    name: str
    held: bool
    seconds: float
    output: str = ""


def main(steps: Sequence[str]) -> int:
    """Try `steps` with the newest packages, write the report, say where it lies; 0 if all held, 1 if not."""
    copy = FOLDER / "checkout"
    copy_checkout(copy)
    before = pins(copy)
    done = [run("lock", copy)]
    after = pins(copy)
    if done[0].held:
        done += [run(name, copy) for name in steps or STEPS]
    report = FOLDER / "report.md"
    report.write_text(written(before, after, done), encoding="utf-8")
    broken = [step.name for step in done if not step.held]
    print(f"{'broken: ' + ', '.join(broken) if broken else 'all of it holds'}; report: {report.relative_to(ROOT)}")
    return 1 if broken else 0


def copy_checkout(target: Path, *, root: Path = ROOT) -> None:
    """A fresh copy of what the repository holds, without what builds and tests have written."""
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(root, target, ignore=shutil.ignore_patterns(*NOT_COPIED))


def pins(folder: Path) -> dict[str, str]:
    """The pinned versions of all lock files in `folder`, by package, with the marker where that decides."""
    found = {}
    for lock in sorted(folder.glob("requirements*.txt")):
        for pin in _PIN.finditer(lock.read_text(encoding="utf-8")):
            found[f"{pin['name']} ({pin['when']})" if pin["when"] else pin["name"]] = pin["version"]
    return found


def run(target: str, folder: Path) -> Step:
    """`make` one target in `folder` with this Python, its output shown as it comes."""
    environment = {name: value for name, value in os.environ.items() if name not in INHERITED}
    command = ["make", target, f"PYTHON={sys.executable}"]
    print(f"--- {' '.join(command[:2])}", flush=True)
    began, lines = time.perf_counter(), []
    with subprocess.Popen(
        command, cwd=folder, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    ) as process:
        for line in process.stdout:
            print(line, end="", flush=True)
            lines = [*lines[-LINES:], line]
    held = process.returncode == 0
    return Step(target, held, time.perf_counter() - began, "" if held else "".join(lines[-LINES:]))


def written(before: Mapping[str, str], after: Mapping[str, str], steps: Iterable[Step]) -> str:
    """The report as Markdown: what held, which versions moved, and the end of what each broken step printed."""
    steps = list(steps)
    moved = {name: (before.get(name), after.get(name)) for name in sorted({*before, *after})}
    moved = {name: pair for name, pair in moved.items() if pair[0] != pair[1]}
    lines = ["# The book with the newest packages", "", "| Step | | Seconds |", "|---|---|---|"]
    lines += [f"| make {step.name} | {'holds' if step.held else '**broken**'} | {step.seconds:.0f} |" for step in steps]
    lines += ["", f"## {len(moved)} of {len(after)} pinned packages moved", ""]
    if moved:
        lines += ["| Package | Locked | Newest |", "|---|---|---|"]
        lines += [f"| {name} | {old or 'not needed'} | {new or 'not needed'} |" for name, (old, new) in moved.items()]
    for step in steps:
        if not step.held:
            # As a block of code: nothing in the output is read as markup.
            lines += ["", f"## make {step.name} ends with", "", "~~~~~~~~text", step.output.rstrip(), "~~~~~~~~"]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
