"""Runs that fail: what goes on, and what is ended with them."""

from __future__ import annotations

import pytest

from smallcaps.book import execute, forked
from smallcaps.book.plan import plan_run
from smallcaps.errors import BuildError


@pytest.fixture
def ended(monkeypatch) -> list[bool]:
    """One entry for each time that all kernels of the process were ended."""
    found: list[bool] = []

    def fail(run):
        raise BuildError(f"notebook {run.chapter} failed")

    monkeypatch.setattr(execute, "execute", fail)
    monkeypatch.setattr(execute, "prepare", lambda runs: None)
    monkeypatch.setattr(forked, "end_kernels", lambda: found.append(True))
    return found


def test_a_run_that_fails_alone_ends_no_kernel_of_others(ended):
    """A file of runs executes each in a thread of its own: the others' kernels are not its to end."""
    run = plan_run("one_year_on", {"seed": 991})
    with pytest.raises(BuildError, match="notebook one_year_on failed"):
        execute.execute_all([run], report=print)
    assert not ended


def test_a_build_that_fails_ends_the_kernels_of_its_other_runs(ended):
    runs = [plan_run("one_year_on", {"seed": 991}), plan_run("etf_flows", {"seed": 991})]
    with pytest.raises(BuildError):
        execute.execute_all(runs, report=print)
    assert ended


def test_an_interrupt_ends_the_kernel_also_of_a_single_run(ended, monkeypatch):
    def interrupted(run):
        raise KeyboardInterrupt

    monkeypatch.setattr(execute, "execute", interrupted)
    with pytest.raises(KeyboardInterrupt):
        execute.execute_all([plan_run("one_year_on", {"seed": 991})], report=print)
    assert ended
