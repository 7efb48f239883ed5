"""Bigger grids in parts, on this machine's cores or on a Dask cluster: the same curve whichever ran it."""

from __future__ import annotations

import hashlib
import io
import json
import os
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from tempfile import NamedTemporaryFile

import numpy as np
import pandas as pd

from smallcaps.catalog import ROOT
from smallcaps.errors import InputError, SmallCapsError
from smallcaps.inference import sign_flip
from smallcaps.multiverse.curve import Curve, curve_of
from smallcaps.multiverse.evaluation import Evaluation
from smallcaps.multiverse.events import EventCase
from smallcaps.multiverse.headline import HEADLINES, multiverse
from smallcaps.multiverse.multiverse import Multiverse, require_enough
from smallcaps.panel import Panel
from smallcaps.snapshot import current

FOLDER = ROOT / "_build" / "sweep"
SEED = 20251010
LOOK = 5  # seconds between looks at a cluster that gives nothing back


class SweepError(SmallCapsError):
    """A sweep that could not be finished; the parts that were are kept and not computed again."""


class NoWorkers(SmallCapsError):
    """The cluster has lost all its workers, or its scheduler."""


@dataclass(frozen=True)
class Plan:
    """What a sweep computes: the wide grid of `claim` between two months, in parts of `size` specifications.

    All parts share the placebo calendars, drawn from the first child of the seed; part i has child i + 1 for the
    random sign flips of its exact tests. So nothing hangs on who computes a part, or when.
    """

    claim: str
    wide: bool = True
    start: str | None = None
    end: str | None = None
    draws: int = 1_000
    size: int = 250
    seed: int = SEED

    def panel(self) -> Panel:
        """The panel between the plan's months."""
        first, last = (None if month is None else pd.Period(month, freq="M") for month in (self.start, self.end))
        return Panel(current(), start=first, end=last)

    def multiverse(self) -> Multiverse:
        """The claim's multiverse on that panel."""
        return multiverse(self.claim, self.panel(), wide=self.wide)

    @property
    def key(self) -> str:
        """The hash of everything that decides the result: plan, data and code."""
        tables = {table: entry["sha256"] for table, entry in current().manifest["tables"].items()}
        text = json.dumps([asdict(self), tables, _code_hash()], sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:20]


@lru_cache(maxsize=1)
def _code_hash() -> str:
    """The hash of the code that computes, as it stood when this process first asked, and of numpy's version."""
    package = ROOT / "smallcaps"
    files = {*package.glob("*.py")}
    for folder in ("inference", "multiverse", "studies"):
        files |= {*(package / folder).rglob("*.py")}
    content = {path.relative_to(package).as_posix(): path.read_bytes() for path in files}
    whole = hashlib.sha256(np.__version__.encode())
    for name in sorted(content):
        whole.update(name.encode() + hashlib.sha256(content[name]).digest())
    return whole.hexdigest()


def part(plan: Plan, number: int) -> bytes:
    """Part `number` of the plan, evaluated, as the bytes of an .npz file: what a worker hands back."""
    universe = _universe(plan)
    every = universe.grid.specifications
    first = number * plan.size
    places = {id(specification): first + i for i, specification in enumerate(every[first : first + plan.size])}
    laid = universe.laid(every[first : first + plan.size])
    children = np.random.SeedSequence(plan.seed).spawn(number + 2)
    placebos = universe.placebos(np.random.default_rng(children[0]), draws=plan.draws)
    found = universe.evaluate(laid.cases, placebos)
    rng = np.random.default_rng(children[number + 1])
    arrays = {
        "places": np.array([places[id(s)] for s in laid.specifications], dtype=int),
        "keys": np.array([hashlib.sha256(case.key).hexdigest() for case in laid.cases], dtype="U64"),
        "exact_p": np.array(
            [_exact_p(case, base, universe, rng) for case, base in zip(laid.cases, found.base, strict=True)]
        ),
        "left_out": np.array(json.dumps([laid.fell_together, laid.left_out])),
        "exhaustive": np.array(placebos.exhaustive),
        **{name: value for name, value in vars(found).items() if value is not None},
    }
    buffer = io.BytesIO()
    np.savez(buffer, **arrays)
    return buffer.getvalue()


@lru_cache(maxsize=1)
def _universe(plan: Plan) -> Multiverse:
    """The plan's multiverse, made once in each process."""
    return plan.multiverse()


def _exact_p(case: object, base: float, universe: Multiverse, rng: np.random.Generator) -> float:
    """The sign-flip p of a mean of events against its base rate, in the claimed direction; NaN where it is none."""
    if not isinstance(case, EventCase) or getattr(universe, "share", False):
        return np.nan
    alternative = "greater" if universe.grid.direction == "positive" else "less"
    return sign_flip(case.values, null=float(base), alternative=alternative, rng=rng).p


