"""Who speaks, read from Telegram's updates; `telegram` asks."""

from collections.abc import Mapping
from dataclasses import replace

from telegram import (
    ChatMember,
    ChatMemberAdministrator,
    ChatMemberRestricted,
    MaybeInaccessibleMessage,
    Message,
    MessageOriginChannel,
    User,
)
from telegram.constants import ChatID, ChatType

from alertbot.chat.talk import ChatKind, Members, Speaker
from alertbot.model import ChatId
from alertbot.words import Words, known_language, words_in

#: the kinds of chat that are no group
_KINDS: Mapping[str, ChatKind] = {
    ChatType.PRIVATE: ChatKind.PRIVATE,
    ChatType.CHANNEL: ChatKind.CHANNEL,
}


def typed_by(message: Message, words: Words, members: Members) -> Speaker:
    """Return who typed the message; words: of the chat.

    A person may speak in the name of a chat: an admin in that of the group itself, which Telegram
    shows as GroupAnonymousBot, anybody in that of a channel (Bot API, Message.sender_chat).
    """
    user, sender = message.from_user, message.sender_chat
    anonymous = (
        user is not None
        and user.id == ChatID.ANONYMOUS_ADMIN
        and sender is not None
        and sender.id == message.chat.id
    )
    speaker = tapped_by(message, None if sender else user, words, members)
    return replace(speaker, anonymous_admin=anonymous)


def tapped_by(
    message: MaybeInaccessibleMessage, user: User | None, words: Words, members: Members
) -> Speaker:
    """Return who tapped a button of the message, always as themselves; words: of the chat."""
    thread = None
    if isinstance(message, Message) and message.is_topic_message:
        thread = message.message_thread_id
    return Speaker(
        chat=ChatId(message.chat.id),
        kind=_KINDS.get(message.chat.type, ChatKind.GROUP),
        words=words,
        user=user.id if user else None,
        forum=bool(message.chat.is_forum),
        thread=thread,
        spoken=spoken_by(user, message.chat.type),
        members=members,
    )


def said_in(message: Message) -> str | None:
    """Return what a message says, as if it were typed; None if that is nothing to us.

    In private a location asks what time it is there, and a channel's post for that channel.
    """
    if message.chat.type == ChatType.PRIVATE:
        if isinstance(message.forward_origin, MessageOriginChannel):
            return f"/channel {message.forward_origin.chat.id}"
        if place := message.location:
            return f"/timezone {place.latitude:.2f}, {place.longitude:.2f}"
    return message.text


def spoken_by(user: User | None, chat_type: str) -> str | None:
    """Return the language of ours that the person's app is set to; None in a group."""
    if user is None or chat_type != ChatType.PRIVATE:
        return None
    return known_language(user.language_code)


def words_for(user: User | None) -> Words:
    """Return the words to use where the chat's own language is not at hand."""
    return words_in(known_language(user.language_code) if user else None)


def is_there(member: ChatMember, chat_type: str) -> bool:
    """Tell whether somebody of this standing is in the chat; in a channel: may post."""
    if chat_type == ChatType.CHANNEL:
        return may_post(member)
    if isinstance(member, ChatMemberRestricted):
        return member.is_member
    return member.status not in {ChatMember.LEFT, ChatMember.BANNED}


def may_post(member: ChatMember) -> bool:
    """Tell whether somebody of this standing has the right to post in a channel."""
    if isinstance(member, ChatMemberAdministrator):
        return bool(member.can_post_messages)
    return member.status == ChatMember.OWNER
