"""The topics as a keyboard of pages, on which a tap follows or leaves one.

Callback data is `s:<topic id>:<page>` (subscribe), `u:<topic id>:<page>` (unsubscribe) or
`p:<page>` (turn); the config's limit on ids keeps it under Telegram's 64 bytes. It says what is
wanted, so that a tap which comes twice does no harm.
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from alertbot.chat.talk import Buttons, TopicList, clip
from alertbot.model import Button, Topic, TopicId
from alertbot.words import Words, msgid

PAGE_SIZE = 8
TICK = "✓ "
BACK, ON = msgid("‹ Page {page} of {pages}"), msgid("Page {page} of {pages} ›")
_PRESS = re.compile(
    r"(?P<wish>[su]):(?P<topic>.+):(?P<at>[0-9]{1,4})|p:(?P<page>[0-9]{1,4})", re.ASCII
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Press:
    """What a button of the keyboard asks for."""

    page: int
    #: None: only turn to the page
    topic: TopicId | None
    #: whether the chat is to follow the topic from now on, or no longer
    follow: bool = False


def read_press(data: str) -> Press | None:
    """Return what the callback data asks for; None if it is none of ours."""
    found = _PRESS.fullmatch(data)
    if not found:
        return None
    if found["topic"] is None:
        return Press(page=int(found["page"]), topic=None)
    return Press(page=int(found["at"]), topic=TopicId(found["topic"]), follow=found["wish"] == "s")


def keyboard(
    topics: TopicList, followed: Collection[TopicId], words: Words, page: int = 0
) -> Buttons:
    """Return the rows of a page, its topics first, then the way to the other pages."""
    pages = max(1, -(-len(topics) // PAGE_SIZE))
    page = min(page, pages - 1)
    shown = tuple(topics)[page * PAGE_SIZE : (page + 1) * PAGE_SIZE]
    turns = [
        Button(label=words(shape, page=there + 1, pages=pages), data=f"p:{there}")
        for shape, there in ((BACK, page - 1), (ON, page + 1))
        if 0 <= there < pages
    ]
    rows = topic_buttons(shown, followed, page)
    return (*rows, tuple(turns)) if turns else rows


def topic_buttons(topics: Sequence[Topic], followed: Collection[TopicId], page: int = 0) -> Buttons:
    """Return a row per topic, with a tick where the chat follows it."""
    return tuple(
        (
            Button(
                label=f"{TICK if topic.id in followed else ''}{clip(topic.name)}",
                data=f"{'u' if topic.id in followed else 's'}:{topic.id}:{page}",
            ),
        )
        for topic in topics
    )
