"""Turns what a chat types or taps into answers; written once for Telegram and the console."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from alertbot.chat import texts
from alertbot.chat.admins import FormerTopics
from alertbot.chat.topics import Offer, Pressed, TopicList, read_press
from alertbot.model import ChatId, Message, Topic, TopicId
from alertbot.ports import ChatBook, Clock

LATEST = 3
#: what a link `https://t.me/<bot>?start=topic_<id>` sends behind /start
DEEP_LINK = "topic_"
_TYPED = re.compile(r"/(?P<name>\w+)(?:@(?P<bot>\w+))?(?:\s+(?P<argument>.*))?", re.DOTALL)

Answer = tuple[Message, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """A command as typed."""

    name: str
    #: the bot it is meant for, as in /help@name; None for any
    bot: str | None
    argument: str


def read_typed(text: str) -> Typed | None:
    """Return the command in the text; None if it is none."""
    found = _TYPED.fullmatch(text.strip())
    if not found:
        return None
    return Typed(
        name=found["name"].lower(), bot=found["bot"], argument=(found["argument"] or "").strip()
    )


class Commands:
    """All commands and buttons; `offer` is asked anew each time, as a reload may change it."""

    def __init__(self, book: ChatBook, offer: Callable[[], Offer], clock: Clock) -> None:
        self._book = book
        self._offer = offer
        self._clock = clock
        self._former = FormerTopics(book, offer)
        self._commands: dict[str, Callable[[ChatId, str], Awaitable[Answer]]] = {
            "start": self._start,
            "topics": self._choose,
            "subscribe": self._subscribe,
            "unsubscribe": self._unsubscribe,
            "mytopics": self._my_topics,
            "latest": self._latest,
            "stop": self._stop,
            "help": self._help,
        }

    @property
    def _topics(self) -> TopicList:
        return self._offer().topics

    def knows(self, name: str) -> bool:
        """Tell whether there is a command of this name."""
        return name in self._commands

    async def opened(self, chat: ChatId) -> None:
        """Take note that the chat can be reached (again)."""
        await self._book.open_chat(chat, self._clock.now())

    async def answer(self, chat: ChatId, text: str) -> Answer:
        """Do what the text asks for and return the answers, in order."""
        typed = read_typed(text)
        command = self._commands.get(typed.name) if typed else None
        if typed is None or command is None:
            return (texts.hint(),)
        if command != self._help:  # which is there without the book, too
            await self._heard(chat)
        return await command(chat, typed.argument)

    async def press(self, chat: ChatId, data: str) -> Pressed:
        """Do what a button with this callback data asks for."""
        decided = await self._former.press(chat, data)
        if decided:
            return decided
        press = read_press(data)
        if press is None:
            return Pressed(notice=texts.OUTDATED)
        await self._heard(chat)
        notice = ""
        if press.topic is not None:
            topic = self._topics.get(press.topic)
            if topic is None and not press.follow:
                topic = (await self._paused(chat)).get(press.topic)
            notice = texts.NOT_OFFERED
            if topic:
                change = self._follow if press.follow else self._unfollow
                notice = texts.say(await change(chat, topic)).text
        return Pressed(notice=notice, message=await self._keyboard(chat, press.page))

    async def _heard(self, chat: ChatId) -> None:
        """Take note that a chat which follows something can be reached, whatever we thought."""
        if await self._book.subscriptions(chat):
            await self.opened(chat)

    async def _start(self, chat: ChatId, payload: str) -> Answer:
        await self.opened(chat)
        linked = payload.startswith(DEEP_LINK)
        topic = self._topics.find(payload.removeprefix(DEEP_LINK)) if linked else None
        news = (texts.say(await self._follow(chat, topic)),) if topic else ()
        if not len(self._topics):
            return await self._choose(chat, "")
        return (*news, texts.welcome(self._topics.keyboard(await self._followed(chat))))

    async def _choose(self, chat: ChatId, _: str) -> Answer:
        return (await self._keyboard(chat, 0),)

    async def _subscribe(self, chat: ChatId, said: str) -> Answer:
        return await self._change(chat, "subscribe", said, self._follow)

    async def _unsubscribe(self, chat: ChatId, said: str) -> Answer:
        paused = (await self._paused(chat)).find(said)
        if paused and not self._topics.find(said):
            return (texts.say(await self._unfollow(chat, paused)),)
        return await self._change(chat, "unsubscribe", said, self._unfollow)

    async def _change(
        self,
        chat: ChatId,
        command: str,
        said: str,
        change: Callable[[ChatId, Topic], Awaitable[str]],
    ) -> Answer:
        if not said:
            buttons = self._topics.keyboard(await self._followed(chat))
            return (texts.usage(command, self._topics.example, buttons),)
        topic = self._topics.find(said)
        if topic is None:
            return (await self._suggest(chat, said),)
        return (texts.say(await change(chat, topic)),)

    async def _my_topics(self, chat: ChatId, _: str) -> Answer:
        topics = self._topics.of(await self._followed(chat))
        return (texts.my_topics(topics, tuple(await self._paused(chat))),)

    async def _latest(self, chat: ChatId, said: str) -> Answer:
        topic = self._topics.find(said) if said else None
        if said and topic is None:
            return (await self._suggest(chat, said),)
        wanted = frozenset([topic.id]) if topic else await self._followed(chat)
        if not wanted:
            return (texts.nothing_followed(self._topics.keyboard(wanted)),)
        told = await self._book.latest(wanted, LATEST)
        if not told:
            return (texts.nothing_yet(topic),)
        # the newest last: that is where the eye is in a chat
        return tuple(
            self._offer().show(past.alert, tuple(match.topic for match in past.alert.matches))
            for past in reversed(told)
        )

    async def _stop(self, chat: ChatId, _: str) -> Answer:
        await self._book.forget(chat)
        return (texts.goodbye(),)

    async def _help(self, _: ChatId, __: str) -> Answer:
        return (texts.help_page(),)

    async def _followed(self, chat: ChatId) -> frozenset[TopicId]:
        """Return what the chat follows of what is still on offer."""
        subscribed = await self._book.subscriptions(chat)
        return frozenset(topic.id for topic in self._topics.of(subscribed))

    async def _paused(self, chat: ChatId) -> TopicList:
        """Return what the chat follows of what is no longer on offer."""
        return TopicList(self._offer().former(await self._book.subscriptions(chat)))

    async def _keyboard(self, chat: ChatId, page: int) -> Message:
        followed = await self._followed(chat)
        buttons = self._topics.keyboard(followed, page)
        return texts.choice(len(followed), len(self._topics), buttons)

    async def _suggest(self, chat: ChatId, said: str) -> Message:
        similar = self._topics.similar(said)
        return texts.unknown_topic(said, self._topics.buttons(similar, await self._followed(chat)))

    async def _follow(self, chat: ChatId, topic: Topic) -> str:
        followed = await self._followed(chat)
        if topic.id in followed:
            return texts.already_followed(topic)
        limit = self._offer().max_subscriptions
        if len(followed) >= limit:
            return texts.too_many(limit)
        await self._book.subscribe(chat, topic.id, self._clock.now())
        return texts.followed(topic)

    async def _unfollow(self, chat: ChatId, topic: Topic) -> str:
        if await self._book.unsubscribe(chat, topic.id):
            return texts.unfollowed(topic)
        return texts.not_followed(topic)
