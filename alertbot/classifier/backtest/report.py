"""Adds up trials: how often each topic fires, what an edit gains and loses, what agrees."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from itertools import permutations

from alertbot.classifier.backtest.trial import Edition, Fired, Firing, Trial
from alertbot.model import Topic, TopicId

WEEK = timedelta(weeks=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A brief on which a topic fires, and what makes it."""

    trial: Trial
    fired: Fired


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """A topic's rule against its publisher tags, over the briefs that have any tag at all."""

    #: how many briefs both find
    both: int
    rule_only: tuple[Hit, ...]
    tag_only: tuple[Hit, ...]

    @property
    def precision(self) -> float | None:
        """Of the briefs that the rule finds, the share that is tagged; None if it finds none."""
        return _share(self.both, self.both + len(self.rule_only))

    @property
    def recall(self) -> float | None:
        """Of the briefs that are tagged, the share that the rule finds; None if none is."""
        return _share(self.both, self.both + len(self.tag_only))


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a topic would have sent."""

    alerts: tuple[Hit, ...]
    #: how many the rule finds; the others only the publisher's tags do
    by_rule: int
    #: alerts by the Monday of their week, UTC; weeks without any are left out
    weekly: Mapping[date, int]
    #: over the whole time of the report; None where that is unknown
    per_week: float | None
    #: None for a topic that has not both, a rule and publisher tags
    agreement: Agreement | None


class Change(StrEnum):
    """What an edit did to a topic."""

    NEW = "new"
    REMOVED = "removed"
    #: it fires on other briefs than before
    CHANGED = "changed"
    SAME = "same"


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicReport:
    """One topic, before and after."""

    topic: TopicId
    #: None where nothing is compared
    change: Change | None
    #: None for a topic that was removed
    after: Outcome | None
    #: None for a new topic, and where nothing is compared
    before: Outcome | None
    gained: tuple[Hit, ...]
    #: with what used to fire
    lost: tuple[Hit, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Overlap:
    """How many alerts of a topic are alerts of another as well."""

    topic: TopicId
    other: TopicId
    shared: int
    #: of the alerts of `topic`
    share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """All that a backtest found; briefs in the order they were tried."""

    briefs: int
    #: briefs that are in no week
    undated: int
    #: briefs with any publisher tag
    tagged: int
    #: briefs on which any topic fires
    covered: int
    #: the same before the edit; None where nothing is compared
    covered_before: int | None
    first: datetime | None
    last: datetime | None
    #: in the order of the config, removed ones last
    topics: tuple[TopicReport, ...]
    #: the largest share first
    overlaps: tuple[Overlap, ...]


def report(
    trials: Sequence[Trial], after: Edition, before: Edition | None, only: TopicId | None = None
) -> Report:
    """Add up the trials; only: a report on this topic alone."""
    times = [trial.at for trial in trials if trial.at]
    first, last = min(times, default=None), max(times, default=None)
    weeks = max(1.0, (last - first) / WEEK) if first and last else None
    outcomes = _outcomes(after, ((trial, trial.after) for trial in trials), weeks)
    old = _outcomes(before, ((trial, trial.before) for trial in trials), weeks) if before else None
    topics = [*outcomes, *(topic for topic in old or () if topic not in outcomes)]
    return Report(
        briefs=len(trials),
        undated=len(trials) - len(times),
        tagged=sum(trial.tagged for trial in trials),
        covered=sum(bool(trial.after) for trial in trials),
        covered_before=sum(bool(trial.before) for trial in trials) if before else None,
        first=first,
        last=last,
        topics=tuple(
            _compared(topic, outcomes.get(topic), old) for topic in topics if only in (None, topic)
        ),
        overlaps=tuple(one for one in _overlaps(trials) if only in (None, one.topic)),
    )


def _outcomes(
    edition: Edition, firings: Iterable[tuple[Trial, Firing]], weeks: float | None
) -> dict[TopicId, Outcome]:
    hits: dict[TopicId, list[Hit]] = {topic.id: [] for topic in edition.topics}
    for trial, firing in firings:
        for topic, fired in firing.items():
            hits[topic].append(Hit(trial=trial, fired=fired))
    return {topic.id: _outcome(topic, hits[topic.id], weeks) for topic in edition.topics}


def _outcome(topic: Topic, hits: Sequence[Hit], weeks: float | None) -> Outcome:
    weekly = Counter(monday(hit.trial.at) for hit in hits if hit.trial.at)
    return Outcome(
        alerts=tuple(hits),
        by_rule=sum(hit.fired.by_rule for hit in hits),
        weekly=dict(sorted(weekly.items())),
        per_week=weekly.total() / weeks if weeks else None,
        agreement=_agreement(hits) if topic.rule and topic.publisher_tags else None,
    )


def _agreement(hits: Sequence[Hit]) -> Agreement:
    tagged = [hit for hit in hits if hit.trial.tagged]
    return Agreement(
        both=sum(hit.fired.by_rule and hit.fired.by_tag for hit in tagged),
        rule_only=tuple(hit for hit in tagged if not hit.fired.by_tag),
        tag_only=tuple(hit for hit in tagged if not hit.fired.by_rule),
    )


def _compared(
    topic: TopicId, after: Outcome | None, olds: Mapping[TopicId, Outcome] | None
) -> TopicReport:
    if olds is None:
        return TopicReport(topic=topic, change=None, after=after, before=None, gained=(), lost=())
    before = olds.get(topic)
    gained = [hit for hit in after.alerts if topic not in hit.trial.before] if after else []
    lost = [hit for hit in before.alerts if topic not in hit.trial.after] if before else []
    return TopicReport(
        topic=topic,
        change=_change(after, before, moved=bool(gained or lost)),
        after=after,
        before=before,
        gained=tuple(gained),
        lost=tuple(lost),
    )


def _change(after: Outcome | None, before: Outcome | None, *, moved: bool) -> Change:
    if before is None:
        return Change.NEW
    if after is None:
        return Change.REMOVED
    return Change.CHANGED if moved else Change.SAME


def _overlaps(trials: Sequence[Trial]) -> list[Overlap]:
    alerts = Counter(topic for trial in trials for topic in trial.after)
    shared = Counter(pair for trial in trials for pair in permutations(trial.after, 2))
    overlaps = [
        Overlap(topic=topic, other=other, shared=count, share=count / alerts[topic])
        for (topic, other), count in shared.items()
    ]
    return sorted(overlaps, key=lambda one: (-one.share, -one.shared, one.topic, one.other))


def monday(at: datetime) -> date:
    """Return the first day of the week that holds an instant, in UTC."""
    day = at.astimezone(UTC).date()
    return day - timedelta(days=day.weekday())


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None
