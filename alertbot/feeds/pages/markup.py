"""The markup of a page, fit for `HTMLParser`."""

import re

from alertbot.feeds.reading import byte_order, charset_of

_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_DECLARATION = re.compile(r"<[!?][^>]*>?")


def bare_markup(body: bytes, content_type: str | None) -> str:
    """Return the markup without comments and declarations.

    `HTMLParser` raises for some of the second, and is slow with the first left open.
    """
    return _DECLARATION.sub("", _COMMENT.sub("", _decoded(body, content_type)))


def _decoded(body: bytes, content_type: str | None) -> str:
    """Decode as a browser would: byte order mark, header, meta tag, else UTF-8 or Windows-1252."""
    meta = charset_of(body[:2048].decode("latin-1"))
    for name in (byte_order(body), charset_of(content_type), meta, "utf-8"):
        if name:
            try:
                return body.decode(name)
            except (LookupError, ValueError):
                continue
    return body.decode("windows-1252", "replace")
