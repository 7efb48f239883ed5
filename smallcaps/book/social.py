"""The picture that a social network shows of the book: its title, the score of its verdicts, the date of the data."""

from __future__ import annotations

from pathlib import Path

from bs4 import BeautifulSoup

from smallcaps.book.cards import slug
from smallcaps.book.landing import ORDER

CARD = "card.png"
WIDTH, HEIGHT = 1200, 630  # pixels: what Open Graph's readers cut to least
_DPI = 100
_LEFT, _COUNT, _SQUARES = 60, 420, 444  # pixels from the left: names, counts (right-aligned), squares
_FAMILY = {
    "supported": "value",
    "supported-but-uninformative": "accent",
    "partly-supported": "accent",
    "not-supported": "large",
    "contradicted": "large",
}  # verdict to the colour of the look; the others are muted
_HOLLOW = ("not-testable", "pending", "outside-this-edition")


def write_card(site: Path) -> Path | None:
    """Draw the score that the site's first page shows into card.png; None where that page shows none."""
    page = BeautifulSoup((site / "index.html").read_text(encoding="utf-8"), "html.parser")
    score = _score(page)
    if not score:
        return None
    dates = page.select_one(".sc-dates")
    picture = _draw(score, title=page.h1.get_text().removesuffix("#").strip(), dates=dates.get_text() if dates else "")
    target = site / CARD
    picture.savefig(target, dpi=_DPI, metadata={"Software": None})
    return target


def alt(site: Path) -> str:
    """The picture in words: how many claims got each verdict."""
    page = BeautifulSoup((site / "index.html").read_text(encoding="utf-8"), "html.parser")
    return "Claims by verdict: " + ", ".join(f"{name.lower()} {count}" for name, _, count in _score(page))


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


def _draw(score: list[tuple[str, str, int]], *, title: str, dates: str):
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    from matplotlib.patches import Rectangle

    from smallcaps.figures import FONTS, look

    style = look()
    canvas = Figure(figsize=(WIDTH / _DPI, HEIGHT / _DPI), facecolor=style.page)
    FigureCanvasAgg(canvas)
    ax = canvas.add_axes((0, 0, 1, 1))
    ax.set(xlim=(0, WIDTH), ylim=(HEIGHT, 0))
    ax.axis("off")
    text = {"family": list(FONTS), "va": "center"}
    ax.add_patch(Rectangle((0, 0), WIDTH, 14, color=style.ink, linewidth=0))
    ax.text(_LEFT, 86, title, fontsize=42, color=style.ink, fontweight="bold", **text)
    said = f"{sum(count for *_, count in score)} claims of two articles, scored on public data"
    ax.text(_LEFT, 146, said, fontsize=21, color=style.muted, **text)
    step = min(56, 340 / len(score))
    size = min(0.72 * step, (WIDTH - _LEFT - _SQUARES) / (1.14 * max(count for *_, count in score)))
    for row, (name, verdict, count) in enumerate(score):
        y = 215 + step * row
        colour = getattr(style, _FAMILY.get(verdict, "muted"))
        ax.text(_LEFT, y, name, fontsize=20, fontweight="bold", color=colour, **text)
        ax.text(_COUNT, y, str(count), fontsize=20, fontweight="bold", color=colour, ha="right", **text)
        face = "none" if verdict in _HOLLOW else colour
        for place in range(count):
            corner = (_SQUARES + 1.14 * size * place, y - size / 2)
            ax.add_patch(Rectangle(corner, size, size, facecolor=face, edgecolor=colour, linewidth=2))
    ax.text(_LEFT, HEIGHT - 44, dates, fontsize=17, color=style.muted, **text)
    return canvas
