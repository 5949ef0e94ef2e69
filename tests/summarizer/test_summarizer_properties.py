"""What holds of every text: nothing is raised, and everything told is a slice of the source."""

import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alertbot.briefs import make_brief
from alertbot.model import Brief, Entry, FeedId, Summary, Zone
from alertbot.summarizer import explain, summarize
from alertbot.summarizer.guard import guarded, violations

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
QUALIFIED = st.sampled_from(["", "at least ", "about ", "more than ", "up to ", "nearly "])
COUNTED = st.tuples(QUALIFIED, st.integers(min_value=4, max_value=99_999))
TOWNS = ("Marsa", "Qalat", "Derna", "Ghat", "Taiz", "Idlib")
#: sentences with one figure each, in towns of their own
NEWS = st.lists(COUNTED, min_size=1, max_size=len(TOWNS), unique_by=lambda counted: counted[1])
MARKUP = st.text(alphabet="<>/&;pbliu =\"'12 a\n", max_size=300)
HOSTILE = ("1", "one hundred and twenty-five thousand ", "about 3 ", "“", "<li>12 of the 40 men, ")


def sentence(town: str, counted: tuple[str, int]) -> str:
    qualifier, number = counted
    return f"Rebels fired {qualifier}{number:,} rockets at {town}."


def report(news: list[tuple[str, int]]) -> str:
    return " ".join(map(sentence, TOWNS, news))


def lines(summary: Summary) -> set[str]:
    """Return every line of an alert: sentences, and the clauses that tell key figures."""
    return {told.text for told in (*summary.sentences, *summary.key_figures)}


def entry_of(content: str, *, is_html: bool) -> Entry:
    return Entry(
        feed=FeedId("feed"),
        key="key",
        title="A Title",
        link=None,
        published=None,
        content=content,
        is_html=is_html,
    )


def read(content: str, *, is_html: bool = True) -> tuple[Brief, Summary]:
    brief = make_brief(entry_of(content, is_html=is_html))
    return brief, summarize(brief)


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


@given(news=NEWS)
def test_a_told_number_is_told_with_its_qualifier_and_the_guard_has_nothing_to_say(brief_of, news):
    brief = brief_of((Zone.LEAD, report(news)))

    summary = summarize(brief)

    for told in (*summary.sentences, *summary.key_figures):
        for figure in summary.figures:
            if told.start < figure.end and figure.start < told.end:
                assert told.start <= figure.start
    assert guarded(brief, summary).dropped == ()


@given(news=NEWS, index=st.integers(0, 5), number=st.integers(min_value=4, max_value=99_999))
def test_a_changed_number_changes_its_own_lines_and_no_others(brief_of, news, index, number):
    index %= len(news)
    changed = [*news]
    changed[index] = (news[index][0], number)
    if number in {other for _, other in news}:
        return

    before = lines(summarize(brief_of((Zone.LEAD, report(news)))))
    after = lines(summarize(brief_of((Zone.LEAD, report(changed)))))

    old, new = sentence(TOWNS[index], news[index]), sentence(TOWNS[index], changed[index])
    kept = {line for line in before if line not in old}
    assert kept == {line for line in after if line not in new}
    assert not any(f"{news[index][1]:,}" in re.findall(r"[\d,]+", line) for line in after)


@given(news=NEWS, number=st.integers(min_value=4, max_value=99_999))
def test_a_line_with_a_number_of_its_own_is_found_out(brief_of, news, number):
    brief = brief_of((Zone.LEAD, report(news)))
    line = f"Rebels fired {number:,} rockets at {TOWNS[0]}."

    assert (violations(brief, line) == ()) == (news[0] == ("", number))


@given(parts=PARTS, line=TEXTS)
def test_any_line_can_be_checked_against_any_brief(brief_of, parts, line):
    brief = brief_of(*parts)

    assert guarded(brief, summarize(brief)).summary.figures == summarize(brief).figures
    violations(brief, line)


@given(parts=PARTS)
def test_every_key_figure_is_among_the_best_explained(brief_of, parts):
    brief = brief_of(*parts)

    weighed = explain(brief)

    key = [each.figure for each in summarize(brief).key_figures]
    assert key == [each.figure for each in weighed][: len(key)]
    assert sorted((each.score for each in weighed), reverse=True) == [s.score for s in weighed]


@given(
    content=TEXTS | st.text(alphabet="<>/&;pbliu =\"'12 a\n", max_size=300), is_html=st.booleans()
)
def test_any_markup_is_read(content, is_html):
    brief, summary = read(content, is_html=is_html)

    assert all(told in brief.text for told in lines(summary))


@pytest.mark.parametrize("hostile", HOSTILE)
def test_a_megabyte_of_anything_is_read(hostile):
    brief, summary = read((hostile * 1_000_000)[:1_000_000], is_html=hostile.startswith("<"))

    checked = guarded(brief, summary)

    assert len(checked.summary.figures) <= 2_000
    assert sum(len(sentence.text) for sentence in checked.summary.sentences) <= 600


def test_the_first_200_000_characters_are_read(brief_of):
    rain = "It rained all day. " * 10_400

    read = summarize(brief_of((Zone.LEAD, f"{rain}It fired 31 rockets.")))
    unread = summarize(brief_of((Zone.LEAD, f"{rain}{rain}It fired 31 rockets.")))

    assert [figure.value for figure in read.figures] == [31]
    assert not unread.figures


def test_the_first_2000_numbers_are_read(brief_of):
    assert len(summarize(brief_of((Zone.LEAD, "It fired 31 rockets. " * 3_000))).figures) == 2_000
