"""Topics, alerts and waits for tests of chats."""

import html
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from types import MappingProxyType

from alertbot.chat import (
    ChatKind,
    Commands,
    Desk,
    Offer,
    Office,
    Speaker,
    TopicList,
    open_commands,
)
from alertbot.chat.patience import Patience
from alertbot.chat.talk import Buttons, Place, Standing
from alertbot.model import (
    Alert,
    AlertId,
    Brief,
    ChatId,
    Evidence,
    FeedId,
    Match,
    Message,
    Summary,
    Topic,
    TopicId,
    Via,
)
from alertbot.ports import Archive, ChatBook, Found, PastAlerts, Told, ToldAlert
from alertbot.words import ENGLISH, Words
from fakes.clock import HeldClock
from fakes.office import MemoryOffice
from fakes.watch_book import NobodyWatches

NOW = datetime(2024, 1, 23, 12, tzinfo=UTC)
QUICK = Patience(
    answer=timedelta(seconds=5),
    news=timedelta(seconds=5),
    retry=timedelta(milliseconds=1),
    longest=timedelta(milliseconds=10),
)
TOPICS = (
    Topic(id=TopicId("iran-missiles"), name="Iran missiles"),
    Topic(id=TopicId("houthis"), name="Houthis"),
    Topic(id=TopicId("research"), name="R&D <new> weapons"),
    *(Topic(id=TopicId(f"more-{n}"), name=f"Subject number {n}") for n in range(4, 13)),
)
MAX_SUBSCRIPTIONS = 4
MAX_WATCHES = 2
TERMS = {"iran": ("Iran*", "Tehran"), "ports": ("Marsa", "Hodeidah")}


ADMIN = ChatId(99)
FEED_NAMES = {FeedId("feed"): "FDD", FeedId("fdd"): "FDD"}


def offer(
    *topics: Topic,
    most: int = MAX_SUBSCRIPTIONS,
    former_names: Mapping[TopicId, str] = MappingProxyType({}),
) -> Offer:
    """Return an offer of these topics, as a config would make one."""
    return Offer(
        topics=TopicList(topics),
        former_names=former_names,
        feed_names=FEED_NAMES,
        show=show,
        sent=sent,
        whole=whole,
        max_subscriptions=most,
        alerts_kept=timedelta(days=30),
        max_watches=MAX_WATCHES,
        terms=TERMS,
        admins=frozenset({ADMIN}),
    )


class EmptyArchive:
    """An archive without a brief."""

    async def find(self, *_: object, **__: object) -> Found:
        return Found()

    async def brief(self, *_: object) -> None:
        return None

    async def told(self, *_: object, **__: object) -> PastAlerts:
        return PastAlerts(alerts=(), total=0)


def desk_for(book: ChatBook, offered: Offer, archive: Archive | None = None) -> Desk:
    """Return what the parts work with, over a book and an offer."""
    return Desk(
        book=book,
        archive=archive or EmptyArchive(),
        watches=NobodyWatches(),
        offer=lambda: offered,
        clock=HeldClock(NOW),
    )


def commands_for(
    book: ChatBook,
    offered: Offer,
    archive: Archive | None = None,
    office: Office | None = None,
) -> Commands:
    """Return the whole conversation over a book and an offer."""
    return open_commands(desk_for(book, offered, archive), office or MemoryOffice())


class AllAdmins:
    """Members of chats of which everybody is an admin, and nobody knows another chat."""

    async def find(self, _: str) -> Place | None:
        return None

    async def standing(self, *_: int) -> Standing:
        return Standing.ADMIN

    async def our_standing(self, _: ChatId) -> Standing:
        return Standing.ADMIN


def speaker(chat: ChatId, words: Words = ENGLISH) -> Speaker:
    """Return an admin who speaks in a chat: in private if its id is above 0, else in a group."""
    kind = ChatKind.PRIVATE if chat > 0 else ChatKind.GROUP
    user = int(chat) if chat > 0 else 7
    return Speaker(chat=chat, kind=kind, words=words, user=user, members=AllAdmins())


def show(alert: Alert, topics: tuple[TopicId, ...], _: Words) -> Message:
    told = f"{alert.brief.title} [{', '.join(topics)}]"
    return Message(html=html.escape(told, quote=False), text=told)


def sent(told: Told, words: Words) -> Message:
    return told.message or show(told.alert, told.topics, words)


def whole(told: Told, _: Words) -> Message:
    return Message(html=f"All of {told.alert.brief.title}", text=f"All of {told.alert.brief.title}")


def telling(number: int, *topics: str, buttons: Buttons = ()) -> Told:
    """Return what a chat was told that follows these topics, as a message with these buttons."""
    past = told_alert(number, *topics)
    return Told(
        id=past.id,
        alert=past.alert,
        topics=tuple(map(TopicId, topics)),
        message=Message(html=f"Alert {number}", text=f"Alert {number}", buttons=buttons),
        maybe_repeat=False,
        edited=False,
    )


def told_alert(number: int, *topics: str) -> ToldAlert:
    brief = Brief(
        feed=FeedId("feed"),
        key=str(number),
        title=f"Brief {number}",
        link=None,
        published=NOW,
        authors=(),
        tags=(),
        text=f"Brief {number}",
        blocks=(),
        quotes=(),
        truncated=False,
    )
    matches = tuple(
        Match(topic=TopicId(topic), via=Via.RULE, evidence=(Evidence(zone="title", text="Brief"),))
        for topic in topics
    )
    summary = Summary(sentences=(), figures=(), key_figures=())
    alert = Alert(brief=brief, summary=summary, matches=matches)
    return ToldAlert(id=AlertId(number), alert=alert, made_at=NOW + timedelta(minutes=number))
