"""Telegram's menu of commands: one for everybody, in each language, and one for each admin."""

import logging

import telegram.error
from telegram import Bot, BotCommandScopeChat

from alertbot.chat.commands import Commands
from alertbot.chat.talk import ChatKind, Speaker
from alertbot.model import ChatId

logger = logging.getLogger(__name__)


class AdminMenus:
    """Gives admins a menu of their own, which nobody else sees, and takes it from those gone."""

    def __init__(self, bot: Bot, commands: Commands) -> None:
        self._bot = bot
        self._commands = commands
        self._given: set[ChatId] = set()

    async def give(self) -> None:
        """Give each admin a menu; one who never wrote to the bot gets it with the first command."""
        for chat in sorted(self._commands.admins):
            await self.keep(chat)

    async def keep(self, chat: ChatId) -> None:
        """Give or take the menu of a private chat that has just spoken, if need be."""
        is_admin = chat in self._commands.admins
        if is_admin == (chat in self._given):
            return
        scope = BotCommandScopeChat(chat)
        try:
            if is_admin:
                await self._bot.set_my_commands(await self._menu(chat), scope=scope)
                self._given.add(chat)
            else:
                await self._bot.delete_my_commands(scope=scope)
                self._given.discard(chat)
        except telegram.error.TelegramError as error:
            logger.debug("the menu of an admin is left as it is: %s", error)

    async def _menu(self, chat: ChatId) -> tuple[tuple[str, str], ...]:
        words = await self._commands.words(chat, None)
        speaker = Speaker(chat=chat, kind=ChatKind.PRIVATE, words=words)
        return self._commands.menu(words, speaker)
