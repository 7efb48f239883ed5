"""What every test refuses: unknown directions, missing values, odd counts, no generator."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from smallcaps.errors import InputError, TooFewEvents

__all__ = [
    "ALTERNATIVES",
    "check_alternative",
    "check_generator",
    "check_probability",
    "check_whole",
    "finite_values",
]

ALTERNATIVES = ("two-sided", "greater", "less")


def check_alternative(alternative: str) -> str:
    """Return `alternative` unchanged, or raise `InputError` if it is not one of `ALTERNATIVES`."""
    if alternative not in ALTERNATIVES:
        raise InputError(f"alternative is {alternative!r}; allowed: {', '.join(ALTERNATIVES)}")
    return alternative


def check_generator(rng: np.random.Generator | None, *, why: str) -> np.random.Generator:
    """Return `rng`, or raise `InputError` if it is no Generator; `why` says what is random."""
    if not isinstance(rng, np.random.Generator):
        raise InputError(f"rng is {rng!r}; {why} needs a numpy.random.Generator")
    return rng


def check_whole(value: int, *, name: str, least: int = 1, most: int | None = None) -> int:
    """Return `value` as an int, or raise `InputError` if not a whole number in range."""
    whole = not isinstance(value, (bool, np.bool_)) and isinstance(value, (int, np.integer))
    if not whole or value < least or (most is not None and value > most):
        allowed = f"at least {least}" if most is None else f"{least} to {most}"
        raise InputError(f"{name} is {value!r}; allowed: a whole number, {allowed}")
    return int(value)


def check_probability(value: float, *, name: str, closed: bool = False) -> float:
    """Return `value` as a float, or raise `InputError` unless in (0, 1), [0, 1] if `closed`."""
    inside = 0 <= value <= 1 if closed else 0 < value < 1
    if not inside:  # NaN fails both comparisons
        edge = "from 0 to 1" if closed else "between 0 and 1, both excluded"
        raise InputError(f"{name} is {value!r}; allowed: {edge}")
    return float(value)


def finite_values(x: Sequence[float], *, name: str, least: int = 1) -> np.ndarray:
    """Return `x` as a one-dimensional float array without missing or infinite values.

    Raises
    ------
    InputError
        If `x` is not one-dimensional numbers, or holds NaN or infinity: missing data is never
        dropped here.
    TooFewEvents
        If `x` has fewer than `least` values.
    """
    try:
        values = np.asarray(x, dtype=float)
    except (TypeError, ValueError):
        raise InputError(f"{name} is {x!r}; allowed: numbers") from None
    if values.ndim != 1:
        raise InputError(f"{name} has {values.ndim} dimensions; allowed: 1")
    if len(values) < least:
        raise TooFewEvents(f"{name} has {len(values)} values; allowed: at least {least}")
    bad = np.flatnonzero(~np.isfinite(values))
    if len(bad):
        raise InputError(
            f"{name} has {len(bad)} missing or infinite values, the first at position {bad[0]}; allowed: finite numbers"
        )
    return values
