"""Which sentences are told, and that none is cut badly."""

from alertbot.model import Zone
from alertbot.summarizer import summarize

LEAD = "Rebels shelled the port of Marsa on May 3, killing four dockers."


def told(summary):
    return [sentence.text for sentence in summary.sentences]


def test_the_first_sentence_of_the_lead_comes_first(brief_of):
    brief = brief_of((Zone.LEAD, f"{LEAD} The navy sent two tugs."), (Zone.BODY, "Rain fell."))

    assert told(summarize(brief))[0] == LEAD


def test_at_most_two_more_sentences_follow_in_the_order_of_the_brief(brief_of):
    text = f"{LEAD} Police held 12 men. Cranes stood idle. Guards lost 30 trucks. Fires raged."

    assert told(summarize(brief_of((Zone.LEAD, text)))) == [
        LEAD,
        "Police held 12 men.",
        "Guards lost 30 trucks.",
    ]


def test_a_sentence_without_a_figure_is_not_added(brief_of):
    brief = brief_of((Zone.LEAD, f"{LEAD} Cranes stood idle. Smoke rose over the bay."))

    assert told(summarize(brief)) == [LEAD]


def test_an_experts_words_background_and_headings_are_never_told(brief_of):
    brief = brief_of(
        (Zone.LEAD, "# Harbor Hit"),
        (Zone.LEAD, LEAD),
        (Zone.QUOTE, "“They lost 400 men and 90 ships.”"),
        (Zone.BACKGROUND, "# 900 Raids"),
        (Zone.BACKGROUND, "The rebels killed 900 people in 2024."),
    )

    assert told(summarize(brief)) == [LEAD]


def test_what_someone_says_in_a_flat_text_is_not_told_as_fact(brief_of):
    brief = brief_of((Zone.LEAD, LEAD), (Zone.BODY, "“We counted 60 dead in the yard,” he said."))

    assert told(summarize(brief)) == [LEAD]


def test_a_sentence_that_points_back_is_told_only_after_the_one_it_points_to(brief_of):
    alone = brief_of((Zone.LEAD, f"{LEAD} Cranes stood idle. They burned 40 trucks."))
    after = brief_of((Zone.LEAD, f"{LEAD} They burned 40 trucks. Cranes stood idle."))

    assert told(summarize(alone)) == [LEAD]
    assert told(summarize(after)) == [LEAD, "They burned 40 trucks."]


def test_a_sentence_about_a_thing_not_named_yet_is_told_only_after_the_one_that_names_it(brief_of):
    stranger = "The intruders asked for 40 coins."
    alone = brief_of((Zone.LEAD, f"{LEAD} Cranes stood idle. {stranger}"))
    after = brief_of((Zone.LEAD, f"{LEAD} {stranger}"))
    known = brief_of((Zone.LEAD, f"{LEAD} Cranes stood idle. The port lost 40 cranes."))
    unique = brief_of((Zone.LEAD, f"{LEAD} Cranes stood idle. The navy lost 40 men."))

    assert told(summarize(alone)) == [LEAD]
    assert told(summarize(after)) == [LEAD, stranger]
    assert told(summarize(known)) == [LEAD, "The port lost 40 cranes."]
    assert told(summarize(unique)) == [LEAD, "The navy lost 40 men."]


def test_the_place_the_report_was_sent_from_is_left_out(brief_of):
    brief = brief_of((Zone.LEAD, f"NAIROBI, Kenya — {LEAD}"))

    assert told(summarize(brief)) == [LEAD]


def test_the_sentences_have_at_most_600_characters_together(brief_of):
    long = "Police in the " + "very " * 40 + "old harbor held 12 men."
    text = f"{LEAD} {long} {long.replace('12', '14')} {long.replace('12', '15')}"

    summary = summarize(brief_of((Zone.LEAD, text)))

    assert len(summary.sentences) > 1
    assert len(" ".join(told(summary))) <= 600


def test_a_lead_that_is_too_long_is_cut_before_a_clause(brief_of):
    clauses = ", and the guards found nothing at all in that part of the yard" * 12
    brief = brief_of((Zone.LEAD, f"Rebels shelled the port{clauses}."))

    (sentence,) = summarize(brief).sentences

    assert len(sentence.text) <= 600
    assert sentence.text.endswith("yard")
    assert brief.text[sentence.end : sentence.end + 6] == ", and "


def test_a_sentence_the_feed_breaks_off_is_not_told(brief_of):
    text = f"{LEAD} Guards lost 30 trucks and a two-man"

    assert told(summarize(brief_of((Zone.LEAD, text), truncated=True))) == [LEAD]


def test_a_sentence_the_feed_breaks_off_is_told_when_there_is_no_other(brief_of):
    text = "Rebels shelled the port of Marsa on"

    assert told(summarize(brief_of((Zone.LEAD, text), truncated=True))) == [text]


def test_a_brief_without_a_lead_is_told_from_its_body(brief_of):
    assert told(summarize(brief_of((Zone.BODY, LEAD)))) == [LEAD]


def test_a_brief_of_a_title_alone_has_no_sentences(brief_of):
    assert told(summarize(brief_of())) == []
