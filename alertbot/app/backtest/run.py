"""Brings the briefs of the past to the topics, one at a time."""

from collections.abc import Sequence
from datetime import datetime

from alertbot.app.backtest.progress import progress
from alertbot.app.wording import known_topic
from alertbot.briefs import make_brief
from alertbot.classifier.backtest import Edition, Report, Trial, placed_at, report, tried
from alertbot.config import Config
from alertbot.model import Brief, Entry
from alertbot.store import Store


class Backtest:
    """The topics of a config, and of the one they are compared with, if any."""

    def __init__(self, config: Config, against: Config | None, only: str | None) -> None:
        """Compile the topics of both; raises AlertbotError if `only` is the id of none."""
        self._after = Edition(config.topics, config.terms)
        self._before = Edition(against.topics, against.terms) if against else None
        editions = [self._after, *([self._before] if self._before else [])]
        known = [topic.id for edition in editions for topic in edition.topics]
        self._only = known_topic(only, known) if only else None

    def try_entries(self, entries: Sequence[Entry]) -> list[Trial]:
        """Try the entries of a feed, in their order."""
        trials: list[Trial] = []
        with progress(len(entries)) as done:
            for entry in entries:
                brief = make_brief(entry)
                trials.append(self._try(brief, placed_at(brief, None)))
                done()
        return trials

    async def try_archive(self, store: Store, since: datetime | None) -> list[Trial]:
        """Try the stored briefs, newest first; since: only those placed at or after it.

        Raises StoreError.
        """
        # no report yet: asyncio.run takes the repr of what it returns, and a report's is megabytes
        trials: list[Trial] = []
        with progress(await store.feeds.archive_size(since)) as done:
            async for batch in store.feeds.archive(since=since):
                for archived in batch:
                    at = placed_at(archived.brief, archived.seen_at)
                    if since is None or (at and at >= since):
                        trials.append(self._try(archived.brief, at))
                    done()
        return trials

    def report(self, trials: Sequence[Trial]) -> Report:
        """Return what the trials add up to."""
        return report(trials, self._after, self._before, self._only)

    def _try(self, brief: Brief, at: datetime | None) -> Trial:
        return tried(brief, at, self._after, self._before)
