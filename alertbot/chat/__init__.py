"""Messages out and commands in, over Telegram or in the terminal; `app` picks one of the two."""

from alertbot.chat.commands import Commands
from alertbot.chat.console import CONSOLE, ConsoleChat
from alertbot.chat.parts import open_commands
from alertbot.chat.parts.admins import FormerTopics, config_in_force, config_refused, feed_notice
from alertbot.chat.parts.watches import watch_goes_on, watch_paused
from alertbot.chat.talk import ChatKind, Desk, Offer, Pressed, Speaker, TopicList
from alertbot.chat.telegram import TelegramChat

__all__ = [
    "CONSOLE",
    "ChatKind",
    "Commands",
    "ConsoleChat",
    "Desk",
    "FormerTopics",
    "Offer",
    "Pressed",
    "Speaker",
    "TelegramChat",
    "TopicList",
    "config_in_force",
    "config_refused",
    "feed_notice",
    "open_commands",
    "watch_goes_on",
    "watch_paused",
]
