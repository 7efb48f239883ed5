"""A chapter in a notebook's hand: parameters from its cells, results that may be missing, records for the book."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from planning import records

from smallcaps.book.chapter import Missing, NotAvailable, open_chapter
from smallcaps.book.parameters import TABLES, validate
from smallcaps.errors import InputError, NotCovered, TooFewEvents
from smallcaps.evidence import Evidence
from smallcaps.figures import VARIANTS

NAME = "rate_sensitivity"


pytestmark = pytest.mark.usefixtures("shown")


def namespace(*cells: str, **values) -> dict:
    """What globals() holds in a notebook whose `cells` have run and left `values`."""
    return {"In": ["", *cells], **validate(NAME, {}).model_dump(), **values, "pd": pd, "ch": None}


def chapter(**values):
    return open_chapter(NAME, namespace(**values))


def lenient(**values):
    return chapter(strict=False, **values)


# Opening


def test_a_chapter_takes_the_notebooks_values(shown):
    found = chapter(horizon=6, start="1990-01")
    assert (found.parameters.horizon, str(found.start), str(found.end)) == (6, "1990-01", "2026-09")
    assert found.panel.tables == TABLES[NAME] and found.panel.start == found.start
    (record,) = records(shown, "parameters")
    assert record["values"] == found.parameters.model_dump()


def test_names_that_no_cell_injected_are_the_notebooks_own():
    assert chapter(horzon=3).parameters.horizon == 12


def test_an_injected_name_that_nobody_declared_is_refused():
    cell = "# Parameters\nhorzon = 6\n"
    with pytest.raises(
        InputError, match=r"unknown parameter 'horzon' of chapter rate_sensitivity; did you mean 'horizon'"
    ):
        open_chapter(NAME, namespace(cell, horzon=6))


@pytest.mark.parametrize(
    "cell", ["# Parameters\nhorizon = 6\n", '# Parameters\nend = "2019-12"\nstrict = False\n', "# Parameters\n"]
)
def test_injected_names_that_are_declared_are_accepted(cell):
    values = {}
    exec(cell, values)
    del values["__builtins__"]
    found = open_chapter(NAME, namespace(cell, **values))
    assert {name: getattr(found.parameters, name) for name in values} == values


def test_a_notebook_may_be_run_again():
    cells = [
        "# Parameters\nhorizon = 6\n",
        "import pandas as pd",
        "# Parameters\nhorizon = 6\n",
        'x = "# Parameters"\ny = 1',
    ]
    space = namespace(*cells, horizon=6, x="", y=1)
    assert open_chapter(NAME, space).parameters == open_chapter(NAME, space).parameters


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"end": "2019"}, "end='2019' .*YYYY-MM"),
        ({"horizon": "6"}, "horizon='6'"),
        ({"start": "2000-02", "end": "2000-01"}, "start=2000-02 lies after end=2000-01"),
        ({"end": "2030-01"}, "end=2030-01 lies outside the data of chapter rate_sensitivity"),
    ],
)
def test_bad_values_are_refused_in_one_line(values, words):
    with pytest.raises(InputError, match=words) as caught:
        chapter(**values)
    assert "\n" not in str(caught.value)


def test_an_edition_may_be_wider_than_the_chapters_data():
    assert str(lenient(end="2030-01").end) == "2030-01"


def test_an_unknown_chapter_is_refused():
    with pytest.raises(InputError, match="did you mean 'rate_sensitivity'"):
        open_chapter("rate_sensitivit", {})


# Randomness


def test_each_call_starts_from_the_seed():
    found = chapter(seed=7)
    draws = [found.rng().normal(size=3).tolist() for _ in range(2)]
    assert draws[0] == draws[1] == np.random.default_rng(7).normal(size=3).tolist()


# Missing results


def fails(error: type[Exception] = TooFewEvents, text: str = "4 first cuts; at least 5 are needed"):
    def study(*_args, **_options):
        raise error(text)

    return study


def test_run_hands_back_what_the_study_returns():
    assert chapter().run(lambda a, *, b: a + b, 1, b=2) == 3


def test_too_few_events_are_an_error_if_strict_and_missing_else():
    with pytest.raises(TooFewEvents, match="4 first cuts"):
        chapter().run(fails())
    assert isinstance(lenient().run(fails()), Missing)


@pytest.mark.parametrize("strict", [True, False])
def test_what_the_window_does_not_reach_is_missing_also_if_strict(strict):
    assert isinstance(chapter(strict=strict).run(fails(NotCovered)), Missing)


@pytest.mark.parametrize("error", [InputError, ValueError])
def test_other_errors_are_never_swallowed(error):
    with pytest.raises(error):
        lenient().run(fails(error))
    with pytest.raises(error), lenient().section():
        fails(error)()


def test_a_study_of_a_missing_result_is_missing_for_the_same_reason():
    found = lenient()
    first = found.run(fails())
    for second in (found.run(len, first), found.run(dict, a=first)):
        with pytest.raises(NotAvailable, match="4 first cuts"):
            _ = second.mean


USES = {
    "an attribute": lambda x: x.mean,
    "a method": lambda x: x.evidence(),
    "a key": lambda x: x["gap"],
    "a loop": list,
    "a length": len,
    "a sum": lambda x: x + 1,
    "a difference": lambda x: 1 - x,
    "a quotient": lambda x: x / 2,
    "a comparison": lambda x: x > 0,
    "a number": float,
    "a size": abs,
    "a truth": bool,
}


@pytest.mark.parametrize("use", USES.values(), ids=USES)
def test_any_use_of_a_missing_result_says_why(use):
    with pytest.raises(NotAvailable, match=r"^because$"):
        use(Missing("because"))


@pytest.mark.parametrize("use", [lambda x: f"{x:.1f}", lambda x: f"{x}", str, lambda x: 1 / x])
def test_a_missing_result_is_never_printed(use):
    with pytest.raises(NotAvailable, match=r"^because$"):
        use(Missing("because"))


# Sections


def test_a_lenient_section_says_why_it_is_empty_and_goes_on(shown):
    found = lenient()
    result = found.run(fails())
    with found.section():
        found.say("before")
        found.say(f"{result.mean}")
    with found.section():
        found.say("after")
    texts = [item.data for item in shown if hasattr(item, "data")]
    assert texts[0] == "before" and texts[-1] == "after" and len(texts) == 3
    assert ":::{note}" in texts[1] and "4 first cuts; at least 5 are needed" in texts[1]


def test_a_strict_section_raises_for_too_few_events(shown):
    with pytest.raises(TooFewEvents, match="4 first cuts"), chapter().section():
        fails()()
    assert not any("note" in getattr(item, "data", "") for item in shown)


def test_a_strict_section_says_what_the_window_does_not_reach(shown):
    with chapter().section():
        fails(NotCovered, "it ends 2026-08")()
    assert ":::{note}" in shown[-1].data and "it ends 2026-08" in shown[-1].data


# Records


def test_a_claim_is_recorded_as_plain_json(shown):
    evidence = Evidence(estimate=np.float64(1.5), n=np.int64(8), interval=(np.float64(-1), 2.0), holds=np.bool_(True))
    chapter().claim("rates-first-cut-gap", evidence)
    (record,) = records(shown, "claim")
    assert record["id"] == "rates-first-cut-gap"
    fields = record["evidence"]
    assert (fields["estimate"], fields["n"], fields["interval"], fields["holds"]) == (1.5, 8, [-1.0, 2.0], True)
    assert {type(fields[name]) for name in ("estimate", "n", "holds")} == {float, int, bool}


def test_a_claim_takes_evidence_and_nothing_else():
    with pytest.raises(InputError, match=r"'rates-first-cut-gap' takes an Evidence, got float"):
        chapter().claim("rates-first-cut-gap", 1.5)


def test_a_missing_claim_ends_its_section_and_records_nothing(shown):
    found = lenient()
    with found.section():
        found.claim("rates-first-cut-gap", found.run(fails()))
    assert not records(shown, "claim")
    assert "4 first cuts" in shown[-1].data


def test_a_claim_of_nan_is_refused():
    with pytest.raises(ValueError, match="JSON compliant"):
        chapter().claim("rates-first-cut-gap", Evidence(estimate=float("nan")))


def test_a_figure_is_recorded_with_its_variants_and_data(shown):
    data = pd.DataFrame({"gap": [1 / 3, -2.0]}, index=pd.Index(["Sep 1984", "Jun 1989"], name="event"))
    chapter().figure(
        "gap",
        title="Small & large",
        subtitle="pp",
        alt="Bars of the gap after two cuts",
        source=("index_levels", "fomc_target_changes", "index_levels"),
        data=data,
        draw=lambda canvas, style: canvas.subplots().bar([0, 1], data["gap"], color=style.small),
    )
    (record,) = records(shown, "figure")
    assert record["variants"].keys() == VARIANTS.keys()
    assert record["csv"] == "event,gap\nSep 1984,0.333333333\nJun 1989,-2\n"
    assert record["alt"] == "Bars of the gap after two cuts"
    assert record["source"].count("FRED") <= 1 and ";" in record["source"]
    html = next(item["text/html"] for item in shown if "text/html" in item)
    assert "Small &amp; large" in html


def test_a_source_line_names_publisher_and_vintage_once():
    found = chapter()
    info = found.snapshot.catalog.table("ff_size_portfolios")
    assert found.source("ff_size_portfolios", "ff_size_portfolios_ew") == f"{info.publisher} ({info.vintage})"
