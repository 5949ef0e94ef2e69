"""Words compare equal however they are written, and know where they stand."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alertbot.classifier.normalise import tokens, with_case, words

TEXT = st.text(
    st.one_of(
        st.characters(),
        st.sampled_from("aIıİßﬁé'’ʿ.-\u00ad\u200b \u0301\u0306sSU_½ᾳ٣"),
    )
)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("IRAN", "iran"),
        ("Erdoğan", "Erdogan"),
        ("Erdoğan", "Erdog\u0306an"),
        ("İstanbul", "istanbul"),
        ("Yıldırım", "Yildirim"),
        ("Łódź", "Lodz"),
        ("Straße", "STRASSE"),
        ("ﬁre", "fire"),
        ("Ｉran", "Iran"),
        ("al-Qaeda", "al Qaeda"),
        ("al\u2011Qaeda", "al\u00a0 Qaeda"),
        ("Fateh–110", "fateh\n110"),
        ("Sana’a", "Sana'a"),
        ("Sanaʿa", "Sanaa"),
        ("Iran’s", "Iran"),
        ("the Houthis’ boats", "the Houthis boats"),
        ("U.S.", "US"),
        ("U.S.’s", "US"),
        ("U.S.-backed", "US backed"),
        ("mis\u00adsile", "missile"),
        ("mis\u200bsile", "missile"),
        ("“Iran”", "Iran"),
        ("foo_bar", "foo bar"),
    ],
)
def test_two_ways_to_write_the_same(one: str, other: str) -> None:
    assert words(one) == words(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("iran", "tirana"), ("Houthi", "Huthi"), ("plan B.It", "plan bit"), ("3,000", "3000")],
)
def test_different_words_stay_different(one: str, other: str) -> None:
    assert words(one) != words(other)


@pytest.mark.parametrize(
    ("text", "spelled"),
    [
        ("In İstanbul, Iran’s U.S. envoy", ["In", "İstanbul", "Iran", "U.S.", "envoy"]),
        ("mis\u00adsile", ["mis\u00adsile"]),
        ("‘Iran’s’", ["Iran"]),
        ("the U.S.’s", ["the", "U.S."]),
    ],
)
def test_a_word_is_found_as_it_was_written(text: str, spelled: list[str]) -> None:
    assert spelled == [text[token.start : token.end] for token in tokens(text)]


def test_capitals_survive_where_they_matter() -> None:
    assert [with_case(w) for w in ("U.S.", "US", "us", "Sana’a")] == ["US", "US", "us", "Sanaa"]


@given(TEXT)
def test_spans_are_in_order_and_inside_the_text(text: str) -> None:
    end = 0
    for token in tokens(text):
        assert end <= token.start < token.end <= len(text)
        assert token.key
        end = token.end


@given(TEXT)
def test_what_a_span_holds_is_the_same_word_again(text: str) -> None:
    for token in tokens(text):
        assert (token.key,) == words(text[token.start : token.end])


@given(TEXT)
def test_composed_and_decomposed_text_have_the_same_words(text: str) -> None:
    composed = unicodedata.normalize("NFC", text)
    assert words(composed) == words(unicodedata.normalize("NFD", composed))


@given(st.text(st.characters(codec="ascii")))
def test_capitals_make_no_difference(text: str) -> None:
    assert words(text.upper()) == words(text.lower())
