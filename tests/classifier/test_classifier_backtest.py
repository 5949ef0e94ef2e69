"""What a backtest says of an edit: tried on briefs of the past, added up per topic."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alertbot.briefs import make_brief
from alertbot.classifier import compile_topics
from alertbot.classifier.backtest import (
    Change,
    Edition,
    Hit,
    Report,
    TopicReport,
    placed_at,
    report,
    tried,
)
from alertbot.model import Brief, Entry, FeedId, Topic, TopicId

MONDAY = datetime(2026, 3, 2, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def topic(name: str, rule: str | None = None, *tags: str) -> Topic:
    return Topic(id=TopicId(name), name=name, rule=rule, publisher_tags=tags)


def titled(title: str, *tags: str, published: datetime | None = None) -> Brief:
    return make_brief(
        Entry(
            feed=FeedId("meridian"),
            key=title,
            title=title,
            link=None,
            published=published,
            content="",
            is_html=False,
            tags=tags,
        )
    )


def past(title: str, *tags: str, at: datetime | None = MONDAY) -> tuple[Brief, datetime | None]:
    return titled(title, *tags), at


def compare(
    pasts: list[tuple[Brief, datetime | None]],
    after: list[Topic],
    before: list[Topic] | None = None,
    only: str | None = None,
) -> Report:
    new = Edition(after, {})
    old = None if before is None else Edition(before, {})
    trials = [tried(brief, at, new, old) for brief, at in pasts]
    return report(trials, new, old, TopicId(only) if only else None)


def one(pasts: list[tuple[Brief, datetime | None]], *topics: Topic) -> TopicReport:
    return compare(pasts, list(topics)).topics[0]


def keys(hits: tuple[Hit, ...]) -> list[str]:
    return [hit.trial.key for hit in hits]


def test_an_edit_gains_some_briefs_and_loses_others() -> None:
    pasts = [past("Iran fires"), past("Iran votes"), past("Yemen fires")]

    [found] = compare(pasts, [topic("t", "fires")], [topic("t", "Iran")]).topics

    assert found.change is Change.CHANGED
    assert keys(found.gained) == ["Yemen fires"]
    assert keys(found.lost) == ["Iran votes"]
    assert found.before is not None
    assert keys(found.before.alerts) == ["Iran fires", "Iran votes"]


def test_what_is_gained_and_lost_keeps_its_evidence() -> None:
    [found] = compare([past("Iran votes")], [topic("t", "polls")], [topic("t", "Iran")]).topics

    [lost] = found.lost
    evidence = lost.fired.match.evidence
    assert [(words.zone, words.text) for words in evidence] == [("title", "Iran")]


def test_topics_are_compared_by_their_id() -> None:
    after = [topic("kept", "Iran"), topic("new", "Iran")]
    before = [topic("gone", "Iran"), topic("kept", "Iran*")]

    kept, new, gone = compare([past("Iran votes")], after, before).topics

    assert [kept.change, new.change, gone.change] == [Change.SAME, Change.NEW, Change.REMOVED]
    assert (keys(new.gained), new.before) == (["Iran votes"], None)
    assert (keys(gone.lost), gone.after) == (["Iran votes"], None)
    assert kept.gained == kept.lost == ()


def test_without_an_earlier_edition_nothing_is_gained_or_lost() -> None:
    found = one([past("Iran votes")], topic("t", "Iran"))

    assert (found.change, found.before, found.gained, found.lost) == (None, None, (), ())


def test_a_rule_is_measured_against_tags_on_the_briefs_that_have_any() -> None:
    pasts = [
        past("Iran votes", "Iran"),
        past("Iran fires", "Missiles"),
        past("Tehran votes", "IRAN"),
        past("Frost", "Weather"),
        past("Iran freezes"),
    ]

    found = compare(pasts, [topic("t", "Iran", "Iran")])

    assert (found.tagged, found.briefs) == (4, 5)
    [only] = found.topics
    assert only.after is not None
    agreement = only.after.agreement
    assert agreement is not None
    assert agreement.both == 1
    assert keys(agreement.rule_only) == ["Iran fires"]
    assert keys(agreement.tag_only) == ["Tehran votes"]
    assert (agreement.precision, agreement.recall) == (0.5, 0.5)


def test_agreement_needs_a_rule_and_tags_and_something_to_measure() -> None:
    rule_alone = one([past("Iran", "Iran")], topic("t", "Iran")).after
    tags_alone = one([past("Iran", "Iran")], topic("t", None, "Iran")).after
    unmeasured = one([past("Frost", "Weather")], topic("t", "Iran", "Iran")).after

    assert rule_alone and tags_alone and unmeasured
    assert rule_alone.agreement is tags_alone.agreement is None
    assert unmeasured.agreement is not None
    assert (unmeasured.agreement.precision, unmeasured.agreement.recall) == (None, None)


def test_alerts_are_counted_by_week_and_over_the_whole_time() -> None:
    pasts = [
        past("Iran 1", at=MONDAY),
        past("Iran 2", at=MONDAY + 6 * DAY),
        past("Frost", at=MONDAY + 14 * DAY),
        past("Iran 3", at=MONDAY + 28 * DAY),
        past("Iran 4", at=None),
    ]

    found = compare(pasts, [topic("t", "Iran")])

    assert (found.first, found.last, found.undated) == (MONDAY, MONDAY + 28 * DAY, 1)
    [only] = found.topics
    assert only.after is not None
    assert len(only.after.alerts) == 4
    assert only.after.weekly == {date(2026, 3, 2): 2, date(2026, 3, 30): 1}
    assert only.after.per_week == 3 / 4


def test_less_than_a_week_counts_as_one_and_no_date_as_none() -> None:
    days = one([past("Iran 1"), past("Iran 2", at=MONDAY + DAY)], topic("t", "Iran")).after
    undated = one([past("Iran", at=None)], topic("t", "Iran")).after

    assert days and undated
    assert days.per_week == 2
    assert undated.per_week is None


def test_overlap_is_the_share_of_a_topics_alerts_that_another_has_too() -> None:
    pasts = [past("Iran Yemen"), past("Iran"), past("Iran"), past("Iran Yemen")]

    found = compare(pasts, [topic("iran", "Iran"), topic("yemen", "Yemen")])

    shares = [(over.topic, over.other, over.shared, over.share) for over in found.overlaps]
    assert shares == [("yemen", "iran", 2, 1.0), ("iran", "yemen", 2, 0.5)]


def test_a_report_on_one_topic_still_knows_the_others_it_overlaps() -> None:
    found = compare(
        [past("Iran Yemen")], [topic("iran", "Iran"), topic("yemen", "Yemen")], only="yemen"
    )

    assert [only.topic for only in found.topics] == ["yemen"]
    assert [(over.topic, over.other) for over in found.overlaps] == [("yemen", "iran")]


def test_it_says_how_many_briefs_find_any_topic() -> None:
    pasts = [past("Iran Yemen"), past("Yemen"), past("Frost")]

    found = compare(pasts, [topic("t", "Iran"), topic("u", "Yemen")], [topic("t", "Iran")])

    assert (found.covered, found.covered_before) == (2, 1)


@pytest.mark.parametrize(
    ("published", "seen_at", "expected"),
    [
        (MONDAY, MONDAY + DAY, MONDAY),
        (None, MONDAY, MONDAY),
        (MONDAY + DAY, MONDAY, MONDAY),
        (datetime(1970, 1, 1, tzinfo=UTC), MONDAY, MONDAY),
        (datetime(1, 1, 1, tzinfo=timezone(5 * timedelta(hours=1))), None, None),
        (MONDAY, None, MONDAY),
        (None, None, None),
    ],
)
def test_a_brief_is_placed_where_it_was_published_if_that_can_be_believed(
    published: datetime | None, seen_at: datetime | None, expected: datetime | None
) -> None:
    assert placed_at(titled("Iran", published=published), seen_at) == expected


TAGS = st.sampled_from(["Iran", "iran", "U.S. Defense", "u-s-defense", "R&D", "r and d", "–", "é"])


@given(title=st.sampled_from(["Iran", "Frost"]), given_=st.lists(TAGS), known=st.lists(TAGS))
def test_a_topic_fires_in_a_backtest_just_when_it_does_in_the_service(
    title: str, given_: list[str], known: list[str]
) -> None:
    topics = [topic("both", "Iran", *known), topic("tags", None, *known)]
    brief = titled(title, *given_)

    firing = Edition(topics, {}).firing(brief)

    served = {match.topic: match.via for match in compile_topics(topics, {}).match(brief)}
    assert {name: fired.match.via for name, fired in firing.items()} == served
