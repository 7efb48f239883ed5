"""Run notebooks with papermill, several kernels at a time, each notebook written aside and put in place whole."""

from __future__ import annotations

import json
import os
import re
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from smallcaps.book import forked, paths
from smallcaps.book.plan import Run
from smallcaps.errors import BuildError, SmallCapsError

TIMEOUT = 600  # seconds a notebook's cell may take
_KERNEL_START = ("Kernel died before replying", "Address already in use", "Kernel didn't respond")
ENVIRONMENT = {  # for kernels: two notebooks share two cores, and no user setting changes a page
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "PYTHONHASHSEED": "0",
    "JUPYTER_PREFER_ENV_PATH": "1",
    "PYDEVD_DISABLE_FILE_VALIDATION": "1",
}


@dataclass(frozen=True)
class Outcome:
    """What became of one run: executed or unchanged, and how long it took."""

    run: Run
    executed: bool
    seconds: float

    def __str__(self) -> str:
        state = "executed" if self.executed else "unchanged"
        return f"{self.run.chapter:<24} {state:<10} {self.seconds:5.1f} s"


def prepare(runs: Sequence[Run]) -> None:
    """Begin what the kernels of `runs` wait for, if any is to be executed; returns at once."""
    if all(run.output.exists() for run in runs):
        return
    os.environ.update(ENVIRONMENT)  # before the kernels start: they inherit it
    forked.prepare()


def execute_all(runs: Sequence[Run], *, report: Callable[[Outcome], None], workers: int | None = None) -> None:
    """Execute what has not been executed before; `report` is called as each run ends.

    BuildError names the first notebook that failed, its cell and the error; a failed notebook is kept under
    `_build/failed/`, and nothing that stood before is touched.
    """
    waiting = []
    for run in runs:
        if run.output.exists():
            report(Outcome(run, executed=False, seconds=0.0))
        else:
            waiting.append(run)
    if not waiting:
        return
    prepare(waiting)
    # The work is the kernels', each a process of its own; a thread for each drives it.
    with ThreadPoolExecutor(workers or min(len(waiting), os.cpu_count() or 1)) as pool:
        try:
            started = {pool.submit(execute, run): run for run in waiting}
            for future in as_completed(started):
                report(Outcome(started[future], executed=True, seconds=future.result()))
        except BaseException as error:
            pool.shutdown(wait=False, cancel_futures=True)
            # Or the threads would go on to the end of their notebooks. A run that failed alone has no kernel left, and
            # those of other runs of this process, which know nothing of it, are not its own to end.
            if len(waiting) > 1 or not isinstance(error, Exception):
                forked.end_kernels()
            raise


def execute(run: Run) -> float:
    """Execute one run and put its notebook in place; seconds it took. BuildError as execute_all says."""
    began = time.perf_counter()
    run.output.parent.mkdir(parents=True, exist_ok=True)
    aside = run.output.with_name(f".{run.key}.{os.getpid()}.part.ipynb")
    try:
        _papermill(run, aside)
        notebook = cleaned(json.loads(aside.read_text(encoding="utf-8")))
        _refuse_warnings(run, notebook)
        aside.write_text(json.dumps(notebook, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        aside.replace(run.output)
    finally:
        aside.unlink(missing_ok=True)
    return time.perf_counter() - began


def _papermill(run: Run, aside: Path) -> None:
    import papermill  # heavy, and not needed where nothing runs
    from papermill.exceptions import PapermillExecutionError

    from smallcaps.book.engine import NAME

    for attempt in (1, 2):
        try:
            with _private_sockets() as sockets:
                papermill.execute_notebook(
                    str(run.source),
                    str(aside),
                    parameters=run.parameters.model_dump(),
                    # Not papermill's `cwd`, which moves the whole process, and with it the other threads.
                    resources={"metadata": {"path": str(paths.CHAPTERS)}},
                    engine_name=NAME,
                    kernel_name="python3",
                    progress_bar=False,
                    execution_timeout=TIMEOUT,
                    shutdown_kernel="immediate",
                    config=sockets,
                )
            return
        except PapermillExecutionError as error:
            raise _failure(run, aside, error) from None
        except RuntimeError as error:
            # A kernel that does not come up is tried once more; whatever else goes wrong is not.
            if attempt == 2 or not any(sign in str(error) for sign in _KERNEL_START):
                raise BuildError(f"notebook {run.chapter}: {_one_line(str(error))}") from None


@contextmanager
def _private_sockets() -> Iterator[Any]:
    """Settings that make a kernel listen in a folder of its own: no port to collide on, nobody else can connect."""
    from traitlets.config import Config

    if os.name != "posix":
        yield Config()
        return
    with TemporaryDirectory(prefix="kernel-") as folder:
        yield Config({"KernelManager": {"transport": "ipc", "ip": f"{folder}/k"}})


def _failure(run: Run, aside: Path, error: Any) -> BuildError:
    paths.FAILED.mkdir(parents=True, exist_ok=True)
    kept = paths.FAILED / f"{run.chapter}.ipynb"
    if aside.exists():
        aside.replace(kept)
    if error.ename in _OUR_ERRORS:
        return BuildError(f"notebook {run.chapter}, cell {error.cell_index}: {_one_line(error.evalue)}")
    return BuildError(
        f"notebook {run.chapter}, cell {error.cell_index}: {error.ename}: {_one_line(error.evalue)} "
        f"(kept as {kept.relative_to(paths.ROOT)})"
    )


_OUR_ERRORS = {cls.__name__ for cls in SmallCapsError.__subclasses__()}


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _refuse_warnings(run: Run, notebook: dict[str, Any]) -> None:
    for number, cell in enumerate(notebook["cells"]):
        for output in cell.get("outputs", ()):
            if output.get("name") == "stderr":
                text = _one_line("".join(output["text"]))
                raise BuildError(f"notebook {run.chapter}, cell {number}: wrote a warning: {text[:300]}")


def cleaned(notebook: dict[str, Any]) -> dict[str, Any]:
    """The notebook without what differs from run to run: time stamps, random ids, papermill's notes, paths."""
    notebook["metadata"] = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    for number, cell in enumerate(notebook["cells"]):
        cell["id"] = f"cell-{number}"
        tags = cell.get("metadata", {}).get("tags", [])
        cell["metadata"] = {"tags": tags} if tags else {}
        for output in cell.get("outputs", ()):
            output.pop("transient", None)
            if "text" in output:
                output["text"] = _without_addresses("".join(output["text"]))
    return notebook


def _without_addresses(text: str) -> str:
    return re.sub(r" at 0x[0-9a-f]+", "", text).replace(str(paths.ROOT) + os.sep, "")
