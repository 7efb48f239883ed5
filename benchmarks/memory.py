"""The most memory that a build takes, over all its processes."""

from __future__ import annotations

import os
import subprocess
import time
from pathlib import Path

import psutil

from benchmarks.clones import JUPYTER_BOOK, Measurement, clone, forget, give, measured, python_of, write_pages

PAUSE = 0.25  # seconds between two looks


def most_memory(repeats: int) -> Measurement:
    """MB at the highest moment of a build from scratch: each process's own memory and its part of what is shared."""
    with clone(environment=True) as ours, clone(environment=True) as plain:

        def pair() -> tuple[float, float]:
            forget(ours), forget(plain)
            most = _highest([str(python_of(ours)), "-m", "smallcaps", "book"], ours)
            give(ours, plain)
            write_pages(plain, execute="force")
            return most, _highest([str(python_of(plain)), "-c", JUPYTER_BOOK, "build", "pages"], plain)

        way = "`jupyter-book build` with `force`, one notebook at a time"
        return measured("Memory of a build from scratch, two notebooks at a time", way, pair, repeats, unit="MB")


def _highest(command: list[str], folder: Path) -> float:
    environment = os.environ | {"PYTHONPATH": str(folder)}
    process = subprocess.Popen(
        command, cwd=folder, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    highest = 0
    while process.poll() is None:
        highest = max(highest, _tree(process.pid))
        time.sleep(PAUSE)
    if process.returncode:
        raise RuntimeError(f"{' '.join(command[:3])} failed with {process.returncode}")
    return highest / 1e6


def _tree(pid: int) -> int:
    total = 0
    try:
        parent = psutil.Process(pid)
        processes = [parent, *parent.children(recursive=True)]
    except psutil.NoSuchProcess:
        return 0
    for process in processes:
        try:
            total += process.memory_full_info().pss
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            continue  # it ended between two looks
    return total
