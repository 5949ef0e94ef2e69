"""Any source read once: a feed or a page, from the web or a file.

`alertbot preview` and `alertbot backtest` call it.
"""

import asyncio
from pathlib import Path

from alertbot.errors import FeedError, FetchError
from alertbot.feeds.http import Answer, Downloader
from alertbot.feeds.pages import PREVIEW, parse_page
from alertbot.feeds.reading import Kind, kind_of, read_feed
from alertbot.model import Entry


async def load_source(
    source: str, *, allow_private: bool, contact: str | None
) -> tuple[Entry, ...]:
    """Return the entries of a feed, or a page as one entry; their feed is called "preview".

    source: an http or https URL, or the path of an RSS, Atom, JSON Feed or HTML file. A file is
    read whole, without a limit on its entries.

    Raises:
        FeedError: it cannot be had or read; the text says why.
    """
    if "://" in source:
        answer = await _downloaded(source, allow_private=allow_private, contact=contact)
        return _entries(answer.body, url=answer.url, content_type=answer.content_type)
    body = await asyncio.to_thread(_file_content, source)
    return _entries(body, url="", content_type=None)


async def _downloaded(url: str, *, allow_private: bool, contact: str | None) -> Answer:
    downloader = Downloader(allow_private=allow_private, contact=contact)
    try:
        answer = await downloader.get(url)
    finally:
        await downloader.aclose()
    if not answer.ok:
        raise FetchError(f"HTTP {answer.status}")
    return answer


def _file_content(path: str) -> bytes:
    try:
        if Path(path).is_char_device() or Path(path).is_block_device():
            raise FeedError(f"cannot read {path}: it is a device")
        return Path(path).read_bytes()
    except FileNotFoundError:
        raise FeedError(f"no such file: {path}") from None
    except (OSError, ValueError) as exc:
        reason = exc.strerror if isinstance(exc, OSError) else None
        raise FeedError(f"cannot read {path}: {reason or exc}") from exc


def _entries(body: bytes, *, url: str, content_type: str | None) -> tuple[Entry, ...]:
    if kind_of(body) is Kind.HTML:
        return (parse_page(body, url=url, content_type=content_type),)
    parsed = read_feed(body, feed=PREVIEW, url=url, content_type=content_type, limit=None)
    return parsed.entries
