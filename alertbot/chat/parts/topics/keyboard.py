"""The topics as a keyboard of pages, on which a tap follows or leaves one.

Callback data is `s:<topic id>:<page>` (subscribe), `u:<topic id>:<page>` (unsubscribe) or
`p:<page>` (turn); the config's limit on ids keeps it under Telegram's 64 bytes. It says what is
wanted, so that a tap which comes twice does no harm.
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from alertbot.chat.talk import TICK, Buttons, TopicList, clip
from alertbot.model import Button, Topic, TopicId
from alertbot.words import Words, msgid

BACK, FORTH = msgid("‹ Page {page} of {pages}"), msgid("Page {page} of {pages} ›")
BACK_TO, FORTH_TO = msgid("‹ {group}"), msgid("{group} ›")
_PRESS = re.compile(
    r"(?P<wish>[su]):(?P<topic>[a-z0-9-]{1,48}):(?P<at>[0-9]{1,4})|p:(?P<page>[0-9]{1,4})"
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
    """Return the rows of a page, its topics first, then the way to the other pages.

    A page that is not there is the last one.
    """
    pages = topics.pages
    page = min(page, len(pages) - 1)
    turns = [
        Button(label=_turn(topics, words, page, there), data=f"p:{there}")
        for there in (page - 1, page + 1)
        if 0 <= there < len(pages)
    ]
    rows = topic_buttons(pages[page], followed, page)
    return (*rows, tuple(turns)) if turns else rows


def heading(topics: TopicList, page: int) -> str:
    """Return the name of the group that the page shows; empty where there is none to name."""
    pages = topics.pages
    if len(pages) == 1:
        return ""
    return pages[min(page, len(pages) - 1)][0].group or ""


def topic_buttons(topics: Sequence[Topic], followed: Collection[TopicId], page: int) -> Buttons:
    """Return a row per topic, with a tick where the chat follows it; a tap leads to the page."""
    return tuple((_button(topic, followed, page),) for topic in topics)


def found_buttons(
    among: TopicList, topics: Sequence[Topic], followed: Collection[TopicId]
) -> Buttons:
    """Return the same for topics of several pages; a tap leads to that of the topic."""
    return tuple((_button(topic, followed, among.page_of(topic.id)),) for topic in topics)


def _button(topic: Topic, followed: Collection[TopicId], page: int) -> Button:
    follows = topic.id in followed
    return Button(
        label=f"{TICK if follows else ''}{clip(topic.name)}",
        data=f"{'u' if follows else 's'}:{topic.id}:{page}",
    )


def _turn(topics: TopicList, words: Words, here: int, there: int) -> str:
    """Return where the page leads: to another group, or to more of the same."""
    group = heading(topics, there)
    if group and group != heading(topics, here):
        shape = FORTH_TO if there > here else BACK_TO
        return words(shape, group=clip(group, 30))
    shape = FORTH if there > here else BACK
    return words(shape, page=there + 1, pages=len(topics.pages))
