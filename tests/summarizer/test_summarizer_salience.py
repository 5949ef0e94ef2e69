"""Which figures are worth a line: what an editor goes by who may show three."""

import pytest

from alertbot.model import Zone
from alertbot.summarizer import explain, summarize

LEAD = "Rebels shelled the port of Marsa on May 3."


def ranked(brief):
    """Return the values of the figures, best first."""
    figures = summarize(brief).figures
    return [figures[each.figure].value for each in explain(brief)]


def parts(brief, value):
    """Return what speaks for and against the figure with a value."""
    figures = summarize(brief).figures
    (found,) = [each for each in explain(brief) if figures[each.figure].value == value]
    return {name: part for name, part in found.parts.items() if part}


def test_the_key_figures_are_the_best_three(brief_of):
    brief = brief_of((Zone.LEAD, "It lost 11 ships, 12 tanks, 13 planes, 14 guns and 15 radars."))

    summary = summarize(brief)

    assert [summary.figures[key.figure].value for key in summary.key_figures] == ranked(brief)[:3]


def test_casualties_come_before_other_counts(brief_of):
    text = "The storm took 40 roofs, felled 900 trees and killed five people."

    assert ranked(brief_of((Zone.LEAD, text)))[0] == 5


@pytest.mark.parametrize("news", ["fired 14 rockets", "stole $14"])
def test_munitions_and_money_come_before_other_counts(brief_of, news):
    text = f"The rebels took 12 hens and {news}."

    assert ranked(brief_of((Zone.LEAD, text)))[0] == 14


def test_the_first_sentence_comes_before_the_next_and_that_before_the_rest(brief_of):
    brief = brief_of(
        (Zone.LEAD, "Rebels held 12 towns. They took 13 farms."),
        (Zone.BODY, "They burned 14 barns. Rain fell. It flooded 15 mines."),
    )

    assert ranked(brief) == [12, 13, 14, 15]


def test_the_report_comes_before_the_background_and_an_experts_numbers_come_last(brief_of):
    brief = brief_of(
        (Zone.QUOTE, "“They fired 900 rockets.”"),
        (Zone.LEAD, "Rebels fired six rockets."),
        (Zone.BACKGROUND, "They had fired 90 missiles."),
    )

    assert ranked(brief) == [6, 90, 900]


def test_a_section_of_the_lead_opens_with_its_news(brief_of):
    opens = (Zone.LEAD, f"{LEAD} Rain fell. Cranes lost 30 hooks.")
    brief = brief_of(opens, (Zone.LEAD, "# On the Border:"), (Zone.LEAD, "Guards lost 40 trucks."))

    assert ranked(brief) == [40, 30]
    assert parts(brief, 40)["opening"] > 0
    assert "opening" not in parts(brief_of(opens), 30)


def test_the_first_figure_of_a_sentence_is_its_point(brief_of):
    assert ranked(brief_of((Zone.LEAD, "Guards found 31 boats on 32 farms."))) == [31, 32]


@pytest.mark.parametrize("qualifier", ["at least", "more than", "nearly", "up to", "as many as"])
def test_a_number_that_is_a_floor_or_a_reach_comes_before_a_plain_one(brief_of, qualifier):
    text = f"The flood took 71 barns and {qualifier} 72 mills."

    assert ranked(brief_of((Zone.LEAD, text))) == [72, 71]


def test_many_things_are_more_news_than_a_handful(brief_of):
    assert ranked(brief_of((Zone.LEAD, "Police in three vans held 4,000 goats."))) == [4000, 3]


def test_the_part_comes_before_the_whole_that_it_is_a_part_of(brief_of):
    assert ranked(brief_of((Zone.LEAD, "It found 19 of more than 100 sites."))) == [19, 100]


@pytest.mark.parametrize(
    "text",
    [
        "The cost rose from $81 million to $82 million.",
        "It lost $82 million, compared with $81 million.",
        "The toll costs $82 million, up from $81 million.",
        "Income stands at $82 million against a budget of $81 million.",
    ],
)
def test_what_a_number_came_to_comes_before_what_it_is_compared_with(brief_of, text):
    assert ranked(brief_of((Zone.LEAD, text))) == [82_000_000, 81_000_000]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("In the 25 hours before dawn it took 19 farms.", 25),
        ("It took 19 farms 25 weeks after a truce.", 25),
        ("It took 19 farms within 25 hours.", 25),
    ],
)
def test_a_time_that_only_dates_what_happened_is_no_news(brief_of, text, value):
    assert parts(brief_of((Zone.LEAD, text)), value)["when"] < 0


def test_how_long_something_lasted_may_be_news(brief_of):
    assert "when" not in parts(brief_of((Zone.LEAD, "The power was out for 25 hours.")), 25)


def test_how_far_from_a_town_is_no_news(brief_of):
    text = "A tanker lost 19 containers 60 miles southwest of Marsa in 20 hours in a mine field."

    assert ranked(brief_of((Zone.LEAD, text)))[0] == 19


def test_how_far_a_missile_flew_is_news(brief_of):
    assert parts(brief_of((Zone.LEAD, "The missile flew 900 miles.")), 900)["went"] > 0


@pytest.mark.parametrize("rated", ["40-nation board", "750 kilovolt line"])
def test_a_number_that_says_what_sort_a_thing_is_counts_for_little(brief_of, rated):
    value = 40 if rated.startswith("40") else 750

    assert parts(brief_of((Zone.LEAD, f"Guards shut the {rated}.")), value)["rating"] < 0


def test_of_one_sum_in_two_currencies_that_in_dollars_is_told(brief_of):
    text = "Marsa signed a 9 billion zloty ($2.4 billion) contract."

    assert ranked(brief_of((Zone.LEAD, text)))[0] == 2.4e9


def test_a_running_total_is_the_news_of_the_background(brief_of):
    brief = brief_of(
        (Zone.LEAD, LEAD),
        (Zone.BACKGROUND, "Rebels hold 700 men. They have fired 90 rockets since October 2023."),
    )

    assert ranked(brief) == [90, 700]


def test_the_exact_number_of_the_text_beats_the_round_one_of_a_heading(brief_of):
    brief = brief_of(
        (Zone.BACKGROUND, "# More Than 150 Attacks"),
        (Zone.BACKGROUND, "Troops came under attack at least 151 times."),
    )

    assert ranked(brief) == [151, 150]


def test_a_fact_told_twice_counts_once(brief_of):
    brief = brief_of((Zone.LEAD, "It fired 31 rockets."), (Zone.BODY, "The 31 rockets fell short."))

    assert ranked(brief) == [31]
