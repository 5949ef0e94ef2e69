"""What a chat is shown: the house rules of an alert."""

import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alertbot.briefs import make_brief
from alertbot.dispatcher import Renderer
from alertbot.dispatcher.render import COMFORTABLE, LIMIT, as_repeat, visible
from alertbot.dispatcher.wording import clean, clip, in_digits
from alertbot.model import (
    Alert,
    AlertId,
    Entry,
    FeedId,
    Match,
    Message,
    Sentence,
    TopicId,
    Via,
    watch_topic,
)
from alertbot.summarizer import summarize
from alertbot.summarizer.shortening import filled, slotted
from alertbot.words import words_in
from fakes.telegram_parser import parse_html

FEED = FeedId("meridian")
IRAN = TopicId("iran-missiles")
IRAQ = TopicId("iraq")
NAMES = {IRAN: "Iran missiles", IRAQ: "Iraq"}

STRIKE = """
<h2>Latest Developments</h2>
<p>Militias struck an air base on January 20, leaving at least two U.S. troops injured. Air
defenses brought down all but two of the approximately 17 rockets that were fired.</p>
<h2>Expert Analysis</h2>
<p>“They are testing how much they can break.” <strong>Marta Delacourt</strong>, Senior Fellow</p>
<h2>More Than 150 Attacks</h2>
<p>The base had come under attack at least 151 times since the middle of October.</p>
"""


def alert_of(content: str = STRIKE, title: str = "Missiles Hit Base", **changes: object) -> Alert:
    entry = Entry(
        feed=FEED,
        key="1",
        title=title,
        link="https://example.org/1",
        published=datetime(2024, 1, 23, 15, 10, tzinfo=UTC),
        content=content,
        is_html=True,
    )
    brief = make_brief(replace(entry, **changes))  # type: ignore[arg-type]
    match = Match(topic=IRAN, via=Via.RULE, evidence=())
    return Alert(brief=brief, summary=summarize(brief), matches=(match,))


def message_of(alert: Alert, **options: bool) -> Message:
    return Renderer(NAMES, {FEED: "Meridian"}).message(alert, [IRAN, IRAQ], **options)


def test_the_headline_stands_first_and_alone() -> None:
    assert message_of(alert_of()).text.split("\n\n")[0] == "Missiles Hit Base"


def test_the_lead_follows_the_headline() -> None:
    second = message_of(alert_of()).text.split("\n\n")[1]

    assert second.startswith("Militias struck an air base on January 20")


def test_key_figures_stand_out_in_the_sentences_with_their_qualifiers() -> None:
    html = message_of(alert_of()).html

    assert "leaving <b>at least 2</b> U.S. troops injured" in html
    assert "<b>all but 2</b> of the approximately 17 rockets" in html


def test_a_key_figure_that_no_sentence_tells_gets_a_line() -> None:
    lines = [line for line in message_of(alert_of()).html.splitlines() if line.startswith("▪️")]

    assert lines == [
        "▪️ The base had come under attack <b>at least 151</b> times since the middle of October"
    ]


def test_figures_told_by_the_same_words_share_a_line() -> None:
    alert = alert_of()
    nothing_else = replace(alert.summary, sentences=())

    text = message_of(replace(alert, summary=nothing_else)).text

    assert text.count("17 rockets") == 1


def test_a_sentence_keeps_its_first_word_and_quoted_words() -> None:
    content = "<p>Three drones hit a depot on May 3, “two of them twice,” and six people died.</p>"

    text = message_of(alert_of(content)).text

    assert "Three drones hit a depot on May 3, “two of them twice,” and 6 people died." in text


def shortened_alert(told: str) -> Alert:
    alert = alert_of()
    checked = filled(
        alert.brief, alert.summary, slotted(alert.brief, alert.summary), [told, "Air defenses."]
    )
    summary = replace(alert.summary, shortened=checked.shortened[:1])
    return replace(alert, summary=summary)


def test_a_shortened_sentence_has_its_key_figures_in_bold_and_says_what_it_is() -> None:
    message = message_of(shortened_alert("Militias struck a base, leaving {F2} injured."))

    assert "Militias struck a base, leaving <b>at least 2</b> U.S. troops injured." in message.html
    assert "<b>all but 2</b> of the approximately 17 rockets" in message.html
    assert "\n\nSentences shortened by a language model.\n\nIran missiles" in message.text
    assert parse_html(message.html).text == message.text


def test_a_key_figure_that_was_left_out_gets_a_line() -> None:
    message = message_of(shortened_alert("Militias struck an air base on {F1}."))

    assert "▪️ Leaving <b>at least 2</b> U.S. troops injured" in message.html


def test_a_message_in_the_briefs_own_sentences_says_nothing_of_a_model() -> None:
    assert "language model" not in message_of(alert_of()).text


def test_topics_source_and_date_close_the_message() -> None:
    text = message_of(alert_of()).text

    assert text.endswith("Iran missiles, Iraq · Meridian · January 23, 2024")


