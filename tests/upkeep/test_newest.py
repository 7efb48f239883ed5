"""The newest packages: a copy that leaves the checkout alone, the versions that moved, and what broke."""

from __future__ import annotations

import os
import sys

import pytest

from upkeep import newest
from upkeep.newest import Step

MAKEFILE = """\
lock:
\t@sed -i 's/2.0/2.1/' requirements.txt
\t@printf 'new==1.0\\n' > requirements-dev.txt
good:
\t@echo fine
bad:
\t@seq 1 100
\t@echo '| no table </div>'
\t@exit 3
where:
\t@echo "$(PYTHON) $$MAKELEVEL [$$PYTHONPATH$$VIRTUAL_ENV]"; exit 1
"""
LOCK = (
    "same==1.0\n    # via moved\nmoved==2.0\nsplit==1 ; python_full_version < '3.12'\nsplit==2 ; sys_platform == 'x'\n"
)


@pytest.fixture
def checkout(tmp_path, monkeypatch):
    root = tmp_path / "project"
    for folder in (".venv", ".git", "_build", "tests/__pycache__", ".pytest_cache", "tests/web/node_modules"):
        (root / folder).mkdir(parents=True)
        (root / folder / "written").write_text("")
    (root / "Makefile").write_text(MAKEFILE)
    (root / "requirements.txt").write_text(LOCK)
    (root / "requirements-dev.txt").write_text("old==1.0\n")
    monkeypatch.setattr(newest, "ROOT", root)
    monkeypatch.setattr(newest, "FOLDER", root / "_build" / "newest")
    copy = newest.copy_checkout
    monkeypatch.setattr(newest, "copy_checkout", lambda target: copy(target, root=root))
    return root


def test_pins_are_read_with_what_decides_them(checkout):
    assert newest.pins(checkout) == {
        "same": "1.0",
        "moved": "2.0",
        "split (python_full_version < '3.12')": "1",
        "split (sys_platform == 'x')": "2",
        "old": "1.0",
    }


def test_the_copy_holds_what_the_repository_does(checkout):
    newest.main(["good"])
    found = {
        path.relative_to(newest.FOLDER / "checkout").as_posix()
        for path in newest.FOLDER.rglob("*")
        if path.is_file() and "checkout" in path.parts
    }
    assert found == {"Makefile", "requirements.txt", "requirements-dev.txt"}


def test_what_holds_is_reported_with_the_versions_that_moved(checkout, capsys):
    assert newest.main(["good"]) == 0
    report = (newest.FOLDER / "report.md").read_text(encoding="utf-8")
    assert "| make lock | holds |" in report and "| make good | holds |" in report
    assert "## 3 of 5 pinned packages moved" in report
    for row in ("| moved | 2.0 | 2.1 |", "| new | not needed | 1.0 |", "| old | 1.0 | not needed |"):
        assert row in report
    assert "same" not in report
    assert "all of it holds; report: _build/newest/report.md" in capsys.readouterr().out
    assert (checkout / "requirements.txt").read_text() == LOCK


def test_every_step_runs_and_what_broke_is_shown(checkout, capsys):
    assert newest.main(["bad", "good"]) == 1
    report = (newest.FOLDER / "report.md").read_text(encoding="utf-8")
    assert "| make bad | **broken** |" in report and "| make good | holds |" in report
    shown = report.split("~~~~~~~~text\n")[1].split("\n~~~~~~~~\n")[0]
    assert "| no table </div>" in shown and "100" in shown
    assert len(shown.splitlines()) == newest.LINES and "fine" not in report
    assert "broken: bad;" in capsys.readouterr().out


def test_versions_that_cannot_be_resolved_end_it(checkout):
    (checkout / "Makefile").write_text(MAKEFILE.replace("lock:\n", "lock:\n\t@exit 1\n"))
    assert newest.main(["good"]) == 1
    report = (newest.FOLDER / "report.md").read_text(encoding="utf-8")
    assert "| make lock | **broken** |" in report and "good" not in report


def test_the_copy_has_this_python_and_nothing_of_the_callers_environment(checkout, monkeypatch):
    for name in newest.INHERITED:
        monkeypatch.setenv(name, "of the caller")
    newest.copy_checkout(newest.FOLDER / "checkout")
    step = newest.run("where", newest.FOLDER / "checkout")
    assert step == Step("where", False, step.seconds, step.output)
    assert f"{sys.executable} 1 []" in step.output
    assert os.environ["MAKELEVEL"] == "of the caller"
