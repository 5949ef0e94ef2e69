"""Briefs and alerts as rows: documents of JSON, and the topics beside them to search by.

The feeds' rows write them, one poll at a time; the deliveries' and chats' rows read them.
"""

import logging
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, TypeVar

from pydantic import TypeAdapter
from sqlalchemy import ColumnElement, Row, and_, insert, or_, select, true, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.dml import ReturningInsert

from alertbot.model import (
    WATCH,
    Alert,
    AlertId,
    Brief,
    Evidence,
    FeedId,
    Match,
    Promise,
    Summary,
    Topic,
    TopicId,
    Via,
    is_watch,
    watch_number,
)
from alertbot.ports import ArchivedBrief, ToldAlert
from alertbot.store.tables import (
    KEPT,
    alert_topics,
    alerts,
    briefs,
    put_together_once,
    upsert,
    watches,
)
from alertbot.store.words import keep_words

BRIEF = TypeAdapter(Brief)
SUMMARY = TypeAdapter(Summary)
EVIDENCE = TypeAdapter(tuple[Evidence, ...])

T = TypeVar("T")

_Columns = Mapping[str, Any]

log = logging.getLogger(__name__)

#: one such document must not hold up those that can be read, so it is left out, and the log says so
UNREADABLE = "cannot be read: stored by another version of alertbot?"


async def insert_brief(
    connection: AsyncConnection, feed: FeedId, brief: Brief, now: datetime, known_by: _Columns
) -> int | None:
    """Store a brief and return its row id; None if the feed has one with this key already.

    known_by: the columns of its identity.
    """
    fixed = {"feed_id": feed, "key": brief.key, "seen_at": now, "revisions": 0}
    values = {**fixed, "document": _dump(BRIEF, brief), **known_by}
    made: int | None = await connection.scalar(_unless_known(connection), values)
    if made is not None:
        await keep_words(connection, made, brief)
    return made


@put_together_once
def _unless_known(connection: AsyncConnection) -> ReturningInsert[tuple[int]]:
    added = upsert(connection, briefs)
    return added.on_conflict_do_nothing(index_elements=["feed_id", "key"]).returning(briefs.c.id)


async def insert_alert(
    connection: AsyncConnection,
    brief_row: int,
    alert: Alert,
    topics: Mapping[TopicId, Topic],
    now: datetime,
) -> AlertId:
    """Store what is told of a brief, and the topics it matched with how each is delivered.

    topics: those of the config; one that is not among them is delivered as by default.
    """
    statement = (
        insert(alerts)
        .values(brief_id=brief_row, made_at=now, summary=_dump(SUMMARY, alert.summary))
        .returning(alerts.c.id)
    )
    made = AlertId((await connection.execute(statement)).scalar_one())
    await _insert_topics(connection, made, alert.matches, topics, now)
    return made


async def replace_brief(
    connection: AsyncConnection, brief_row: int, brief: Brief, known_by: _Columns
) -> None:
    """Store a new version of a brief; known_by: as for `insert_brief`."""
    mine = update(briefs).where(briefs.c.id == brief_row)
    await connection.execute(mine.values(document=_dump(BRIEF, brief), **known_by))
    await keep_words(connection, brief_row, brief)


async def replace_alert(
    connection: AsyncConnection,
    brief_row: int,
    alert: Alert,
    topics: Mapping[TopicId, Topic],
    now: datetime,
) -> AlertId | None:
    """Store what is told of a new version of a brief; return the alert, None if there is none.

    A topic that matches no more stays: deliveries name it. Its evidence is no part of the text any
    more, so it keeps the words alone.
    """
    row_id = await connection.scalar(select(alerts.c.id).where(alerts.c.brief_id == brief_row))
    if row_id is None:
        if not alert.matches:
            return None
        return await insert_alert(connection, brief_row, alert, topics, now)
    known = AlertId(row_id)
    summary = _dump(SUMMARY, alert.summary)
    await connection.execute(update(alerts).where(alerts.c.id == known).values(summary=summary))
    found = {match.topic: match for match in alert.matches}
    rows = (await _load_matches(connection, [known]))[known]
    for row in rows:
        match = found.pop(TopicId(row.topic_id), None)
        evidence = match.evidence if match else _displaced(row.evidence)
        values = {
            "via": match.via.value if match else row.via,
            "evidence": _dump(EVIDENCE, evidence),
        }
        mine = (alert_topics.c.alert_id == known, alert_topics.c.position == row.position)
        await connection.execute(update(alert_topics).where(*mine).values(values))
    first = max((row.position for row in rows), default=-1) + 1
    await _insert_topics(connection, known, list(found.values()), topics, now, first=first)
    return known


async def _insert_topics(
    connection: AsyncConnection,
    alert: AlertId,
    matches: Sequence[Match],
    topics: Mapping[TopicId, Topic],
    now: datetime,
    *,
    first: int = 0,
) -> None:
    rows = [
        {
            "alert_id": alert,
            "position": position,
            "topic_id": match.topic,
            "via": match.via.value,
            "evidence": _dump(EVIDENCE, match.evidence),
            **_handling(topics.get(match.topic) or Topic(id=match.topic, name=""), now),
        }
        for position, match in enumerate(matches, first)
    ]
    if rows:
        await connection.execute(insert(alert_topics), rows)


def _displaced(evidence: str) -> tuple[Evidence, ...]:
    try:
        return tuple(replace(each, start=0, end=0) for each in EVIDENCE.validate_json(evidence))
    except ValueError:
        return ()


