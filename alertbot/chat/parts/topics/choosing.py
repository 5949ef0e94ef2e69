"""The commands and buttons by which a chat follows topics and leaves them."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace

from alertbot.chat.parts.times import ways_of
from alertbot.chat.parts.topics import texts
from alertbot.chat.parts.topics.keyboard import found_buttons, heading, keyboard, read_press
from alertbot.chat.parts.topics.suggesting import suggest
from alertbot.chat.parts.topics.threads import place, places
from alertbot.chat.talk import Answer, Command, Desk, Pressed, Speaker, Tap, Who, say
from alertbot.model import Message, Topic
from alertbot.words import msgid

#: what a link `https://t.me/<bot>?start=topic_<id>` sends behind /start
DEEP_LINK = "topic_"


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """What came of a wish to follow a topic or to leave it."""

    #: in HTML
    said: str
    #: where alerts will come, and one of them, for somebody who follows a first topic
    more: Answer = ()


Change = Callable[[Speaker, Topic], Awaitable[Changed]]


class TopicsPart:
    """Follows topics and leaves them."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self.commands: Mapping[str, Command] = {
            "start": Command(handle=self._start, who=Who.CHANGES),
            "topics": Command(handle=self._choose, menu=msgid("Choose your topics")),
            "subscribe": Command(
                handle=self._subscribe, menu=msgid("Follow a topic by its name"), who=Who.CHANGES
            ),
            "unsubscribe": Command(
                handle=self._unsubscribe,
                menu=msgid("Stop following a topic"),
                who=Who.CHANGES,
                always=True,
            ),
            "mytopics": Command(handle=self._my_topics, menu=msgid("What you follow")),
        }
        self.buttons: Mapping[str, Tap] = {
            "s": Tap(handle=self._press, who=Who.CHANGES),
            "u": Tap(handle=self._press, who=Who.CHANGES, always=True),
            "p": Tap(handle=self._press),
        }

    async def typed(self, speaker: Speaker, text: str) -> Answer:
        """Offer the topics that the words find, or come close to."""
        topics = self._desk.topics
        is_command = text.lstrip().startswith("/")
        found = () if is_command else topics.search(text)
        if not found and not is_command and topics.similar(text):
            return (await suggest(self._desk, speaker, text),)
        if not found:
            return (texts.hint(speaker.words),)
        buttons = found_buttons(topics, found, await self._desk.followed(speaker.chat))
        return (texts.found(speaker.words, text, buttons),)

    async def _start(self, speaker: Speaker, payload: str) -> Answer:
        await self._desk.open(speaker)
        topics = self._desk.topics
        if not len(topics):
            return await self._choose(speaker, "")
        linked = payload.startswith(DEEP_LINK)
        topic = topics.find(payload.removeprefix(DEEP_LINK)) if linked else None
        news = await self._follow(speaker, topic) if topic else None
        followed = await self._desk.followed(speaker.chat)
        page = topics.page_of(topic.id) if topic else 0
        buttons = keyboard(topics, followed, speaker.words, page)
        welcome = texts.welcome(speaker.words, heading(topics, page), buttons)
        return (welcome, say(news.said), *news.more) if news else (welcome,)

    async def _choose(self, speaker: Speaker, _: str) -> Answer:
        return (await self._keyboard(speaker, 0),)

    async def _subscribe(self, speaker: Speaker, said: str) -> Answer:
        return await self._change(speaker, "subscribe", said, self._follow)

    async def _unsubscribe(self, speaker: Speaker, said: str) -> Answer:
        paused = (await self._desk.paused(speaker.chat)).find(said)
        if paused and not self._desk.topics.find(said):
            return (say((await self._unfollow(speaker, paused)).said),)
        return await self._change(speaker, "unsubscribe", said, self._unfollow)

    async def _change(self, speaker: Speaker, command: str, said: str, change: Change) -> Answer:
        topics = self._desk.topics
        if not said:
            buttons = keyboard(topics, await self._desk.followed(speaker.chat), speaker.words)
            return (texts.usage(speaker.words, command, topics.example, buttons),)
        topic = topics.find(said)
        if topic is None:
            return (await suggest(self._desk, speaker, said),)
        changed = await change(speaker, topic)
        return (say(changed.said), *changed.more)

    async def _my_topics(self, speaker: Speaker, _: str) -> Answer:
        known = await ways_of(self._desk, speaker.chat)
        ways = replace(known, where=places(speaker, known.following))
        topics = self._desk.topics.of(ways.following)
        watches = (await self._desk.own(speaker.chat)).of(ways.following)
        paused = tuple(await self._desk.paused(speaker.chat))
        return (texts.my_topics(speaker.words, topics, watches, paused, ways),)

    async def _press(self, speaker: Speaker, data: str) -> Pressed | None:
        press = read_press(data)
        if press is None:
            return None
        changed = Changed(said="")
        if press.topic is not None:
            topic = self._desk.topics.get(press.topic)
            if topic is None and not press.follow:
                topic = (await self._desk.paused(speaker.chat)).get(press.topic)
            changed = Changed(said=speaker.words(texts.NOT_OFFERED))
            if topic:
                change = self._follow if press.follow else self._unfollow
                changed = await change(speaker, topic)
        return Pressed(
            notice=say(changed.said).text,
            message=await self._keyboard(speaker, press.page),
            more=changed.more,
        )

    async def _keyboard(self, speaker: Speaker, page: int) -> Message:
        topics, words = self._desk.topics, speaker.words
        followed = await self._desk.followed(speaker.chat)
        buttons = keyboard(topics, followed, words, page)
        return texts.choice(words, len(followed), len(topics), heading(topics, page), buttons)

    async def _follow(self, speaker: Speaker, topic: Topic) -> Changed:
        """Follow the topic, or have what is followed already go to this thread from now on."""
        following = await self._desk.book.following(speaker.chat)
        followed = self._desk.topics.of(following)
        known = following.get(topic.id)
        if known and known.thread == speaker.thread:
            return Changed(said=texts.already_followed(speaker.words, topic))
        limit = self._desk.offer().max_subscriptions
        if not known and len(followed) >= limit:
            return Changed(said=texts.too_many(speaker.words, limit))
        await self._desk.open(speaker)
        await self._desk.book.subscribe(
            speaker.chat, topic.id, self._desk.clock.now(), speaker.thread
        )
        if known:
            return Changed(said=texts.moved(speaker.words, topic, speaker.thread))
        in_general = any(following[one.id].thread is None for one in followed)
        where = () if in_general else _where(speaker)
        sample = () if followed else await self._sample(speaker, topic)
        said = texts.followed(speaker.words, topic, speaker.thread)
        return Changed(said=said, more=(*where, *sample))

    async def _unfollow(self, speaker: Speaker, topic: Topic) -> Changed:
        known = (await self._desk.book.following(speaker.chat)).get(topic.id)
        if not await self._desk.book.unsubscribe(speaker.chat, topic.id):
            return Changed(said=texts.not_followed(speaker.words, topic))
        elsewhere = known is not None and known.thread != speaker.thread
        where = place(speaker, known.thread) if known and elsewhere else ""
        return Changed(said=texts.unfollowed(speaker.words, topic, where))

    async def _sample(self, speaker: Speaker, topic: Topic) -> Answer:
        """Show the latest alert on a topic, so that one sees what will come."""
        told = await self._desk.book.latest({topic.id}, 1)
        show = self._desk.offer().show
        alerts = [show(past.alert, (topic.id,), speaker.words) for past in told]
        return (say(speaker.words(texts.SAMPLE)), *alerts) if alerts else ()


def _where(speaker: Speaker) -> Answer:
    """Say where alerts come in a forum, unless that is the thread it was asked in."""
    if not speaker.forum or speaker.thread is not None:
        return ()
    return (say(speaker.words(texts.IN_GENERAL)),)
