"""Asks Telegram who is an admin where; an answer is believed for a minute, no longer."""

import logging

from telegram import Bot, ChatMember
from telegram.constants import ChatType
from telegram.error import BadRequest, ChatMigrated, Forbidden, TelegramError

from alertbot.chat.lately import Lately
from alertbot.chat.talk import Place, Standing
from alertbot.chat.wire.people import may_post
from alertbot.model import ChatId

logger = logging.getLogger(__name__)

ADMINS = frozenset({ChatMember.OWNER, ChatMember.ADMINISTRATOR})


class TelegramMembers:
    """Asks as a bot: `talk.Members`."""

    def __init__(self, bot: Bot) -> None:
        self._bot = bot
        self._known: Lately[tuple[ChatId, int], Standing] = Lately()

    async def find(self, name: str) -> Place | None:
        """Return the group or channel of this @name or id; None if there is none that we see.

        Raises PTB's errors but for refusals.
        """
        try:
            chat = await self._bot.get_chat(name)
        except (BadRequest, ChatMigrated, Forbidden) as error:
            logger.debug("a chat cannot be seen: %s", error)
            return None
        if chat.type == ChatType.PRIVATE:
            return None
        is_channel = chat.type == ChatType.CHANNEL
        return Place(chat=ChatId(chat.id), title=chat.title or "", is_channel=is_channel)

    async def standing(self, chat: ChatId, user: int) -> Standing:
        """Return what a person is there, as it was less than a minute ago.

        UNKNOWN also where Telegram keeps it from us: of members it speaks for certain only to
        admins (https://core.telegram.org/bots/api#getchatmember).
        """
        if known := self._known.get((chat, user)):
            return known
        try:
            member = await self._member(chat, user)
            standing = Standing.ADMIN if member.status in ADMINS else Standing.OTHER
        except (BadRequest, Forbidden) as error:
            logger.debug("the members of a chat are kept from us: %s", error)
            standing = Standing.UNKNOWN
        except TelegramError as error:
            logger.warning("Telegram does not say who is an admin: %s", type(error).__name__)
            return Standing.UNKNOWN  # and the next time we ask again
        self._known.put((chat, user), standing)
        return standing

    async def our_standing(self, channel: ChatId) -> Standing:
        """Return what we are there: ADMIN if we have the right to post."""
        try:
            member = await self._bot.get_chat_member(channel, self._bot.id)
        except (BadRequest, Forbidden) as error:
            logger.debug("a channel is closed to us: %s", error)
            return Standing.OTHER
        except TelegramError as error:
            logger.warning("Telegram does not say what we may do: %s", type(error).__name__)
            return Standing.UNKNOWN
        return Standing.ADMIN if may_post(member) else Standing.OTHER

    async def _member(self, chat: ChatId, user: int) -> ChatMember:
        try:
            return await self._bot.get_chat_member(chat, user)
        except ChatMigrated as moved:
            return await self._bot.get_chat_member(moved.new_chat_id, user)
