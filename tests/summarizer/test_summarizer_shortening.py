"""What a language model may make of a sentence: less of it, and nothing else."""

import re
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alertbot.model import Brief, Summary, Zone
from alertbot.summarizer import summarize
from alertbot.summarizer.shortening import Checked, filled, slotted
from alertbot.summarizer.shortening.faithful import complaints

BriefOf = Callable[..., Brief]

STRIKE = (
    "Iran-backed militias fired {F1} at the Ain al-Asad base on {F2}, killing {F3} and wounding "
    "{F4}, the Pentagon said in a statement."
)
LEAD = (
    "Iran-backed militias fired at least 12 ballistic missiles at the Ain al-Asad base on "
    "January 20, killing two soldiers and wounding five others, the Pentagon said in a statement."
)
SECOND = (
    "Air defenses operated by U.S. forces brought down about 17 drones west of Baghdad on Monday."
)


@pytest.mark.parametrize(
    ("source", "told"),
    [
        (STRIKE, "Iran-backed militias fired {F1} at the base, killing {F3}, the Pentagon said."),
        (STRIKE, "Militias fired {F1} on {F2}, killing {F3} and wounding {F4}, the Pentagon said."),
        (
            STRIKE,
            "Iran-backed militias fired {F1}, killed {F3} and wounded {F4}, the Pentagon said",
        ),
        (
            "Jets struck a camp near Homs on {F1}, leaving {F2} dead.",
            "Jets struck a camp, left {F2} dead.",
        ),
        (
            "Defenses operated by U.S. forces reportedly shot down {F1}.",
            "Defenses reportedly shot down {F1}.",
        ),
        (
            "The International Atomic Energy Agency (IAEA) said it found {F1}.",
            "The International Atomic Energy Agency said it found {F1}.",
        ),
        (
            "A spokesman, Ellis Brandvold, said a ship under {F1} shot down {F2}.",
            "A spokesman said a ship shot down {F2}.",
        ),
        ("After a long night, Israel struck {F1} in Gaza.", "Israel struck {F1}."),
    ],
)
def test_whole_phrases_may_be_left_out(source: str, told: str) -> None:
    assert complaints(source, told) == ()


