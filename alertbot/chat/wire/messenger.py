"""Sends a message through the Bot API and says what became of it; the dispatcher calls it."""

import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, LinkPreviewOptions
from telegram.constants import MessageLimit, ParseMode
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
)

from alertbot.chat.patience import UNKNOWN_BOT
from alertbot.chat.wire.request import NeverSent
from alertbot.model import Button, ChatId, Message
from alertbot.ports import (
    BotRefused,
    Migrated,
    NotSent,
    Refused,
    SendOutcome,
    Sent,
    ThreadGone,
    Throttled,
    Unknown,
)

logger = logging.getLogger(__name__)

NO_PREVIEW = LinkPreviewOptions(is_disabled=True)
#: for a 429 that does not say how long to wait
SOME_TIME = timedelta(seconds=5)
#: what a 400 says when the chat, not the message, is the reason (the Bot API gives no codes)
NO_SUCH_CHAT = (
    "chat not found",  # also "private chat not found"
    "user not found",
    "user is deactivated",
    "peer_id_invalid",
    "chat_id_invalid",
    "group chat was deactivated",
    "need administrator rights in the channel chat",
)
#: what a 400 says when the forum thread is the reason; the last two are MTProto's
NO_SUCH_THREAD = ("message thread not found", "topic_closed", "topic_deleted")

#: what PTB stumbles over when a 200 carries something else than a message
NOT_A_MESSAGE = (AttributeError, KeyError, TypeError, ValueError)
#: characters of a reason; a proxy may answer with a whole page
REASON_LENGTH = 200

Rows = Sequence[Sequence[Button]]


class TelegramMessenger:
    """Sends through a bot."""

    def __init__(self, bot: Bot, *, paid_broadcast: bool = False) -> None:
        """Send through `bot`.

        paid_broadcast: up to 1,000 messages a second; Telegram takes 0.1 Stars for each beyond its
        free 30 (allow_paid_broadcast of https://core.telegram.org/bots/api#sendmessage).
        """
        self._bot = bot
        self._paid_broadcast = paid_broadcast
        self._short_of_stars = False

    async def send(self, chat: ChatId, message: Message, thread: int | None = None) -> SendOutcome:
        """Send once; once more for each of formatting, link button and payment that is refused.

        thread: the forum thread it goes to; None: to the chat itself.
        """
        if reason := _unsendable(message):
            return Refused(reason=reason)
        formatted, paid = True, self._paid_broadcast
        while True:
            try:
                sent = await self._post((chat, thread), message, formatted=formatted, paid=paid)
                self._short_of_stars &= not paid
                return sent
            except BadRequest as error:
                if paid and _is_about_paying(error):
                    self._note_refused_payment(error)
                    paid = False
                    continue
                plainer = _plainer(message, error, formatted=formatted)
                if plainer is None:
                    return _of_thread(error) if thread is not None else outcome_of(error)
                message, formatted = plainer, False
            except (TelegramError, *NOT_A_MESSAGE) as error:
                return outcome_of(error)

    def _note_refused_payment(self, error: BadRequest) -> None:
        """Tell the log once; again only after a payment was taken meanwhile."""
        if not self._short_of_stars:
            logger.warning("paid broadcast is refused, sending without: %s", error)
        self._short_of_stars = True

    async def _post(
        self, to: tuple[ChatId, int | None], message: Message, *, formatted: bool, paid: bool
    ) -> Sent:
        chat, thread = to
        text = message.html if formatted else message.text
        common: dict[str, Any] = {
            "chat_id": chat,
            "message_thread_id": thread,
            "parse_mode": ParseMode.HTML if formatted else None,
            "disable_notification": message.silent,
            "reply_markup": keyboard(message.buttons),
            "allow_paid_broadcast": paid or None,
        }
        if message.document:
            file = message.document
            sent = await self._bot.send_document(
                document=file.content, filename=file.name, caption=text, **common
            )
        else:
            sent = await self._bot.send_message(
                text=text, link_preview_options=NO_PREVIEW, **common
            )
        return Sent(message_id=sent.message_id)


