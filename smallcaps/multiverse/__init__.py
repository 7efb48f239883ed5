"""The multiverse: every defensible way to measure a headline claim, all at once, against placebos."""

from __future__ import annotations

from smallcaps.multiverse.curve import Curve
from smallcaps.multiverse.headline import HEADLINES, curve

__all__ = ["HEADLINES", "Curve", "curve"]