LIES = {
    "a number in digits": (STRIKE, "Iran-backed militias fired 90 missiles, the Pentagon said."),
    "a number in words": (STRIKE, "Militias fired ninety missiles, the Pentagon said."),
    "a slot of another sentence": (STRIKE, "Militias fired {F7}, the Pentagon said."),
    "a slot twice": (STRIKE, "Militias fired {F1}, killing {F3} and {F3}, the Pentagon said."),
    "two slots swapped": (
        STRIKE,
        "Militias fired {F1}, killing {F4}, wounding {F3}, the Pentagon said.",
    ),
    "a slot with a new qualifier": (STRIKE, "Militias fired nearly {F1}, the Pentagon said."),
    "a slot with another's verb": (STRIKE, "Militias fired {F1}, killing {F4}, the Pentagon said."),
    "killed for wounded": (STRIKE, "Militias fired {F1}, wounding {F3}, the Pentagon said."),
    "an invented name": (STRIKE, "Hezbollah fired {F1}, the Pentagon said."),
    "an invented verb": (STRIKE, "Militias celebrated {F1}, the Pentagon said."),
    "an opinion": (STRIKE, "Militias brazenly fired {F1}, the Pentagon said."),
    "a claim told as fact": (STRIKE, "Militias fired {F1} at the base, killing {F3}."),
    "nothing but who said it": (STRIKE, "The Pentagon said."),
    "nobody to have said it": (STRIKE, "Militias fired {F1}, killing {F3}, said."),
    "markup": (STRIKE, "<b>Militias</b> fired {F1}, the Pentagon said."),
    "a link": (STRIKE, "Militias fired {F1}, the Pentagon said in https://evil.example"),
    "a mark that shouts": (STRIKE, "Militias fired {F1}, the Pentagon said!"),
    "a question": (STRIKE, "Militias fired {F1}, the Pentagon said?"),
    "quotation marks": (STRIKE, "“Militias” fired {F1}, the Pentagon said."),
    "capitals": (STRIKE, "MILITIAS fired {F1}, the Pentagon said."),
    "a hidden character": (STRIKE, "Mili\u200btias fired {F1}, the Pentagon said."),
    "nothing": (STRIKE, " "),
    "marks alone": (STRIKE, "... ,"),
    "only small words": (STRIKE, "The and that."),
    "broken off": (STRIKE, "The Pentagon said in."),
    "a subject robbed of its verb": (
        "Israel struck a base after Iran fired {F1}.",
        "Israel fired {F1}.",
    ),
    "a nameless subject robbed": (
        "Israel struck a base after militants fired {F1}.",
        "Israel fired {F1}.",
    ),
    "subject and object swapped": ("Israel struck Iran on {F1}.", "Iran struck Israel."),
    "passive made active": ("Iran was struck by Israel on {F1}.", "Iran struck Israel."),
    "passive by insertion": ("Israel struck Iran on {F1}.", "Israel was struck."),
    "not left out": ("The blast did not kill {F1}, and hit {F2}.", "The blast did kill {F1}."),
    "a plan told as done": ("Iran will fire {F1} at Israel.", "Iran fire {F1} at Israel."),
    "a threat told as done": (
        "Iran threatened to fire {F1} at Israel.",
        "Iran fire {F1} at Israel.",
    ),
    "a denial left out": ("Iran denied it fired {F1} at Israel.", "Iran fired {F1}."),
    "a suspicion left out": ("Police held {F1} suspected bombers.", "Police held {F1} bombers."),
    "one made many": ("The raid killed a guard and {F1}.", "The raid killed guards and {F1}."),
    "a kinsman for the man": ("The mayor’s wife was killed on {F1}.", "The mayor was killed."),
    "another's act": (
        "Iran condemned the raid, Israel struck Gaza, killing {F1}.",
        "Iran condemned the raid, killing {F1}.",
    ),
    "another's deed after a comma": (
        "Hamas released {F1}, Israel freed {F2}.",
        "Hamas freed {F2}.",
    ),
    "killed left out before wounded": (
        "{F1} were killed and {F2} wounded in the raid.",
        "{F1} wounded in the raid.",
    ),
}


@pytest.mark.parametrize(("source", "told"), LIES.values(), ids=LIES)
def test_anything_else_is_refused(source: str, told: str) -> None:
    assert complaints(source, told)


@pytest.mark.parametrize(
    ("told", "complaint"),
    [
        ("Militias fired 12, the Pentagon said.", "no digits, only slots: “12”"),
        ("Militias fired {F9}, the Pentagon said.", "{F9} is no slot of this sentence"),
        ("Hezbollah fired {F1}, he Pentagon said.", "the word “he” is not in the sentence"),
        ("The Hezbollah fired {F1}.", "the name “Hezbollah” is not in the sentence"),
        ("Militias fired {F1}.", "the word “said” must stay"),
    ],
)
def test_a_complaint_says_what_is_wrong(told: str, complaint: str) -> None:
    assert complaint in complaints(STRIKE, told)


@pytest.fixture
def brief(brief_of: BriefOf) -> Brief:
    return brief_of((Zone.LEAD, f"{LEAD} {SECOND}"))


def told_of(brief: Brief, *told: str) -> tuple[Summary, Checked]:
    summary = summarize(brief)
    return summary, filled(brief, summary, slotted(brief, summary), told)


def test_figures_dates_and_quotations_become_slots(brief_of: BriefOf) -> None:
    text = (
        "The F-35 jets hit at least 12 sites on May 3, 2024, in what the ministry called a "
        "“precise raid,” under resolution 2231."
    )
    brief = brief_of((Zone.LEAD, text))

    [each] = slotted(brief, summarize(brief))

    assert each.text == (
        "The {F1} jets hit {F2} on {F3}, in what the ministry called a {F4} under {F5}."
    )
    assert list(each.slots.values()) == [
        "F-35",
        "at least 12 sites",
        "May 3, 2024",
        "“precise raid,”",
        "resolution 2231",
    ]


