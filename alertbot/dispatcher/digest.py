"""Turns the alerts of a digest into one message; the sender calls it.

Grouped by topic, each alert once, under its first: its title, which leads to the brief, and a line
of its key figures as the alert tells them. `DIGEST_SIZE` alerts fit by construction: every part has
a limit in UTF-16 units, which Telegram counts (core.telegram.org/bots/api#sendmessage: 4,096), and
in bytes, of which a text has 32 KiB at most before its tags are read (telegram-bot-api, Client.cpp,
get_formatted_text).
"""

import html
from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import assert_never

from alertbot.dispatcher.telling.names import watch_name
from alertbot.dispatcher.telling.prose import told_figure
from alertbot.dispatcher.wording import clean, clip, units
from alertbot.model import Alert, Message, TopicId, is_watch
from alertbot.ports import Digest, DigestItem, Hold
from alertbot.words import ENGLISH, Words

#: UTF-16 units; together with what is between them 285 for an alert, of which there are twelve
TITLE_LIMIT = 140
FIGURES_LIMIT = 90
TOPIC_LIMIT = 45
#: characters of a rule, with which the name of a watch is no longer
RULE_LIMIT = 30
#: bytes of a link as written in HTML; a longer one is left out
LINK_LIMIT = 1_000
#: of the whole message, with room for the mark of a repeat
LIMIT = 4_000


def write_digest(digest: Digest, topics: Mapping[TopicId, str], words: Words = ENGLISH) -> Message:
    """Write a digest; topics: the names behind their ids, words: those of the chat.

    The plain text has the links, too, as long as they fit.
    """
    heading = _heading(digest.hold, len(digest.items), words)
    groups = [
        _named(topic, [item.alert for item in items], topics, words)
        for topic, items in groupby(digest.items, key=_first_topic)
    ]
    plain = [
        "\n\n".join([heading, *(_plain_group(*group, links=links) for group in groups)])
        for links in (True, False)
    ]
    return Message(
        html="\n\n".join([_bold(heading), *(_group(*group) for group in groups)]),
        text=plain[0] if units(plain[0]) <= LIMIT else plain[1],
    )


def _heading(hold: Hold, n: int, words: Words) -> str:
    match hold:
        case Hold.QUIET:
            return words.plural(
                "{n} alert from your quiet hours", "{n} alerts from your quiet hours", n
            )
        case Hold.HOURLY:
            return words.plural("Hourly digest: {n} alert", "Hourly digest: {n} alerts", n)
        case Hold.DAILY:
            return words.plural("Daily digest: {n} alert", "Daily digest: {n} alerts", n)
        case Hold.WEEKLY:
            return words.plural("Weekly digest: {n} alert", "Weekly digest: {n} alerts", n)
        case _:
            assert_never(hold)


def _first_topic(item: DigestItem) -> TopicId:
    return item.topics[0]


def _named(
    topic: TopicId, alerts: list[Alert], topics: Mapping[TopicId, str], words: Words
) -> tuple[str, list[Alert]]:
    """Return alerts on a topic under its name; a watch is called by its rule."""
    name = topics.get(topic, topic)
    if is_watch(topic):
        matches = [match for alert in alerts for match in alert.matches]
        rule = watch_name(topic, matches, words, RULE_LIMIT)
        name = rule[:1].upper() + rule[1:]
    return _short(name, TOPIC_LIMIT), alerts


def _group(topic: str, alerts: list[Alert]) -> str:
    return "\n".join([_bold(topic), *(line for alert in alerts for line in _lines(alert))])


def _lines(alert: Alert) -> Iterator[str]:
    title, link = _escaped(_title(alert)), html.escape(alert.brief.link or "")
    linked = link and len(link.encode()) <= LINK_LIMIT
    yield f'• <a href="{link}">{title}</a>' if linked else f"• {title}"
    if figures := _figures(alert):
        yield f"   {_escaped(figures)}"


def _plain_group(topic: str, alerts: list[Alert], *, links: bool) -> str:
    lines = [topic]
    for alert in alerts:
        lines.append(f"• {_title(alert)}")
        more = [_figures(alert), (links and alert.brief.link) or ""]
        lines += [f"   {line}" for line in more if line]
    return "\n".join(lines)


def _title(alert: Alert) -> str:
    return _short(alert.brief.title, TITLE_LIMIT)


def _figures(alert: Alert) -> str:
    """Return the key figures as the alert tells them, in the order of the brief."""
    summary = alert.summary
    keys = sorted(summary.key_figures, key=lambda key: key.start)
    told = dict.fromkeys(told_figure(key, summary) for key in keys)
    line = ""
    for figure in told:
        longer = f"{line} · {figure}" if line else figure
        if units(longer) > FIGURES_LIMIT:
            continue
        line = longer
    return line


def _short(text: str, limit: int) -> str:
    """Return the text on one line of at most `limit` UTF-16 units."""
    plain, room = clean(text), limit
    while units(short := clip(plain, room)) > limit:
        room -= 1
    return short


def _bold(text: str) -> str:
    return f"<b>{_escaped(text)}</b>"


def _escaped(text: str) -> str:
    return html.escape(text, quote=False)
