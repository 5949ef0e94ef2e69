"""Messages out and commands in, over Telegram or in the terminal; `app` picks one of the two."""

from alertbot.chat.commands import Commands
from alertbot.chat.console import CONSOLE, ConsoleChat
from alertbot.chat.parts import open_commands
from alertbot.chat.parts.admins import (
    FormerTopics,
    Glance,
    Office,
    config_checked,
    config_in_force,
    config_kept,
    config_refused,
    feed_notice,
)
from alertbot.chat.parts.watches import watch_goes_on, watch_paused
from alertbot.chat.talk import (
    Answer,
    ChatKind,
    Desk,
    Offer,
    Pressed,
    Speaker,
    TopicList,
    bold,
    escaped,
    fit,
    say,
)
from alertbot.chat.telegram import TelegramChat

__all__ = [
    "CONSOLE",
    "Answer",
    "ChatKind",
    "Commands",
    "ConsoleChat",
    "Desk",
    "FormerTopics",
    "Glance",
    "Offer",
    "Office",
    "Pressed",
    "Speaker",
    "TelegramChat",
    "TopicList",
    "bold",
    "config_checked",
    "config_in_force",
    "config_kept",
    "config_refused",
    "escaped",
    "feed_notice",
    "fit",
    "open_commands",
    "say",
    "watch_goes_on",
    "watch_paused",
]
