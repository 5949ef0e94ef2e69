"""Tries a page, a feed or a text on the topics in force: what would be sent of it, and why."""

import asyncio
import re
from collections.abc import Iterator, Sequence
from datetime import timedelta

from alertbot.app.preview.near import near_misses
from alertbot.app.preview.pages import with_whole_texts
from alertbot.app.service.edits.snapshot import Snapshot
from alertbot.app.shortener import open_shortener
from alertbot.app.wording import because
from alertbot.chat import Answer, bold, escaped, fit, say
from alertbot.errors import FeedError
from alertbot.feeds.source import load_source
from alertbot.model import Alert, Entry, FeedId, Message
from alertbot.scheduler import understand

#: entries of a feed that are shown, the newest
SHOWN = 3
NEAR = 3
#: characters of a line
WIDTH = 240
TITLE = 200
#: chats that write meanwhile may have to wait as long for their answers
PATIENCE = timedelta(seconds=20)
#: nothing else is asked for: a path would be a file of this machine
URL = re.compile(r"https?://\S+", re.IGNORECASE)


async def tried(said: str, snapshot: Snapshot) -> Answer:
    """Return the alerts as they would look, each with why, or what is in the way."""
    try:
        async with asyncio.timeout(PATIENCE.total_seconds()):
            entries = await _entries(said, snapshot)
            shown = [part for entry in entries[:SHOWN] for part in await _shown(entry, snapshot)]
    except FeedError as error:
        return (say(f"That cannot be read: {escaped(str(error), WIDTH)}"),)
    except TimeoutError:
        left = f"That takes longer than {PATIENCE.seconds} seconds, so it is left"
        return (say(f"{left}; <code>alertbot preview</code> has more patience."),)
    if (more := len(entries) - SHOWN) > 0:
        shown.append(say(f"… and {more:,} more; <code>alertbot preview</code> shows all"))
    return tuple(shown) or (say("There is nothing in it."),)


async def _entries(said: str, snapshot: Snapshot) -> Sequence[Entry]:
    if not URL.fullmatch(said):
        return (_written(said),)
    config = snapshot.config
    found = await load_source(said, allow_private=config.allow_private, contact=config.contact)
    return await with_whole_texts(found[:SHOWN], said, config) + found[SHOWN:]


def _written(text: str) -> Entry:
    """Return a text as an entry whose first line is the title."""
    title, _, rest = text.strip().partition("\n")
    return Entry(
        feed=FeedId("test"),
        key="test",
        title=title[:TITLE],
        link=None,
        published=None,
        content=rest.strip() or title,
        is_html=False,
    )


async def _shown(entry: Entry, snapshot: Snapshot) -> Sequence[Message]:
    alert = await asyncio.to_thread(understand, entry, snapshot.classifier)
    why = await asyncio.to_thread(lambda: say(fit(_why(alert, snapshot))))
    if not alert.matches:
        return (why,)
    alert = await _shortened(alert, snapshot)
    return snapshot.renderer.message(alert, [match.topic for match in alert.matches]), why


async def _shortened(alert: Alert, snapshot: Snapshot) -> Alert:
    shortener = open_shortener(snapshot.config)
    if shortener is None:
        return alert
    try:
        [shortened] = await shortener.shorten([alert])
    finally:
        await shortener.aclose()
    return shortened


def _why(alert: Alert, snapshot: Snapshot) -> Iterator[str]:
    names = snapshot.topic_names
    if alert.matches:
        yield "Sent to those who follow:"
        for match in alert.matches:
            yield f"• {bold(names[match.topic])}: {escaped(because(match), WIDTH)}"
    else:
        yield f"{bold(alert.brief.title)}\nNot sent: no topic matches."
    fired = {match.topic for match in alert.matches}
    others = [topic for topic in snapshot.config.topics if topic.id not in fired]
    if near := near_misses(snapshot.classifier, others, alert.brief, NEAR):
        yield "Nearest misses:"
        for miss in near:
            yield f"• {bold(miss.topic.name)} ✗ {escaped(miss.lacks, WIDTH)}"
