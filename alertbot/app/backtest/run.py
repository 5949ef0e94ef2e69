"""Brings the briefs of the past to the topics, one at a time, and returns the report."""

from collections.abc import Sequence
from datetime import datetime
from difflib import get_close_matches

from alertbot.app.backtest.progress import progress
from alertbot.briefs import make_brief
from alertbot.classifier.backtest import Edition, Report, Trial, placed_at, report, tried
from alertbot.config import Config
from alertbot.errors import AlertbotError
from alertbot.model import Brief, Entry, TopicId
from alertbot.store import Store


class Backtest:
    """The topics of a config, and of the one they are compared with, if any."""

    def __init__(self, config: Config, against: Config | None, only: str | None) -> None:
        """Compile the topics of both; raises AlertbotError if `only` is the id of none."""
        self._after = Edition(config.topics, config.terms)
        self._before = Edition(against.topics, against.terms) if against else None
        self._only = self._known(only) if only else None

    def over_entries(self, entries: Sequence[Entry]) -> Report:
        """Try the entries of a feed."""
        trials = []
        with progress(len(entries)) as done:
            for entry in entries:
                trials.append(self._try(make_brief(entry), None))
                done()
        return self._report(trials)

    async def over_archive(self, store: Store, since: datetime | None) -> Report:
        """Try the stored briefs, newest first; since: only those placed at or after it.

        Raises StoreError.
        """
        trials = []
        with progress(await store.feeds.archive_size(since)) as done:
            async for batch in store.feeds.archive(since=since):
                for archived in batch:
                    trial = self._try(archived.brief, archived.seen_at)
                    if since is None or (trial.at and trial.at >= since):
                        trials.append(trial)
                    done()
        return self._report(trials)

    def _try(self, brief: Brief, seen_at: datetime | None) -> Trial:
        return tried(brief, placed_at(brief, seen_at), self._after, self._before)

    def _report(self, trials: Sequence[Trial]) -> Report:
        return report(trials, self._after, self._before, self._only)

    def _known(self, only: str) -> TopicId:
        known = [
            topic.id
            for edition in (self._after, self._before)
            if edition
            for topic in edition.topics
        ]
        if only in known:
            return TopicId(only)
        close = get_close_matches(only, known, n=1)
        hint = f"; did you mean {close[0]!r}?" if close else ""
        raise AlertbotError(f"no topic has the id {only!r}{hint}")