def test_topics_with_long_names_do_not_push_the_rest_away() -> None:
    topics = [TopicId(str(number)) for number in range(4)]
    names = {topic: f"Iran and what it sends abroad, part {topic}" for topic in topics}

    text = Renderer(names, {FEED: "Meridian"}).message(alert_of(), topics).text

    assert text.endswith(
        "Iran and what it sends abroad, part 0, Iran and what it sends abroad, part 1"
        " · Meridian · January 23, 2024"
    )


def test_experts_are_named_in_an_expandable_quotation() -> None:
    html = message_of(alert_of()).html

    assert "<blockquote expandable><b>Marta Delacourt</b>, Senior Fellow: “They are" in html


def test_an_alert_that_is_not_stored_has_one_button_to_the_brief_and_none_without_a_link() -> None:
    ((button,),) = message_of(alert_of()).buttons

    assert (button.label, button.url) == ("Read", "https://example.org/1")
    assert message_of(alert_of(link=None)).buttons == ()


def test_what_an_alert_can_be_asked_stands_in_two_rows_under_its_number() -> None:
    message = Renderer(NAMES, {}).message(alert_of(), [IRAN], number=AlertId(7))

    assert [[(each.label, each.url or each.data) for each in row] for row in message.buttons] == [
        [("Read", "https://example.org/1"), ("Why?", "why:7"), ("More", "more:7")],
        [("Mute", "mute:7"), ("👍", "up:7"), ("👎", "down:7")],
    ]


def test_without_a_link_there_is_nothing_to_read() -> None:
    message = Renderer(NAMES, {}).message(alert_of(link=None), [IRAN], number=AlertId(7))

    assert [each.label for each in message.buttons[0]] == ["Why?", "More"]


def test_a_feed_without_a_name_is_told_by_its_host() -> None:
    message = Renderer(NAMES, {}).message(alert_of(), [IRAN])

    assert "Iran missiles · example.org · January 23, 2024" in message.text


def test_a_possible_repeat_says_so_and_makes_no_sound() -> None:
    first = message_of(alert_of())
    again = as_repeat(first, silent=True)

    assert not first.silent
    assert again.silent
    assert f"{first.text}\n\nThis alert may have reached you before." == again.text
    assert visible(again.html) == again.text
    assert again.buttons == first.buttons


@pytest.mark.parametrize("language", ["ar", "fa", "he"])
def test_in_another_language_only_our_own_words_are_others(language: str) -> None:
    excerpt = alert_of("<p>Iran fired 12 missiles at a range on May 3. The [&hellip;]</p>")
    english, other = (
        Renderer(NAMES, {FEED: "Meridian"}).message(excerpt, [IRAN], words_in(each))
        for each in ("en", language)
    )

    ours = {"The feed carries only the beginning of this brief.", "Read"}
    assert english.buttons[0][0].label in ours
    assert other.buttons[0][0].label not in ours
    assert other.buttons[0][0].url == english.buttons[0][0].url
    before, after = (message.text.split("\n\n") for message in (english, other))
    assert [b for b, a in zip(before, after, strict=True) if a != b] == [
        "The feed carries only the beginning of this brief."
    ]
    assert visible(other.html) == other.text


def test_a_possible_repeat_says_so_in_the_language_of_its_chat() -> None:
    again = as_repeat(message_of(alert_of()), words_in("he"), silent=True)

    assert again.text.endswith("\n\nייתכן שההתראה הזו כבר הגיעה אליכם.")
    assert visible(again.html) == again.text


def test_an_excerpt_says_that_it_is_one() -> None:
    text = message_of(
        alert_of("<p>Iran fired 12 missiles at a range on May 3. The [&hellip;]</p>")
    ).text

    assert "The feed carries only the beginning of this brief." in text


def test_the_date_is_the_publishers_own() -> None:
    evening = datetime.fromisoformat("2024-01-23T23:30:00-05:00")

    assert "January 23, 2024" in message_of(alert_of(published=evening)).text


def test_an_ordinary_alert_is_short() -> None:
    assert len(message_of(alert_of()).text) <= COMFORTABLE


def test_markup_in_the_source_stays_text() -> None:
    message = message_of(alert_of(title="A <b>bold</b> & <script>alert(1)</script> title"))

    assert "<script>" not in message.html
    assert parse_html(message.html).text == message.text


