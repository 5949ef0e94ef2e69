"""Which topics came near to a brief, and what they lack."""

import pytest

from alertbot.app.preview.near import near_misses
from alertbot.briefs import make_brief
from alertbot.classifier import compile_topics
from alertbot.model import Entry, FeedId, Topic, TopicId

BRIEF = make_brief(
    Entry(
        feed=FeedId("test"),
        key="1",
        title="Iran Fires Missiles",
        link=None,
        published=None,
        content="Iran fired 17 missiles at a base on Sunday.",
        is_html=False,
    )
)


def topic(name: str, rule: str | None) -> Topic:
    tags = () if rule else ("Iran",)
    return Topic(id=TopicId(name), name=name, rule=rule, publisher_tags=tags)


def missed(*topics: Topic, limit: int = 3) -> list[tuple[str, str]]:
    found = near_misses(compile_topics(topics, {}), topics, BRIEF, limit)
    return [(miss.topic.id, miss.lacks) for miss in found]


@pytest.mark.parametrize(
    ("rule", "lacks"),
    [
        ("Iran AND drones", "drones: nowhere"),
        ("Iran AND missile* NOT base", "NOT base: excluded, and it is there"),
        ("(Iran AND drones) OR (harbour AND crane)", "drones: nowhere"),
        ("title:Sunday", "title:Sunday: not in the title"),
    ],
)
def test_what_is_lacking_is_said(rule: str, lacks: str) -> None:
    assert missed(topic("near", rule)) == [("near", lacks)]


def test_the_nearest_come_first_and_no_more_than_asked() -> None:
    topics = [
        topic("third", "Iran AND drones AND cranes"),
        topic("half", "Iran AND drones"),
        topic("most", "Iran AND missile* AND drones"),
    ]

    assert [name for name, _ in missed(*topics)] == ["most", "half", "third"]
    assert [name for name, _ in missed(*topics, limit=1)] == ["most"]


def test_what_fires_what_has_nothing_of_it_and_what_has_no_rule_are_left_out() -> None:
    fires, far, tagged = topic("a", "Iran"), topic("b", "harbour"), topic("c", None)

    assert missed(fires, far, tagged) == []
