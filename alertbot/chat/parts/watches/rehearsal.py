"""Tries a rule on the briefs of the last weeks: what it would have sent."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from alertbot.classifier.backtest import Edition, Trial, placed_at, tried
from alertbot.model import Topic, TopicId
from alertbot.ports import ArchivedBrief, WatchBook

#: how far back
WEEKS = timedelta(days=30)
#: where there are more briefs, the newest so many alone; they take a second or two
MOST_BRIEFS = 3_000
#: of what would have been sent, so many are shown
SHOWN = 3
#: fewer briefs do not show that a rule is too broad
ENOUGH = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Rehearsal:
    """What a rule would have sent."""

    #: how many briefs it was tried on
    briefs: int
    alerts: int
    #: the newest of these first
    last: tuple[Trial, ...]
    #: the time of the oldest brief, where there were too many to go back all the weeks
    since: datetime | None = None

    @property
    def broad(self) -> bool:
        """Whether it fires on so much that it hardly means one subject."""
        return self.briefs >= ENOUGH and 2 * self.alerts > self.briefs


async def rehearse(
    rule: str, terms: Mapping[str, Sequence[str]], book: WatchBook, now: datetime
) -> Rehearsal:
    """Try a rule that is sound; raises StoreError."""
    begin = now - WEEKS
    topic = Topic(id=TopicId("own"), name=rule, rule=rule)
    edition = await asyncio.to_thread(Edition, [topic], terms)
    looked_at = 0
    trials: list[Trial] = []
    async for batch in book.stories(begin, MOST_BRIEFS):
        looked_at += len(batch)
        trials += await asyncio.to_thread(_try, batch, edition)
    placed = [(trial.at, trial) for trial in trials if trial.at and trial.at >= begin]
    hits = sorted((pair for pair in placed if pair[1].after), key=lambda pair: pair[0])
    oldest = min((at for at, _ in placed), default=None)
    return Rehearsal(
        briefs=len(placed),
        alerts=len(hits),
        last=tuple(trial for _, trial in hits[: -SHOWN - 1 : -1]),
        since=oldest if looked_at >= MOST_BRIEFS else None,
    )


def _try(batch: Sequence[ArchivedBrief], edition: Edition) -> list[Trial]:
    return [tried(one.brief, placed_at(one.brief, one.seen_at), edition, None) for one in batch]
