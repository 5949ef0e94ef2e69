"""Messages out and commands in, over Telegram or in the terminal; `app` picks one of the two."""

from alertbot.chat.admins import FormerTopics, config_in_force, config_refused, feed_notice
from alertbot.chat.commands import Commands
from alertbot.chat.console import CONSOLE, ConsoleChat
from alertbot.chat.telegram import TelegramChat
from alertbot.chat.topics import Offer, Pressed, TopicList

__all__ = [
    "CONSOLE",
    "Commands",
    "ConsoleChat",
    "FormerTopics",
    "Offer",
    "Pressed",
    "TelegramChat",
    "TopicList",
    "config_in_force",
    "config_refused",
    "feed_notice",
]
