"""Sweeps: the same curve whoever computes it, in parts that are kept when something dies."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import pytest

from smallcaps.errors import InputError, SmallCapsError
from smallcaps.multiverse.executors import open_executor
from smallcaps.multiverse.headline import curve
from smallcaps.multiverse.sweep import Plan, SweepError, part, run_sweep, sweep

PLAN = Plan("momentum-breakout", wide=False, end="1985-12", draws=99, size=300)
PARTS = 4  # 1,152 combinations in parts of 300


class Here(Executor):
    """Computes at once in this process and remembers which parts it was asked for."""

    def __init__(self):
        self.asked = []

    def submit(self, task, plan, number):
        self.asked.append(number)
        future = Future()
        try:
            future.set_result(task(plan, number))
        except BaseException as error:
            future.set_exception(error)
        return future


@pytest.fixture(scope="module")
def once(tmp_path_factory):
    """The sweep computed in one process, and its folder."""
    folder = tmp_path_factory.mktemp("sweep")
    return sweep(PLAN, Here(), folder=folder), folder


def dies(plan: Plan, number: int) -> bytes:
    if number == 2:
        os._exit(3)
    return part(plan, number)


def fails(plan: Plan, number: int) -> bytes:
    if number == 2:
        raise ValueError("a fault in a part")
    return part(plan, number)


def rows(found) -> list[list]:
    return found.as_json()["rows"]


def test_parts_together_are_the_curve_at_once(once):
    swept, _ = once
    seed = np.random.SeedSequence(PLAN.seed).spawn(1)[0]
    plain = curve(PLAN.panel(), claim=PLAN.claim, rng=np.random.default_rng(seed), draws=99)
    assert swept.count == plain.count and swept.fell_together == plain.fell_together
    assert swept.left_out == plain.left_out
    assert swept.summary == pytest.approx(plain.summary)
    assert swept.joint.p_median == plain.joint.p_median
    np.testing.assert_allclose(swept.table["estimate"], plain.table["estimate"], rtol=1e-12)


def test_a_sweep_has_exact_p_and_writes_its_curve(once):
    swept, folder = once
    assert swept.table["exact p"].between(0, 1).all()
    row = swept.table.iloc[0]
    assert row["exact p"] < 0.5 if row["estimate"] > row["base"] else row["exact p"] >= 0.5
    assert json.loads((folder / PLAN.key / "curve.json").read_text()) == swept.as_json()


def test_finished_parts_are_not_computed_again(once, tmp_path):
    swept, _ = once
    executor = Here()
    with pytest.raises(SweepError, match=r"stopped, ValueError: 3 of 4 parts are finished and kept; run it again"):
        sweep(PLAN, executor, folder=tmp_path, compute=fails)
    assert executor.asked == [0, 1, 2, 3]
    again = Here()
    found = sweep(PLAN, again, folder=tmp_path)
    assert again.asked == [2]
    assert rows(found) == rows(swept)
    assert not list((tmp_path / PLAN.key).glob(".part-*"))


def test_another_plan_has_another_folder():
    assert PLAN.key == replace(PLAN).key
    others = [replace(PLAN, seed=1), replace(PLAN, end="1986-12")]
    assert len({PLAN.key, *(other.key for other in others)}) == 3


def test_an_unknown_claim_and_a_wrong_address():
    with pytest.raises(InputError, match="claim 'flows' has no specification curve; those that have: rates-first"):
        run_sweep(["flows"])
    with (
        pytest.raises(InputError, match="SCHEDULER='localhost': should be an address such as tcp://"),
        open_executor("localhost"),
    ):
        pass


@pytest.mark.parametrize("workers", [0, -3])
def test_a_sweep_needs_a_worker(workers):
    with pytest.raises(InputError, match=rf"^workers={workers}; allowed: 1 or more$"), open_executor(workers=workers):
        pass


@pytest.mark.slow
def test_a_worker_that_dies_loses_no_finished_part(once, tmp_path):
    swept, _ = once
    with (
        ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool,
        pytest.raises(SweepError, match=r"stopped, BrokenProcessPool: 2 of 4 parts are finished and kept"),
    ):
        sweep(PLAN, pool, folder=tmp_path, compute=dies)
    again = Here()
    assert rows(sweep(PLAN, again, folder=tmp_path)) == rows(swept)
    assert again.asked == [2, 3]


@pytest.mark.slow
def test_local_processes_give_the_same_curve(once, tmp_path):
    with open_executor(workers=2) as (executor, alive):
        assert rows(sweep(PLAN, executor, alive=alive, folder=tmp_path)) == rows(once[0])


@pytest.mark.slow
def test_no_scheduler_is_one_clear_line(monkeypatch):
    pytest.importorskip("distributed")
    monkeypatch.setattr("smallcaps.multiverse.executors.PATIENCE", 1)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound and not listening: nobody answers there
        address = f"tcp://127.0.0.1:{taken.getsockname()[1]}"
        with (
            pytest.raises(
                SmallCapsError, match=rf"no scheduler answers at {address} \(.*\); nothing was lost"
            ) as caught,
            open_executor(address),
        ):
            pass
    assert "\n" not in str(caught.value)


def test_a_scheduler_that_goes_away_before_it_has_workers_is_one_line(monkeypatch):
    distributed = pytest.importorskip("distributed")

    class Gone:
        def __init__(self, *address, **options): ...

        def wait_for_workers(self, count, timeout):
            raise OSError("Timed out trying to connect")

        def close(self, timeout): ...

    monkeypatch.setattr(distributed, "Client", Gone)
    with (
        pytest.raises(SmallCapsError, match=r"no scheduler answers at tcp://here:1 \(OSError\)"),
        open_executor("tcp://here:1"),
    ):
        pass


WAITS = """
import time
from smallcaps.multiverse.executors import open_executor
import os
with open_executor(workers=1) as (executor, alive):
    print(executor.submit(os.getpid).result(), flush=True)
    executor.submit(time.sleep, 600).result()
