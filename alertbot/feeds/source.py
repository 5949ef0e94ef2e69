"""Any source read once: a feed or a page, from the web or a file.

`alertbot preview`, `alertbot backtest` and the admins' /test call it.
"""

import asyncio
from dataclasses import dataclass
from pathlib import Path

from alertbot.errors import FeedError, FetchError
from alertbot.feeds.http import Downloader
from alertbot.feeds.pages import PREVIEW, parse_page
from alertbot.feeds.pages.source import PARSE_LIMIT, ROOM
from alertbot.feeds.reading import FeedProcesses, Kind, kind_of, read_feed
from alertbot.model import Entry


async def load_source(
    source: str, *, allow_private: bool, contact: str | None
) -> tuple[Entry, ...]:
    """Return the entries of a feed, or a page as one entry; their feed is called "preview".

    source: an http or https URL, or the path of an RSS, Atom, JSON Feed or HTML file. Both are
    read whole, without a limit on their entries; what comes from afar, in a child process.

    Raises:
        FeedError: it cannot be had or read; the text says why.
    """
    if "://" in source:
        return await _from_afar(source, allow_private=allow_private, contact=contact)
    body = await asyncio.to_thread(_file_content, source)
    return _entries(body, url="", content_type=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """What a server answered, to be read in a child process."""

    body: bytes
    url: str
    content_type: str | None

    def done(self) -> tuple[Entry, ...]:
        """Return its entries; raises ParseError."""
        return _entries(self.body, url=self.url, content_type=self.content_type)


async def _from_afar(url: str, *, allow_private: bool, contact: str | None) -> tuple[Entry, ...]:
    downloader = Downloader(allow_private=allow_private, contact=contact)
    processes = FeedProcesses(PARSE_LIMIT, ROOM)
    try:
        answer = await downloader.get(url)
        if not answer.ok:
            raise FetchError(f"HTTP {answer.status}")
        return await processes.read(
            _Found(body=answer.body, url=answer.url, content_type=answer.content_type)
        )
    finally:
        processes.close()
        await downloader.aclose()


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
