"""A chat book in memory, for tests of chats."""

from collections import Counter
from collections.abc import Collection
from dataclasses import replace
from datetime import UTC, datetime

from alertbot.model import ChatId, TopicId
from alertbot.ports import ChatData, ChatLanguage, ToldAlert

NOW = datetime(2024, 1, 23, 12, tzinfo=UTC)


class MemoryChatBook:
    """Keeps the promises of `ports.ChatBook`; `broken` makes every request fail."""

    def __init__(self) -> None:
        self.chats: dict[ChatId, set[TopicId]] = {}
        self.gone: dict[ChatId, str] = {}
        self.languages: dict[ChatId, ChatLanguage] = {}
        #: oldest first
        self.told: list[ToldAlert] = []
        self.broken: Exception | None = None

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

    async def subscribe(self, chat: ChatId, topic: TopicId, now: datetime) -> bool:
        await self.open_chat(chat, now)
        new = topic not in self.chats[chat]
        self.chats[chat].add(topic)
        return new

    async def unsubscribe(self, chat: ChatId, topic: TopicId) -> bool:
        self._fail()
        had = topic in self.chats.get(chat, ())
        self.chats.get(chat, set()).discard(topic)
        return had

    async def subscriptions(self, chat: ChatId) -> frozenset[TopicId]:
        self._fail()
        return frozenset(self.chats.get(chat, ()))

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
        for past in reversed(self.told):
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

    async def forget(self, chat: ChatId) -> None:
        self._fail()
        self.chats.pop(chat, None)
        self.gone.pop(chat, None)
        self.languages.pop(chat, None)

    async def chat_gone(self, chat: ChatId, reason: str) -> None:
        self._fail()
        self.gone[chat] = reason

    async def migrate_chat(self, old: ChatId, new: ChatId) -> None:
        self._fail()
        if old in self.chats:
            self.chats.setdefault(new, set()).update(self.chats.pop(old))

    def _fail(self) -> None:
        if self.broken:
            raise self.broken
