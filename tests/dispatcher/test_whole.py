"""The whole of a brief, which an alert becomes when a chat asks for more."""

import re
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st
from test_render import FEED, IRAN, IRAQ, NAMES, NASTY, STRIKE, alert_of, shortened_alert

from alertbot.dispatcher import Renderer
from alertbot.dispatcher.render import REPEAT, visible
from alertbot.dispatcher.telling.whole import MOST
from alertbot.dispatcher.wording import clean, clip_units, units
from alertbot.model import Alert, AlertId, Match, Message, Quote, Sentence, Via, watch_topic
from alertbot.ports import Told
from fakes.telegram_parser import parse_html, utf16_length

RENDERER = Renderer(NAMES, {FEED: "Meridian"})
MORE = """
<h2>Latest Developments</h2>
<p>Militias struck an air base on January 20, leaving at least two U.S. troops injured.</p>
<p>The base lies 35 miles from the border. A second base, 120 miles away, was not hit.</p>
<h2>Expert Analysis</h2>
<p>“They are testing how much they can break.” <strong>Marta Delacourt</strong>, Senior Fellow</p>
<p>“It was a message.” <strong>Owen Talbridge</strong>, Research Analyst</p>
<h2>More Than 150 Attacks</h2>
<p>The base had come under attack at least 151 times since the middle of October.</p>
<p>It was hit 151 times by one count. Congress approved $95 million for repairs.</p>
"""


def told_of(alert: Alert, **changes: object) -> Told:
    told = Told(
        id=AlertId(7),
        alert=alert,
        topics=(IRAN, IRAQ),
        message=None,
        maybe_repeat=False,
        edited=False,
    )
    return replace(told, **changes)  # type: ignore[arg-type]


def whole(alert: Alert, **changes: object) -> Message:
    return RENDERER.whole(told_of(alert, **changes))


def lines_of(message: Message) -> list[str]:
    return [line for line in message.text.splitlines() if line.startswith("▪️")]


def test_it_is_read_from_the_headline_to_the_address() -> None:
    message = whole(alert_of(MORE, tags=("Iran", "U.S. Defense")))

    assert parse_html(message.html).text == message.text
    assert message.text.split("\n\n") == [
        "Missiles Hit Base",
        "Militias struck an air base on January 20, leaving at least 2 U.S. troops injured. "
        "The base lies 35 miles from the border. A second base, 120 miles away, was not hit.",
        "Background: More Than 150 Attacks\n"
        "▪️ The base had come under attack at least 151 times since the middle of October.\n"
        "▪️ It was hit 151 times by one count.\n"
        "▪️ Congress approved $95 million for repairs.",
        "Marta Delacourt, Senior Fellow: “They are testing how much they can break.”\n"
        "Owen Talbridge, Research Analyst: “It was a message.”",
        "Tags: Iran, U.S. Defense\n"
        "https://example.org/1\n"
        "Iran missiles, Iraq · Meridian · January 23, 2024",
    ]


def test_a_watch_is_called_by_its_rule() -> None:
    alert, mine = alert_of(), watch_topic(7)
    match = Match(topic=mine, via=Via.RULE, evidence=(), rule="al-Asad AND drone*")

    message = whole(replace(alert, matches=(*alert.matches, match)), topics=(IRAN, mine))

    assert message.text.splitlines()[-1] == (
        "Iran missiles, your watch “al-Asad AND drone*” · Meridian · January 23, 2024"
    )


def test_every_figure_is_bold_not_only_the_three_that_matter_most() -> None:
    html = whole(alert_of(MORE)).html

    for figure in ("at least 2", "35", "120", "at least 151", "$95 million"):
        assert f"<b>{figure}</b>" in html


def test_a_figure_that_says_the_same_again_is_told_once() -> None:
    again = STRIKE + "<p>At least 151 times the base had come under attack, it said again.</p>"

    assert whole(alert_of(again)).text.count("151 times") == 1


def test_a_figure_is_told_in_its_whole_sentence() -> None:
    content = "<p>The port said so.</p>" * 3 + (
        "<p>Iran struck a port on May 3. " + "Nothing more was said on that day. " * 20 + "</p>"
        "<p>It is the fourth port to stop work after an attack in 12 months.</p>"
    )

    assert "▪️ It is the fourth port to stop work after an attack in 12 months." in lines_of(
        whole(alert_of(content))
    )


def test_it_tells_the_sentences_of_the_brief_where_the_alert_has_them_shortened() -> None:
    message = whole(shortened_alert("Militias struck a base, leaving {F2} injured."))

    assert "Militias struck an air base on January 20, leaving at least 2" in message.text
    assert "language model" not in message.text


