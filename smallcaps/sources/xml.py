"""XML from a publisher, parsed without entities, without a document type and without the network."""

from __future__ import annotations

import re

from lxml import etree

from smallcaps.sources.errors import SourceError

_BARE_AMPERSAND = re.compile(r"&(?!(?:amp|lt|gt|quot|apos|#\d{1,7}|#x[0-9A-Fa-f]{1,6});)")
_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
_ENCODING = re.compile(rb"<\?xml[^>]*encoding=[\"']([A-Za-z0-9._-]+)[\"']")
ENCODINGS = ("utf-8", "us-ascii", "iso-8859-1")


def root_of(content: bytes, *, where: str) -> etree._Element:
    """The root element of `content`, byte-order marks dropped and bare ampersands taken for themselves.

    SourceError for a document type or an entity of its own (no answer needs one, and with one a few bytes become a
    billion), for another encoding than UTF-8 or Latin-1, and for what is not well formed.
    """
    while content.startswith(b"\xef\xbb\xbf"):
        content = content[3:]
    declared = _ENCODING.match(content.lstrip())
    encoding = declared[1].decode().lower() if declared else "utf-8"
    if encoding not in ENCODINGS:
        raise SourceError(f"{where}: the encoding is {encoding!r:.40}; allowed: {', '.join(ENCODINGS)}")
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        raise SourceError(f"{where}: the XML is no {encoding} text") from None
    if re.search(r"<!\s*(DOCTYPE|ENTITY)", text, re.IGNORECASE):
        raise SourceError(f"{where}: the XML declares a document type or an entity; none is allowed")
    text = _BARE_AMPERSAND.sub("&amp;", _DECLARATION.sub("", text.lstrip("\ufeff"), count=1))
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, recover=False, remove_comments=True,
        remove_pis=True,
    )  # fmt: skip
    try:
        root = etree.fromstring(text.encode(), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise SourceError(f"{where}: the XML is not well formed ({' '.join(str(error).split())[:100]})") from None
    if root is None:
        raise SourceError(f"{where}: the XML is empty")
    return root
