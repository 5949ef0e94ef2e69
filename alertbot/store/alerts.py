"""Briefs and alerts as rows: documents of JSON, and the topics beside them to search by.

The feeds' rows write them, one poll at a time; the deliveries' and chats' rows read them.
"""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime
from typing import TypeVar

from pydantic import TypeAdapter, ValidationError
from sqlalchemy import insert, select
from sqlalchemy.dialects.sqlite import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from alertbot.errors import StoreError
from alertbot.model import Alert, AlertId, Brief, Evidence, FeedId, Match, Summary, TopicId, Via
from alertbot.ports import ToldAlert
from alertbot.store.tables import alert_topics, alerts, briefs

BRIEF = TypeAdapter(Brief)
SUMMARY = TypeAdapter(Summary)
EVIDENCE = TypeAdapter(tuple[Evidence, ...])

T = TypeVar("T")


async def insert_brief(
    connection: AsyncConnection, feed: FeedId, brief: Brief, now: datetime
) -> int | None:
    """Store a brief and return its row id; None if the feed has one with this key already."""
    statement = (
        upsert(briefs)
        .values(feed_id=feed, key=brief.key, seen_at=now, document=_dump(BRIEF, brief))
        .on_conflict_do_nothing(index_elements=["feed_id", "key"])
        .returning(briefs.c.id)
    )
    made: int | None = (await connection.execute(statement)).scalar_one_or_none()
    return made


async def insert_alert(
    connection: AsyncConnection, brief_row: int, alert: Alert, now: datetime
) -> AlertId:
    """Store what is told of a brief, and the topics it matched."""
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
        }
        for position, match in enumerate(alert.matches)
    ]
    await connection.execute(insert(alert_topics), rows)
    return made


async def load_alerts(
    connection: AsyncConnection, ids: Collection[AlertId]
) -> dict[AlertId, ToldAlert]:
    """Return the alerts by id, whole; raises StoreError for a document that cannot be read."""
    matches = await _load_matches(connection, ids)
    statement = (
        select(alerts.c.id, alerts.c.made_at, alerts.c.summary, briefs.c.document)
        .join(briefs, briefs.c.id == alerts.c.brief_id)
        .where(alerts.c.id.in_(ids))
    )
    return {
        row.id: ToldAlert(
            id=AlertId(row.id),
            alert=Alert(
                brief=_load(BRIEF, row.document, f"alert {row.id}"),
                summary=_load(SUMMARY, row.summary, f"alert {row.id}"),
                matches=tuple(matches[row.id]),
            ),
            made_at=row.made_at,
        )
        for row in await connection.execute(statement)
    }


async def load_briefs(connection: AsyncConnection) -> tuple[Brief, ...]:
    """Return every stored brief, the newest first; raises StoreError for one that is unreadable."""
    statement = select(briefs.c.id, briefs.c.document).order_by(briefs.c.id.desc())
    rows = await connection.execute(statement)
    return tuple(_load(BRIEF, row.document, f"brief {row.id}") for row in rows)


async def _load_matches(
    connection: AsyncConnection, ids: Collection[AlertId]
) -> dict[AlertId, list[Match]]:
    statement = (
        select(alert_topics)
        .where(alert_topics.c.alert_id.in_(ids))
        .order_by(alert_topics.c.alert_id, alert_topics.c.position)
    )
    found: dict[AlertId, list[Match]] = defaultdict(list)
    for row in await connection.execute(statement):
        evidence = _load(EVIDENCE, row.evidence, f"alert {row.alert_id}")
        match = Match(topic=TopicId(row.topic_id), via=Via(row.via), evidence=evidence)
        found[row.alert_id].append(match)
    return found


def _dump(kind: TypeAdapter[T], value: T) -> str:
    return kind.dump_json(value).decode()


def _load(kind: TypeAdapter[T], document: str, whose: str) -> T:
    try:
        return kind.validate_json(document)
    except ValidationError as error:
        raise StoreError(
            f"{whose} cannot be read: was it stored by another version of alertbot?"
        ) from error
