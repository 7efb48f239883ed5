"""Processes that outlive nobody: each kind of child ends soon after the process that started it was killed."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

ROOT = Path(__file__).resolve().parent.parent
CHILD = "import sys, time; from smallcaps.orphans import end_with_parent; end_with_parent(); print(1); time.sleep(60)"
PARENTS = {
    "a program": f"""
import subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", {CHILD!r}], stdout=subprocess.PIPE)
child.stdout.read(1)
print(child.pid, flush=True)
time.sleep(60)
""",
    "a worker of a pool": """
import multiprocessing, os, time
from concurrent.futures import ProcessPoolExecutor
from smallcaps.orphans import end_with_parent
if __name__ == "__main__":
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=context, initializer=end_with_parent) as pool:
        print(pool.submit(os.getpid).result(), flush=True)
        time.sleep(60)
""",
}


@pytest.mark.parametrize("kind", PARENTS)
def test_a_child_ends_with_its_killed_parent(kind, tmp_path):
    program = tmp_path / "parent.py"
    program.write_text(PARENTS[kind], encoding="utf-8")
    parent = subprocess.Popen([sys.executable, str(program)], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        child = psutil.Process(int(parent.stdout.readline()))
        time.sleep(0.5)
        assert child.is_running(), "it ends with its parent, not before"
    finally:
        parent.kill()
        parent.communicate()
    gone, alive = psutil.wait_procs([child], timeout=10)
    assert gone and not alive
