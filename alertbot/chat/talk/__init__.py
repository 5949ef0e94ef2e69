"""What all parts of the conversation share: who speaks, what a part is, what is on offer."""

from alertbot.chat.talk import common
from alertbot.chat.talk.desk import Desk
from alertbot.chat.talk.members import Members, Place, Standing
from alertbot.chat.talk.offer import Offer, TopicList
from alertbot.chat.talk.part import Answer, Article, Command, Part, Pressed, Shared, Tap, Who
from alertbot.chat.talk.say import (
    TICK,
    Buttons,
    bold,
    clip,
    date_of,
    escaped,
    fit,
    plain,
    quoted,
    say,
    units,
)
from alertbot.chat.talk.speaker import ChatKind, Speaker

__all__ = [
    "TICK",
    "Answer",
    "Article",
    "Buttons",
    "ChatKind",
    "Command",
    "Desk",
    "Members",
    "Offer",
    "Part",
    "Place",
    "Pressed",
    "Shared",
    "Speaker",
    "Standing",
    "Tap",
    "TopicList",
    "Who",
    "bold",
    "clip",
    "common",
    "date_of",
    "escaped",
    "fit",
    "plain",
    "quoted",
    "say",
    "units",
]
