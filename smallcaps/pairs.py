"""Which two series stand for small and large caps: the book's pairs, and one with a researcher's own series."""

from __future__ import annotations

from dataclasses import dataclass

from smallcaps.errors import InputError, ReturnKindError
from smallcaps.own import is_own, own_returns
from smallcaps.returns import Kind

PAIRS = {  # small, large: each of one kind, so that their difference is one too
    "price": ("r2000_price", "sp500_price"),
    "total": ("r2000_total", "spy"),
    "french": ("vw:lo_30", "vw:hi_30"),
}
FUNDS = "funds"  # the pair of the chapter on flows: the fund that money comes into, against SPY
VALUE = "value"  # the pair of the chapter on value: the two corners of French's size and value portfolios
OWN = "own"  # the pair that a panel's OwnPair makes
_SIDES = PAIRS | {FUNDS: ("iwm", "spy"), VALUE: ("six:small_hibm", "six:big_lobm")}
_KINDS: dict[str, Kind] = {"price": "price", "total": "total", "french": "total", FUNDS: "total", VALUE: "total"}
_CALLED = {VALUE: ("small value", "big growth")}


@dataclass(frozen=True)
class OwnPair:
    """A pair with an own series on one side or on both (`own:TABLE` or `own:TABLE:COLUMN`; see the page Your own data).

    A side left empty is that of the pair `of`: price, total, french, funds or value. Both sides are of one kind, or
    ReturnKindError says which is not; InputError and DataError as for any own table.
    """

    small: str = ""
    large: str = ""
    of: str = "price"

    def __post_init__(self) -> None:
        if self.of not in _SIDES:
            raise InputError(f"unknown pair {self.of!r}; allowed: {', '.join(_SIDES)}")
        if not self.names:
            raise InputError("an own pair needs small or large: own:TABLE or own:TABLE:COLUMN")
        if self.small == self.large:
            raise InputError(f"small and large are both {self.small!r}: a difference needs two series")
        if self.small and self.large and len(labels := {own_returns(name).label for name in self.names}) == 1:
            raise InputError(
                f"{self.small!r} and {self.large!r} both have the label {labels.pop()!r}: a page could not tell them "
                "apart; give the tables titles that differ"
            )
        if self.small and self.large:
            small, large = (own_returns(name) for name in self.names)
            if small.last < large.first or large.last < small.first:
                raise InputError(
                    f"{self.small!r} covers {small.first} to {small.last} and {self.large!r} {large.first} to "
                    f"{large.last}: a difference needs months that both have"
                )
        small, large = (own_returns(name).kind if is_own(name) else _KINDS[self.of] for name in self.sides)
        if small != large:
            fitting = " or ".join(pair for pair in PAIRS if _KINDS[pair] == self.kind)
            raise ReturnKindError(
                f"{self.sides[0]!r} is a {small} return and {self.sides[1]!r} a {large} return: a difference needs two "
                f"of one kind; allowed: pair={fitting} where a chapter takes a pair, or own series on both sides"
            )

    @property
    def names(self) -> tuple[str, ...]:
        """The own series, small before large."""
        return tuple(name for name in (self.small, self.large) if name)

    @property
    def kind(self) -> Kind:
        """The kind of both sides."""
        return own_returns(self.names[0]).kind

    @property
    def called(self) -> tuple[str, str]:
        """What a chapter of this pair calls its two sides, whatever series stand for them."""
        return _CALLED.get(self.of, ("small caps", "large caps"))

    @property
    def sides(self) -> tuple[str, str]:
        """The names of both return series, small and large."""
        small, large = _SIDES[self.of]
        return self.small or small, self.large or large


def sides(pair: str, own: OwnPair | None = None) -> tuple[str, str]:
    """The names of the small and the large series of a pair; `own` is what the pair `own` stands for."""
    if pair == OWN and own is not None:
        return own.sides
    if pair not in _SIDES:
        raise InputError(f"unknown pair {pair!r}; allowed: {', '.join(PAIRS)}")
    return _SIDES[pair]
