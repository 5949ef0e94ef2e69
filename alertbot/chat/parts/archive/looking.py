"""The commands and buttons that look back: the newest alerts, a search, files to take along."""

import re
from collections.abc import Mapping
from datetime import timedelta

from alertbot.chat.parts.archive import texts
from alertbot.chat.parts.archive.exports import FORMATS, MOST, Format, Names, export, read_wish
from alertbot.chat.parts.archive.results import DATA_LIMIT, SHOWN, results
from alertbot.chat.parts.archive.showing import alert_of, shown
from alertbot.chat.parts.topics import keyboard, suggest
from alertbot.chat.talk import Answer, Command, Desk, Pressed, Speaker, Tap
from alertbot.classifier.search import read_search
from alertbot.model import BriefId, Message, Topic, TopicId
from alertbot.words import msgid

LATEST = 3
_BRIEF = re.compile(r"brief:(?P<id>[0-9]{1,18})", re.ASCII)
_OLDER = re.compile(r"find:(?P<before>[0-9]{1,18}):(?P<typed>.+)", re.DOTALL)
_EXPORT = re.compile(r"export:(?P<kind>[a-z]+):(?P<days>[0-9]{1,3}):(?P<topic>.+)", re.DOTALL)


class ArchivePart:
    """Shows what has been published and told."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self.commands: Mapping[str, Command] = {
            "latest": Command(handle=self._latest, menu=msgid("The newest alerts on your topics")),
            "find": Command(handle=self._find, menu=msgid("Find briefs by their words")),
            "export": Command(handle=self._export, menu=msgid("The alerts on a topic as a file")),
        }
        self.buttons: Mapping[str, Tap] = {
            "brief": Tap(handle=self._show),
            "find": Tap(handle=self._older),
            "export": Tap(handle=self._chosen),
        }

    async def _latest(self, speaker: Speaker, said: str) -> Answer:
        topic = await self._desk.named(speaker.chat, said) if said else None
        if said and topic is None:
            return (await suggest(self._desk, speaker, said),)
        wanted = {topic.id} if topic else await self._of_this_chat(speaker)
        if not wanted:
            buttons = keyboard(self._desk.topics, wanted, speaker.words)
            return (texts.nothing_followed(speaker.words, buttons),)
        told = await self._desk.book.latest(wanted, LATEST)
        if not told:
            return (texts.nothing_yet(speaker.words, topic),)
        # the newest last: that is where the eye is in a chat
        return tuple(shown(self._desk, past.alert, speaker.words) for past in reversed(told))

    async def _of_this_chat(self, speaker: Speaker) -> set[TopicId]:
        """Return what the chat follows and what it watches."""
        own = await self._desk.own(speaker.chat)
        return {*await self._desk.followed(speaker.chat), *(watch.id for watch in own)}

    # --- /find

    async def _find(self, speaker: Speaker, said: str) -> Answer:
        return (await self._found(speaker, said, None),)

    async def _older(self, speaker: Speaker, data: str) -> Pressed | None:
        asked = _OLDER.fullmatch(data)
        if asked is None or len(data.encode(errors="replace")) > DATA_LIMIT:
            return None
        before = BriefId(int(asked["before"]))
        return Pressed(more=(await self._found(speaker, asked["typed"], before),))

    async def _found(self, speaker: Speaker, typed: str, before: BriefId | None) -> Message:
        search = read_search(typed)
        if not search.terms:
            return texts.how_to_find(speaker.words)
        found = await self._desk.archive.find(search, self._offered(), before=before, limit=SHOWN)
        if not found.briefs:
            none = texts.nothing_found if before is None else texts.nothing_older
            return none(speaker.words, typed)
        return results(found, typed, search, self._desk.offer().feed_names, speaker.words)

    async def _show(self, speaker: Speaker, data: str) -> Pressed | None:
        asked = _BRIEF.fullmatch(data)
        if asked is None:
            return None
        found = await self._desk.archive.brief(BriefId(int(asked["id"])), self._offered())
        if found is None:
            return Pressed(notice=speaker.words(texts.NOT_KEPT))
        return Pressed(more=(shown(self._desk, alert_of(found), speaker.words),))

    # --- /export

    async def _export(self, speaker: Speaker, said: str) -> Answer:
        wish = read_wish(said)
        if not wish.topic:
            return (texts.how_to_export(speaker.words, self._desk.topics.example),)
        topic = self._desk.topics.find(wish.topic)
        if topic is None:
            return (await suggest(self._desk, speaker, wish.topic),)
        if wish.kind is None:
            return (texts.which_format(speaker.words, topic, wish.period),)
        return (await self._exported(speaker, topic, wish.period, wish.kind),)

    async def _chosen(self, speaker: Speaker, data: str) -> Pressed | None:
        asked = _EXPORT.fullmatch(data)
        if asked is None or asked["kind"] not in FORMATS or not 1 <= int(asked["days"]) <= 365:
            return None
        topic = self._desk.topics.get(TopicId(asked["topic"]))
        if topic is None:
            return None
        period = timedelta(days=int(asked["days"]))
        made = await self._exported(speaker, topic, period, Format(asked["kind"]))
        return Pressed(more=(made,))

    async def _exported(
        self, speaker: Speaker, topic: Topic, period: timedelta, kind: Format
    ) -> Message:
        offer, now = self._desk.offer(), self._desk.clock.now()
        told = await self._desk.archive.told(
            topic.id, self._offered(), since=now - period, limit=MOST
        )
        if not told.alerts:
            return texts.nothing_to_export(speaker.words, topic, period)
        names = Names(topics={each.id: each.name for each in offer.topics}, feeds=offer.feed_names)
        file = export(kind, topic.id, told.alerts, names, now)
        return texts.exported(speaker.words, topic, told, period, file)

    def _offered(self) -> list[TopicId]:
        return [topic.id for topic in self._desk.topics]
