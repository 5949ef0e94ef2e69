"""Turns an alert into the message a chat is shown; the sender and `preview` call it.

House rules: a headline that stands alone on a lock screen, two or three sentences with their key
figures in bold, a line for each key figure (of three) that the sentences do not tell, experts
named, then topics, source and date. Qualifiers always stay. Every word of the brief is a slice of
it, or of a sentence that a language model shortened, which the message then says; the only
rewriting is a number word in a key figure becoming its digits.
Telegram delays bots whose messages exceed about 500 characters (telegra.ph/Hitting-limits-bot-FAQ),
hence the two budgets.
"""

import html
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise
from urllib.parse import urlsplit

from alertbot.dispatcher.wording import clean, clip, in_digits, number_words, opening_upper
from alertbot.model import (
    Alert,
    Brief,
    Button,
    FeedId,
    KeyFigure,
    Message,
    PlacedFigure,
    Quote,
    Sentence,
    Summary,
    TopicId,
)
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

SENTENCE_ENDS = (".", "!", "?", "”", '"', "…", ".’", ".)")

Span = tuple[int, int]

TAGS = re.compile(r"</?(?:b|i|blockquote)(?: expandable)?>")
SHORTENED = msgid("Sentences shortened by a language model.")
EXCERPT = msgid("The feed carries only the beginning of this brief.")
REPEAT = msgid("This alert may have reached you before.")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Prose:
    """A sentence as it is told, and where its figures stand in it."""

    text: str
    figures: tuple[PlacedFigure, ...]


class Renderer:
    """Writes messages; knows the names behind the ids."""

    def __init__(self, topics: Mapping[TopicId, str], feeds: Mapping[FeedId, str]) -> None:
        self._topics = topics
        self._feeds = feeds

    def message(self, alert: Alert, topics: Sequence[TopicId], words: Words = ENGLISH) -> Message:
        """Write the alert for a chat that follows `topics`, with our own words in its language."""
        brief = alert.brief
        notes = [SHORTENED] * bool(alert.summary.shortened)
        notes += [EXCERPT] * brief.truncated
        tail = [_italic(words(note)) for note in notes] + [self._footer(brief, topics)]
        page = _fit(brief, alert.summary, tail, words)
        read = ((Button(label=words("Read the brief"), url=brief.link),),) if brief.link else ()
        return Message(html=page, text=visible(page), buttons=read)

    def _footer(self, brief: Brief, topics: Sequence[TopicId]) -> str:
        names = [clip(clean(self._topics.get(topic, topic)), 40) for topic in topics]
        names = names[:TOPICS_SHOWN]
        while len(names) > 1 and len(", ".join(names)) > TOPICS_LIMIT:
            names.pop()
        source = clip(clean(self._feeds.get(brief.feed, "") or _host(brief.link)), 40)
        parts = [", ".join(names), source, _date(brief.published)]
        return html.escape(" · ".join(part for part in parts if part), quote=False)


def as_repeat(message: Message, words: Words = ENGLISH, *, silent: bool) -> Message:
    """Return the message with a line that it may have come before; silent: without a sound."""
    mark = words(REPEAT)
    return replace(
        message,
        html=f"{message.html}\n\n{_italic(mark)}",
        text=f"{message.text}\n\n{mark}",
        silent=silent,
    )


def visible(page: str) -> str:
    """Return what a reader sees of a message in our own markup."""
    return html.unescape(TAGS.sub("", page))


def _fit(brief: Brief, summary: Summary, tail: Sequence[str], words: Words) -> str:
    """Assemble the message, giving up the least needed parts until it is short enough."""
    head = _bold(clip(clean(brief.title), TITLE_LIMIT))
    told = list(_prose(summary))
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


def _prose(summary: Summary) -> Iterator[_Prose]:
    """Yield the sentences to tell, shortened where they could be."""
    shortened = {each.sentence: each for each in summary.shortened}
    for index, sentence in enumerate(summary.sentences):
        short = shortened.get(index)
        if short:
            yield _Prose(text=short.text, figures=short.figures)
        else:
            yield _Prose(text=sentence.text, figures=_figures_of(sentence, summary))


def _figures_of(sentence: Sentence, summary: Summary) -> tuple[PlacedFigure, ...]:
    return tuple(
        PlacedFigure(
            figure=index, start=figure.start - sentence.start, end=figure.end - sentence.start
        )
        for index, figure in enumerate(summary.figures)
        if sentence.start <= figure.start < sentence.end
    )


def _least(sentences: Sequence[_Prose], summary: Summary) -> _Prose:
    """Return the sentence that can best be spared: with fewest key figures, the last of those."""
    return min(reversed(sentences), key=lambda sentence: len(_bold_spans(sentence, summary)))


