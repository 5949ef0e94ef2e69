"""How a topic is told, in words: at once or in digests, silent for a while, paused by an admin."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import MappingProxyType

from alertbot.chat.parts.times.clock import shown
from alertbot.chat.parts.times.places import moment_in
from alertbot.chat.talk import Desk, bold
from alertbot.model import ChatId, Topic, TopicId
from alertbot.ports import FOR_GOOD, Mode, Settings, Subscription
from alertbot.words import Words, msgid

WEEKDAYS = (
    msgid("Monday"),
    msgid("Tuesday"),
    msgid("Wednesday"),
    msgid("Thursday"),
    msgid("Friday"),
    msgid("Saturday"),
    msgid("Sunday"),
)
#: for how long a topic can be muted, by what callback data calls it
LENGTHS: Mapping[str, str] = MappingProxyType(
    {"day": msgid("24 h"), "week": msgid("7 days"), "ever": msgid("Forever")}
)
_DAYS = {"day": 1, "week": 7}


@dataclass(frozen=True, slots=True, kw_only=True)
class Ways:
    """How a chat is told of each of its topics."""

    following: Mapping[TopicId, Subscription]
    own: Settings
    now: datetime
    #: to which thread of a forum each goes, in HTML; empty where there are none
    where: Mapping[TopicId, str] = field(default_factory=dict)

    def lines(self, words: Words, topics: Sequence[Topic], most: int) -> list[str]:
        """Return a line of HTML for each topic, and one that counts those beyond `most`."""
        lines = [self._line(words, topic) for topic in topics[:most]]
        if (more := len(topics) - most) > 0:
            lines.append(words.plural("… and {n} more", "… and {n} more", more))
        return lines

    def _line(self, words: Words, topic: Topic) -> str:
        how = self.following[topic.id]
        told = _told(words, bold(topic.name), how, self.own)
        if place := self.where.get(topic.id):
            told += words(", in {place}", place=place)
        return told + self._silence(words, how)

    def _silence(self, words: Words, how: Subscription) -> str:
        """Say why nothing comes for now, by the chat's own wish and by that of an admin."""
        paused = words(", paused by an admin") if how.paused else ""
        if how.muted_until is None or not how.muted(self.now):
            return paused
        if how.muted_until >= FOR_GOOD:
            return words(", muted") + paused
        time = moment_in(self.own.timezone, how.muted_until)
        return words(", muted until {time}", time=time) + paused


async def ways_of(desk: Desk, chat: ChatId) -> Ways:
    """Return how a chat is told."""
    following = await desk.book.following(chat)
    return Ways(following=following, own=await desk.book.settings(chat), now=desk.clock.now())


def _told(words: Words, name: str, how: Subscription, own: Settings) -> str:
    time = shown(own.digest_time)
    match how.mode:
        case Mode.INSTANT:
            return words("• {topic}: at once", topic=name)
        case Mode.HOURLY:
            return words("• {topic}: each full hour", topic=name)
        case Mode.DAILY:
            return words("• {topic}: daily at {time}", topic=name, time=time)
        case Mode.WEEKLY:
            day = words(WEEKDAYS[own.digest_weekday])
            return words("• {topic}: {day} at {time}", topic=name, day=day, time=time)


def silent_until(length: str, now: datetime) -> datetime:
    """Return when a topic that is muted now for one of the lengths speaks again."""
    return now + timedelta(days=_DAYS[length]) if length in _DAYS else FOR_GOOD


def muted(words: Words, name: str, until: datetime, own: Settings) -> str:
    """Confirm that a topic is silent from now on; name: escaped for where it goes."""
    if until >= FOR_GOOD:
        return words("{topic} is muted.", topic=name)
    time = moment_in(own.timezone, until)
    return words("{topic} is muted until {time}.", topic=name, time=time)
