"""Which encoding a document is in, where it or its server says so."""

import re

_BOMS = (
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe\x00\x00", "utf-32le"),
    (b"\x00\x00\xfe\xff", "utf-32be"),
    (b"\xff\xfe", "utf-16le"),
    (b"\xfe\xff", "utf-16be"),
)
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]+)", re.IGNORECASE | re.ASCII)


def byte_order(body: bytes) -> str | None:
    """Return the encoding a byte order mark announces."""
    return next((name for mark, name in _BOMS if body.startswith(mark)), None)


def charset_of(text: str | None) -> str | None:
    """Return the charset parameter in a Content-Type or a meta tag."""
    found = _CHARSET.search(text or "")
    return found[1] if found else None
