"""Briefs to share in any chat: what is typed behind the name of the bot finds them.

Whoever asks gets the same, in English: Telegram keeps an answer and gives it to others.
"""

import re
from dataclasses import replace

from alertbot.chat.parts.archive.results import SHOWN
from alertbot.chat.parts.archive.showing import alert_of
from alertbot.chat.talk import Article, Desk, Shared, clip, date_of
from alertbot.classifier.search import read_search
from alertbot.model import Alert, BriefId, Message
from alertbot.ports import FoundBrief
from alertbot.words import ENGLISH

PAGE = 2 * SHOWN
_OFFSET = re.compile(r"[0-9]{1,18}", re.ASCII)


class Sharing:
    """Answers inline queries."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def shared(self, typed: str, offset: str) -> Shared:
        """Return the newest briefs with all the words typed, the newest alerts for none."""
        before = BriefId(int(offset)) if _OFFSET.fullmatch(offset) else None
        if offset and before is None:
            return Shared()
        topics = [topic.id for topic in self._desk.topics]
        search = read_search(typed)
        if not search.terms:
            return await self._newest(offset)
        found = await self._desk.archive.find(search, topics, before=before, limit=PAGE)
        older = "" if found.older is None else str(found.older)
        return Shared(articles=tuple(map(self._article, found.briefs)), next_offset=older)

    async def _newest(self, offset: str) -> Shared:
        if offset:
            return Shared()
        topics = [topic.id for topic in self._desk.topics]
        told = await self._desk.book.latest(topics, PAGE)
        return Shared(
            articles=tuple(self._written(f"alert-{past.id}", past.alert, "") for past in told)
        )

    def _article(self, found: FoundBrief) -> Article:
        when = date_of(found.brief.published or found.seen_at)
        return self._written(f"brief-{found.id}", alert_of(found), when)

    def _written(self, id_: str, alert: Alert, when: str) -> Article:
        offer = self._desk.offer()
        topics = tuple(match.topic for match in alert.matches)
        names = [topic.name for topic in offer.topics.of(topics)]
        published = date_of(alert.brief.published) if alert.brief.published else when
        description = " · ".join(part for part in [", ".join(names), published] if part)
        return Article(
            id=id_,
            title=clip(alert.brief.title, 120) or "…",
            description=clip(description, 120),
            message=_with_links_alone(offer.show(alert, topics, ENGLISH)),
        )


def _with_links_alone(message: Message) -> Message:
    rows = (tuple(button for button in row if button.url) for row in message.buttons)
    return replace(message, buttons=tuple(row for row in rows if row))
