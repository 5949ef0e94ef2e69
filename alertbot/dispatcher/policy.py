"""What becomes of a delivery, given what Telegram said to it; the sender asks after each try.

Whether a message was sent is read from the outcome, never guessed: only an outcome that proves it
was not sent lets it be tried again at once.
"""

from datetime import datetime, timedelta
from typing import assert_never

from alertbot.model import ChatId
from alertbot.ports import (
    LONGEST_PAUSE,
    BotRefused,
    Delivery,
    Migrated,
    NotSent,
    Refused,
    SendOutcome,
    Sent,
    ThreadGone,
    Throttled,
    Unknown,
    Verdict,
)

FIRST_BACKOFF = timedelta(seconds=1)
LONGEST_BACKOFF = timedelta(minutes=5)

#: after so many lost answers there is no further try: where every answer gets lost, each try may
#: well have arrived, and a chat must not get the same message for ever
LOST_ANSWERS = 5
NO_ANSWER = "Telegram's answers were lost, try after try"


def judge(outcome: SendOutcome, delivery: Delivery, now: datetime, jitter: float) -> Verdict:
    """Return what to do after a try.

    jitter: from 0 to 1, spreads retries so that they do not come back all at once.
    """
    match outcome:
        case Sent(message_id=message_id):
            return Verdict(message_id=message_id)
        case Throttled(retry_after=retry_after):
            return _throttled(delivery.chat, now + min(retry_after, LONGEST_PAUSE))
        case NotSent():
            return Verdict(retry_at=now + _backoff(delivery.attempt, jitter))
        case Refused(reason=reason, chat_gone=chat_gone):
            return Verdict(dead=reason, chat_gone=chat_gone)
        case Migrated(chat=chat):
            return Verdict(migrated_to=chat)
        case ThreadGone():
            return Verdict(thread_gone=True)
        case Unknown(reason=reason):
            return _left_open(delivery, reason)
        case BotRefused():
            # nothing is wrong with the delivery; the sender stops
            return Verdict(retry_at=now)
        case _:
            assert_never(outcome)


def _left_open(delivery: Delivery, reason: str) -> Verdict:
    """Leave it at that, or to the lease: it is then due again, marked as a maybe repeat."""
    if delivery.at_most_once:
        return Verdict(unknown=reason)
    if delivery.lost_answers + 1 >= LOST_ANSWERS:
        return Verdict(dead=NO_ANSWER)
    return Verdict()


def _throttled(chat: ChatId, until: datetime) -> Verdict:
    """Pause the chat, and everyone unless the chat is a group; for a day at most.

    A 429 does not say which limit was hit. To a private chat we send far less than its own limit
    allows, so there it is the limit of the whole bot; a group's limit of 20 a minute also counts
    what we cannot see, so there it is the group's.
    """
    is_group = chat < 0
    return Verdict(
        retry_at=until,
        chat_paused_until=until,
        all_paused_until=None if is_group else until,
    )


def _backoff(attempt: int, jitter: float) -> timedelta:
    """Double from one second to five minutes, then take between half and all of it."""
    doublings = min(attempt - 1, 20)
    longest = min(FIRST_BACKOFF * (1 << doublings), LONGEST_BACKOFF)
    return longest * (0.5 + 0.5 * jitter)
