"""The bot on Telegram: reads updates, answers through `Commands`, keeps the chat book true.

`app` runs it. An update is confirmed (by the offset of the next request) only when it was handled,
so that a crash repeats a command instead of losing it; every command and tap bears repetition.
"""

import asyncio
import logging
import os
import time
from collections import defaultdict
from collections.abc import Collection, Coroutine, Mapping, Sequence
from contextlib import suppress
from datetime import timedelta
from functools import partial
from typing import Any

import telegram.error
from telegram import CallbackQuery, MaybeInaccessibleMessage, Update, User
from telegram.constants import ChatType, ParseMode
from telegram.ext import (
    Application,
    CallbackQueryHandler,
    ChatMemberHandler,
    ContextTypes,
    InlineQueryHandler,
    MessageHandler,
    filters,
)

from alertbot.chat.commands import Commands, read_typed
from alertbot.chat.patience import Pace, Patience, Persistent, Stopped, in_time
from alertbot.chat.talk import ChatKind, common, plain
from alertbot.chat.wire.crashes import Crashes
from alertbot.chat.wire.inline import answer_inline
from alertbot.chat.wire.members import TelegramMembers
from alertbot.chat.wire.menus import AdminMenus
from alertbot.chat.wire.messenger import NO_PREVIEW, TelegramMessenger, keyboard
from alertbot.chat.wire.people import (
    is_there,
    said_in,
    spoken_by,
    tapped_by,
    typed_by,
    words_for,
)
from alertbot.chat.wire.request import Answers, UpdateAnswers
from alertbot.model import ChatId, Message
from alertbot.ports import ChatBook, Migrated, Refused, Sent, ThreadGone
from alertbot.words import DEFAULT, LANGUAGES, Words, words_in

logger = logging.getLogger(__name__)

WANTED = (Update.MESSAGE, Update.CALLBACK_QUERY, Update.MY_CHAT_MEMBER, Update.INLINE_QUERY)
PATIENCE = Patience()
#: why a chat is lost to us, by its type
LOST: Mapping[str, str] = {
    ChatType.PRIVATE: "blocked by the user",
    ChatType.CHANNEL: "not allowed to post in the channel",
}

Context = ContextTypes.DEFAULT_TYPE


