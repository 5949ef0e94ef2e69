"""What a digest says."""

import html
import re
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sender_samples import FEED, START

from alertbot.briefs import make_brief
from alertbot.dispatcher import Renderer, write_digest
from alertbot.dispatcher.wording import clean
from alertbot.model import (
    Alert,
    Brief,
    Entry,
    Figure,
    FigureKind,
    KeyFigure,
    Match,
    Qualifier,
    Summary,
    TopicId,
    Via,
    Zone,
    watch_topic,
)
from alertbot.ports import DIGEST_SIZE, Digest, DigestItem, Hold
from alertbot.summarizer import summarize
from fakes.telegram_parser import parse_html, utf16_length

MISSILES, CYBER = TopicId("iran-missiles"), TopicId("cyber")
NAMES = {MISSILES: "Iran missiles", CYBER: "Cyber & war"}


def told(title: str, *figures: str, link: str | None = None) -> Alert:
    text = "\n".join([title, *figures])
    starts = [text.index(figure) for figure in figures]
    return Alert(
        brief=Brief(
            feed=FEED,
            key=title,
            title=title,
            link=link,
            published=START,
            authors=(),
            tags=(),
            text=text,
            blocks=(),
            quotes=(),
            truncated=False,
        ),
        summary=Summary(
            sentences=(),
            figures=tuple(
                Figure(
                    text=figure,
                    start=start,
                    end=start + len(figure),
                    value=17,
                    qualifier=Qualifier.ABOUT,
                    unit="rockets",
                    kind=FigureKind.MUNITIONS,
                    zone=Zone.LEAD,
                )
                for figure, start in zip(figures, starts, strict=True)
            ),
            key_figures=tuple(
                KeyFigure(
                    figure=number,
                    text=figure,
                    start=start,
                    end=start + len(figure),
                    bold_start=0,
                    bold_end=len(figure),
                )
                for number, (figure, start) in enumerate(zip(figures, starts, strict=True))
            ),
        ),
        matches=(Match(topic=MISSILES, via=Via.RULE, evidence=()),),
    )


def understood(content: str) -> Alert:
    entry = Entry(
        feed=FEED,
        key="1",
        title="Strike",
        link=None,
        published=START,
        content=content,
        is_html=True,
    )
    brief = make_brief(entry)
    match = Match(topic=MISSILES, via=Via.RULE, evidence=())
    return Alert(brief=brief, summary=summarize(brief), matches=(match,))


def digest(*items: tuple[Alert, Sequence[TopicId]], hold: Hold = Hold.DAILY) -> Digest:
    return Digest(
        hold=hold, items=tuple(DigestItem(alert=one, topics=tuple(topics)) for one, topics in items)
    )


def test_it_tells_titles_with_their_figures_under_their_first_topics() -> None:
    message = write_digest(
        digest(
            (told("Hackers & Thieves", link="https://fdd.example/1?a=1&b=2"), [CYBER, MISSILES]),
            (
                told("Missiles Strike Erbil", "at least 11 missiles", "about 4 dead"),
                [MISSILES],
            ),
            (told("Tehran Tests Fattah", link="https://fdd.example/3"), [MISSILES]),
        ),
        NAMES,
    )

    assert message.html == (
        "<b>Daily digest: 3 alerts</b>\n\n"
        "<b>Cyber &amp; war</b>\n"
        '• <a href="https://fdd.example/1?a=1&amp;b=2">Hackers &amp; Thieves</a>\n\n'
        "<b>Iran missiles</b>\n"
        "• Missiles Strike Erbil\n"
        "   at least 11 missiles · about 4 dead\n"
        '• <a href="https://fdd.example/3">Tehran Tests Fattah</a>'
    )
    assert message.text == (
        "Daily digest: 3 alerts\n\n"
        "Cyber & war\n"
        "• Hackers & Thieves\n"
        "   https://fdd.example/1?a=1&b=2\n\n"
        "Iran missiles\n"
        "• Missiles Strike Erbil\n"
        "   at least 11 missiles · about 4 dead\n"
        "• Tehran Tests Fattah\n"
        "   https://fdd.example/3"
    )


@pytest.mark.parametrize(
    ("content", "figures"),
    [
        (
            "<p>Militias struck a base, leaving at least two soldiers injured.</p>",
            "at least 2 soldiers",
        ),
        (
            "<p>One member of the armed forces was killed. Six others were wounded.</p>",
            "One member · Six others",
        ),
        (
            "<p>A drone hit a depot. At least five people died.</p>",
            "At least 5 people",
        ),
        ("<p>Rockets killed twenty five people in a market.</p>", "twenty five people"),
        ("<p>“Four drones hit us,” an officer said.</p>", "Four drones"),
    ],
)
def test_a_figure_is_told_as_in_the_alert_of_its_own(content: str, figures: str) -> None:
    alert = understood(content)

    alone = Renderer(NAMES, {}).message(alert, [MISSILES]).text
    message = write_digest(digest((alert, [MISSILES])), NAMES)

    assert message.text.splitlines()[-1].strip() == figures
    assert [figure for figure in figures.split(" · ") if figure not in alone] == []


