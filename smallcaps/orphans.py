"""Processes that end when the one that started them has ended, however that came."""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections.abc import Callable

import psutil


def end_with_parent() -> None:
    """Let this process end when the one that started it does; returns at once.

    A killed parent tells its children nothing, and closes nothing that they wait on: they would work on, or stay for
    ever.
    """
    # A fork server starts children for others: its own end says nothing.
    parent = multiprocessing.parent_process()
    wait = psutil.Process(os.getppid()).wait if parent is None else parent.join
    threading.Thread(target=_end_after, args=(wait,), daemon=True).start()


def _end_after(wait: Callable[[], object]) -> None:
    wait()
    os._exit(1)
