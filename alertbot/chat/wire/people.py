"""Who speaks, read from Telegram's updates; `telegram` asks."""

from collections.abc import Mapping

from telegram import (
    ChatMember,
    ChatMemberRestricted,
    MaybeInaccessibleMessage,
    Message,
    User,
)
from telegram.constants import ChatID, ChatType

from alertbot.chat.talk import ChatKind, Speaker
from alertbot.model import ChatId
from alertbot.words import Words, known_language, words_in

#: the kinds of chat that are no group
_KINDS: Mapping[str, ChatKind] = {
    ChatType.PRIVATE: ChatKind.PRIVATE,
    ChatType.CHANNEL: ChatKind.CHANNEL,
}


def speaker_of(message: MaybeInaccessibleMessage, user: User | None, words: Words) -> Speaker:
    """Return who typed the message, or tapped a button of it; words: of the chat."""
    anonymous = user is not None and user.id == ChatID.ANONYMOUS_ADMIN
    thread = None
    if isinstance(message, Message) and message.is_topic_message:
        thread = message.message_thread_id
    return Speaker(
        chat=ChatId(message.chat.id),
        kind=_KINDS.get(message.chat.type, ChatKind.GROUP),
        words=words,
        user=user.id if user and not anonymous else None,
        thread=thread,
        spoken=spoken_by(user, message.chat.type),
        anonymous_admin=anonymous,
    )


def spoken_by(user: User | None, chat_type: str) -> str | None:
    """Return the language of ours that the person's app is set to; None in a group."""
    if user is None or chat_type != ChatType.PRIVATE:
        return None
    return known_language(user.language_code)


def words_for(user: User | None) -> Words:
    """Return the words to use where the chat's own language is not at hand."""
    return words_in(known_language(user.language_code) if user else None)


def is_there(member: ChatMember) -> bool:
    """Tell whether somebody of this standing is in the chat."""
    if isinstance(member, ChatMemberRestricted):
        return member.is_member
    return member.status not in {ChatMember.LEFT, ChatMember.BANNED}
