"""A summary page in a notebook's hand: what all chapters found, as the book collected it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from smallcaps.book import paths
from smallcaps.book.page import Page, read_parameters
from smallcaps.book.parameters import Parameters
from smallcaps.book.results import read_for_summaries


def open_summary(name: str, namespace: Mapping[str, Any]) -> SummaryPage:
    """The summary `name` with the parameters found in `namespace` (pass `globals()`).

    BuildError where no book was built yet: a summary has nothing to draw on before.
    """
    return SummaryPage(name, read_parameters(name, namespace))


class SummaryPage(Page):
    """One run of a summary: `claims` is a table with a row a claim, `curves` the specification curves by claim id."""

    def __init__(self, name: str, parameters: Parameters):
        super().__init__(name, parameters)
        content = read_for_summaries(paths.ROOT / (parameters.results or paths.LATEST_RESULTS))
        self.edition = content["edition"]
        self.claims = pd.DataFrame(content["claims"]).set_index("id")
        self.curves = content["curves"]
