"""Processes that end when the one that started them has ended, however that came."""

from __future__ import annotations

import multiprocessing
import os
import threading
import time

STEP = 0.2  # seconds between two looks at who the parent is


def end_with_parent() -> None:
    """Let this process end when the one that started it does; returns at once.

    A killed parent tells its children nothing, and closes nothing that they wait on: they would work on, or stay for
    ever.
    """
    threading.Thread(target=_follow, args=(os.getppid(),), daemon=True).start()


def _follow(parent: int) -> None:
    known = multiprocessing.parent_process()  # a fork server starts children for others: its own end says nothing
    if known is not None:
        known.join()
    else:
        while os.getppid() == parent:  # who loses its parent is given another
            time.sleep(STEP)
    os._exit(1)
