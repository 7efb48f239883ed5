"""The claims that the book tests: `data/claims.yml`, typed and checked. No verdict stands there; see verdict.py."""

from __future__ import annotations

from collections import Counter
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Literal, get_args

import yaml
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from smallcaps.catalog import ROOT, Month, Text, read_yaml
from smallcaps.errors import DataError, InputError

CLAIMS = ROOT / "data" / "claims.yml"

Chapter = Literal[
    "rate_sensitivity",
    "value_rotation",
    "election_cycles",
    "etf_flows",
    "momentum_and_records",
    "inflation_and_dollar",
    "one_year_on",
]
CHAPTERS: tuple[str, ...] = get_args(Chapter)

Kind = Literal[
    "fact-figure", "fact-yes-no", "effect-figure", "effect-direction", "caution", "none", "future"
]  # what is claimed decides which rows of the verdict table can apply
FACTS = ("fact-figure", "fact-yes-no")
EFFECTS = ("effect-figure", "effect-direction", "caution")

# A base rate this near to the claimed figure makes the figure uninformative; only these units have such a margin.
BASE_RATE_MARGIN = {"pp": 2.0, "percent": 2.0, "percent of periods": 5.0}
Unit = Literal[
    "pp",
    "percent",
    "percent of periods",
    "pp per month",
    "pp per pp",
    "pp per percent",
    "pp per sd",
    "basis points",
    "months",
    "rank",
    "times",
    "index points",
    "bn USD",
    "m shares",
    "bn shares",
]

Day = Annotated[str, StringConstraints(pattern=r"^\d{4}-\d{2}-\d{2}$")]
ClaimId = Annotated[str, StringConstraints(pattern=r"^[a-z]+(-[a-z0-9]+)+$")]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Article(_Strict):
    """An article as it presents itself: title, byline and date as printed, and what to know of them."""

    title: Text
    byline: Text
    date: Text
    note: Text


class Figure(_Strict):
    """A further figure that a claim prints; shown beside the verdict, not judged by it."""

    what: Text
    value: float
    unit: Unit
    decimals: int = Field(ge=0)


class Cited(_Strict):
    """A fact that no table holds: what the article says, and what a public source says."""

    article_says: Text
    source_says: Text
    source: Text
    url: Text

    @property
    def agrees(self) -> bool:
        """Whether the article and the source say the same."""
        return self.article_says.casefold() == self.source_says.casefold()


class Specification(_Strict):
    """The default choices of a claim's test, in words; None where a choice does not arise."""

    events: Text | None = None
    window: Text | None = None
    small: Text | None = None
    large: Text | None = None
    weighting: Text | None = None
    return_kind: Text | None = None
    compounding: Text | None = None
    sample: Text | None = None


class Claim(_Strict):
    """One claim: what the articles say, in our words, and how it is to be judged; never what the judgement is.

    `type` decides which rows of the verdict table can apply, `ceiling` is the most that free public data can say.
    `claimed`, `smallest_effect` and every estimate are in `unit`. `direction` is the sign that the claim gives to the
    estimate against its base rate. `implied` claims are tested and shown, but do not count in the score. `headline`
    marks the main figure of each theme, for the first screen.
    """

    id: ClaimId
    article: tuple[Literal["A", "B"], ...] = Field(min_length=1)
    claim: Text
    chapter: Chapter
    type: Kind
    ceiling: Literal["direct", "proxy", "fact", "none", "pending"]
    ceiling_note: Text | None = None
    rule_note: Text | None = None
    implied: bool = False
    headline: bool = False
    due: Month | None = None  # last month of the period that a forecast is about
    claimed: float | None = None
    unit: Unit | None = None
    decimals: int | None = Field(default=None, ge=0)
    other_figures: tuple[Figure, ...] = ()
    direction: Literal["positive", "negative"] | None = None
    smallest_effect: float | None = Field(default=None, gt=0)
    smallest_effect_reason: Text | None = None
    confirms: Text | None = None
    contradicts: Text | None = None
    cited: Cited | None = None
    data_that_would_decide: Text | None = None
    study: Annotated[str, StringConstraints(pattern=r"^[a-z_]+\.[a-z0-9_]+$")] | None = None
    specification: Specification = Specification()
    declared: Day

    @property
    def sign(self) -> int:
        """+1 or -1: the side of the base rate on which the claim puts the estimate; 0 for a claim without one."""
        return {"positive": 1, "negative": -1, None: 0}[self.direction]

    @property
    def difference(self) -> str | None:
        """The unit of a difference of two figures in `unit`: of shares and of returns it is points."""
        return "points" if self.unit in ("percent", "percent of periods") else self.unit

    @model_validator(mode="after")
    def _fields_fit_the_type(self) -> Claim:
        if (self.type == "future") != (self.ceiling == "pending"):
            raise ValueError("type future and ceiling pending go together")
        if (self.ceiling == "none") != (self.type in ("none", "caution") and self.data_that_would_decide is not None):
            raise ValueError(
                "ceiling none needs type none or caution and data_that_would_decide, and no other takes it"
            )
        needed = {"claimed": ("unit", "decimals"), "smallest_effect": ("smallest_effect_reason",)}
        needs = [field for name, fields in needed.items() if getattr(self, name) is not None for field in fields]
        if self.ceiling != "none":
            needs += ["confirms", "contradicts"] + ["study"] * (self.cited is None)
            needs += ["claimed"] * self.type.endswith("figure") + ["due"] * (self.type == "future")
            needs += ["unit", "direction", "smallest_effect"] * (self.type in EFFECTS)
        if missing := [field for field in needs if getattr(self, field) is None]:
            raise ValueError(f"{self.type} with ceiling {self.ceiling} lacks {missing[0]}")
        if self.type not in EFFECTS and (self.smallest_effect is not None or self.direction is not None):
            raise ValueError("only effects have smallest_effect and direction")
        if self.type == "effect-figure" and self.unit not in BASE_RATE_MARGIN:
            raise ValueError(f"unit of an effect-figure must be one of {', '.join(BASE_RATE_MARGIN)}; got {self.unit}")
        return self