"""


def runs(process: int) -> bool:
    """Whether a process is there and has not ended; one that has may wait for somebody to take note."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@pytest.mark.slow
def test_workers_end_with_a_sweep_that_is_killed():
    parent = subprocess.Popen([sys.executable, "-c", WAITS], stdout=subprocess.PIPE, text=True)
    worker = int(parent.stdout.readline())
    os.kill(worker, signal.SIGINT)  # Ctrl-C is the parent's to answer
    os.kill(worker, 0)
    parent.kill()
    parent.wait()
    parent.stdout.close()
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and runs(worker):
        time.sleep(0.1)
    assert not runs(worker)


@pytest.mark.slow
@pytest.mark.filterwarnings("default")
def test_a_dask_cluster_gives_the_same_curve_and_may_lose_a_worker(once, tmp_path, monkeypatch):
    distributed = pytest.importorskip("distributed")
    monkeypatch.setattr("smallcaps.multiverse.executors.PATIENCE", 20)
    options = {"n_workers": 1, "threads_per_worker": 1, "host": "127.0.0.1", "dashboard_address": None}
    with distributed.LocalCluster(**options, local_directory=str(tmp_path / "scratch")) as cluster:
        with open_executor(cluster.scheduler_address) as (executor, alive):
            assert rows(sweep(PLAN, executor, alive=alive, folder=tmp_path / "a")) == rows(once[0])
        with (
            open_executor(cluster.scheduler_address) as (executor, alive),
            pytest.raises(SweepError, match=r"stopped, (KilledWorker|no worker is left): . of 4 parts are finished"),
        ):
            sweep(PLAN, executor, alive=alive, folder=tmp_path / "b", compute=dies)
    again = Here()
    assert rows(sweep(PLAN, again, folder=tmp_path / "b")) == rows(once[0])
    assert 2 in again.asked


def test_a_cluster_without_workers_does_not_wait_for_ever(tmp_path, monkeypatch):
    monkeypatch.setattr("smallcaps.multiverse.sweep.LOOK", 0.01)

    class Idle(Executor):
        def submit(self, task, plan, number):
            future = Future()
            if number == 0:
                future.set_result(task(plan, number))
            return future

    with pytest.raises(SweepError, match="stopped, no worker is left: 1 of 4 parts are finished and kept"):
        sweep(PLAN, Idle(), alive=lambda: False, folder=tmp_path)
