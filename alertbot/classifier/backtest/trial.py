"""Tries topics on a brief of the past: Brief -> Trial, what fires before an edit and after it.

Of the brief only what can be told afterwards is kept, so that an archive of any size can pass by.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from alertbot.classifier.match import compile_topics
from alertbot.model import Brief, Match, Topic, TopicId

#: earlier ones, 0001 and 1970 above all, are what software writes that knows no date
_DATES_BEGIN = datetime(1990, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fired:
    """What made a topic fire: its rule, the publisher's tags, or both."""

    #: what the alert would carry; the rule's match where both fire, as it explains more
    match: Match
    by_rule: bool
    by_tag: bool


Firing = Mapping[TopicId, Fired]


class Edition:
    """The topics of one config, ready to be tried on briefs."""

    def __init__(self, topics: Sequence[Topic], terms: Mapping[str, Sequence[str]]) -> None:
        """Compile the topics; raises RuleError where `compile_topics` does."""
        self.topics = tuple(topics)
        self._classifier = compile_topics(topics, terms)

    def firing(self, brief: Brief) -> Firing:
        """Return what fires on the brief."""
        rules = self._classifier.match(brief, publisher_tags=False)
        by_rule = {match.topic: match for match in rules}
        by_tag = {match.topic: match for match in self._classifier.match_tags(brief)}
        return {
            topic: Fired(match=match, by_rule=topic in by_rule, by_tag=topic in by_tag)
            for topic, match in (by_tag | by_rule).items()
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """A brief of the past, what is told of it, and what fires on it."""

    key: str
    title: str
    link: str | None
    #: with the publisher's offset
    published: datetime | None
    #: what places it in a week, see `placed_at`; None: in none
    at: datetime | None
    #: whether the publisher gave it any tag
    tagged: bool
    after: Firing
    #: nothing, where nothing is compared
    before: Firing


def placed_at(brief: Brief, seen_at: datetime | None) -> datetime | None:
    """Return the one time a backtest goes by: when the brief was published.

    It is when the feed first brought it, `seen_at`, where the publisher gives no date, one that was
    yet to come, or one before 1990. None where that is not known either.
    """
    published = brief.published
    believed = published and published >= _DATES_BEGIN and not (seen_at and published > seen_at)
    return published if believed else seen_at


def tried(brief: Brief, at: datetime | None, after: Edition, before: Edition | None) -> Trial:
    """Return what both editions would have made of the brief, placed at `at`."""
    return Trial(
        key=brief.key,
        title=brief.title,
        link=brief.link,
        published=brief.published,
        at=at,
        tagged=bool(brief.tags),
        after=after.firing(brief),
        before=before.firing(brief) if before else {},
    )
