"""Looking back: the newest alerts on a topic, or on all that a chat follows."""

from collections.abc import Mapping

from alertbot.chat.parts.topics import keyboard, suggest
from alertbot.chat.talk import Answer, Buttons, Command, Desk, Speaker, Tap, bold, say
from alertbot.model import Message, Topic
from alertbot.words import Words, msgid

LATEST = 3


class ArchivePart:
    """Shows what has been told."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self.commands: Mapping[str, Command] = {
            "latest": Command(handle=self._latest, menu=msgid("The newest alerts on your topics")),
        }
        self.buttons: Mapping[str, Tap] = {}

    async def _latest(self, speaker: Speaker, said: str) -> Answer:
        topics = self._desk.topics
        topic = topics.find(said) if said else None
        if said and topic is None:
            return (await suggest(self._desk, speaker, said),)
        wanted = frozenset([topic.id]) if topic else await self._desk.followed(speaker.chat)
        if not wanted:
            return (_nothing_followed(speaker.words, keyboard(topics, wanted, speaker.words)),)
        told = await self._desk.book.latest(wanted, LATEST)
        if not told:
            return (_nothing_yet(speaker.words, topic),)
        show = self._desk.offer().show
        # the newest last: that is where the eye is in a chat
        return tuple(
            show(past.alert, tuple(match.topic for match in past.alert.matches), speaker.words)
            for past in reversed(told)
        )


def _nothing_followed(words: Words, buttons: Buttons) -> Message:
    return say(words("You follow no topics yet, so there is nothing to show. Tap one:"), buttons)


def _nothing_yet(words: Words, topic: Topic | None) -> Message:
    if topic is None:
        return say(
            words("There have been no alerts on your topics yet. The next one comes by itself.")
        )
    return say(
        words(
            "There have been no alerts on {topic} yet. The next one comes by itself.",
            topic=bold(topic.name),
        )
    )
