"""Who speaks to us, and where; the two doors, `telegram` and `console`, make it."""

from dataclasses import dataclass, field
from enum import StrEnum

from alertbot.chat.talk.members import Members
from alertbot.model import ChatId
from alertbot.words import Words


class ChatKind(StrEnum):
    """What sort of chat it is."""

    PRIVATE = "private"
    GROUP = "group"
    CHANNEL = "channel"


@dataclass(frozen=True, slots=True, kw_only=True)
class Speaker:
    """Whoever typed a command or tapped a button."""

    chat: ChatId
    kind: ChatKind
    #: in the language of the chat
    words: Words
    #: Telegram's id of the person; None where it does not say
    user: int | None = None
    #: the chat has threads
    forum: bool = False
    #: the forum thread (message_thread_id) it was said in; None outside forums, and in General
    thread: int | None = None
    #: the language of ours that the person's app is set to; None for any other, and in groups
    spoken: str | None = None
    #: an admin who speaks in the name of the group itself
    anonymous_admin: bool = False
    #: whom to ask who is an admin; None where there is nobody
    members: Members | None = field(default=None, compare=False, repr=False)

    @property
    def only_taps(self) -> bool:
        """Whether nothing can be typed for the chat: a channel, which obeys taps in private."""
        return self.kind is ChatKind.CHANNEL