def _told(head: str, sentences: Sequence[_Prose], summary: Summary, tail: Sequence[str]) -> str:
    """Put the parts together; a key figure that no sentence tells gets a line."""
    prose = " ".join(_sentence(sentence, summary) for sentence in sentences)
    untold = [
        key
        for key in sorted(summary.key_figures, key=lambda key: key.start)
        if not any(_bold_spans(sentence, summary, key) for sentence in sentences)
    ]
    return _page([head, prose, "\n".join(_figure_lines(untold, summary)), *tail])


def _cut(head: str, sentences: Sequence[_Prose], tail: Sequence[str]) -> str:
    """Return what fits of a lead that is too long for everything else."""
    room = LIMIT - len(visible("\n\n".join([head, "", *tail])))
    prose = _plain(clip(" ".join(sentence.text for sentence in sentences), room))
    return _page([head, prose, *tail])


def _page(parts: Sequence[str]) -> str:
    return "\n\n".join(part for part in parts if part)


def _sentence(sentence: _Prose, summary: Summary) -> str:
    """Write a sentence with its counts in digits and its key figures in bold.

    Its first word and quoted words stay as they are.
    """
    bold = _bold_spans(sentence, summary)
    words = _number_words(sentence, summary)
    size = len(sentence.text)
    edges = {0, size, *(edge for span in (*bold, *words) for edge in span)}
    told = ""
    for part in pairwise(sorted(edges)):
        text = words.get(part) or sentence.text[slice(*part)]
        told += _bold(clean(text, strip=False)) if _inside(part, bold) else _plain(text)
    told = told.replace("</b><b>", "").strip()
    return told + ("" if sentence.text.rstrip().endswith(SENTENCE_ENDS) else " …")


def _number_words(sentence: _Prose, summary: Summary) -> dict[Span, str]:
    """Return the digits for each count in words, but for the first word and quoted ones."""
    found: dict[Span, str] = {}
    for placed in sentence.figures:
        value = summary.figures[placed.figure].value
        for start, end, digits in number_words(sentence.text, value):
            quoted = sentence.text.count("“", 0, start) > sentence.text.count("”", 0, start)
            if start > 0 and not quoted and _inside((start, end), [(placed.start, placed.end)]):
                found[start, end] = digits
    return found


def _bold_spans(sentence: _Prose, summary: Summary, *keys: KeyFigure) -> list[Span]:
    """Return where a sentence tells the numbers of key figures: of all of them if none is given."""
    found = []
    for key in keys or summary.key_figures:
        into = key.start + key.bold_start - summary.figures[key.figure].start
        for placed in sentence.figures:
            start = placed.start + into
            end = start + key.bold_end - key.bold_start
            if placed.figure == key.figure and 0 <= start < end <= len(sentence.text):
                found.append((start, end))
    return found


def _inside(part: Span, spans: Sequence[Span]) -> bool:
    return any(start <= part[0] and part[1] <= end for start, end in spans)


def _under(page: str, limit: int) -> bool:
    return len(visible(page)) <= limit


def _figure_lines(figures: Sequence[KeyFigure], summary: Summary) -> list[str]:
    """Write a line per figure; figures told by the same words share one."""
    lines: list[str] = []
    told: list[KeyFigure] = []
    for key in figures:
        if any(key.start < other.end and other.start < key.end for other in told):
            continue
        told.append(key)
        value = summary.figures[key.figure].value
        before, figure = opening_upper(
            clean(key.text[: key.bold_start], strip=False),
            clean(in_digits(key.text[key.bold_start : key.bold_end], value)),
        )
        after = clean(key.text[key.bold_end :], strip=False).rstrip()
        lines.append(f"▪️ {_plain(before)}{_bold(figure)}{_plain(after)}")
    return lines


def _quotations(quotes: Sequence[Quote]) -> str:
    return _expandable(
        [f"{_expert(quote, _role(quote))}{_plain(f': “{clean(quote.words)}”')}" for quote in quotes]
    )


def _names(quotes: Sequence[Quote], words: Words) -> str:
    """Name the experts where their words do not fit."""
    experts = "; ".join(_expert(quote, clip(_role(quote), 60)) for quote in quotes)
    return _expandable([words("Quoted: {experts}", experts=experts)] if experts else [])


def _expert(quote: Quote, role: str) -> str:
    return f"{_bold(clean(quote.speaker))}{_plain(role)}"


def _role(quote: Quote) -> str:
    return f", {clean(quote.role)}" if quote.role else ""


def _expandable(lines: Sequence[str]) -> str:
    return f"<blockquote expandable>{chr(10).join(lines)}</blockquote>" if lines else ""


def _bold(text: str) -> str:
    return f"<b>{html.escape(text, quote=False)}</b>" if text else ""


def _plain(text: str) -> str:
    return html.escape(clean(text, strip=False), quote=False)


def _italic(text: str) -> str:
    return f"<i>{html.escape(text, quote=False)}</i>"


def _host(link: str | None) -> str:
    host = urlsplit(link).hostname if link else None
    return (host or "").removeprefix("www.")


def _date(published: datetime | None) -> str:
    return f"{published:%B} {published.day}, {published.year}" if published else ""
