"""Many claims, one book: p values corrected for how many there are."""

from __future__ import annotations

from collections.abc import Mapping

from smallcaps.inference.checks import check_probability

__all__ = ["benjamini_hochberg"]


def benjamini_hochberg(p_values: Mapping[str, float | None]) -> dict[str, float | None]:
    """Return the p values adjusted for the false discovery rate, under the same keys.

    Parameters
    ----------
    p_values : mapping of id to p
        None where a claim has no test: it stays None and does not count.

    Raises
    ------
    InputError
        A p that is not from 0 to 1.

    References
    ----------
    Benjamini and Hochberg (1995), Journal of the Royal Statistical Society B 57.
    """
    tested = {
        claim: check_probability(p, name=f"p of {claim}", closed=True) for claim, p in p_values.items() if p is not None
    }
    if not tested:
        return dict(p_values)

    from statsmodels.stats.multitest import multipletests

    adjusted = multipletests(list(tested.values()), method="fdr_bh")[1]
    return dict(p_values) | dict(zip(tested, adjusted.tolist(), strict=True))
