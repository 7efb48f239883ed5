"""Known faults of pinned packages: what was answered, what was found, and never silence taken for safety."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from upkeep import audit

ROOT = Path(__file__).resolve().parent.parent.parent
SOUND = {"name": "sound", "version": "1.0", "vulns": []}
FAULTY = {
    "name": "faulty",
    "version": "2.0",
    "vulns": [
        {"id": "PYSEC-0000-1", "fix_versions": ["2.1", "3.0"], "aliases": [], "description": ""},
        {"id": "PYSEC-0000-2", "fix_versions": [], "aliases": [], "description": ""},
    ],
}
SILENT = {"name": "silent", "skip_reason": "Dependency not found on PyPI and could not be audited: silent (1.0)"}


def answer(*packages: dict) -> str:
    return json.dumps({"dependencies": packages, "fixes": []})


@pytest.fixture
def answering(monkeypatch):
    def let(text: str, errors: str = "") -> None:
        given = subprocess.CompletedProcess([], 0, text, errors)
        monkeypatch.setattr(audit, "ask", lambda locks: given)

    return let


def test_sound_packages_are_counted(answering, capsys):
    answering(answer(SOUND, SOUND | {"name": "other"}))
    assert audit.main(["requirements.txt"]) == 0
    assert capsys.readouterr().out == "2 packages audited, 0 known faults\n"


def test_each_known_fault_is_a_line_with_what_mends_it(answering, capsys):
    answering(answer(SOUND, FAULTY))
    assert audit.main(["requirements.txt"]) == 1
    assert capsys.readouterr().out.splitlines() == [
        "faulty 2.0: PYSEC-0000-1 (mended in 2.1, 3.0)",
        "faulty 2.0: PYSEC-0000-2 (no version mends it yet)",
        "2 packages audited, 2 known faults",
    ]


@pytest.mark.parametrize(
    ("text", "errors", "words"),
    [
        (answer(SOUND, SILENT), "", "did not answer for 1 of 2 packages: silent"),
        (answer(*[SILENT] * 7), "", "for 7 of 7 packages: silent, silent, silent, silent, silent and 2 more"),
        (answer(), "", "did not answer for 0 of 0 packages"),
        ("", "Traceback\nConnectionError: no way to the service\n", "ConnectionError: no way to the service"),
        ("<html>", "", "no reason given"),
    ],
)
def test_silence_is_an_error_in_one_line(answering, capsys, text, errors, words):
    answering(text, errors)
    assert audit.main(["requirements.txt"]) == 2
    printed = capsys.readouterr()
    assert printed.out == "" and len(printed.err.splitlines()) == 1
    assert printed.err.startswith("error: ") and words in printed.err


def test_without_the_service_it_fails_and_says_so(tmp_path):
    (tmp_path / "lock.txt").write_text("nothing-of-this-name==1.0\n")
    nowhere = {"HTTPS_PROXY": "http://127.0.0.1:9", "https_proxy": "http://127.0.0.1:9"}
    places = {"XDG_CACHE_HOME": str(tmp_path), "HOME": str(tmp_path)}  # an answer kept from before would be one
    command = [sys.executable, "-m", "upkeep.audit", str(tmp_path / "lock.txt")]
    done = subprocess.run(command, cwd=ROOT, env=os.environ | nowhere | places, capture_output=True, text=True)
    assert done.returncode == 2 and done.stdout == ""
    (line,) = done.stderr.splitlines()
    assert line.startswith("error: nothing was audited, the service could not be asked: ")