def test_an_edit_and_an_excerpt_are_told_ahead() -> None:
    excerpt = "<p>Iran fired 12 missiles at a range on May 3. The [&hellip;]</p>"

    assert whole(alert_of(excerpt), edited=True).text.split("\n\n")[1:3] == [
        "Edited by its publisher after this alert was made.",
        "The feed carries only the beginning of this brief.",
    ]
    assert "Edited" not in whole(alert_of()).text


def test_its_buttons_fold_it_and_know_that_it_is_the_whole() -> None:
    rows = whole(alert_of()).buttons

    assert [[button.label for button in row] for row in rows] == [
        ["Read", "Why?", "Less"],
        ["Mute", "👍", "👎"],
    ]
    assert (rows[0][2].data, rows[1][0].data) == ("less:7", "mute:7:w")


def test_what_was_sent_is_shown_again_to_the_letter() -> None:
    kept = Message(html="<b>As it was</b>", text="As it was")

    assert RENDERER.sent(told_of(alert_of(), message=kept)) == kept
    again = RENDERER.sent(told_of(alert_of(), message=kept, maybe_repeat=True))
    assert again.text == f"As it was\n\n{REPEAT}"


def test_what_was_sent_is_written_again_if_nobody_kept_it() -> None:
    assert RENDERER.sent(told_of(alert_of())) == RENDERER.message(
        alert_of(), (IRAN, IRAQ), number=AlertId(7)
    )


def with_quotes(alert: Alert, *words: str) -> Alert:
    quotes = tuple(Quote(words=each, start=0, end=0, speaker="A. Speaker") for each in words)
    return replace(alert, brief=replace(alert.brief, quotes=quotes))


def test_what_matters_least_is_given_up_first() -> None:
    alert = with_quotes(alert_of(MORE, tags=("Iran",)), "x" * 2500, "y" * 700, "z" * 500)

    text = whole(alert).text

    assert "$95 million" not in text, "the background goes before any quotation"
    assert "Tags" not in text
    assert "example.org/1" not in text
    assert "“" + "y" * 700 + "”" in text
    assert text.startswith("Missiles Hit Base\n\nMilitias struck an air base on January 20")
    assert text.endswith("Iran missiles, Iraq · Meridian · January 23, 2024")


def test_half_a_character_counts_as_telegram_counts_it() -> None:
    assert units("🚀a") == utf16_length("🚀a") == 3
    assert units(clip_units("🚀 " * 50, 40)) <= 40
    assert clip_units("short", 40) == "short"


TAGS = st.lists(st.text(max_size=200), max_size=30).map(tuple)
PIECES = ["<h2>", "</h2>", "<p>", "</p>", "12 missiles hit", "🚀" * 90, "“", "”", ". ", "five "]
LONG = st.lists(st.sampled_from(PIECES) | NASTY, max_size=40).map(" ".join)


@settings(deadline=None, max_examples=50)
@given(title=NASTY, content=LONG, tags=TAGS, quotes=st.lists(NASTY, max_size=5))
def test_any_brief_makes_a_message_that_telegram_accepts(
    title: str, content: str, tags: tuple[str, ...], quotes: list[str]
) -> None:
    message = whole(with_quotes(alert_of(content, title=title or "x", tags=tags), *quotes))

    assert utf16_length(message.text) <= MOST
    assert parse_html(message.html).text.strip() == message.text.strip()
    assert visible(message.html) == message.text


@settings(deadline=None, max_examples=50)
@given(st.lists(st.text(min_size=1, max_size=5000), min_size=1, max_size=3))
def test_any_summary_fits(sentences: list[str]) -> None:
    alert = alert_of()
    told = tuple(Sentence(text=text, start=0, end=0) for text in sentences)

    message = whole(replace(alert, summary=replace(alert.summary, sentences=told)))

    assert utf16_length(message.text) <= MOST
    assert parse_html(message.html).text.strip() == message.text.strip()


@settings(deadline=None, max_examples=50)
@given(LONG)
def test_whatever_it_tells_is_in_the_brief(content: str) -> None:
    alert = alert_of(content, tags=("Iran",))

    message = whole(alert)

    source = set(re.findall(r"\d+", alert.brief.text)) | {"1", "23", "2024", "5"}
    assert set(re.findall(r"\d+", message.text)) <= source
    for line in lines_of(message):
        told = clean(line.removeprefix("▪️ ").removesuffix(" …"))
        digits = told.replace("5", "five")
        flat = clean(alert.brief.text)
        assert told in flat or digits in flat.replace("5", "five")
