"""The tables; the migrations build the same, and a test compares the two.

Instants are integer milliseconds since 1970, UTC: they sort, and every driver knows them. When the
next message may leave is kept in microseconds, or thirty a second would become 29.4.
Documents are JSON text: brief, summary and evidence, written and read by `alerts`, and what is
remembered of a feed, by `feeds`.
"""

from alertbot.store.tables.acting import UNDER_WAY, acts, broadcasts, paused, pauses
from alertbot.store.tables.columns import (
    ALL,
    EPOCH,
    MICROSECOND,
    MILLISECOND,
    FineInstant,
    Id,
    Instant,
    metadata,
    milliseconds,
    put_together_once,
    upsert,
)
from alertbot.store.tables.desks import desks
from alertbot.store.tables.news import (
    KEPT,
    alert_topics,
    alerts,
    brief_words,
    briefs,
    feeds,
    notices,
)
from alertbot.store.tables.own import watch_changes, watches
from alertbot.store.tables.processes import heartbeat, processes, roles
from alertbot.store.tables.pushing import orders
from alertbot.store.tables.sending import (
    LANGUAGE,
    NO_THREAD,
    REACHABLE,
    SENT,
    TO_BE_SENT,
    State,
    chats,
    deliveries,
    digest_key,
    due_again,
    feedback,
    has_no_topic,
    in_state,
    is_quiet,
    left_alone,
    messages,
    pace,
    past_deliveries,
    schedules,
    settings,
    subscriptions,
)

__all__ = [
    "ALL",
    "EPOCH",
    "KEPT",
    "LANGUAGE",
    "MICROSECOND",
    "MILLISECOND",
    "NO_THREAD",
    "REACHABLE",
    "SENT",
    "TO_BE_SENT",
    "UNDER_WAY",
    "FineInstant",
    "Id",
    "Instant",
    "State",
    "acts",
    "alert_topics",
    "alerts",
    "brief_words",
    "briefs",
    "broadcasts",
    "chats",
    "deliveries",
    "desks",
    "digest_key",
    "due_again",
    "feedback",
    "feeds",
    "has_no_topic",
    "heartbeat",
    "in_state",
    "is_quiet",
    "left_alone",
    "messages",
    "metadata",
    "milliseconds",
    "notices",
    "orders",
    "pace",
    "past_deliveries",
    "paused",
    "pauses",
    "processes",
    "put_together_once",
    "roles",
    "schedules",
    "settings",
    "subscriptions",
    "upsert",
    "watch_changes",
    "watches",
]
