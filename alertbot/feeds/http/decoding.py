"""Content-Encoding undone within bounds; `Downloader` calls it for each body.

httpx's own decoders are not used: they unpack a kilobyte into a gigabyte before anyone can count.
"""

import re
import zlib

from alertbot.errors import FetchError, TooLarge

MAX_BODY = 5 * 1024 * 1024
#: what we ask for and undo, the same on every poll, since answers may vary by it (RFC 9110 12.5.5)
ACCEPTED = "gzip, deflate"


def unpacked(raw: bytes, encoding: str) -> bytes:
    """Undo a Content-Encoding (RFC 9110 8.4), never making more than the bound.

    Raises:
        TooLarge: there is more in it.
        FetchError: an encoding we did not ask for, or broken, cut or continued data.
    """
    names = [name for name in re.split(r"[\s,]+", encoding.lower()) if name not in ("", "identity")]
    if not names or not raw:
        return raw
    if len(names) > 1 or names[0] not in ("gzip", "x-gzip", "deflate"):
        raise FetchError(f"content encoding {', '.join(names)[:60]!r} refused")
    # 47: gzip or zlib by header; servers also send deflate without one (RFC 9110 8.4.1.2, note)
    stream = zlib.decompressobj(-15 if names[0] == "deflate" and not _has_zlib_header(raw) else 47)
    try:
        body = stream.decompress(raw, MAX_BODY + 1)
    except zlib.error as exc:
        raise FetchError("the compressed body is broken") from exc
    if len(body) > MAX_BODY:
        raise TooLarge("larger than 5 MB")
    if not stream.eof:
        raise FetchError("the compressed body is cut short")
    if stream.unused_data:
        raise FetchError("the compressed body has something behind it")
    return body


def _has_zlib_header(raw: bytes) -> bool:
    """Check the first two bytes (RFC 1950 2.2)."""
    return raw[0] & 0x0F == 8 and int.from_bytes(raw[:2], "big") % 31 == 0
