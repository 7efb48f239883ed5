"""What the theme gets wrong for readers who do not see or do not point, mended in the finished HTML of each page.

Each function says what a stock page does and mends that alone, so that one can go when the theme no longer needs it.
"""

from __future__ import annotations

import re

from bs4 import BeautifulSoup, Tag

from smallcaps.book.terms import Terms, link_terms

TITLE = "Small Caps, Tested"
SHEET = "smallcaps.css"
DESCRIPTION = 155  # characters that a search engine shows
_APART = re.compile(r"(?<!\w)[pn] [=<] (?=[\d<])|(?<=\d) (?=%)")

LISTING = re.compile(r'(<div class="highlight"><pre[^>]*>)(.*?)(</pre>)', re.DOTALL)


def mend(html: str, terms: Terms | None = None) -> str:
    """The page with the theme's faults mended, what its head lacks, and its first uses of `terms` as links."""
    listings: list[str] = []

    def set_aside(match: re.Match[str]) -> str:
        listings.append(match[2])
        return f"{match[1]}listing {len(listings) - 1} goes here{match[3]}"

    # Most tags of a page are the colours of its code, and none of those needs mending.
    soup = BeautifulSoup(LISTING.sub(set_aside, html), "html.parser")
    if soup.find(["main", "article"]) is None:
        return html  # a page that only leads to another one
    for repair in _REPAIRS:
        repair(soup)
    if terms:
        link_terms(soup, terms)
    return re.sub(r"listing (\d+) goes here", lambda match: listings[int(match[1])], str(soup))


def describe(soup: BeautifulSoup) -> str:
    """What the page says, in a sentence or two of its own: the start of its answer, or its first paragraph."""
    article = soup.select_one("article")
    if article is None:
        return ""
    answer = article.select_one("#the-answer p")
    for paragraph in [answer] if answer else article.select("p"):
        text = " ".join(paragraph.get_text().split())
        if len(text) >= 40 and paragraph.find_parent("table") is None:
            return _shortened(text)
    return ""


def _shortened(text: str) -> str:
    """The text cut after its last whole sentence, or else its last whole word, that fits."""
    if len(text) <= DESCRIPTION:
        return text
    sentences = text[: DESCRIPTION + 1].rfind(". ")
    return text[: sentences + 1] if sentences >= 70 else text[: DESCRIPTION - 1].rsplit(" ", 1)[0].rstrip(",;:") + "…"


def _head(soup: BeautifulSoup) -> None:
    """The stock head has three viewports and no description."""
    for extra in soup.select("head meta[name=viewport]")[1:]:
        extra.decompose()
    for empty in soup.select("head meta[name^=docsearch]"):
        empty.decompose()
    text = describe(soup)
    if text and not soup.select_one("meta[name=description]"):
        soup.head.append(soup.new_tag("meta", attrs={"name": "description", "content": text}))


# The fonts are in the style sheet, so this takes some milliseconds; whatever goes wrong, the page shows after 400.
_WAIT = """(page => {
const show = () => page.documentElement.classList.remove("sc-wait");
page.documentElement.classList.add("sc-wait");
const faces = ["Source Serif 4", "Source Sans 3"].flatMap(name => [`400 1em "${name}"`, `600 1em "${name}"`]);
Promise.all(faces.map(face => page.fonts.load(face))).then(show, show);
setTimeout(show, 400);
})(document);"""


def _fonts(soup: BeautifulSoup) -> None:
    """A page shows its text in another face first and moves what stands below when the fonts are there."""
    if soup.head and soup.select_one(f'link[href*="{SHEET}"]'):
        wait = soup.new_tag("script")
        wait.string = _WAIT
        soup.head.append(wait)  # behind the style sheets: a script there waits for them