@pytest.mark.parametrize(
    ("words", "value", "digits"),
    [
        ("at least two", 2, "at least 2"),
        ("Fifty-three", 53, "53"),
        ("between eight and 10", (8, 10), "between 8 and 10"),
        ("two to three", (2, 3), "2 to 3"),
        ("one", 1, "one"),
        ("dozens", None, "dozens"),
        ("nearly half", 0.5, "nearly half"),
        ("two million", 2_000_000, "two million"),
        ("two dozen", 24, "two dozen"),
        ("twenty five", 25, "twenty five"),
        ("one hundred and five", 105, "one hundred and five"),
        ("two to three hundred", (200, 300), "two to three hundred"),
        ("between two and three dozen", (24, 36), "between two and three dozen"),
        ("two or three thousand", (2000, 3000), "two or three thousand"),
        ("five point six million", 5_600_000, "five point six million"),
        ("seven\u2011hundred", 700, "seven\u2011hundred"),
        ("twenty\u2013five", 25, "twenty\u2013five"),
        ("two 1,400-megawatt units", 2, "two 1,400-megawatt units"),
    ],
)
def test_a_number_in_one_word_becomes_digits_and_any_other_stays(
    words: str, value: float | tuple[float, float] | None, digits: str
) -> None:
    assert in_digits(words, value) == digits


@pytest.mark.parametrize(
    "told",
    [
        "twenty five people were killed",
        "one hundred and five people were killed",
        "two hundred and fifty rockets were fired",
        "two to three hundred fighters were killed",
        "between two and three dozen drones were shot down",
        "two or three thousand people were wounded",
        "seven\u2011hundred drones were lost",
        "twenty\u2013five rockets were fired",
        "five point six million people fled",
        "ninety nine missiles were fired",
    ],
)
def test_half_of_a_number_is_never_put_in_digits(told: str) -> None:
    text = message_of(alert_of(f"<p>Officials said that {told} on Monday.</p>")).text

    assert f"Officials said that {told} on Monday." in text


@pytest.mark.parametrize(
    ("text", "limit", "clipped"),
    [
        ("short", 10, "short"),
        ("one two three four", 14, "one two …"),
        ("it cost $10 billion in all", 17, "it cost …"),
    ],
)
def test_a_cut_falls_on_a_word_and_never_behind_a_number(
    text: str, limit: int, clipped: str
) -> None:
    assert clip(text, limit) == clipped


def test_characters_that_change_how_others_read_are_taken_out() -> None:
    assert clean("a\u202eb\x00c\u2066d") == "a b c d"


TEXT = st.text(max_size=1500)
#: long words, long runs and our own markup, which plain random text rarely holds
NASTY = st.lists(
    st.sampled_from(
        ["<b>", "</b>", "&amp;", "12 missiles", "x" * 300, "“", "”", "killed", ". ", "\u202e"]
    )
    | TEXT,
    max_size=12,
).map(" ".join)


@given(title=NASTY, content=NASTY)
def test_any_text_makes_a_message_that_telegram_accepts(title: str, content: str) -> None:
    message = message_of(alert_of(content, title=title or "x"))

    assert len(message.text) <= LIMIT
    assert parse_html(message.html).text.strip() == message.text.strip()


@given(st.lists(st.text(min_size=1, max_size=700), min_size=1, max_size=3))
def test_any_summary_fits(sentences: list[str]) -> None:
    alert = alert_of()
    told = tuple(Sentence(text=text, start=0, end=0) for text in sentences)

    message = message_of(replace(alert, summary=replace(alert.summary, sentences=told)))

    assert len(message.text) <= LIMIT


@given(NASTY)
def test_numbers_of_the_message_are_numbers_of_the_brief(content: str) -> None:
    alert = alert_of(content)
    message = message_of(alert)

    source = set(re.findall(r"\d+", alert.brief.text)) | {"23", "2024"}

    assert set(re.findall(r"\d+", message.text)) <= source


def test_visible_is_what_the_parser_sees() -> None:
    assert visible("<b>R&amp;D</b> &lt;3") == "R&D <3"


def footer_of(rule: str | None, *topics: TopicId) -> str:
    alert = alert_of()
    watch = Match(topic=watch_topic(7), via=Via.RULE, evidence=(), rule=rule)
    other = Match(topic=watch_topic(8), via=Via.RULE, evidence=(), rule="of somebody else")
    shown = replace(alert, matches=(*alert.matches, watch, other))
    written = Renderer(NAMES, {FEED: "Meridian"}).message(shown, topics)
    parse_html(written.html)
    return written.text.rpartition("\n")[2].partition(" · ")[0]


def test_an_alert_on_a_watch_names_it_by_its_rule() -> None:
    assert footer_of("al-Asad AND drone*", watch_topic(7)) == "your watch “al-Asad AND drone*”"
    assert footer_of("<b> & “x”", IRAN, watch_topic(7)) == "Iran missiles, your watch “<b> & “x””"


def test_a_long_rule_is_clipped_in_the_footer() -> None:
    long = '"ballistic missile*" NEAR/10 (Iran OR Houthi*)'

    assert footer_of(long, watch_topic(7)) == 'your watch “"ballistic missile*" NEAR/10 (Iran OR …”'


def test_a_watch_that_has_ended_meanwhile_is_still_the_chats_own() -> None:
    assert footer_of(None, watch_topic(7)) == "your watch"