class Register(_Strict):
    """Every claim of the book, in the order of the register, with the articles that make them."""

    declaration: Text
    articles: dict[Literal["A", "B"], Article]
    claims: tuple[Claim, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _ids_are_unique_and_articles_known(self) -> Register:
        if twice := [name for name, count in Counter(self.ids).items() if count > 1]:
            raise ValueError(f"claim {twice[0]}, id: stands more than once")
        for claim in self.claims:
            if unknown := [name for name in claim.article if name not in self.articles]:
                raise ValueError(f"claim {claim.id}, article: {unknown[0]!r} is not described under articles")
        return self

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids of all claims."""
        return tuple(claim.id for claim in self.claims)

    @property
    def scored(self) -> tuple[Claim, ...]:
        """The claims that count in the score: all but the implied ones."""
        return tuple(claim for claim in self.claims if not claim.implied)

    def claim(self, claim_id: str) -> Claim:
        """The claim called `claim_id`; InputError names the nearest id that exists."""
        for claim in self.claims:
            if claim.id == claim_id:
                return claim
        near = get_close_matches(claim_id, self.ids, n=1, cutoff=0.0)[0]
        raise InputError(f"unknown claim {claim_id!r}; did you mean {near!r}? ({len(self.ids)} claims are registered)")

    def of_chapter(self, chapter: str) -> tuple[Claim, ...]:
        """The claims of one chapter, in the order of the register; InputError for an unknown chapter."""
        if chapter not in CHAPTERS:
            raise InputError(f"unknown chapter {chapter!r}; chapters with claims: {', '.join(CHAPTERS)}")
        return tuple(claim for claim in self.claims if claim.chapter == chapter)


@lru_cache(maxsize=4)
def load_register(path: Path = CLAIMS) -> Register:
    """The validated register read from `path`; DataError names the claim and the field that are wrong in it."""
    raw = None
    try:
        raw = read_yaml(path)
        return Register.model_validate(raw)
    except FileNotFoundError:
        raise DataError(f"register {path.name} is missing from {path.parent.name}/") from None
    except yaml.YAMLError as error:
        raise DataError(f"register {path.name} is not valid YAML: {' '.join(str(error).split())}") from None
    except ValidationError as error:
        raise DataError(f"register {path.name}, {_where(error, raw)}") from None


def _where(error: ValidationError, raw: object) -> str:
    """The first mistake of a validation in one line: claim id, field, what is wrong, and the value."""
    first = error.errors()[0]
    loc = list(first["loc"])
    got = "" if isinstance(first["input"], dict) else f" (got {first['input']!r:.80})"
    if loc[:1] == ["claims"] and len(loc) > 1:
        entry = raw["claims"][loc[1]]
        name = entry.get("id", f"number {loc[1] + 1}") if isinstance(entry, dict) else f"number {loc[1] + 1}"
        loc = [f"claim {name}", ".".join(map(str, loc[2:]))]
    else:
        loc = [".".join(map(str, loc))]
    message = first["msg"].removeprefix("Value error, ")
    return ": ".join([", ".join(filter(None, loc)), message] if any(loc) else [message]) + got
