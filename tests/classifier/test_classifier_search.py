"""What is found for what a person types."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from alertbot.classifier.search import TERMS_LIMIT, Search, Term, read_search


def terms(typed: str) -> list[str]:
    """Return the terms as one would write them down."""
    return [" ".join(term.words) + "*" * term.beginning for term in read_search(typed).terms]


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("Iran missiles", ["iran", "missiles"]),
        ("iran AND missiles", ["iran", "missiles"]),
        ("iran and missiles", ["iran", "and", "missiles"]),
        ("iran iran IRAN", ["iran"]),
        ("missil* ir*", ["missil*", "ir"]),
        ('"Red Sea" houthi', ["red sea", "houthi"]),
        ("“Red Sea” «houthi»", ["red sea", "houthi"]),
        ('"Red Sea', ["red sea"]),
        ('"cruise missil*"', ["cruise missil*"]),
        ("al-Asad U.S. Sana’a Iran’s", ["al asad", "us", "sanaa", "iran"]),
        ("", []),
        ('"" * AND &', []),
    ],
)
def test_words_beginnings_and_phrases_are_told_apart(typed: str, read: list[str]) -> None:
    assert terms(typed) == read


@pytest.mark.parametrize(
    ("word", "others"),
    [
        ("missile", {"missiles"}),
        ("missiles", {"missile", "missileses"}),
        ("militia", {"militias"}),
        ("militias", {"militia", "militiases"}),
        ("army", {"armies"}),
        ("armies", {"army", "armie", "armieses"}),
        ("strikes", {"strike", "strikeses"}),
        ("launches", {"launch", "launche", "launcheses"}),
        ("hamas", {"hamases"}),
        ("hama", set()),
        ("us", set()),
        ("2024", set()),
        ("iran", {"irans"}),
    ],
)
def test_a_word_stands_for_its_singular_and_plural(word: str, others: set[str]) -> None:
    assert set(Term(words=(word,)).spellings()) == {word, *others}


def test_what_was_found_is_shown_where_it_stands() -> None:
    text = "Iran’s missiles hit Ain al-Asad; a missile failed."

    found = read_search("missile al-asad fail*").spans(text)

    assert [text[start:end] for start, end, _ in found] == [
        "missiles",
        "al-Asad",
        "missile",
        "failed",
    ]


@given(st.text(max_size=300))
@example("\u034f")
@example("हिन्दी")
def test_whatever_is_typed_is_read(typed: str) -> None:
    search = read_search(typed)

    assert len(search.terms) <= TERMS_LIMIT
    assert all(word and word.isalnum() for term in search.terms for word in term.words)


@given(st.text(max_size=80), st.text(max_size=80))
def test_what_is_found_lies_in_the_text_in_order(typed: str, text: str) -> None:
    spans = [(start, end) for start, end, _ in read_search(typed).spans(text)]

    assert spans == sorted(set(spans))
    assert all(0 <= start < end <= len(text) for start, end in spans)
    assert Search().spans(text) == []
