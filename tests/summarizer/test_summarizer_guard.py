"""No line with a number that the brief does not bear out, and no alert lost for it."""

from dataclasses import replace

import pytest

from alertbot.model import Zone
from alertbot.summarizer import summarize
from alertbot.summarizer.guard import Fault, guarded, violations

TEXT = (
    "Rebels fired about 17 rockets at the port of Marsa on May 3, killing four dockers and "
    "wounding at least 30 sailors. Gunners stopped all but two of the 12 drones. Repairs will "
    "cost $2.5 million, said the mayor, Omar Nassar, 55. The harbor was closed for nine days."
)


@pytest.fixture
def brief(brief_of):
    return brief_of((Zone.LEAD, TEXT), title="Rockets Kill 4 in Marsa")


def faults(brief, line):
    return [violation.fault for violation in violations(brief, line)]


@pytest.mark.parametrize(
    "line",
    [
        TEXT,
        "Rockets Kill 4 in Marsa",
        "killing four dockers",
        "Rebels fired around 17 rockets at Marsa, killing 4 dockers.",
        "Gunners stopped all but 2 of the 12 drones",
        "On May 3, rebels fired approximately 17 rockets at the port.",
        "Mayor Omar Nassar, 55, said repairs will cost $2.5 million.",
        "The port of Marsa is closed.",
        "",
    ],
)
def test_what_the_brief_says_in_its_own_or_other_words_passes(brief, line):
    assert violations(brief, line) == ()


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("Rebels fired about 18 rockets at the port", Fault.NUMBER),
        ("killing 40 dockers", Fault.NUMBER),
        ("Repairs will cost $2.5 billion", Fault.NUMBER),
        ("Repairs will cost 2.5 million euros", Fault.NUMBER),
        ("34 people were killed or wounded", Fault.NUMBER),
        ("killing 55 dockers", Fault.NUMBER),
        ("killing three dockers on May 4", Fault.NUMBER),
        ("killing four soldiers", Fault.THING),
        ("Rebels fired 12 rockets", Fault.THING),
        ("wounding four dockers", Fault.FATE),
        ("killing at least 30 sailors", Fault.FATE),
        ("Rebels fired 17 rockets at the port", Fault.QUALIFIER),
        ("wounding 30 sailors", Fault.QUALIFIER),
        ("Gunners stopped two of the 12 drones", Fault.QUALIFIER),
        ("Repairs will cost more than $2.5 million", Fault.QUALIFIER),
    ],
)
def test_a_number_that_the_brief_does_not_bear_out_is_named_with_its_fault(brief, line, fault):
    assert fault in faults(brief, line)


def test_a_slice_that_cuts_a_number_in_two_does_not_pass(brief):
    assert faults(brief, "7 rockets at the port of Marsa") == [Fault.NUMBER]
    assert faults(brief, "17 rockets at the port of Marsa") == [Fault.QUALIFIER]
    assert faults(brief, "two of the 12 drones") == [Fault.QUALIFIER]


@pytest.mark.parametrize("zone", [Zone.BYLINE, Zone.RELATED])
def test_bylines_and_related_links_justify_nothing(brief_of, zone):
    brief = brief_of((Zone.LEAD, "Rebels fired on Marsa."), (zone, "Rebels fired 40 rockets"))

    assert faults(brief, "Rebels fired 40 rockets") == [Fault.NUMBER]


def test_a_summary_of_slices_is_told_whole(brief):
    summary = summarize(brief)

    checked = guarded(brief, summary)

    assert checked.summary == summary
    assert checked.dropped == ()


def test_a_wrong_sentence_is_dropped_and_the_others_are_told(brief):
    summary = summarize(brief)
    lead, *rest = summary.sentences
    wrong = replace(lead, text=lead.text.replace("about 17", "about 71"))

    checked = guarded(brief, replace(summary, sentences=(wrong, *rest)))

    assert checked.summary == replace(summary, sentences=tuple(rest))
    (dropped,) = checked.dropped
    assert dropped.line == wrong.text
    assert [(each.text, each.fault) for each in dropped.violations] == [
        ("about 71 rockets", Fault.NUMBER)
    ]


def test_a_wrong_key_figure_is_dropped_and_the_others_are_told(brief):
    summary = summarize(brief)
    first, *rest = summary.key_figures
    wrong = replace(first, text="wounding four dockers")

    checked = guarded(brief, replace(summary, key_figures=(wrong, *rest)))

    assert checked.summary == replace(summary, key_figures=tuple(rest))
    assert [each.line for each in checked.dropped] == ["wounding four dockers"]
