"""One thing told, in however many feeds, entries and versions: a brief and those the same as it.

The feeds' rows save with it. Within a feed its publisher's key says which entry is which, and where
the keys are new, link, title, text and date; between feeds, the link or a key that is one.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import Row, Select, and_, bindparam, case, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from alertbot.model import Alert, AlertId, FeedId, TopicId
from alertbot.ports import KnownBrief, Marks, News
from alertbot.store.alerts import insert_alert, insert_brief, replace_alert, replace_brief
from alertbot.store.outbox.fan_out import fan_out
from alertbot.store.tables import alert_topics, alerts, briefs

#: what was first seen so long ago is told to no more chats
LATE = timedelta(hours=48)
#: how a key begins that was made of an entry's title and time
MADE_KEY = "sha256:"

#: what has its first marks is no new version
_SEEN = case((briefs.c.title.is_(None), briefs.c.revisions), else_=briefs.c.revisions + 1)

#: PostgreSQL takes 32,767 parameters in a statement
KEYS_AT_ONCE = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """What came of an entry."""

    deliveries: int = 0
    #: its feed never had it
    new: bool = False


async def load_known(
    connection: AsyncConnection, feed: FeedId, keys: Sequence[str]
) -> dict[str, KnownBrief]:
    """Return the stored briefs of a feed that have one of the keys."""
    known: dict[str, KnownBrief] = {}
    for start in range(0, len(keys), KEYS_AT_ONCE):
        some = {"of_feed": feed, "keys": keys[start : start + KEYS_AT_ONCE]}
        for row in await connection.execute(_KNOWN, some):
            known[row.key] = KnownBrief(
                seen_at=row.seen_at, revisions=row.revisions, marks=_marks(row)
            )
    return known


async def save_entries(connection: AsyncConnection, news: News, now: datetime) -> tuple[Saved, ...]:
    """Store the new briefs and versions of a poll or a push, and make their deliveries.

    Where there are any, `one_at_a_time` has to come first.
    """
    saved = [await _save_new(connection, news, alert, now) for alert in news.alerts]
    saved += [await _save_revision(connection, news, alert, now) for alert in news.revisions]
    with_document = {alert.brief.key for alert in (*news.alerts, *news.revisions)}
    for key, marks in news.marks.items():
        if key not in with_document:
            mine = (briefs.c.feed_id == news.feed, briefs.c.key == key)
            values = {"revisions": _SEEN, **_columns(marks)}
            await connection.execute(update(briefs).where(*mine).values(values))
    return tuple(saved)


async def _save_new(connection: AsyncConnection, news: News, alert: Alert, now: datetime) -> Saved:
    key = alert.brief.key
    marks = news.marks.get(key)
    same = await _find_same(connection, news.feed, key, marks) if marks else None
    at_home = same is not None and same.feed_id == news.feed
    if at_home and key.startswith(MADE_KEY):
        return Saved()  # its date is another at each request; that made no end of keys
    told = not news.quiet and key not in news.backlog
    if same is not None and at_home:
        told = told and same.told
    story = None if same is None else _root(same)
    values = {"same_as": story, "told": told, **_columns(marks)}
    brief_row = await insert_brief(connection, news.feed, alert.brief, now, values)
    if brief_row is None:
        return Saved()
    if not alert.matches:
        return Saved(new=not at_home)
    heard = await _told_topics(connection, story) if story else frozenset()
    made = await insert_alert(connection, brief_row, alert, news.topics, now)
    if not told:
        return Saved(new=not at_home)
    if story is None:
        return Saved(deliveries=await fan_out(connection, made, now), new=True)
    deliveries = await _tell_more(connection, made, alert, story, heard, now)
    return Saved(deliveries=deliveries, new=not at_home)


async def _save_revision(
    connection: AsyncConnection, news: News, alert: Alert, now: datetime
) -> Saved:
    """Store a new version of a brief; what has been deleted by age stays so."""
    mine = (briefs.c.feed_id == news.feed, briefs.c.key == alert.brief.key)
    row = (await connection.execute(select(*_SHORT, briefs.c.document != "").where(*mine))).one()
    marks = news.marks.get(alert.brief.key)
    if marks and marks == _marks(row):
        return Saved()  # a push and a poll brought it at once
    values = {"revisions": row.revisions + 1, "revised_at": now}
    values |= _columns(marks)
    if not row[-1]:
        await connection.execute(update(briefs).where(*mine).values(values))
        return Saved()
    await replace_brief(connection, row.id, alert.brief, values)
    story = _root(row)
    heard = await _told_topics(connection, story)
    made = await replace_alert(connection, row.id, alert, news.topics, now)
    if made is None or news.quiet or not row.told:
        return Saved()
    return Saved(deliveries=await _tell_more(connection, made, alert, story, heard, now))


async def _tell_more(
    connection: AsyncConnection,
    made: AlertId,
    alert: Alert,
    story: int,
    heard: Collection[TopicId],
    now: datetime,
) -> int:
    """Tell a known story to those who follow what it matches only now, unless it is old."""
    first_seen = await connection.scalar(select(briefs.c.seen_at).where(briefs.c.id == story))
    fresh = {match.topic for match in alert.matches} - set(heard)
    if not fresh or first_seen is None or now - first_seen > LATE:
        return 0
    return await fan_out(connection, made, now, topics=fresh, told=_alerts_of(story))


def _alerts_of(story: int) -> Any:
    """Select the alerts of a story."""
    return (
        select(alerts.c.id)
        .join(briefs, briefs.c.id == alerts.c.brief_id)
        .where(or_(briefs.c.id == story, briefs.c.same_as == story))
    )


async def _told_topics(connection: AsyncConnection, story: int) -> frozenset[TopicId]:
    """Return the topics on which a story has been told."""
    told = _alerts_of(story).where(briefs.c.told)
    wanted = select(alert_topics.c.topic_id).where(alert_topics.c.alert_id.in_(told))
    return frozenset(TopicId(topic) for topic in (await connection.execute(wanted)).scalars())


# --- the same, under another key or in another feed

_SHORT = (
    briefs.c.id,
    briefs.c.feed_id,
    briefs.c.key,
    briefs.c.seen_at,
    briefs.c.link,
    briefs.c.title,
    briefs.c.text,
    briefs.c.published,
    briefs.c.revisions,
    briefs.c.same_as,
    briefs.c.told,
)


_KNOWN = select(*_SHORT).where(
    briefs.c.feed_id == bindparam("of_feed"),
    briefs.c.key.in_(bindparam("keys", expanding=True)),
)


@cache
def _alike(*, by_link: bool, by_key: bool) -> Select[Any]:
    """Select the briefs with a link, or those of a feed with a title and none; or with a key."""
    at_home = and_(
        briefs.c.feed_id == bindparam("of_feed"),
        briefs.c.title == bindparam("title"),
        briefs.c.link.is_(None),
    )
    alike = [briefs.c.link == bindparam("link") if by_link else at_home]
    if by_key:
        alike.append(briefs.c.key == bindparam("of_key"))
    return select(*_SHORT).where(or_(*alike)).order_by(briefs.c.id)


async def _find_same(
    connection: AsyncConnection, feed: FeedId, key: str, marks: Marks
) -> Row[*tuple[Any, ...]] | None:
    """Return the first brief that tells what a new entry does; its own feed's go before others'."""
    found = _alike(by_link=bool(marks.link), by_key=key.startswith(("http://", "https://")))
    values = {"of_feed": feed, "of_key": key, "link": marks.link, "title": marks.title}
    rows: Sequence[Row[*tuple[Any, ...]]] = (await connection.execute(found, values)).all()
    ours = [row for row in rows if row.feed_id == feed]
    for row in ours:
        if _is_same(marks, row, made_key=key.startswith(MADE_KEY)):
            return row
    theirs = [row for row in rows if row.key == key]
    if not ours and not _is_shared(rows):
        theirs = list(rows)
    return next((row for row in theirs if row.feed_id != feed), None)


def _is_same(marks: Marks, row: Row[*tuple[Any, ...]], *, made_key: bool) -> bool:
    """Tell whether an entry is a brief of the same feed under another key.

    Two of link, title, text and date would be too little: a page may hold many entries, and a
    daily report may have the same title each day.
    """
    if row.link != marks.link:
        return False
    alike = row.title == marks.title
    same_text = row.text == marks.text
    dated_alike = row.published == marks.published
    undated = row.published is None or marks.published is None
    if marks.link is None:
        same_date = dated_alike and not undated
        return alike and (same_date or (same_text and (undated or made_key)))
    return same_text or (alike and (dated_alike or undated))


def _is_shared(rows: Sequence[Row[*tuple[Any, ...]]]) -> bool:
    """Tell whether a feed has several stories under one link, which then identifies none."""
    stories: dict[str, set[int]] = defaultdict(set)
    for row in rows:
        if row.link is not None:
            stories[row.feed_id].add(_root(row))
    return any(len(each) > 1 for each in stories.values())


def _root(row: Row[*tuple[Any, ...]]) -> int:
    return int(row.same_as or row.id)


def _marks(row: Row[*tuple[Any, ...]]) -> Marks | None:
    if row.title is None:
        return None
    return Marks(link=row.link, title=row.title, text=row.text, published=row.published)


def _columns(marks: Marks | None) -> dict[str, Any]:
    if marks is None:
        return {}
    return {
        "link": marks.link,
        "title": marks.title,
        "text": marks.text,
        "published": marks.published,
    }
