"""The command line as a user meets it: one line for bad input, exit code 2, nothing half-written."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from smallcaps.environment import NEWEST, OLDEST
from smallcaps.manifest import current_vintage

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / "_build"


def smallcaps(*arguments: str, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "smallcaps", *arguments], cwd=cwd, capture_output=True, text=True)


def refused(answer: subprocess.CompletedProcess[str]) -> str:
    """The one line that a refusal prints; asserts that it is one, with exit code 2 and nothing else."""
    assert answer.returncode == 2, answer
    assert answer.stdout == ""
    assert answer.stderr.count("\n") == 1, answer.stderr
    assert answer.stderr.startswith("error: ")
    return answer.stderr.strip()


BAD = {
    "unknown chapter": (("run", "ratesensitivity"), ("'ratesensitivity'", "did you mean 'rate_sensitivity'")),
    "unknown parameter": (("run", "rate_sensitivity", "--set", "horzion=6"), ("'horzion'", "did you mean 'horizon'")),
    "no name": (("run", "rate_sensitivity", "--set", "6"), ("name=value", "'6'")),
    "a name twice": (("run", "rate_sensitivity", "--set", "horizon=6 horizon=9"), ("horizon twice", "'9'")),
    "the first of two": (
        ("run", "election_cycles", "--set", "pair=gold", "--set", "horizon=6"),
        ("pair='gold'", "price"),
    ),
    "a start twice": (
        ("run", "rate_sensitivity", "--start", "1980-01", "--set", "start=1990-01"),
        ("start is given twice: 1980-01 and 1990-01; allowed: once",),
    ),
    "no month": (("run", "rate_sensitivity", "--start", "1990"), ("START='1990'", "YYYY-MM")),
    "month 13": (("run", "rate_sensitivity", "--end", "1990-13"), ("END='1990-13'", "YYYY-MM")),
    "start after end": (
        ("run", "rate_sensitivity", "--start", "2000-01", "--end", "1990-01"),
        ("start=2000-01", "end=1990-01"),
    ),
    "not a number": (("run", "rate_sensitivity", "--set", "horizon=long"), ("horizon='long'", "integer")),
    "out of range": (("run", "rate_sensitivity", "--set", "horizon=60"), ("horizon=60", "36")),
    "not on the list": (("run", "election_cycles", "--set", "pair=gold"), ("pair='gold'", "price")),
    "outside the chapter's data": (
        ("run", "etf_flows", "--start", "1960-01", "--end", "1970-12"),
        ("1960-01", "1993-02 to 2026-08"),
    ),
    "too few events": (
        ("run", "rate_sensitivity", "--start", "2005-01", "--end", "2012-12"),
        ("rate_sensitivity", "first cuts with a whole 12-month window", ": 1;", "at least 5"),
    ),
    "a summary": (("run", "robustness"), ("'robustness'", "no run of its own", "make book", "rate_sensitivity")),
    "the ledger, with dates": (("run", "claims", "--start", "1990-01"), ("'claims'", "no run of its own")),
    "no file of runs": (("runs", "runs/none.yml"), ("there is no file runs/none.yml",)),
    "edition: no name": (("book", "--name", "../up"), ("NAME='../up'", "lower-case")),
    "edition: the book's own name": (("book", "--name", "book", "--start", "1990-01"), ("another name",)),
    "compare: nothing of that name": (
        ("compare", "nothing-like-it", "book"),
        ("A='nothing-like-it'", "no such edition"),
    ),
    "compare: one with itself": (("compare", "book", "book"), ("the same edition",)),
    "verify: nothing of that name": (("verify", "--name", "nothing-like-it"), ("NAME='nothing-like-it'", "no such")),
    "verify: no name": (("verify", "--name", "../up"), ("NAME='../up'", "no such edition", "built:")),
    "no worker": (("sweep", "--workers", "0"), ("workers=0; allowed: 1 or more",)),
    "no port": (("serve", "--port", "99999999"), ("port=99999999; allowed: 0 to 65535",)),
    "edition: no month": (("book", "--start", "soon"), ("START='soon'", "YYYY-MM")),
    "edition: start after end": (("book", "--start", "2000-01", "--end", "1990-01"), ("start=2000-01",)),
    "edition: nothing is covered": (("book", "--start", "1800-01", "--end", "1810-12"), ("1800-01", "1926-07")),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_input_gets_one_line(case):
    arguments, expected = BAD[case]
    before = sorted(BUILD.glob("runs/*"))
    line = refused(smallcaps(*arguments))
    for words in expected:
        assert words in line
    assert sorted(BUILD.glob("runs/*")) == before


def test_make_passes_the_line_on():
    answer = subprocess.run(
        ["make", "run", "CHAPTER=election", "START=1960-01"], cwd=ROOT, capture_output=True, text=True
    )
    assert answer.returncode == 2
    lines = [line for line in answer.stderr.splitlines() if not line.startswith("make")]
    assert lines == [lines[0]]
    assert lines[0].startswith("error: unknown chapter 'election'")


def test_a_wrong_python_is_refused(tmp_path):
    # The check reads sys.version_info alone, so an older version is told to it.
    script = ROOT / "smallcaps" / "environment.py"
    code = f"import sys, runpy; sys.version_info = (3, 9, 1); runpy.run_path({str(script)!r}, run_name='__main__')"
    answer = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True)
    line = refused(answer)
    assert "Python 3.9" in line
    assert "3.11" in line
    assert "3.13" in line
    assert (OLDEST, NEWEST) == ((3, 11), (3, 13))


def papermill(folder: Path, notebook: str, *arguments: str, out: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "papermill", "--no-progress-bar", notebook, str(out), *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True)


@pytest.mark.parametrize(
    ("folder", "notebook"),
    [
        pytest.param(ROOT, "chapters/election_cycles.ipynb", id="from the root"),
        pytest.param(ROOT / "chapters", "rate_sensitivity.ipynb", id="from chapters/", marks=pytest.mark.slow),
    ],
)
def test_plain_papermill_works(folder, notebook, tmp_path):
    out = tmp_path / "out.ipynb"
    answer = papermill(folder, notebook, "-p", "end", "2019-12", out=out)
    assert answer.returncode == 0, answer.stderr[-2000:]
    text = out.read_text(encoding="utf-8")
    assert '"end": "2019-12"' in text


@pytest.mark.parametrize(
    ("setting", "expected"),
    [
        (("-p", "end", "soon"), "parameter end='soon' of chapter election_cycles: should be a month as YYYY-MM"),
        (("-p", "horzion", "6"), "unknown parameter 'horzion' of chapter election_cycles; did you mean 'horizon'?"),
    ],
)
def test_plain_papermill_raises_the_same_text_in_the_first_cell_after_the_parameters(setting, expected, tmp_path):
    out = tmp_path / "out.ipynb"
    answer = papermill(ROOT, "chapters/election_cycles.ipynb", *setting, out=out)
    assert answer.returncode
    assert expected in answer.stderr
    cells = json.loads(out.read_text(encoding="utf-8"))["cells"]
    code = [cell for cell in cells if cell["cell_type"] == "code" and cell["source"]]
    failed = [i for i, c in enumerate(code) if any(o["output_type"] == "error" for o in c["outputs"])]
    tags = [cell["metadata"].get("tags", []) for cell in code]
    assert failed == [tags.index(["injected-parameters"]) + 1]


def test_help_lists_every_target():
    shown = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for target in (
        "book",
        "run",
        "runs",
        "compare",
        "verify",
        "test",
        "test-all",
        "lint",
        "serve",
        "lab",
        "lock",
        "clean",
    ):
        assert f"make {target} " in shown


def test_the_snapshot_in_use_is_named():
    assert current_vintage() in os.listdir(ROOT / "data" / "snapshot")