async def load_alerts(
    connection: AsyncConnection, ids: Collection[AlertId], own: Collection[TopicId] = ()
) -> dict[AlertId, ToldAlert]:
    """Return those of the alerts that can be read, by id; without the matches of watches.

    own: but for these watches, whose chats are to see them, with their rules.
    """
    topic = alert_topics.c.topic_id
    mine = {watch_number(each): each for each in own if is_watch(each)}
    shown = or_(~topic.startswith(WATCH), topic.in_(mine.values()))
    matches = await _load_matches(connection, ids, shown)
    rules = await _load_rules(connection, mine)
    statement = (
        select(alerts.c.id, alerts.c.made_at, alerts.c.summary, briefs.c.document)
        .join(briefs, briefs.c.id == alerts.c.brief_id)
        .where(alerts.c.id.in_(ids))
    )
    told: dict[AlertId, ToldAlert] = {}
    for row in await connection.execute(statement):
        try:
            told[row.id] = _told(row, matches[row.id], rules)
        except ValueError:
            log.error("alert %s %s", row.id, UNREADABLE)
    return told


async def load_briefs(
    connection: AsyncConnection,
    *where: ColumnElement[bool],
    before: int | None,
    since: datetime | None,
    limit: int,
) -> tuple[tuple[ArchivedBrief, ...], int | None]:
    """Return the newest briefs whose row id is under `before`, and the id to go on from.

    Of the `limit` rows looked at, those that can be read, newest first; None when no row is left.
    where: what else is asked of them.
    """
    statement = (
        select(briefs.c.id, briefs.c.seen_at, briefs.c.document)
        .where(kept_since(since), *where)
        .order_by(briefs.c.id.desc())
        .limit(limit)
    )
    if before is not None:
        statement = statement.where(briefs.c.id < before)
    rows = (await connection.execute(statement)).all()
    return tuple(_readable(rows).values()), rows[-1].id if len(rows) == limit else None


async def load_these(
    connection: AsyncConnection, rows: Collection[int]
) -> dict[int, ArchivedBrief]:
    """Return the briefs with these row ids, those that are kept and can be read."""
    statement = select(briefs.c.id, briefs.c.seen_at, briefs.c.document).where(
        KEPT, briefs.c.id.in_(rows)
    )
    return _readable((await connection.execute(statement)).all())


def _readable(rows: Sequence[Row[*tuple[Any, ...]]]) -> dict[int, ArchivedBrief]:
    loaded: dict[int, ArchivedBrief] = {}
    for row in rows:
        try:
            brief = BRIEF.validate_json(row.document)
        except ValueError:
            log.error("brief %s %s", row.id, UNREADABLE)
        else:
            loaded[row.id] = ArchivedBrief(brief=brief, seen_at=row.seen_at)
    return loaded


def only(told: ToldAlert, topics: Collection[TopicId]) -> ToldAlert:
    """Return an alert with its matches of some topics alone."""
    matches = tuple(match for match in told.alert.matches if match.topic in topics)
    return replace(told, alert=replace(told.alert, matches=matches))


def told_to(alert: Alert, topics: Collection[TopicId]) -> Alert:
    """Return an alert without its matches of watches, but for those among the topics."""
    matches = (each for each in alert.matches if not is_watch(each.topic) or each.topic in topics)
    return replace(alert, matches=tuple(matches))


def kept_since(since: datetime | None) -> ColumnElement[bool]:
    """Return the condition that a brief is kept and was seen since an instant; None: ever."""
    return and_(KEPT, true() if since is None else briefs.c.seen_at >= since)


def _handling(topic: Topic, now: datetime) -> dict[str, Any]:
    return {
        "urgent": topic.urgent,
        "at_most_once": topic.delivery is Promise.AT_MOST_ONCE,
        "expires_at": now + topic.shelf_life,
    }


async def _load_matches(
    connection: AsyncConnection, ids: Collection[AlertId], *where: ColumnElement[bool]
) -> dict[AlertId, list[Row[Any]]]:
    statement = (
        select(alert_topics)
        .where(alert_topics.c.alert_id.in_(ids), *where)
        .order_by(alert_topics.c.alert_id, alert_topics.c.position)
    )
    found: dict[AlertId, list[Row[Any]]] = defaultdict(list)
    for row in await connection.execute(statement):
        found[row.alert_id].append(row)
    return found


async def _load_rules(
    connection: AsyncConnection, own: Mapping[int, TopicId]
) -> dict[TopicId, str]:
    """Return the rules of watches, whose topics are given by number."""
    if not own:
        return {}
    wanted = select(watches.c.number, watches.c.rule).where(watches.c.number.in_(own))
    return {own[row.number]: row.rule for row in await connection.execute(wanted)}


def _told(
    row: Row[*tuple[Any, ...]], matches: Sequence[Row[Any]], rules: Mapping[TopicId, str]
) -> ToldAlert:
    """Return the alert of the rows; raises ValueError if it cannot be read."""
    return ToldAlert(
        id=AlertId(row.id),
        alert=Alert(
            brief=BRIEF.validate_json(row.document),
            summary=SUMMARY.validate_json(row.summary),
            matches=tuple(
                Match(
                    topic=TopicId(match.topic_id),
                    via=Via(match.via),
                    evidence=EVIDENCE.validate_json(match.evidence),
                    rule=rules.get(match.topic_id),
                )
                for match in matches
            ),
        ),
        made_at=row.made_at,
    )


def _dump(kind: TypeAdapter[T], value: T) -> str:
    return kind.dump_json(value).decode()
