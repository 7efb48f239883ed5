"""Small Caps, Tested: claims about the Russell 2000's resurgence, tested on public data.

What `__all__` lists is the public interface; the book's page Library documents it. Names load when they are first
used, so that `import smallcaps` costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from smallcaps.catalog import load_catalog
    from smallcaps.claims import load_register
    from smallcaps.errors import DataError, InputError, NotCovered, ReturnKindError, SmallCapsError, TooFewEvents
    from smallcaps.events import Event, first_cuts
    from smallcaps.evidence import Evidence
    from smallcaps.inference import (
        base_rate,
        benjamini_hochberg,
        hodrick_1b,
        minimum_detectable_effect,
        ols,
        sign_flip,
        term_permutation,
    )
    from smallcaps.pairs import OwnPair
    from smallcaps.panel import Panel
    from smallcaps.returns import ReturnSeries, monthly_gap, simple_returns, window_gap, window_return
    from smallcaps.snapshot import Snapshot
    from smallcaps.studies.event_study import event_study
    from smallcaps.verdict import decide

_HOMES = {
    "catalog": ("load_catalog",),
    "claims": ("load_register",),
    "errors": ("DataError", "InputError", "NotCovered", "ReturnKindError", "SmallCapsError", "TooFewEvents"),
    "events": ("Event", "first_cuts"),
    "evidence": ("Evidence",),
    "inference": (
        *("base_rate", "benjamini_hochberg", "hodrick_1b", "minimum_detectable_effect", "ols", "sign_flip"),
        "term_permutation",
    ),
    "pairs": ("OwnPair",),
    "panel": ("Panel",),
    "returns": ("ReturnSeries", "monthly_gap", "simple_returns", "window_gap", "window_return"),
    "snapshot": ("Snapshot",),
    "studies.event_study": ("event_study",),
    "verdict": ("decide",),
}
_HOME = {name: module for module, names in _HOMES.items() for name in names}

__all__ = [
    "DataError",
    "Event",
    "Evidence",
    "InputError",
    "NotCovered",
    "OwnPair",
    "Panel",
    "ReturnKindError",
    "ReturnSeries",
    "SmallCapsError",
    "Snapshot",
    "TooFewEvents",
    "base_rate",
    "benjamini_hochberg",
    "decide",
    "event_study",
    "first_cuts",
    "hodrick_1b",
    "load_catalog",
    "load_register",
    "minimum_detectable_effect",
    "monthly_gap",
    "ols",
    "sign_flip",
    "simple_returns",
    "term_permutation",
    "window_gap",
    "window_return",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'smallcaps' has no attribute {name!r}")
    return getattr(import_module(f"smallcaps.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
