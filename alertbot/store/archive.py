"""What was published and told, for those who look back: `ports.Archive`.

A story that several feeds brought is shown once, as it came last.
"""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from alertbot.classifier.search import Search
from alertbot.model import AlertId, BriefId, TopicId
from alertbot.ports import Found, FoundBrief, PastAlerts
from alertbot.store.alerts import load_alerts, load_these, only
from alertbot.store.engine import Database, unbroken
from alertbot.store.tables import alert_topics, alerts, briefs
from alertbot.store.words import find_rows

#: rows looked at for each brief to show: its other feeds' are among them
TWINS = 3


@unbroken
class ArchiveRows:
    """Searches what is stored."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def find(
        self,
        search: Search,
        topics: Collection[TopicId],
        *,
        before: BriefId | None = None,
        limit: int,
    ) -> Found:
        """Return the newest briefs that have all the terms, with only matches of the topics.

        before: only those stored before this one. One that cannot be read is left out.
        """
        async with self._database.reading() as connection:
            wanted = limit * TWINS + 1
            rows = await find_rows(connection, search, before, wanted)
            firsts = await _first_of_each_story(connection, rows)
            shown = firsts[:limit]
            found = await _load(connection, shown, topics)
        seen = rows[rows.index(firsts[limit]) - 1] if len(firsts) > limit else None
        if seen is None and len(rows) == wanted:
            seen = rows[-1]
        return Found(briefs=found, older=None if seen is None else BriefId(seen))

    async def brief(self, id_: BriefId, topics: Collection[TopicId]) -> FoundBrief | None:
        """Return a brief with only matches of the topics; None if it is kept no longer."""
        async with self._database.reading() as connection:
            return next(iter(await _load(connection, [id_], topics)), None)

    async def told(
        self, topic: TopicId, topics: Collection[TopicId], *, since: datetime, limit: int
    ) -> PastAlerts:
        """Return the newest alerts on a topic, with only matches of the topics, and the number.

        since: by the date published, where there is one, else by when the alert was made.
        """
        dated = func.coalesce(briefs.c.published, alerts.c.made_at)
        wanted = (
            select(alerts.c.id)
            .join(alert_topics, alert_topics.c.alert_id == alerts.c.id)
            .join(briefs, briefs.c.id == alerts.c.brief_id)
            .where(alert_topics.c.topic_id == topic, dated >= since)
        )
        count = select(func.count()).select_from(wanted.subquery())
        newest = wanted.order_by(dated.desc(), alerts.c.id.desc()).limit(limit)
        async with self._database.reading() as connection:
            total = (await connection.execute(count)).scalar_one()
            ids = (await connection.execute(newest)).scalars().all()
            loaded = await load_alerts(connection, ids)
        return PastAlerts(
            alerts=tuple(only(loaded[id_], topics) for id_ in ids if id_ in loaded), total=total
        )


async def _first_of_each_story(connection: AsyncConnection, rows: Sequence[int]) -> list[int]:
    """Return the rows without those that tell the same as one before."""
    story = func.coalesce(briefs.c.same_as, briefs.c.id)
    stories = select(briefs.c.id, story).where(briefs.c.id.in_(rows))
    of = {row[0]: row[1] for row in await connection.execute(stories)}
    firsts: dict[int, int] = {}
    for row in rows:
        firsts.setdefault(of[row], row)
    return list(firsts.values())


async def _load(
    connection: AsyncConnection, rows: Sequence[int], topics: Collection[TopicId]
) -> tuple[FoundBrief, ...]:
    """Return the briefs of the rows, in order, those that are kept and can be read."""
    archived = await load_these(connection, rows)
    of_them = select(alerts.c.brief_id, alerts.c.id).where(alerts.c.brief_id.in_(rows))
    ids = {row.brief_id: AlertId(row.id) for row in await connection.execute(of_them)}
    told = {
        id_: only(one, topics) for id_, one in (await load_alerts(connection, ids.values())).items()
    }
    found = []
    for row in rows:
        if row in archived:
            past = told.get(ids[row]) if row in ids else None
            alert = past.alert if past else None
            one = archived[row]
            found.append(
                FoundBrief(id=BriefId(row), brief=one.brief, seen_at=one.seen_at, alert=alert)
            )
    return tuple(found)
