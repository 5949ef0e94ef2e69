"""A chat book in memory, for tests of chats."""

from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from alertbot.model import AlertId, ChatId, TopicId
from alertbot.ports import (
    Channel,
    ChatData,
    ChatLanguage,
    Mode,
    Settings,
    Subscription,
    Thumb,
    Told,
    ToldAlert,
    Vote,
)

NOW = datetime(2024, 1, 23, 12, tzinfo=UTC)


class MemoryChatBook:
    """Keeps the promises of `ports.ChatBook`; `broken` makes every request fail."""

    def __init__(self) -> None:
        self.chats: dict[ChatId, set[TopicId]] = {}
        #: how topics are followed, where not by default
        self.ways: dict[tuple[ChatId, TopicId], Subscription] = {}
        self.own: dict[ChatId, Settings] = {}
        self.gone: dict[ChatId, str] = {}
        self.languages: dict[ChatId, ChatLanguage] = {}
        #: oldest first
        self.past: list[ToldAlert] = []
        #: what each chat was told, by chat and alert
        self.tellings: dict[tuple[ChatId, AlertId], Told] = {}
        #: where it was told something else in a thread of a forum
        self.tellings_in: dict[tuple[ChatId, AlertId, int], Told] = {}
        self.votes: dict[tuple[ChatId, AlertId, int], Thumb] = {}
        #: what people look after
        self.desks: dict[ChatId, list[Channel]] = {}
        self.broken: Exception | None = None

    @property
    def muted(self) -> dict[tuple[ChatId, TopicId], datetime]:
        """Until when topics are muted, by chat and topic."""
        return {of: way.muted_until for of, way in self.ways.items() if way.muted_until}

    async def open_chat(self, chat: ChatId, now: datetime, spoken: str | None = None) -> None:
        self._fail()
        assert now.tzinfo, "instants are aware"
        self.chats.setdefault(chat, set())
        self.gone.pop(chat, None)
        if spoken:
            self.languages[chat] = replace(await self.language(chat), spoken=spoken)

    async def language(self, chat: ChatId) -> ChatLanguage:
        self._fail()
        return self.languages.get(chat, ChatLanguage())

    async def choose_language(self, chat: ChatId, language: str | None, now: datetime) -> None:
        await self.open_chat(chat, now)
        self.languages[chat] = replace(await self.language(chat), chosen=language)

    async def subscribe(
        self, chat: ChatId, topic: TopicId, now: datetime, thread: int | None = None
    ) -> bool:
        await self.open_chat(chat, now)
        new = topic not in self.chats[chat]
        self.chats[chat].add(topic)
        self._change_way(chat, topic, thread=thread, muted_until=None)
        return new

    async def unsubscribe(self, chat: ChatId, topic: TopicId) -> bool:
        self._fail()
        had = topic in self.chats.get(chat, ())
        self.chats.get(chat, set()).discard(topic)
        self.ways.pop((chat, topic), None)
        return had

    async def subscriptions(self, chat: ChatId) -> frozenset[TopicId]:
        self._fail()
        return frozenset(self.chats.get(chat, ()))

    async def following(self, chat: ChatId) -> dict[TopicId, Subscription]:
        self._fail()
        followed = sorted(self.chats.get(chat, ()))
        return {topic: self.ways.get((chat, topic), Subscription()) for topic in followed}

    async def set_mode(
        self, chat: ChatId, mode: Mode, topics: Collection[TopicId] | None = None
    ) -> None:
        self._fail()
        for topic in self.chats.get(chat, ()):
            if topics is None or topic in topics:
                self._change_way(chat, topic, mode=mode)

    async def mute(self, chat: ChatId, topic: TopicId, until: datetime | None) -> bool:
        self._fail()
        if topic not in self.chats.get(chat, ()):
            return False
        self._change_way(chat, topic, muted_until=until)
        return True

    async def settings(self, chat: ChatId) -> Settings:
        self._fail()
        return self.own.get(chat, Settings())

    async def change_settings(
        self, chat: ChatId, change: Callable[[Settings], Settings], now: datetime
    ) -> Settings:
        await self.open_chat(chat, now)
        self.own[chat] = change(self.own.get(chat, Settings()))
        return self.own[chat]

    async def subscribers(self) -> dict[TopicId, int]:
        self._fail()
        return dict(Counter(topic for topics in self.chats.values() for topic in topics))

    async def drop_topic(self, topic: TopicId) -> int:
        self._fail()
        followers = [topics for topics in self.chats.values() if topic in topics]
        for topics in followers:
            topics.remove(topic)
        return len(followers)

    async def latest(self, topics: Collection[TopicId], limit: int) -> tuple[ToldAlert, ...]:
        self._fail()
        found = []
        for past in reversed(self.past):
            matches = tuple(match for match in past.alert.matches if match.topic in topics)
            if matches:
                found.append(replace(past, alert=replace(past.alert, matches=matches)))
        return tuple(found[:limit])

    async def data_of(self, chat: ChatId) -> ChatData:
        self._fail()
        if chat not in self.chats:
            return {}
        follows = [{"topic_id": topic, "since": NOW} for topic in sorted(self.chats[chat])]
        return {"chats": [{"id": chat}], **({"subscriptions": follows} if follows else {})}

    async def told(self, chat: ChatId, alert: AlertId, thread: int | None = None) -> Told | None:
        self._fail()
        there = self.tellings_in.get((chat, alert, thread or 0))
        return there or self.tellings.get((chat, alert))

    async def vote(self, vote: Vote) -> Thumb | None:
        self._fail()
        key = (vote.chat, vote.alert, vote.user)
        if self.votes.get(key) is vote.thumb:
            del self.votes[key]
        else:
            self.votes[key] = vote.thumb
        return self.votes.get(key)

    async def look_after(
        self, person: ChatId, channel: ChatId, title: str, now: datetime
    ) -> Channel:
        await self.open_chat(person, now)
        await self.open_chat(channel, now)
        await self.let_go(person, channel)
        kept = Channel(number=-channel % 1_000_000, chat=channel, title=title)
        self.desks.setdefault(person, []).append(kept)
        return kept

    async def looked_after(self, person: ChatId) -> tuple[Channel, ...]:
        self._fail()
        return tuple(sorted(self.desks.get(person, ()), key=lambda one: one.title))

    async def let_go(self, person: ChatId, channel: ChatId) -> None:
        self._fail()
        self.desks[person] = [one for one in self.desks.get(person, ()) if one.chat != channel]

    async def forget(self, chat: ChatId) -> None:
        self._fail()
        for topic in self.chats.pop(chat, ()):
            self.ways.pop((chat, topic), None)
        self.own.pop(chat, None)
        self.gone.pop(chat, None)
        self.languages.pop(chat, None)
        self.desks.pop(chat, None)
        for person in self.desks:
            await self.let_go(person, chat)

    async def chat_gone(self, chat: ChatId, reason: str) -> None:
        self._fail()
        self.gone[chat] = reason

    async def migrate_chat(self, old: ChatId, new: ChatId) -> None:
        self._fail()
        if old in self.chats:
            self.chats.setdefault(new, set()).update(self.chats.pop(old))

    def _change_way(self, chat: ChatId, topic: TopicId, **changes: Any) -> None:
        old = self.ways.get((chat, topic), Subscription())
        self.ways[chat, topic] = replace(old, **changes)

    def _fail(self) -> None:
        if self.broken:
            raise type(self.broken)(*self.broken.args)
