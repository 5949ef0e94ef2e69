"""What holds of every text: nothing is raised, and everything told is a slice of the source."""

import re
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from alertbot.model import Zone
from alertbot.summarizer import summarize

WORDS = st.sampled_from(
    "at least all but of the 17 six one a dozen half third $3.5 million billion percent killed "
    "wounded troops rockets ( ) “ ” , . ; : — - and to between 12-14 May 3 Nov. 2024 F-35 his in "
    "three-stage km hundreds or more said that which NT$ € U.S. 1,000 two-thirds 5.5 it them "
    "over within times men were [1] (2) '".split(" ")
)
SENTENCES = st.lists(WORDS, max_size=60).map(" ".join)
TEXTS = st.one_of(st.text(max_size=400), SENTENCES).map(lambda text: text.replace("\n", " "))
ZONES = st.sampled_from([zone for zone in Zone if zone is not Zone.TITLE])
PARTS = st.lists(st.tuples(ZONES, TEXTS), max_size=4)


@given(parts=PARTS, truncated=st.booleans())
def test_everything_told_is_a_slice_of_the_brief(brief_of, parts, truncated):
    brief = brief_of(*parts, truncated=truncated)

    summary = summarize(brief)

    for told in (*summary.figures, *summary.sentences, *summary.key_figures):
        assert told.text == brief.text[told.start : told.end]


@given(parts=PARTS)
def test_figures_are_in_order_and_overlap_only_as_a_part_and_its_whole(brief_of, parts):
    figures = summarize(brief_of(*parts)).figures

    for left, right in pairwise(figures):
        assert left.start < right.start
        assert left.end <= right.start or right.end <= left.end


@given(parts=PARTS)
def test_a_line_holds_its_figure_and_is_short_and_lines_do_not_cross(brief_of, parts):
    summary = summarize(brief_of(*parts))

    for key in summary.key_figures:
        figure = summary.figures[key.figure]
        assert 0 <= key.bold_start < key.bold_end <= len(key.text)
        assert figure.start == key.start + key.bold_start
        assert len(key.text) <= max(90, key.bold_end - key.bold_start)
    spans = sorted({(key.start, key.end) for key in summary.key_figures})
    assert all(left[1] <= right[0] for left, right in pairwise(spans))


@given(parts=PARTS)
def test_sentences_are_few_short_in_order_and_never_from_a_quote(brief_of, parts):
    brief = brief_of(*parts)

    sentences = summarize(brief).sentences

    assert len(sentences) <= 3
    assert sum(len(sentence.text) for sentence in sentences) <= 600
    assert sorted(sentence.start for sentence in sentences) == [s.start for s in sentences]
    zones = {brief.zone_at(sentence.start) for sentence in sentences}
    assert not zones & {Zone.TITLE, Zone.QUOTE, Zone.BYLINE, Zone.RELATED}


@given(number=st.integers(min_value=1_000, max_value=999_999))
def test_a_changed_number_changes_its_figure(brief_of, number):
    written = f"{number:,}"

    (figure,) = summarize(brief_of((Zone.LEAD, f"It fired {written} rockets."))).figures

    assert figure.value == number
    assert re.findall(r"[\d,]+", figure.text) == [written]


def test_the_first_200_000_characters_are_read(brief_of):
    rain = "It rained all day. " * 10_400

    read = summarize(brief_of((Zone.LEAD, f"{rain}It fired 31 rockets.")))
    unread = summarize(brief_of((Zone.LEAD, f"{rain}{rain}It fired 31 rockets.")))

    assert [figure.value for figure in read.figures] == [31]
    assert not unread.figures


def test_the_first_2000_numbers_are_read(brief_of):
    assert len(summarize(brief_of((Zone.LEAD, "It fired 31 rockets. " * 3_000))).figures) == 2_000
