"""Briefs and alerts as rows: documents of JSON, and the topics beside them to search by.

The feeds' rows write them, one poll at a time; the deliveries' and chats' rows read them.
"""

import logging
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

from pydantic import TypeAdapter
from sqlalchemy import ColumnElement, Row, and_, insert, select, true
from sqlalchemy.ext.asyncio import AsyncConnection

from alertbot.model import (
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
)
from alertbot.ports import ArchivedBrief, ToldAlert
from alertbot.store.tables import KEPT, alert_topics, alerts, briefs, upsert

BRIEF = TypeAdapter(Brief)
SUMMARY = TypeAdapter(Summary)
EVIDENCE = TypeAdapter(tuple[Evidence, ...])

T = TypeVar("T")

log = logging.getLogger(__name__)

#: one such document must not hold up those that can be read, so it is left out, and the log says so
UNREADABLE = "cannot be read: stored by another version of alertbot?"


async def insert_brief(
    connection: AsyncConnection, feed: FeedId, brief: Brief, now: datetime
) -> int | None:
    """Store a brief and return its row id; None if the feed has one with this key already."""
    statement = (
        upsert(connection, briefs)
        .values(feed_id=feed, key=brief.key, seen_at=now, document=_dump(BRIEF, brief))
        .on_conflict_do_nothing(index_elements=["feed_id", "key"])
        .returning(briefs.c.id)
    )
    made: int | None = (await connection.execute(statement)).scalar_one_or_none()
    return made


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
    rows = [
        {
            "alert_id": made,
            "position": position,
            "topic_id": match.topic,
            "via": match.via.value,
            "evidence": _dump(EVIDENCE, match.evidence),
            **_handling(topics.get(match.topic) or Topic(id=match.topic, name=""), now),
        }
        for position, match in enumerate(alert.matches)
    ]
    await connection.execute(insert(alert_topics), rows)
    return made


async def load_alerts(
    connection: AsyncConnection, ids: Collection[AlertId]
) -> dict[AlertId, ToldAlert]:
    """Return those of the alerts that can be read, whole, by id."""
    matches = await _load_matches(connection, ids)
    statement = (
        select(alerts.c.id, alerts.c.made_at, alerts.c.summary, briefs.c.document)
        .join(briefs, briefs.c.id == alerts.c.brief_id)
        .where(alerts.c.id.in_(ids))
    )
    told: dict[AlertId, ToldAlert] = {}
    for row in await connection.execute(statement):
        try:
            told[row.id] = _told(row, matches[row.id])
        except ValueError:
            log.error("alert %s %s", row.id, UNREADABLE)
    return told


async def load_briefs(
    connection: AsyncConnection, *, before: int | None, since: datetime | None, limit: int
) -> tuple[tuple[ArchivedBrief, ...], int | None]:
    """Return the newest briefs whose row id is under `before`, and the id to go on from.

    Of the `limit` rows looked at, those that can be read, newest first; None when no row is left.
    """
    statement = (
        select(briefs.c.id, briefs.c.seen_at, briefs.c.document)
        .where(kept_since(since))
        .order_by(briefs.c.id.desc())
        .limit(limit)
    )
    if before is not None:
        statement = statement.where(briefs.c.id < before)
    rows = (await connection.execute(statement)).all()
    loaded: list[ArchivedBrief] = []
    for row in rows:
        try:
            brief = BRIEF.validate_json(row.document)
        except ValueError:
            log.error("brief %s %s", row.id, UNREADABLE)
        else:
            loaded.append(ArchivedBrief(brief=brief, seen_at=row.seen_at))
    return tuple(loaded), rows[-1].id if len(rows) == limit else None


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
    connection: AsyncConnection, ids: Collection[AlertId]
) -> dict[AlertId, list[Row[Any]]]:
    statement = (
        select(alert_topics)
        .where(alert_topics.c.alert_id.in_(ids))
        .order_by(alert_topics.c.alert_id, alert_topics.c.position)
    )
    found: dict[AlertId, list[Row[Any]]] = defaultdict(list)
    for row in await connection.execute(statement):
        found[row.alert_id].append(row)
    return found


def _told(row: Row[*tuple[Any, ...]], matches: Sequence[Row[Any]]) -> ToldAlert:
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
                )
                for match in matches
            ),
        ),
        made_at=row.made_at,
    )


def _dump(kind: TypeAdapter[T], value: T) -> str:
    return kind.dump_json(value).decode()
