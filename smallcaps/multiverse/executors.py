"""Who computes a sweep: processes of this machine, or the workers of a Dask cluster."""

from __future__ import annotations

import logging
import multiprocessing
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager

from smallcaps.errors import InputError, SmallCapsError
from smallcaps.orphans import end_with_parent

PATIENCE = 10  # seconds that a scheduler has to answer


@contextmanager
def open_executor(scheduler: str = "", *, workers: int | None = None) -> Iterator[tuple[Executor, Callable[[], bool]]]:
    """An executor of concurrent.futures, and whether it has workers: local processes, or the cluster at `scheduler`.

    One clear line where no scheduler answers or dask.distributed is not installed, and for fewer workers than one.
    """
    if workers is not None and workers < 1:
        raise InputError(f"workers={workers}; allowed: 1 or more")
    if not scheduler:
        # A fresh interpreter for each worker: a forked one would inherit the locks of numpy's threads.
        fresh = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(workers, mp_context=fresh, initializer=_follow_the_parent) as executor:
            try:
                yield executor, lambda: True  # a pool whose worker dies says so itself
            except BaseException:
                executor.shutdown(wait=False, cancel_futures=True)
                raise
        return
    if "://" not in scheduler:
        raise InputError(f"SCHEDULER={scheduler!r}: should be an address such as tcp://127.0.0.1:8786")
    try:
        from distributed import Client
    except ImportError:
        raise SmallCapsError(
            "a cluster takes dask.distributed, which is not installed: pip install distributed"
        ) from None
    for name in ("distributed", "tornado", "asyncio"):  # they log, with tracebacks, what is said below in one line
        logging.getLogger(name).setLevel(logging.CRITICAL)
    try:
        client = Client(scheduler, timeout=PATIENCE, set_as_default=False)
    except (OSError, ValueError) as error:  # a timeout is an OSError too
        raise _no_answer(scheduler, error) from None
    try:
        _wait_for_workers(client, scheduler)
        yield client.get_executor(pure=False), lambda: _has_workers(client)
    finally:
        client.close(timeout=PATIENCE)


def _has_workers(client: object) -> bool:
    """Whether the cluster has a worker now; not if its scheduler has gone."""
    try:
        return bool(client.nthreads())
    except Exception:  # whatever a closed connection raises
        return False


def _wait_for_workers(client: object, scheduler: str) -> None:
    try:
        client.wait_for_workers(1, timeout=PATIENCE)
    except TimeoutError:
        raise SmallCapsError(f"the scheduler at {scheduler} has no workers; start one, then run it again") from None
    except OSError as error:  # it went away in between
        raise _no_answer(scheduler, error) from None


def _no_answer(scheduler: str, error: Exception) -> SmallCapsError:
    return SmallCapsError(
        f"no scheduler answers at {scheduler} ({type(error).__name__}); nothing was lost: finished parts are kept"
    )


def _follow_the_parent() -> None:
    """What a worker of this machine does first: leave Ctrl-C to its parent, and end when the parent does."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the terminal sends it to every process; one of them answers
    end_with_parent()
