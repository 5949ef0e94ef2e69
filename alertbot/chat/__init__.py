"""Messages out and commands in, over Telegram or in the terminal; `app` picks one of the two."""

from alertbot.chat.commands import Commands, Pressed
from alertbot.chat.console import CONSOLE, ConsoleChat
from alertbot.chat.telegram import TelegramChat

__all__ = ["CONSOLE", "Commands", "ConsoleChat", "Pressed", "TelegramChat"]
