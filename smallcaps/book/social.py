"""Pictures of the book: for social networks and for shelves. Its title, the score of its verdicts, the data's date."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from bs4 import BeautifulSoup

from smallcaps.book.cards import slug
from smallcaps.book.landing import ORDER

CARD = "card.png"
WIDTH, HEIGHT = 1200, 630  # pixels: what Open Graph's readers cut to least
_DPI = 100
_FAMILY = {
    "supported": "value",
    "supported-but-uninformative": "accent",
    "partly-supported": "accent",
    "not-supported": "large",
    "contradicted": "large",
}  # verdict to the colour of the look; the others are muted
_HOLLOW = ("not-testable", "pending", "outside-this-edition")


@dataclass(frozen=True)
class Layout:
    """Where a picture has what, in pixels from its left and upper edge, and how large; type in points."""

    width: int
    height: int
    left: int  # where names begin,
    counts: int  # where counts end,
    squares: int  # and where squares begin
    title: int
    said: int
    rows: int
    room: int  # for all rows
    step: int  # from one to the next, at most
    dates: int
    large: float
    middle: float
    small: float


_CARD = Layout(WIDTH, HEIGHT, 60, 420, 444, 86, 146, 215, 340, 56, HEIGHT - 44, 42, 20, 17)
_COVER = Layout(1600, 2400, 120, 640, 690, 420, 560, 900, 1100, 140, 2220, 84, 31, 27)


def write_card(site: Path) -> Path | None:
    """Draw the score that the site's first page shows into card.png; None where that page shows none."""
    picture = _picture(site, _CARD)
    if picture is None:
        return None
    target = site / CARD
    target.write_bytes(picture)
    return target


def cover(site: Path) -> bytes | None:
    """The cover of the book as a PNG, upright, with the score of the site's first page; None where that has none."""
    return _picture(site, _COVER)


def alt(site: Path) -> str:
    """The picture in words: how many claims got each verdict."""
    return "Claims by verdict: " + ", ".join(f"{name.lower()} {count}" for name, _, count in _score(_first(site)))


def _first(site: Path) -> BeautifulSoup:
    return BeautifulSoup((site / "index.html").read_text(encoding="utf-8"), "html.parser")


def _picture(site: Path, layout: Layout) -> bytes | None:
    page = _first(site)
    score = _score(page)
    if not score:
        return None
    dates = page.select_one(".sc-dates")
    title = page.h1.get_text().removesuffix("#").strip()
    drawn = _draw(score, layout, title=title, dates=dates.get_text() if dates else "")
    buffer = BytesIO()
    drawn.savefig(buffer, format="png", dpi=_DPI, metadata={"Software": None})
    return buffer.getvalue()


def _score(page: BeautifulSoup) -> list[tuple[str, str, int]]:
    """Name, class name and count of each verdict, as the first page shows them."""
    known = {f"sc-{slug(verdict)}": slug(verdict) for verdict in ORDER}
    return [
        (
            row.select_one(".sc-score-name").get_text(),
            next(known[name] for name in row["class"] if name in known),
            int(row.select_one(".sc-score-count").get_text()),
        )
        for row in page.select(".sc-score-row")
    ]


def _draw(score: list[tuple[str, str, int]], at: Layout, *, title: str, dates: str):
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    from matplotlib.patches import Rectangle

    from smallcaps.figures import FONTS, look

    style = look()
    canvas = Figure(figsize=(at.width / _DPI, at.height / _DPI), facecolor=style.page)
    FigureCanvasAgg(canvas)
    ax = canvas.add_axes((0, 0, 1, 1))
    ax.set(xlim=(0, at.width), ylim=(at.height, 0))
    ax.axis("off")
    text = {"family": list(FONTS), "va": "center"}
    ax.add_patch(Rectangle((0, 0), at.width, at.width / 86, color=style.ink, linewidth=0))
    ax.text(at.left, at.title, title, fontsize=at.large, color=style.ink, fontweight="bold", **text)
    said = f"{sum(count for *_, count in score)} claims of two articles, scored on public data"
    ax.text(at.left, at.said, said, fontsize=1.05 * at.middle, color=style.muted, **text)
    step = min(at.step, at.room / len(score))
    size = min(0.72 * step, (at.width - at.left - at.squares) / (1.14 * max(count for *_, count in score)))
    for row, (name, verdict, count) in enumerate(score):
        y = at.rows + step * row
        colour = getattr(style, _FAMILY.get(verdict, "muted"))
        ax.text(at.left, y, name, fontsize=at.middle, fontweight="bold", color=colour, **text)
        ax.text(at.counts, y, str(count), fontsize=at.middle, fontweight="bold", color=colour, ha="right", **text)
        face = "none" if verdict in _HOLLOW else colour
        for place in range(count):
            corner = (at.squares + 1.14 * size * place, y - size / 2)
            ax.add_patch(Rectangle(corner, size, size, facecolor=face, edgecolor=colour, linewidth=2))
    ax.text(at.left, at.dates, dates, fontsize=at.small, color=style.muted, **text)
    return canvas
