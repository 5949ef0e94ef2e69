"""What every part of the conversation works with: the book, the archive, the offer, the clock."""

from collections.abc import Callable
from dataclasses import dataclass

from alertbot.chat.talk.offer import Offer, TopicList
from alertbot.chat.talk.say import quoted
from alertbot.chat.talk.speaker import Speaker
from alertbot.model import ChatId, Topic, TopicId, watch_topic
from alertbot.ports import Archive, ChatBook, Clock, WatchBook


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Shared by all parts."""

    book: ChatBook
    archive: Archive
    #: asked anew each time, as a reload may change it
    offer: Callable[[], Offer]
    clock: Clock
    #: rules that chats write for themselves
    watches: WatchBook

    @property
    def topics(self) -> TopicList:
        """Return the topics on offer now."""
        return self.offer().topics

    async def open(self, speaker: Speaker) -> None:
        """Take note that the chat can be reached (again), and of its language."""
        await self.book.open_chat(speaker.chat, self.clock.now(), speaker.spoken)

    async def heard(self, speaker: Speaker) -> None:
        """Take note that a chat which follows something can be reached, whatever we thought."""
        if await self.book.subscriptions(speaker.chat):
            await self.open(speaker)

    async def followed(self, chat: ChatId) -> frozenset[TopicId]:
        """Return what the chat follows of what is still on offer."""
        subscribed = await self.book.subscriptions(chat)
        return frozenset(topic.id for topic in self.topics.of(subscribed))

    async def own(self, chat: ChatId) -> TopicList:
        """Return what the chat watches, as topics that are called by their rules."""
        watches = await self.watches.watches(chat)
        return TopicList(
            [Topic(id=watch_topic(each.number), name=quoted(each.rule)) for each in watches]
        )

    async def named(self, chat: ChatId, said: str) -> Topic | None:
        """Return the topic of this id or name, or what the chat watches by this number or rule."""
        return self.topics.find(said) or (await self.own(chat)).find(said)

    async def known(self, chat: ChatId, topic: TopicId) -> Topic | None:
        """Return a topic on offer, or one that the chat watches, by its very id."""
        return self.topics.get(topic) or (await self.own(chat)).get(topic)

    async def paused(self, chat: ChatId) -> TopicList:
        """Return what the chat follows of what is no longer on offer."""
        return TopicList(self.offer().former(await self.book.subscriptions(chat)))
