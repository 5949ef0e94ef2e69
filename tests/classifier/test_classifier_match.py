"""Brief -> Matches: which topics fire, through what, and on which words."""

from collections.abc import Callable

import pytest

from alertbot.classifier import compile_topics
from alertbot.errors import RuleError
from alertbot.model import Brief, Evidence, Match, Prominence, Topic, TopicId, Via

BriefOf = Callable[..., Brief]
MatchOf = Callable[..., tuple[Match, ...]]

MISSILES = Topic(
    id=TopicId("missiles"), name="Missiles", rule="missile*", publisher_tags=("Iran Missiles",)
)
NATIONS = Topic(id=TopicId("nations"), name="Nations", publisher_tags=("United Nations",))
VOTES = Topic(id=TopicId("votes"), name="Votes", rule="vote*")


def found(match: Match) -> list[tuple[str, str]]:
    return [(evidence.zone, evidence.text) for evidence in match.evidence]


def test_topics_that_fire_come_in_the_order_of_the_config(brief_of: BriefOf) -> None:
    classifier = compile_topics([VOTES, NATIONS, MISSILES], {})
    matches = classifier.match(brief_of("title: A Missile and a Vote"))
    assert [match.topic for match in matches] == ["votes", "missiles"]


def test_evidence_is_what_the_text_says_and_where(brief_of: BriefOf) -> None:
    brief = brief_of("title: Iran’s Missiles / lead: They fired a Fateh-110.")
    rule = "Iran OR missile* OR fateh-110"
    topic = Topic(id=TopicId("it"), name="It", rule=rule)
    (match,) = compile_topics([topic], {}).match(brief)
    assert found(match) == [("title", "Iran"), ("title", "Missiles"), ("lead", "Fateh-110")]
    assert [e.text for e in match.evidence] == [brief.text[e.start : e.end] for e in match.evidence]


def test_of_words_that_overlap_the_longest_is_evidence(match_of: MatchOf) -> None:
    (match,) = match_of('missile OR "ballistic missile" OR ballistic', "A ballistic missile fell.")
    assert found(match) == [("body", "ballistic missile")]


def test_evidence_of_near_is_its_words_and_not_what_stands_between(match_of: MatchOf) -> None:
    (match,) = match_of("iran NEAR/9 missile", "Iran has fired another missile.")
    assert found(match) == [("body", "Iran"), ("body", "missile")]


def test_what_is_excluded_is_no_evidence(match_of: MatchOf) -> None:
    (match,) = match_of("missile NOT (game AND video)", "A missile, no game.")
    assert found(match) == [("body", "missile")]


def test_evidence_comes_only_from_the_sides_of_or_that_fire(match_of: MatchOf) -> None:
    (match,) = match_of("(iran AND missile) OR (iraq AND rocket)", "Iran and Iraq saw a rocket.")
    assert found(match) == [("body", "Iraq"), ("body", "rocket")]


@pytest.mark.parametrize(
    ("written", "published"),
    [
        ("United Nations", "united-nations"),
        ("U.S. Defense Policy and Strategy", "u-s-defense-policy-and-strategy"),
        ("Sanctions and Illicit Finance", "Sanctions & Illicit Finance"),
        ("Iran-backed Terrorism", "IRAN BACKED TERRORISM"),
    ],
)
def test_a_publisher_tag_fires_however_it_is_written(
    written: str, published: str, brief_of: BriefOf
) -> None:
    topic = Topic(id=TopicId("it"), name="It", publisher_tags=(written,))
    (match,) = compile_topics([topic], {}).match(
        brief_of("title: A Vote", tags=["Other", published])
    )
    assert Via.PUBLISHER_TAG is match.via
    assert (Evidence(zone="publisher_tag", text=published),) == match.evidence


def test_a_publisher_tag_is_compared_whole(brief_of: BriefOf) -> None:
    brief = brief_of("title: A Vote", tags=["Nations", "The United Nations System", "—"])
    assert compile_topics([NATIONS], {}).match(brief) == ()