def _scripts(soup: BeautifulSoup) -> None:
    """A stock page loads 1.5 MB of icons as a script although the style sheet has them as a font, and brings
    the search index and the scripts of tabs and copy buttons to pages that have none."""
    searching = soup.select_one("#search-results") is not None
    unused = ["fontawesome.js"]
    unused += [] if searching else ["searchtools.js", "language_data.js", "searchindex.js"]
    unused += [] if soup.select_one(".sd-tab-set") else ["design-tabs.js"]
    unused += [] if soup.select_one(".toggle, .admonition.dropdown") else ["togglebutton."]
    unused += [] if soup.select_one("div.highlight") else ["copybutton", "clipboard"]
    for tag in soup.select("script[src], link[rel=stylesheet]"):
        source = tag.get("src") or tag["href"]
        if any(name in source for name in unused):
            tag.decompose()
        elif tag.name == "script" and "documentation_options" not in source and not searching:
            tag["defer"] = ""  # in their order still; short scripts in the page read the options at once
    for tag in soup.select("script:not([src])"):
        if "toggle" in tag.get_text() and "togglebutton." in unused:
            tag.decompose()


def _landmarks(soup: BeautifulSoup) -> None:
    """Empty footers are landmarks that lead nowhere; an empty dialog has no name."""
    for tag in soup.select("footer"):  # the empty header stays: the theme's script measures it
        if not tag.get_text(strip=True):
            tag.decompose()
    for place in soup.select("#ethical-ad-placement"):
        place.find_parent(class_="sidebar-primary__section").decompose()
    for name, label in (("pst-search-dialog", "Search"), ("pst-primary-sidebar-modal", "Contents of the book"),
                        ("pst-secondary-sidebar-modal", "Contents of this page")):  # fmt: skip
        dialog = soup.find(id=name)
        if dialog:
            dialog["aria-label"] = label
    main = soup.find("main")
    if main:
        main.attrs.pop("role", None)
        main["tabindex"] = "-1"  # so that the skip link moves the focus too
    for footer in soup.select("main .prev-next-footer"):
        footer.name = "nav"
        footer["aria-label"] = "Previous and next page"


def _sidebar(soup: BeautifulSoup) -> None:
    """The captions of the contents are headings before the page's first; they are labels of their lists."""
    for caption in soup.select(".bd-links p.caption"):
        caption.attrs.pop("role", None)
        caption.attrs.pop("aria-level", None)
    sidebar = soup.find(id="pst-primary-sidebar")
    if sidebar:  # its title and its search button stand in no landmark
        sidebar.attrs |= {"role": "region", "aria-label": TITLE}
    for current in soup.select(".bd-links a.current"):
        current["aria-current"] = "page"


def _names(soup: BeautifulSoup) -> None:
    """Buttons whose spoken name is not the one that is shown, or that have none; icons that are read out."""
    for icon in soup.select("i[class*=fa-], span[class*=fa-]"):
        icon["aria-hidden"] = "true"
        icon.attrs.pop("title", None)
    for button in soup.select("button.search-button-field"):
        del button["aria-label"]
        del button["title"]
    for button, label in (("primary-toggle", "Contents of the book"), ("secondary-toggle", "Contents of this page")):
        for tag in soup.select(f"button.{button}"):
            tag["aria-label"] = tag["title"] = label
    for tag in soup.select("button.theme-switch-button"):
        tag["aria-label"] = tag["data-bs-title"] = "Light, dark or as the system"
    for field in soup.select("input[type=search]"):
        field["aria-label"] = "Search this book"
        field["placeholder"] = "Search this book"
    for key in soup.select(".search-button__kbd-shortcut"):
        key["aria-hidden"] = "true"
    for link in soup.select("a.headerlink"):
        heading = link.parent.get_text().removesuffix("#").strip()
        link["aria-label"] = f"Link to “{heading}”"
        link.attrs.pop("title", None)
    for link in soup.select(".prev-next-area a"):
        link.attrs.pop("title", None)


def _print_copy(soup: BeautifulSoup) -> None:
    """The theme repeats the title and the contents for print alone, as a second first-level heading."""
    for copy in soup.select("#jb-print-docs-body"):
        copy.decompose()


