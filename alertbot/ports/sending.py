"""What the dispatcher needs: a messenger, and the outbox of what is due."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from alertbot.model import Alert, AlertId, ChatId, DeliveryId, Message, TopicId
from alertbot.ports.holding import Digest
from alertbot.words import DEFAULT

#: a longer pause is not believed, nor a time further off: Telegram has been seen to ask for twelve
#: hours, and one message a day does no harm even where it should be none
LONGEST_PAUSE = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One alert, digest or broadcast to one chat, claimed: ours to send until the lease ends."""

    id: DeliveryId
    token: str
    chat: ChatId
    #: of a digest: one of its alerts; of a broadcast: None
    alert_id: AlertId | None
    #: what is still to be written, or the message it has become
    content: Alert | Digest | Message
    #: the matched topics this chat follows, fixed when the alert was made
    topics: tuple[TopicId, ...]
    #: 1 for the first try
    attempt: int
    #: an earlier try may have arrived
    maybe_repeat: bool
    #: how many earlier tries may have
    lost_answers: int = 0
    #: any of the topics is
    urgent: bool = False
    #: never to be sent again where nobody knows whether it was
    at_most_once: bool = False
    #: of the chat
    language: str = DEFAULT
    #: the forum thread it goes to; None: to the chat itself
    thread: int | None = None
    #: it stands for others, too, which come to the same end
    is_digest: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """Telegram has it."""

    message_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Throttled:
    """Not sent: too fast (429)."""

    retry_after: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class NotSent:
    """Not sent for certain, worth another try: the request never reached Telegram."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """Not sent and never will be."""

    reason: str
    #: the chat is lost to us (blocked, kicked, deactivated, not found), not just this message
    chat_gone: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Migrated:
    """Not sent: the group has a new id."""

    chat: ChatId


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreadGone:
    """Not sent: the forum thread is closed or deleted; the chat itself is there."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Unknown:
    """It may have been sent: the answer was lost."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BotRefused:
    """Not sent, nor will any other be: the token is wrong (401, 404)."""

    reason: str


SendOutcome = Sent | Throttled | NotSent | Refused | Migrated | ThreadGone | Unknown | BotRefused


class Messenger(Protocol):
    """Sends messages."""

    async def send(self, chat: ChatId, message: Message, thread: int | None = None) -> SendOutcome:
        """Send, more plainly where formatting is refused; never raises for an outcome.

        thread: the forum thread it goes to; None: to the chat itself.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What becomes of a delivery after a try, and of its chat; committed as one."""

    #: exactly one of the next six says the new state; none of them: leave it to the lease
    message_id: int | None = None
    retry_at: datetime | None = None
    dead: str | None = None
    #: sent or not, who knows, and left at that; why
    unknown: str | None = None
    migrated_to: ChatId | None = None
    #: all that goes to its thread goes to the chat itself from now on, this one too
    thread_gone: bool = False
    #: the chat is unreachable: its queue is cancelled
    chat_gone: bool = False
    #: no message to this chat before then
    chat_paused_until: datetime | None = None
    #: no message to anyone before then
    all_paused_until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What may be sent now, and when there may be more."""

    deliveries: tuple[Delivery, ...] = ()
    #: from then on the pace allows another; None where nothing was claimed
    more_at: datetime | None = None


class Outbox(Protocol):
    """What the dispatcher needs of the store."""

    async def claim(
        self, now: datetime, slots: int, lease: timedelta, per_second: int = 30
    ) -> Claim:
        """Mark up to `slots` due deliveries as being sent, committed before it returns.

        At most one per chat; urgent ones first, then the longest due. The pace (`per_second`
        overall, one a second to a private chat, 20 a minute to a group) and pauses are kept,
        restarts included: what is returned may be sent now.
        """
        ...

    async def keep(self, delivery: Delivery, message: Message, per_second: int = 30) -> Message:
        """Store the message of a claimed delivery, written just now; return what to send.

        That is what another has stored meanwhile, if so.
        """
        ...

    async def finish(self, delivery: Delivery, verdict: Verdict, now: datetime) -> bool:
        """Commit what became of a try; False if another holds the delivery by now."""
        ...

    async def recover(self, now: datetime, *, everything: bool = False) -> int:
        """Let go of deliveries with a lapsed lease (or of all being sent); return how many.

        They are due again as maybe repeats or, to be sent at most once, unknown. What has waited
        longer than its shelf life is expired.
        """
        ...

    async def next_due(self, now: datetime) -> datetime | None:
        """Return when there is something to claim or to recover; None when nothing waits."""
        ...
