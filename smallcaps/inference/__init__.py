"""Inference for few events, overlapping windows and persistent predictors."""

from __future__ import annotations

from smallcaps.inference.bias import kendall_bias, slope_bias
from smallcaps.inference.bootstrap import Superior, block_bootstrap_mean, stepm
from smallcaps.inference.checks import ALTERNATIVES, check_alternative
from smallcaps.inference.eventsets import drawn_sets, shifted_sets
from smallcaps.inference.exact import attainable_p, binomial, sign_flip
from smallcaps.inference.multiplicity import benjamini_hochberg
from smallcaps.inference.overlap import hodrick_1b
from smallcaps.inference.persistence import Predictive, predictive
from smallcaps.inference.placebo import (
    BaseRate,
    base_rate,
    circular_shift,
    random_dates,
)
from smallcaps.inference.power import LeaveOneOut, leave_one_out, minimum_detectable_effect
from smallcaps.inference.regression import Regression, first_slopes, ols
from smallcaps.inference.result import TestResult, tail_p
from smallcaps.inference.size import Size, simulated_size
from smallcaps.inference.terms import term_permutation

__all__ = [
    "ALTERNATIVES",
    "BaseRate",
    "LeaveOneOut",
    "Predictive",
    "Regression",
    "Size",
    "Superior",
    "TestResult",
    "attainable_p",
    "base_rate",
    "benjamini_hochberg",
    "binomial",
    "block_bootstrap_mean",
    "check_alternative",
    "circular_shift",
    "drawn_sets",
    "first_slopes",
    "hodrick_1b",
    "kendall_bias",
    "leave_one_out",
    "minimum_detectable_effect",
    "ols",
    "predictive",
    "random_dates",
    "shifted_sets",
    "sign_flip",
    "simulated_size",
    "slope_bias",
    "stepm",
    "tail_p",
    "term_permutation",
]
