"""Turns an alert into the message a chat is shown; the sender, `preview` and the buttons call it.

House rules: a headline that stands alone on a lock screen, two or three sentences with their key
figures in bold, a line for each key figure (of three) that the sentences do not tell, experts
named, then topics, source and date. Qualifiers always stay. Every word of the brief is a slice of
it, or of a sentence that a language model shortened, which the message then says; the only
rewriting is a number word in a key figure becoming its digits.
Telegram delays bots whose messages exceed about 500 characters (telegra.ph/Hitting-limits-bot-FAQ),
hence the two budgets.
"""

import html
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from urllib.parse import urlsplit

from alertbot.dispatcher.telling.buttons import rows
from alertbot.dispatcher.telling.markup import (
    bold,
    expandable,
    italic,
    paragraphs,
    plain,
    visible,
)
from alertbot.dispatcher.telling.names import watch_name
from alertbot.dispatcher.telling.prose import (
    Prose,
    bold_spans,
    expert,
    figure_lines,
    prose_of,
    role_of,
    told_sentence,
)
from alertbot.dispatcher.telling.whole import whole_page
from alertbot.dispatcher.wording import clean, clip
from alertbot.model import (
    Alert,
    AlertId,
    Brief,
    FeedId,
    Message,
    Quote,
    Summary,
    TopicId,
    is_watch,
)
from alertbot.ports import Told
from alertbot.summarizer.full import in_full
from alertbot.words import ENGLISH, Words, msgid

#: characters of visible text that a message should not pass without need, with an expert's words,
#: with experts' names, and never
COMFORTABLE = 650
WITH_QUOTES = 700
WITH_NAMES = 800
LIMIT = 900
TITLE_LIMIT = 160
TOPICS_SHOWN = 4
#: characters of all their names
TOPICS_LIMIT = 80

SHORTENED = msgid("Sentences shortened by a language model.")
EXCERPT = msgid("The feed carries only the beginning of this brief.")
EDITED = msgid("Edited by its publisher after this alert was made.")
REPEAT = msgid("This alert may have reached you before.")


class Renderer:
    """Writes messages; knows the names behind the ids."""

    def __init__(self, topics: Mapping[TopicId, str], feeds: Mapping[FeedId, str]) -> None:
        self._topics = topics
        self._feeds = feeds

    def message(
        self,
        alert: Alert,
        topics: Sequence[TopicId],
        words: Words = ENGLISH,
        number: AlertId | None = None,
    ) -> Message:
        """Write the alert for a chat that follows `topics`, with our own words in its language.

        number: of the alert; None for one that is not stored, under which nothing can be asked.
        """
        brief = alert.brief
        notes = [SHORTENED] * bool(alert.summary.shortened) + _excerpt(brief)
        tail = [italic(words(note)) for note in notes] + [self._footer(alert, topics, words)]
        page = _fit(brief, alert.summary, tail, words)
        return Message(html=page, text=visible(page), buttons=rows(words, brief.link, number))

    def sent(self, told: Told, words: Words = ENGLISH) -> Message:
        """Return the message as the chat was sent it."""
        message = told.message or self.message(told.alert, told.topics, words, told.id)
        return as_repeat(message, words, silent=False) if told.maybe_repeat else message

    def whole(self, told: Told, words: Words = ENGLISH) -> Message:
        """Write all that is told of the alert's brief, as it is by now."""
        brief = told.alert.brief
        full = in_full(brief, told.alert.summary)
        notes = [words(note) for note in [EDITED] * told.edited + _excerpt(brief)]
        page = whole_page(brief, full, words, notes, self._footer(told.alert, told.topics, words))
        buttons = rows(words, brief.link, told.id, whole=True)
        return Message(html=page, text=visible(page), buttons=buttons)

    def _footer(self, alert: Alert, topics: Sequence[TopicId], words: Words) -> str:
        brief = alert.brief
        names = [
            watch_name(topic, alert.matches, words, 40)
            if is_watch(topic)
            else clip(clean(self._topics.get(topic, topic)), 40)
            for topic in topics[:TOPICS_SHOWN]
        ]
        while len(names) > 1 and len(", ".join(names)) > TOPICS_LIMIT:
            names.pop()
        source = clip(clean(self._feeds.get(brief.feed, "") or _host(brief.link)), 40)
        parts = [", ".join(names), source, _date(brief.published)]
        return html.escape(" · ".join(part for part in parts if part), quote=False)