class TelegramChat:
    """The bot; `run` it to answer, use its `messenger` to send, `aclose` it at the end."""

    def __init__(
        self,
        token: str,
        base_url: str,
        commands: Commands,
        book: ChatBook,
        *,
        patience: Patience = PATIENCE,
        paid_broadcast: bool = False,
    ) -> None:
        """Make the bot; nothing is sent yet.

        paid_broadcast: let Telegram charge for what goes out faster than it allows for nothing.
        """
        # PTB's switch to its coming type of RetryAfter.retry_after; without it every 429 warns
        os.environ.setdefault("PTB_TIMEDELTA", "true")
        self._commands = commands
        self._book = book
        self._patience = patience
        self._pace = Pace(time.monotonic)
        self._crashes = Crashes(time.monotonic)
        #: when Telegram last answered or, before that, was first asked; by the monotonic clock
        self._heard: float | None = None
        waits = {"answer": patience.answer, "connect": patience.answer / 3}
        self._requests = [Answers(base_url, **waits), UpdateAnswers(base_url, **waits)]
        self._application = (
            Application.builder()
            .token(token)
            .base_url(base_url)
            .request(self._requests[0])
            .get_updates_request(self._requests[1])
            .updater(None)
            .build()
        )
        self._bot = self._application.bot
        self._menus = AdminMenus(self._bot, commands)
        self.messenger = TelegramMessenger(self._bot, paid_broadcast=paid_broadcast)
        self._members = TelegramMembers(self._bot)
        self._add_handlers()

    async def run(self, stop: asyncio.Event) -> None:
        """Answer until `stop`; an unreachable Telegram is waited for.

        Raises TokenRefused, UpdatesConflict.
        """
        self._heard = time.monotonic()
        persistent = Persistent(stop, self._patience)
        with suppress(Stopped):
            await persistent.ask(self._application.initialize)
            await persistent.ask(self._bot.delete_webhook)
            for language in LANGUAGES:
                code = None if language == DEFAULT else language
                menu = self._commands.menu(words_in(language))
                await persistent.ask(partial(self._bot.set_my_commands, menu, language_code=code))
            await self._menus.give()
            logger.info("talking on Telegram as @%s", self._bot.username)
            await self._read(persistent, stop)

    def silence(self) -> timedelta | None:
        """Return for how long Telegram has not answered; None if this process does not listen."""
        return None if self._heard is None else timedelta(seconds=time.monotonic() - self._heard)

    async def aclose(self) -> None:
        """Close the connections; nothing can be sent afterwards."""
        for request in self._requests:
            await request.shutdown()

    async def _read(self, persistent: Persistent, stop: asyncio.Event) -> None:
        read = partial(self._bot.get_updates, allowed_updates=WANTED)
        offset = None
        handled: set[int] = set()
        while True:
            updates = await persistent.ask(
                partial(read, offset=offset, timeout=self._patience.news)
            )
            self._heard = time.monotonic()
            handled |= await self._handle([u for u in updates if u.update_id not in handled], stop)
            offset = _next(updates, handled, offset)
            handled = {number for number in handled if number >= (offset or 0)}
            if updates and stop.is_set():
                with suppress(telegram.error.TelegramError, TimeoutError):  # else they come again
                    async with asyncio.timeout(self._patience.ending.total_seconds()):
                        await read(offset=offset, limit=1, timeout=timedelta(0))

    async def _handle(self, updates: Sequence[Update], stop: asyncio.Event) -> set[int]:
        """Handle each chat's updates in order, and the chats side by side, as far as time allows.

        Returns the ids of those that need not come again.
        """
        by_chat = defaultdict(list)
        for update in updates:
            place = update.effective_chat or update.effective_user
            by_chat[place and place.id].append(update)
        begun: set[int] = set()
        handled: set[int] = set()

        async def in_order(of_one_chat: Sequence[Update]) -> None:
            for update in of_one_chat:
                begun.add(update.update_id)
                await self._application.process_update(update)
                handled.add(update.update_id)

        if by_chat:
            tasks = [asyncio.create_task(in_order(of_one)) for of_one in by_chat.values()]
            await in_time(tasks, stop, self._patience)
        if stop.is_set():
            return handled
        if cut_off := len(begun - handled):
            # once is enough: what comes again and again would hold up everybody each time
            logger.warning("updates left because they took too long: %d", cut_off)
        return begun

    def _add_handlers(self) -> None:
        add = self._application.add_handler
        new = filters.UpdateType.MESSAGE
        add(MessageHandler(new & filters.StatusUpdate.MIGRATE, self._migrated))
        in_private = filters.ChatType.PRIVATE & (filters.LOCATION | filters.FORWARDED)
        add(MessageHandler(new & (filters.TEXT | in_private), self._typed))
        add(CallbackQueryHandler(self._pressed))
        add(InlineQueryHandler(self._looked_for))
        add(ChatMemberHandler(self._membership, ChatMemberHandler.MY_CHAT_MEMBER))
        self._application.add_error_handler(self._failed)

    async def _typed(self, update: Update, _: Context) -> None:
        message = update.message
        text = said_in(message) if message else None
        if not message or not text or not self._is_for_us(message.chat.type, text):
            return
        chat = ChatId(message.chat.id)
        if not self._commands.always(text) and not self._pace.allows(chat):
            return
        words = await self._words(message, message.from_user)
        speaker = typed_by(message, words, self._members)
        if speaker.kind is ChatKind.PRIVATE:
            await self._menus.keep(chat)
        for answer in await self._commands.answer(speaker, text):
            await self._reply(chat, answer, speaker.thread)

    async def _words(self, message: MaybeInaccessibleMessage, user: User | None) -> Words:
        """Return the words of the chat to which somebody speaks."""
        spoken = spoken_by(user, message.chat.type)
        return await self._commands.words(ChatId(message.chat.id), spoken)

    def _is_for_us(self, chat_type: str, text: str) -> bool:
        """Tell whether to answer: in a group only to a command that is ours."""
        if chat_type == ChatType.PRIVATE:
            return True
        typed = read_typed(text)
        if typed is None:
            return False
        if typed.bot is None:
            return self._commands.knows(typed.name)
        return typed.bot.lower() == self._bot.username.lower()

    async def _reply(self, chat: ChatId, answer: Message, thread: int | None) -> None:
        """Send an answer to where it was asked for; to the chat itself if that thread is gone."""
        outcome = await self.messenger.send(chat, answer, thread)
        if isinstance(outcome, Migrated):
            old, chat = chat, outcome.chat
            await self._book.migrate_chat(old, chat)
            outcome = await self.messenger.send(chat, answer, thread)
        if isinstance(outcome, ThreadGone):
            outcome = await self.messenger.send(chat, answer)
        if isinstance(outcome, Refused) and outcome.chat_gone:
            await self._book.chat_gone(chat, outcome.reason)
        elif not isinstance(outcome, Sent):
            # its values may name a chat
            logger.warning("an answer did not go out: %s", type(outcome).__name__)

    async def _pressed(self, update: Update, _: Context) -> None:
        query = update.callback_query
        if not query:
            return
        if not query.message or not query.data:
            await _tolerantly(query.answer(words_for(query.from_user)(common.OUTDATED)))
            return
        chat = ChatId(query.message.chat.id)
        if not self._commands.always_pressed(query.data) and not self._pace.allows(chat):
            await _tolerantly(query.answer(words_for(query.from_user)(common.ONE_MOMENT)))
            return
        words = await self._words(query.message, query.from_user)
        speaker = tapped_by(query.message, query.from_user, words, self._members)
        pressed = await self._commands.press(speaker, query.data)
        await _tolerantly(query.answer(pressed.notice, show_alert=pressed.popup or None))
        if pressed.message:
            await _tolerantly(_edit(query, pressed.message))
        for answer in pressed.more:
            await self._reply(chat, answer, speaker.thread)

    async def _looked_for(self, update: Update, _: Context) -> None:
        query = update.inline_query
        if query:
            shared = await self._commands.shared(query.query, query.offset)
            await _tolerantly(answer_inline(query, shared))

    async def _membership(self, update: Update, _: Context) -> None:
        change = update.my_chat_member
        if not change:
            return
        chat = ChatId(change.chat.id)
        kind = change.chat.type
        before = is_there(change.old_chat_member, kind)
        now = is_there(change.new_chat_member, kind)
        if now and not before:
            await self._commands.opened(chat)
        elif before and not now:
            await self._book.chat_gone(chat, LOST.get(kind, f"removed from the {kind}"))

    async def _migrated(self, update: Update, _: Context) -> None:
        message = update.message
        if message and message.migrate_to_chat_id:
            old, new = ChatId(message.chat.id), ChatId(message.migrate_to_chat_id)
            await self._book.migrate_chat(old, new)

    async def _failed(self, update: object, context: Context) -> None:
        """Tell the log what went wrong, the person that something did, and the admins what."""
        logger.error("an update could not be handled", exc_info=context.error)
        if isinstance(update, Update):
            await self._apologise(update)
        news = self._crashes.news(context.error) if context.error else None
        if news:
            for admin in sorted(self._commands.admins):
                await self.messenger.send(admin, news)

    async def _apologise(self, update: Update) -> None:
        query = update.callback_query
        if query:
            await _tolerantly(query.answer(words_for(query.from_user)(common.SORRY)))
        elif update.message:
            message = update.message
            sorry = plain(words_for(message.from_user)(common.SORRY))
            thread = message.message_thread_id if message.is_topic_message else None
            await self.messenger.send(ChatId(message.chat.id), sorry, thread)


def _next(updates: Sequence[Update], handled: Collection[int], offset: int | None) -> int | None:
    """Return the id of the first update to read again, or the one after the last."""
    if not updates:
        return offset
    ids = [update.update_id for update in updates]
    return next((number for number in ids if number not in handled), ids[-1] + 1)


async def _edit(query: CallbackQuery, message: Message) -> None:
    edit = partial(
        query.edit_message_text,
        link_preview_options=NO_PREVIEW,
        reply_markup=keyboard(message.buttons),
    )
    try:
        await edit(message.html, parse_mode=ParseMode.HTML)
    except telegram.error.BadRequest as error:
        if "can't parse entities" not in str(error).lower():
            raise
        await edit(message.text)


async def _tolerantly(request: Coroutine[Any, Any, object]) -> None:
    """Make a request that may fail without harm.

    A second tap on the same button finds the message as it should be ("message is not modified");
    an answer may come too late ("query is too old"); and the next tap mends the rest.
    """
    try:
        await request
    except telegram.error.BadRequest as error:
        logger.debug("not done: %s", error)
    except telegram.error.TelegramError as error:
        logger.warning("not done: %s", error)