def test_publisher_tags_can_be_left_out(brief_of: BriefOf) -> None:
    brief = brief_of("title: A Vote", tags=["United Nations"])
    assert compile_topics([NATIONS], {}).match(brief, publisher_tags=False) == ()


def test_where_rule_and_tag_fire_the_match_is_the_rules(brief_of: BriefOf) -> None:
    brief = brief_of("title: A Missile Fell", tags=["Iran Missiles"])
    (match,) = compile_topics([MISSILES], {}).match(brief)
    assert Via.RULE is match.via
    assert found(match) == [("title", "Missile")]


def test_a_topic_may_ask_for_no_prominence(match_of: MatchOf) -> None:
    brief = "title: Polls Open / lead: It began. / body: … / background: Iran voted."
    assert match_of("iran", brief) == ()
    assert match_of("iran", brief, prominence=Prominence.ANY)


def test_each_part_of_and_must_stand_out(match_of: MatchOf) -> None:
    passing = "title: Iran Votes / lead: It began. / body: … A missile fell."
    thrice = "title: Iran Votes / lead: It began. / body: … Missile, missile, missile."
    assert match_of("iran AND missile", passing) == ()
    assert match_of("iran AND missile", thrice)


def test_places_that_overlap_count_once(match_of: MatchOf) -> None:
    twice = "title: Polls Open / body: … The Iran deal. The Iran deal."
    rule = 'iran OR "iran deal" OR "the iran deal"'
    assert match_of(rule, twice) == ()
    assert match_of(rule, f"{twice} The Iran deal.")


def test_the_beginning_of_the_lead_has_eighty_words(match_of: MatchOf) -> None:
    lead = "word " * 79
    assert match_of("iran", f"title: Polls / lead: {lead}Iran. / body: …")
    assert match_of("iran", f"title: Polls / lead: {lead}word Iran. / body: …") == ()


def test_headings_take_nothing_off_the_beginning_of_the_lead(match_of: MatchOf) -> None:
    lead = "word " * 79
    written = f"title: Polls / lead heading: It Began: / lead: {lead}Iran. / body: …"
    assert match_of("iran", written)
    assert match_of("iran", written.replace("lead heading", "lead")) == ()


def test_the_beginning_of_the_lead_may_be_several_bullets(match_of: MatchOf) -> None:
    bullet = "lead: " + "word " * 39
    assert match_of("iran", f"title: Polls / {bullet} / {bullet} Iran. / body: …")
    assert match_of("iran", f"title: Polls / {bullet} / {bullet} a b Iran. / body: …") == ()


def test_a_phrase_does_not_cross_paragraphs(match_of: MatchOf) -> None:
    assert match_of('"red sea"', "lead: It was red / body: Sea traffic fell.") == ()


def test_nested_near_finds_what_is_near_to_a_pair(match_of: MatchOf) -> None:
    text = "Iran sold a missile to a militia in Iraq."
    assert match_of("(iran NEAR/2 missile) NEAR/2 militia", text)
    assert match_of("(iran NEAR/2 missile) NEAR/2 iraq", text) == ()


def test_near_all_over_a_long_text_does_not_run_away(match_of: MatchOf) -> None:
    rule = " NEAR/100 ".join(["the"] * 10)
    assert match_of(rule, "body: " + "the " * 2000, prominence=Prominence.ANY)


def test_an_empty_brief_fires_nothing(brief_of: BriefOf) -> None:
    assert compile_topics([MISSILES, NATIONS], {}).match(brief_of("")) == ()


def test_a_topic_with_a_bad_rule_is_refused() -> None:
    with pytest.raises(RuleError, match="never closed"):
        compile_topics([Topic(id=TopicId("it"), name="It", rule="(a")], {})


def test_a_list_with_a_bad_term_is_refused() -> None:
    with pytest.raises(RuleError, match="a star needs at least 4 letters"):
        compile_topics([], {"missiles": ["mis*"]})