def sweep(
    plan: Plan,
    executor: Executor,
    *,
    alive: Callable[[], bool] = lambda: True,
    folder: Path = FOLDER,
    compute: Callable[[Plan, int], bytes] = part,
) -> Curve:
    """The curve of the plan's grid; parts that lie finished in `folder` are not computed again.

    Each part is written as it comes, whole or not at all. SweepError where a worker dies or the scheduler goes away:
    what was finished stays. `alive` says whether the executor has workers left, `compute` evaluates a part.
    """
    here = folder / plan.key
    here.mkdir(parents=True, exist_ok=True)
    total = -(-len(_universe(plan).grid.specifications) // plan.size)
    paths = [here / f"part-{number:04d}.npz" for number in range(total)]
    missing = [number for number in range(total) if not paths[number].is_file()]
    bar, futures = _progress(plan.claim, total=total, done=total - len(missing)), {}
    try:
        for number in missing:
            futures[executor.submit(compute, plan, number)] = number
        for future in _as_completed(futures, alive=alive):
            _write(paths[futures[future]], future.result())
            bar.update()
    except Exception as error:  # BrokenProcessPool, KilledWorker, a closed connection: one line for all of them
        for future, number in futures.items():  # some may have come in while this one failed
            if future.done() and not future.cancelled() and future.exception() is None:
                _write(paths[number], future.result())
        done = sum(path.is_file() for path in paths)
        what = str(error) if isinstance(error, NoWorkers) else type(error).__name__
        raise SweepError(
            f"sweep of {plan.claim} stopped, {what}: {done} of {total} parts are finished and kept; "
            "run it again to go on"
        ) from error
    finally:
        bar.close()
    found = together(plan, paths)
    _write(here / "curve.json", (json.dumps(found.as_json(), indent=1) + "\n").encode())
    return found


def _as_completed(futures: Sequence[Future], *, alive: Callable[[], bool]) -> Iterator[Future]:
    """The futures as they complete; NoWorkers where none has for a while and nobody is left to work on them."""
    pending, idle = set(futures), 0
    while pending:
        done, pending = wait(pending, timeout=LOOK, return_when=FIRST_COMPLETED)
        yield from done
        idle = 0 if done or alive() else idle + 1
        if idle > 2:  # a worker that restarts is back within this time
            raise NoWorkers("no worker is left")


def together(plan: Plan, paths: Sequence[Path]) -> Curve:
    """The curve that the finished parts make, specifications that fall together across parts counted once."""
    universe, parts = _universe(plan), [_read(path) for path in paths]
    keys = np.concatenate([p["keys"] for p in parts])
    first = np.sort(np.unique(keys, return_index=True)[1])
    names = [name for name in ("estimates", "low", "high", "base", "n", "holds") if name in parts[0]]
    found = Evaluation(**{name: np.concatenate([p[name] for p in parts])[first] for name in names})
    require_enough(len(found), claim=plan.claim)
    fell, left_out = len(keys) - len(first), Counter()
    for p in parts:
        more, reasons = json.loads(str(p["left_out"]))
        fell += more
        left_out.update(reasons)
    places = np.concatenate([p["places"] for p in parts])[first]
    return curve_of(
        universe.grid,
        found,
        labels=[universe.grid.specifications[place].labels for place in places],
        exhaustive=bool(parts[0]["exhaustive"]),
        fell_together=fell,
        left_out=dict(left_out),
        intervals=universe.intervals,
        placebo=universe.placebo,
        exact_p=np.concatenate([p["exact_p"] for p in parts])[first],
    )


def _progress(what: str, *, total: int, done: int):
    from tqdm import tqdm  # it comes with papermill

    return tqdm(total=total, initial=done, desc=what, unit="part", disable=not sys.stderr.isatty())


def _write(path: Path, content: bytes) -> None:
    """Write the file whole or not at all."""
    with NamedTemporaryFile(dir=path.parent, prefix=".part-", delete=False) as file:
        file.write(content)
    os.replace(file.name, path)


def _read(path: Path) -> dict[str, np.ndarray]:
    with np.load(path, allow_pickle=False) as stored:
        return dict(stored)


def run_sweep(
    claims: Sequence[str] = (), *, scheduler: str = "", workers: int | None = None, start: str = "", end: str = ""
) -> None:
    """Sweep the wide grids of `claims` (all headline claims if none is named) and print a line for each."""
    from smallcaps.multiverse.executors import open_executor

    for claim in claims:
        if claim not in HEADLINES:
            raise InputError(f"claim {claim!r} has no specification curve; those that have: {', '.join(HEADLINES)}")
    with open_executor(scheduler, workers=workers) as (executor, alive):
        for claim in claims or HEADLINES:
            plan = Plan(claim, start=start or None, end=end or None)
            found = sweep(plan, executor, alive=alive)
            print(
                f"{claim}: {found.count:,} specifications, {found.summary['share_agreeing']:.0%} on the claimed side "
                f"(p = {found.joint.p_share_agreeing:.3f}), median {found.summary['median']:.2f} {found.unit} "
                f"(p = {found.joint.p_median:.3f}, {found.joint.placebos:,} placebos): "
                f"{(FOLDER / plan.key / 'curve.json').relative_to(ROOT)}"
            )
