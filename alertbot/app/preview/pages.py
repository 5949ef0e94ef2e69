"""Completes the entries of a feed that is previewed, as the service would."""

from collections.abc import Sequence

from alertbot.config import Config
from alertbot.feeds.pages import HttpPages
from alertbot.model import Content, Entry
from alertbot.scheduler import with_pages


async def with_whole_texts(
    entries: Sequence[Entry], source: str, config: Config
) -> tuple[Entry, ...]:
    """Return the entries, of excerpts the newest few with the text of their page.

    source: where they are from; of a file, and of a page itself, no other page is asked for.
    """
    if "://" not in source or any(entry.link == source for entry in entries):
        return tuple(entries)
    known = (feed.content for feed in config.feeds if feed.url == source)
    content = next(known, Content.AUTO)
    pages = HttpPages(allow_private=config.allow_private, contact=config.contact)
    try:
        oldest_first = await with_pages(entries[::-1], content, pages)
    finally:
        await pages.aclose()
    return oldest_first[::-1]
