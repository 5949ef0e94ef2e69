"""The words of the line that tells a key figure."""

import pytest

from alertbot.model import Zone
from alertbot.summarizer import summarize


def lines(summary):
    return [key.text for key in summary.key_figures]


def values(summary):
    return [summary.figures[key.figure].value for key in summary.key_figures]


@pytest.mark.parametrize(
    ("sentence", "line"),
    [
        (
            "Gunmen raided an outpost in Marsa, leaving at least two guards wounded.",
            "leaving at least two guards wounded",
        ),
        ("A bomb went off in Marsa on Friday, killing three sailors.", "killing three sailors"),
        ("The squall cut lines in Marsa, police said, and drowned 11.", "drowned 11"),
        (
            "Militants fired on Marsa while crews shot down all four drones over the bay.",
            "crews shot down all four drones over the bay",
        ),
        (
            "The ministry, which runs the port, said that the fleet lost 40 ships; it rained.",
            "the fleet lost 40 ships",
        ),
        ("Troops hold Marsa. It has since sent 9,000 men there.", "sent 9,000 men there"),
        ("The pact is old. It bars tests above 5 percent.", "bars tests above 5 percent"),
        ("The hull is new. It could take 40 tons.", "could take 40 tons"),
        ("The bridge fell. This cut off 12 towns.", "cut off 12 towns"),
        ("The ship sank. It had 12 tugs by its side.", "12 tugs by its side"),
        (
            "Marsa, which counted more than 1,000 Houthi missiles and drones before the 2022 "
            "truce, wants all seven batteries up by [...]",
            "counted more than 1,000 Houthi missiles and drones before the 2022 truce",
        ),
    ],
)
def test_a_line_is_the_clause_of_its_figure(brief_of, sentence, line):
    assert line in lines(summarize(brief_of((Zone.LEAD, sentence))))


def test_two_figures_of_one_clause_have_the_same_line(brief_of):
    text = "Crews stopped all but two of the approximately 17 rockets."

    summary = summarize(brief_of((Zone.LEAD, text)))

    assert values(summary) == [2, 17]
    assert set(lines(summary)) == {"Crews stopped all but two of the approximately 17 rockets"}


def test_the_qualifier_and_the_number_are_bold(brief_of):
    summary = summarize(brief_of((Zone.LEAD, "A mine in Marsa bay killed at least six divers.")))

    (key,) = summary.key_figures

    assert key.text[key.bold_start : key.bold_end] == "at least six"


def test_a_line_of_a_long_clause_is_cut_around_its_figure(brief_of):
    text = (
        "The coast guard of the small republic in the far north of the old gulf said on Monday "
        "evening in Marsa it had seized 31 trawlers in the waters off the eastern cape in a raid "
        "with the navy of its neighbor"
    )

    (key,) = summarize(brief_of((Zone.LEAD, f"{text}."))).key_figures

    assert key.text == "had seized 31 trawlers in the waters off the eastern cape in a raid"


def test_a_bracket_is_never_left_open(brief_of):
    text = (
        "Marsa signed a 9 billion zloty ($2.4 billion) contract on the last day of its long "
        "summer session for 36 heavy launchers of a kind that no other country has yet bought."
    )

    for line in lines(summarize(brief_of((Zone.LEAD, text)))):
        assert line.count("(") == line.count(")")


def test_at_most_three_figures_get_a_line(brief_of):
    text = "It lost 11 ships, 12 tanks, 13 planes, 14 guns and 15 radars."

    assert len(lines(summarize(brief_of((Zone.LEAD, text))))) == 3