def _excerpt(brief: Brief) -> list[str]:
    return [EXCERPT] * brief.truncated


def as_repeat(message: Message, words: Words = ENGLISH, *, silent: bool) -> Message:
    """Return the message with a line that it may have come before; silent: without a sound."""
    mark = words(REPEAT)
    return replace(
        message,
        html=f"{message.html}\n\n{italic(mark)}",
        text=f"{message.text}\n\n{mark}",
        silent=silent,
    )


def _fit(brief: Brief, summary: Summary, tail: Sequence[str], words: Words) -> str:
    """Assemble the message, giving up the least needed parts until it is short enough."""
    head = bold(clip(clean(brief.title), TITLE_LIMIT))
    told = list(prose_of(summary))
    page = _told(head, told, summary, tail)
    while len(told) > 1 and not _under(page, COMFORTABLE if len(told) > 2 else LIMIT):
        told.remove(_least(told[1:], summary))
        page = _told(head, told, summary, tail)
    if not _under(page, LIMIT):
        return _cut(head, told, tail)
    for experts, limit in (
        (_quotations(brief.quotes[:2]), WITH_QUOTES),
        (_quotations(brief.quotes[:1]), WITH_QUOTES),
        (_quotations(brief.quotes[1:2]), WITH_QUOTES),
        (_names(brief.quotes[:2], words), WITH_NAMES),
    ):
        with_experts = _told(head, told, summary, [experts, *tail])
        if experts and _under(with_experts, limit):
            return with_experts
    return page


def _least(sentences: Sequence[Prose], summary: Summary) -> Prose:
    """Return the sentence that can best be spared: with fewest key figures, the last of those."""
    return min(reversed(sentences), key=lambda sentence: len(bold_spans(sentence, summary)))


def _told(head: str, sentences: Sequence[Prose], summary: Summary, tail: Sequence[str]) -> str:
    """Put the parts together; a key figure that no sentence tells gets a line."""
    prose = " ".join(told_sentence(sentence, summary) for sentence in sentences)
    untold = [
        key
        for key in sorted(summary.key_figures, key=lambda key: key.start)
        if not any(bold_spans(sentence, summary, key) for sentence in sentences)
    ]
    return paragraphs([head, prose, "\n".join(figure_lines(untold, summary)), *tail])


def _cut(head: str, sentences: Sequence[Prose], tail: Sequence[str]) -> str:
    """Return what fits of a lead that is too long for everything else."""
    room = LIMIT - len(visible("\n\n".join([head, "", *tail])))
    prose = plain(clip(" ".join(sentence.text for sentence in sentences), room))
    return paragraphs([head, prose, *tail])


def _under(page: str, limit: int) -> bool:
    return len(visible(page)) <= limit


def _quotations(quotes: Sequence[Quote]) -> str:
    return expandable(
        [f"{expert(quote, role_of(quote))}{plain(f': “{clean(quote.words)}”')}" for quote in quotes]
    )


def _names(quotes: Sequence[Quote], words: Words) -> str:
    """Name the experts where their words do not fit."""
    experts = "; ".join(expert(quote, clip(role_of(quote), 60)) for quote in quotes)
    return expandable([words("Quoted: {experts}", experts=experts)] if experts else [])


def _host(link: str | None) -> str:
    host = urlsplit(link).hostname if link else None
    return (host or "").removeprefix("www.")


def _date(published: datetime | None) -> str:
    return f"{published:%B} {published.day}, {published.year}" if published else ""