def test_what_looks_like_a_slot_in_the_brief_is_one_of_its_own(brief_of: BriefOf) -> None:
    text = (
        "Militias fired 12 rockets at {F9} and at a base {near Erbil} on Sunday night, police said."
    )
    brief = brief_of((Zone.LEAD, text))

    [each] = slotted(brief, summarize(brief))

    assert "{F9}" in each.slots.values()
    assert set(re.findall(r"\{(\w+)\}", each.text)) == set(each.slots)


@pytest.mark.parametrize(
    "text",
    [
        "Police said 12 were hurt.",
        "Police in the city called it “a raid of the sort that has become common in these parts.",
        "No one was hurt in the fire, in which 12 trucks burned on Sunday in the port of Basra.",
        "Iran-backed militias fired at least 12 ballistic missiles at the base near the city of",
    ],
    ids=["short", "half a quotation", "nobody", "without an end"],
)
def test_some_sentences_are_told_as_they_stand(brief_of: BriefOf, text: str) -> None:
    brief = brief_of((Zone.LEAD, text))

    assert slotted(brief, summarize(brief)) == ()


def test_slots_are_filled_with_the_words_of_the_brief(brief: Brief) -> None:
    summary, checked = told_of(
        brief,
        "Militias fired {F1}, killing {F3} and wounding {F4}, the Pentagon said",
        "Air defenses brought down {F5}",
    )

    first, second = checked.shortened
    assert first.text == (
        "Militias fired at least 12 ballistic missiles, killing two soldiers and wounding five "
        "others, the Pentagon said."
    )
    assert second.text == "Air defenses brought down about 17 drones."
    for each in checked.shortened:
        for placed in each.figures:
            figure = summary.figures[placed.figure]
            assert each.text[placed.start : placed.end] == figure.text


def test_a_sentence_that_fails_spoils_no_other(brief: Brief) -> None:
    _, checked = told_of(brief, "Hezbollah fired {F1}.", "Air defenses brought down {F5}.")

    assert [each.sentence for each in checked.shortened] == [1]
    assert checked.complaints[0] == "sentence 1: the name “Hezbollah” is not in the sentence"


def test_a_sentence_given_back_as_it_is_is_neither_shortened_nor_wrong(brief: Brief) -> None:
    summary = summarize(brief)
    asked = slotted(brief, summary)

    checked = filled(brief, summary, asked, [each.text for each in asked])

    assert checked == Checked(shortened=(), complaints=())


@pytest.mark.parametrize("told", [[], ["Air defenses brought down {F5}."], ["x"] * 3])
def test_a_sentence_too_many_or_too_few_is_refused(brief: Brief, told: list[str]) -> None:
    _, checked = told_of(brief, *told)

    assert checked == Checked(
        shortened=(), complaints=("give 2 sentences, one for each, in their order",)
    )


WORDS = [*LEAD.split(), *SECOND.split(), *(f"{{F{n}}}" for n in range(8)), "12", "not", "</b>"]
PIECES = st.lists(st.sampled_from(WORDS) | st.text(max_size=5), max_size=30).map(" ".join)


@given(told=st.lists(PIECES | st.text(), min_size=2, max_size=2), data=st.data())
def test_whatever_a_model_writes_the_told_words_are_the_briefs(
    brief_of: BriefOf, told: list[str], data: st.DataObject
) -> None:
    brief = brief_of((Zone.LEAD, f"{LEAD} {SECOND}"))
    summary = summarize(brief)
    asked = slotted(brief, summary)
    for index, each in enumerate(asked):
        if data.draw(st.booleans()):  # a random part of the sentence passes now and then
            words = each.text.split()
            kept = data.draw(st.lists(st.booleans(), min_size=len(words), max_size=len(words)))
            told[index] = " ".join(word for word, keep in zip(words, kept, strict=True) if keep)

    for short in filled(brief, summary, asked, told).shortened:
        source = summary.sentences[short.sentence].text
        allowed = [*re.findall(r"[\w’-]+", source.lower()), "a", "an", "the", "and", "that", "has"]
        allowed += ["have", "had", "killed", "wounded"]
        assert set(re.findall(r"[\w’-]+", short.text.lower())) <= set(allowed)
        figures = [summary.figures[placed.figure].text for placed in short.figures]
        for number in re.findall(r"\d+", short.text):
            assert any(number in each for each in [*figures, "January 20"])
        assert "said" not in source or "said" in short.text
