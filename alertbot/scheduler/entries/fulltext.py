"""Which new entries need their page, before they are understood."""

import asyncio
from collections.abc import Sequence

from alertbot.briefs import make_brief
from alertbot.model import Content, Entry
from alertbot.ports import PageSource

#: pages asked for in one poll, those of the newest entries
MOST_PAGES = 5
#: a report of fewer words is taken for an excerpt; the shortest briefs have about 130
SHORT = 80


async def with_pages(
    entries: Sequence[Entry], content: Content, pages: PageSource | None
) -> tuple[Entry, ...]:
    """Return the entries, oldest first as given, those that need it with the text of their page."""
    if pages is None or content is Content.FEED:
        return tuple(entries)
    linked = [entry for entry in entries if entry.link]
    if content is Content.AUTO:
        linked = await asyncio.to_thread(_excerpts, linked)
    wanted = linked[-MOST_PAGES:]
    found = {entry.key: entry for entry in await pages.complete(wanted)}
    return tuple(found.get(entry.key, entry) for entry in entries)


async def lacking_pages(
    given: Sequence[Entry], feeds_own: Sequence[Entry], content: Content
) -> frozenset[str]:
    """Return the keys of those that need their page and are still as the feed has them."""
    same = [entry for entry, own in zip(given, feeds_own, strict=True) if entry == own]
    linked = [entry for entry in same if entry.link]
    if content is Content.AUTO:
        linked = await asyncio.to_thread(_excerpts, linked)
    return frozenset(entry.key for entry in linked)


def _excerpts(entries: Sequence[Entry]) -> list[Entry]:
    return [entry for entry in entries if _is_excerpt(entry)]


def _is_excerpt(entry: Entry) -> bool:
    """Tell whether a feed has only the beginning of an entry, or too little to be all of it."""
    brief = make_brief(entry)
    return brief.truncated or len(brief.text.split()) - len(brief.title.split()) < SHORT