def keyboard(rows: Rows) -> InlineKeyboardMarkup | None:
    """Return the buttons in Telegram's terms; None without any."""
    if not rows:
        return None
    return InlineKeyboardMarkup(
        [
            [
                InlineKeyboardButton(button.label, url=button.url, callback_data=button.data)
                for button in row
            ]
            for row in rows
        ]
    )


def outcome_of(error: Exception) -> SendOutcome:
    """Say what an error of a send means for the message.

    What PTB raises is told apart by class; BadRequest must come before NetworkError, its parent.
    """
    reason = str(error)[:REASON_LENGTH]
    match error:
        case RetryAfter():
            return Throttled(retry_after=_as_timedelta(error.retry_after))
        case ChatMigrated():
            return Migrated(chat=ChatId(error.new_chat_id))
        case InvalidToken():
            return BotRefused(reason=UNKNOWN_BOT)
        case Conflict():
            return BotRefused(reason=f"Telegram stops this bot: {reason}")
        case Forbidden():
            return Refused(reason=reason, chat_gone=True)
        case BadRequest():
            gone = any(why in reason.lower() for why in NO_SUCH_CHAT)
            return Refused(reason=reason, chat_gone=gone)
    return _outcome_on_the_way(error, reason)


def _of_thread(error: BadRequest) -> SendOutcome:
    """Say what a refusal means for a message to a forum thread."""
    if any(why in str(error).lower() for why in NO_SUCH_THREAD):
        return ThreadGone(reason=str(error)[:REASON_LENGTH])
    return outcome_of(error)


def _outcome_on_the_way(error: Exception, reason: str) -> SendOutcome:
    """Say what it means that no proper answer came."""
    match error:
        case NeverSent():
            return NotSent(reason=reason)
        case NetworkError() if reason.startswith("Too Many Requests"):
            return Throttled(retry_after=SOME_TIME)
        case TelegramError():
            return Unknown(reason=reason)
    return Unknown(reason="Telegram's answer made no sense")


def _as_timedelta(time: int | timedelta) -> timedelta:
    return time if isinstance(time, timedelta) else timedelta(seconds=time)


def _unsendable(message: Message) -> str | None:
    """Return why no request need be made for this message."""
    text = message.text
    limit = MessageLimit.CAPTION_LENGTH if message.document else MessageLimit.MAX_TEXT_LENGTH
    if not text.strip():
        return "the message is empty"
    try:
        length = len(text.encode("utf-16-le")) // 2
    except UnicodeEncodeError:
        return "the message holds half a character (a lone surrogate)"
    if length > limit:
        return f"the message is too long: {length} of {limit} UTF-16 units"
    return None


def _is_about_paying(error: BadRequest) -> bool:
    """Tell whether a refusal is for want of Stars; Telegram documents no words for it.

    MTProto's are BALANCE_TOO_LOW and PAYMENT_…; to read too much into others costs one more try.
    """
    said = str(error).lower()
    return any(word in said for word in ("balance", "payment", "paid", "stars"))


def _plainer(message: Message, error: BadRequest, *, formatted: bool) -> Message | None:
    """Return what to send without formatting after a refusal; None if that would not help."""
    said = str(error).lower()
    if "can't parse entities" in said:
        return message if formatted else None
    # Telegram refuses the whole message when it dislikes a button's address
    if "button url" in said or "button_url_invalid" in said:
        links = [b for row in message.buttons for b in row if b.url]
        if not links:
            return None
        text = "\n\n".join([message.text, *(f"{link.label}: {link.url}" for link in links)])
        rows = tuple(
            kept for row in message.buttons if (kept := tuple(b for b in row if not b.url))
        )
        return replace(message, text=text, buttons=rows)
    return None