def _tables(soup: BeautifulSoup) -> None:
    """Tables made from Markdown have no scopes and do not say which cell heads a row."""
    for table in soup.select("article table"):
        for head in table.select("thead th"):
            if head.get("scope") is None:
                head["scope"] = "col"
            if not head.get_text(strip=True):
                head.name = "td"  # a header without text heads nothing
                del head["scope"]
        for head in table.select("tbody th"):
            head["scope"] = head.get("scope") or "row"
        if table.find("tbody") and not table.select("tbody th"):
            for row in table.select("tbody tr"):
                first = row.find("td")
                if first:
                    first.name = "th"
                    first["scope"] = "row"
        if table.thead and not table.thead.get_text(strip=True):
            table.thead.decompose()


def _scrollers(soup: BeautifulSoup) -> None:
    """What is wider than a phone scrolls in a box of its own, which the keyboard reaches and which has a name."""
    for table in soup.select("article table"):
        if table.find_parent(attrs={"role": "region"}):
            continue
        caption = table.find_previous(class_="sc-caption") if table.find_parent(class_="sc-table") else None
        heading = table.find_previous(["h2", "h3", "h1"])
        name = (caption or heading).get_text().removesuffix("#").strip()
        box = (
            table.parent
            if table.parent.name == "div" and len(table.parent.find_all(True, recursive=False)) == 1
            else None
        )
        if box is None or "sc-table" in (box.get("class") or []):
            box = table.wrap(soup.new_tag("div"))
        box.attrs |= {"class": "sc-scroll", "role": "region", "tabindex": "0", "aria-label": f"Table: {name}"}
        box.attrs.pop("style", None)
    _numbered_twins(soup.select("div.sc-scroll"))
    for block in soup.select("article div.highlight pre"):
        block["tabindex"] = "0"
    for number, block in enumerate(soup.select("article div.highlight pre"), 1):
        block["role"] = "region"
        block["aria-label"] = f"Code {number}"


def _numbered_twins(boxes: list[Tag]) -> None:
    """Regions of the same name get a number: a name that two places share leads to neither."""
    names = [box["aria-label"] for box in boxes]
    for name in {name for name in names if names.count(name) > 1}:
        for number, box in enumerate((box for box in boxes if box["aria-label"] == name), 1):
            box["aria-label"] = f"{name} ({number})"


def _unbroken(soup: BeautifulSoup) -> None:
    """A line may end anywhere between "p", "=" and the number, or before a unit; these stay together."""
    for text in (soup.article or soup.main).find_all(string=_APART):
        if not text.find_parent(["code", "pre", "script", "style", "math"]):
            text.replace_with(_APART.sub(lambda hit: hit.group().replace(" ", "\N{NO-BREAK SPACE}"), text))


def _figures(soup: BeautifulSoup) -> None:
    """Drawings far down the page wait until a reader comes near; a hidden one of the four is never fetched."""
    for figure in soup.select(".sc-figure"):
        title = figure.find("strong")
        figure["role"] = "group"
        if title:
            figure["aria-label"] = f"Figure: {title.get_text()}"
        for image in figure.select("img"):
            image["loading"] = "lazy"
            image["decoding"] = "async"


def _disclosures(soup: BeautifulSoup) -> None:
    """The summary of folded code is named "Toggle hidden content" although it shows what a click does.

    No cell has an address either. One whose code drew a figure is tagged with the name of it: what the code's fold
    holds gets that as its id, so that a link to it opens the fold.
    """
    for summary in soup.select("details.hide > summary"):
        summary.attrs.pop("aria-label", None)
    for cell in soup.select('div.cell[class*="tag_code-"]'):
        tag = next(name for name in cell["class"] if name.startswith("tag_code-"))
        cell.select_one(".cell_input")["id"] = tag.removeprefix("tag_")


def _bibliography(soup: BeautifulSoup) -> None:
    """Entries have a role that was withdrawn, in a list that holds no list items."""
    for entries in soup.select(".citation-list"):
        entries.attrs.pop("role", None)
        for entry in entries.select("[role=doc-biblioentry]"):
            del entry["role"]


_REPAIRS = (
    _head,
    _fonts,
    _scripts,
    _landmarks,
    _sidebar,
    _names,
    _print_copy,
    _tables,
    _scrollers,
    _unbroken,
    _figures,
    _disclosures,
    _bibliography,
)