def test_a_figure_that_no_sentence_tells_is_told_as_in_its_line() -> None:
    alert = understood("<p>Militias struck a base, leaving at least two soldiers injured.</p>")
    alert = replace(alert, summary=replace(alert.summary, sentences=()))

    alone = Renderer(NAMES, {}).message(alert, [MISSILES]).text
    message = write_digest(digest((alert, [MISSILES])), NAMES)

    assert "▪️ Leaving at least 2 soldiers injured" in alone
    assert message.text.splitlines()[-1].strip() == "at least 2 soldiers"


def test_it_says_what_it_waited_for() -> None:
    headings = [
        write_digest(digest((told("A"), [CYBER]), hold=hold), NAMES).text.splitlines()[0]
        for hold in Hold
    ]

    assert headings == [
        "1 alert from your quiet hours",
        "Hourly digest: 1 alert",
        "Daily digest: 1 alert",
        "Weekly digest: 1 alert",
    ]


def test_a_topic_that_left_the_config_is_called_by_its_id() -> None:
    assert "\n\ngone\n" in write_digest(digest((told("A"), [TopicId("gone")])), NAMES).text


def test_a_watch_is_called_by_its_rule_which_is_clipped() -> None:
    named = [
        Match(topic=watch_topic(each), via=Via.RULE, evidence=(), rule=rule)
        for each, rule in enumerate(["<al-Asad> AND drone*", "word " * 40, None])
    ]
    alerts = [replace(told(f"Brief {n}"), matches=(match,)) for n, match in enumerate(named)]

    message = write_digest(digest(*((one, [one.matches[0].topic]) for one in alerts)), NAMES)

    assert message.text.split("\n\n")[1:] == [
        "Your watch “<al-Asad> AND drone*”\n• Brief 0",
        "Your watch “word word word word word …”\n• Brief 1",
        "Your watch\n• Brief 2",
    ]
    assert parse_html(message.html).text == message.text


LONG_LINKS = [f"https://fdd.example/?{'q&' * times}" for times in (160, 1000)]
WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=400)
TITLES = WORDS.filter(lambda text: bool(clean(text)))
LINKS = st.sampled_from([None, "https://fdd.example/a", *LONG_LINKS])


@given(
    entries=st.lists(
        st.tuples(
            TITLES,
            st.lists(TITLES.filter(lambda text: "\n" not in text), max_size=3),
            LINKS,
            st.sampled_from(["a", "b", "📰" * 60]),
        ),
        min_size=1,
        max_size=DIGEST_SIZE,
    )
)
def test_telegram_takes_any_digest_and_it_says_nothing_that_is_not_in_the_briefs(
    entries: list[tuple[str, list[str], str | None, str]],
) -> None:
    entries.sort(key=lambda entry: entry[3])
    made = digest(
        *(
            (told(title, *figures, link=link), [TopicId(topic)])
            for title, figures, link, topic in entries
        )
    )
    message = write_digest(made, {})

    parsed = parse_html(message.html)
    assert utf16_length(parsed.text) <= 4000
    assert utf16_length(message.text) <= 4000
    assert len(message.html.encode()) < 1 << 15
    sources = [clean(f"{title} {' '.join(figures)}") for title, figures, _, _ in entries]
    for line in parsed.text.splitlines():
        if found := re.match(r"• (?P<title>.*?)(?: …)?$", line):
            assert any(clean(found["title"]) in source for source in sources)
        elif line.startswith("   "):
            for figure in line.strip().split(" · "):
                assert any(clean(figure) in source for source in sources)
    assert html.unescape(re.sub(r"<[^>]*>", "", message.html)).count("\n• ") == len(entries)


def test_the_longest_of_digests_fits() -> None:
    figure = "&" * 26
    items = [
        (told("&" * 500, f"a{figure}", f"b{figure}", f"c{figure}", link=LONG_LINKS[0]), [number])
        for number in map(str, range(DIGEST_SIZE))
    ]

    message = write_digest(digest(*items), dict.fromkeys(map(str, range(DIGEST_SIZE)), "&" * 99))

    assert 3200 < utf16_length(parse_html(message.html).text) <= 4000
    assert 27_000 < len(message.html.encode()) < 1 << 15
    assert message.html.count("<a href") == DIGEST_SIZE
