"""Rules that come and go one by one match as if they had been compiled together."""

from hypothesis import given
from hypothesis import strategies as st

from alertbot.classifier import changing_rules, compile_topics
from alertbot.model import Block, Brief, FeedId, Topic, TopicId, Zone, watch_topic

TERMS = {"iran": ("Iran*", "Tehran"), "unused": ("nothing",)}
WORDS = ["Iran", "Tehran", "drones", "base", "rockets", "port"]
RULES = ["@iran", "drone*", "base AND rockets", "Iran NEAR/2 base", "title:port NOT @iran", "port"]


def brief(title: str) -> Brief:
    return Brief(
        feed=FeedId("fdd"),
        key="1",
        title=title,
        link=None,
        published=None,
        authors=(),
        tags=(),
        text=title,
        blocks=(Block(zone=Zone.TITLE, start=0, end=len(title), heading=True),),
        quotes=(),
        truncated=False,
    )


@given(
    steps=st.lists(
        st.tuples(st.lists(st.sampled_from(RULES), max_size=12), st.integers(0, 7)), max_size=8
    ),
    title=st.lists(st.sampled_from(WORDS), min_size=1, max_size=6).map(" ".join),
)
def test_however_they_came_and_went_those_that_are_left_match_as_together(
    steps: list[tuple[list[str], int]], title: str
) -> None:
    rules, left, number = changing_rules(TERMS), dict[TopicId, str](), 0
    for come, leave in steps:
        new = {watch_topic(number + at): rule for at, rule in enumerate(come, 1)}
        number += len(come)
        gone = list(left)[:leave]
        rules = rules.changed(new, gone)
        left = {topic: rule for topic, rule in left.items() if topic not in gone} | new

    together = compile_topics(
        [Topic(id=topic, name="", rule=rule) for topic, rule in left.items()], TERMS
    )
    found = {match.topic: match for match in rules.match(brief(title))}
    assert found == {match.topic: match for match in together.match(brief(title))}
    assert rules.topics == left.keys()
    assert rules.mistakes == {}


def test_a_mistaken_rule_stops_no_other_and_is_named_until_it_goes() -> None:
    one, two = watch_topic(1), watch_topic(2)
    rules = changing_rules(TERMS).changed({one: "@nobody", two: "drone*"}, ())

    assert [match.topic for match in rules.match(brief("Drones"))] == [two]
    assert {topic: why.reason for topic, why in rules.mistakes.items()} == {
        one: "there is no list @nobody"
    }
    assert rules.changed({}, [one]).mistakes == {}


def test_a_state_stays_as_it_was_when_another_is_made_of_it() -> None:
    one, two = watch_topic(1), watch_topic(2)
    before = changing_rules({}).changed({one: "drone*"}, ())

    after = before.changed({two: "drones"}, [one])

    assert [match.topic for match in before.match(brief("Drones"))] == [one]
    assert [match.topic for match in after.match(brief("Drones"))] == [two]
