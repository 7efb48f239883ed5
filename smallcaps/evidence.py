"""What a study found for a claim, in the form that the verdict rule reads."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd


@dataclass(frozen=True)
class Evidence:
    """The measured side of a claim; every number in the claim's own unit, None where it does not apply.

    `p` is the p-value against the base rate in the claimed direction, `p_opposite` the one in the other direction.
    `holds` answers a yes/no fact. `allowed_range` is the range of days that a figure may be judged against. `proxy`
    says that a stand-in was measured. `sample_start` and `sample_end` are YYYY-MM.
    """

    estimate: float | None = None
    interval: tuple[float, float] | None = None
    p: float | None = None
    p_opposite: float | None = None
    n: int | None = None
    sample_start: str | None = None
    sample_end: str | None = None
    base_rate: float | None = None
    minimum_detectable_effect: float | None = None
    holds: bool | None = None
    allowed_range: tuple[float, float] | None = None
    proxy: bool = False
    why: str = ""

    @property
    def sample(self) -> str:
        """The sample as a page prints it: first and last month."""
        return f"{self.sample_start} to {self.sample_end}"


def months(start: pd.Period | pd.Timestamp | None, end: pd.Period | pd.Timestamp | None) -> dict[str, str | None]:
    """`sample_start` and `sample_end` as an Evidence takes them."""
    as_text = [None if month is None else month.strftime("%Y-%m") for month in (start, end)]
    return dict(zip(("sample_start", "sample_end"), as_text, strict=True))
