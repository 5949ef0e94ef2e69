"""The whole of a brief in one message: what an alert becomes when a chat asks for more.

Headline, all sentences of the summary, every other figure in its sentence (in the order of the
brief, and those of the background apart), all quotations, the publisher's tags and the address.
Figures are bold. What matters least is given up first where it does not fit.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from alertbot.dispatcher.telling.markup import (
    bold,
    expandable,
    italic,
    paragraphs,
    plain,
    visible,
)
from alertbot.dispatcher.telling.prose import (
    Prose,
    expert,
    figures_in,
    prose_of,
    role_of,
    told_sentence,
)
from alertbot.dispatcher.wording import clean, clip, clip_units, units
from alertbot.model import Block, Brief, Figure, Sentence, Summary, Zone
from alertbot.summarizer.full import InFull
from alertbot.words import Words

#: UTF-16 units of a message (Bot API, sendMessage)
MOST = 4096
TITLE_LIMIT = 300
#: a longer address is left to its button
LINK_LIMIT = 200


@dataclass(slots=True, kw_only=True)
class _Parts:
    """What is still in, least needed last in each list."""

    words: Words
    head: str
    notes: list[str]
    prose: str
    figures: list[str]
    quotes: list[str]
    #: under its heading
    background: list[str]
    tags: list[str]
    link: list[str]
    footer: str

    def page(self) -> str:
        tags = [self.words("Tags: {tags}", tags=", ".join(self.tags))] if self.tags else []
        return paragraphs(
            [
                self.head,
                *self.notes,
                self.prose,
                "\n".join(self.figures),
                "\n".join(self.background),
                expandable(self.quotes),
                "\n".join([*tags, *self.link, self.footer]),
            ]
        )

    def give_up(self) -> bool:
        """Take out what is needed least; False if nothing is left but head and prose."""
        for spare in (self.tags, self.link, self.background, self.quotes, self.figures):
            if spare:
                spare.pop()
                return True
        return False


def whole_page(brief: Brief, full: InFull, words: Words, notes: Sequence[str], footer: str) -> str:
    """Write all that is told of a brief.

    notes: lines of our own, plain. footer: markup.
    """
    told = [told_sentence(sentence, full.summary) for sentence in prose_of(full.summary)]
    news, background = _lines(brief, full, words)
    parts = _Parts(
        words=words,
        head=bold(clip(clean(brief.title), TITLE_LIMIT)),
        notes=[italic(note) for note in notes],
        prose=" ".join(told),
        figures=news,
        quotes=[
            f"{expert(quote, role_of(quote))}{plain(f': “{clean(quote.words)}”')}"
            for quote in brief.quotes
        ],
        background=background,
        tags=[plain(clip(clean(tag), 60)) for tag in brief.tags],
        link=[plain(brief.link)] if brief.link and len(brief.link) <= LINK_LIMIT else [],
        footer=footer,
    )
    page = parts.page()
    while units(visible(page)) > MOST:
        if not parts.give_up():
            return _cut(parts, full.summary)
        page = parts.page()
    return page


def _cut(parts: _Parts, summary: Summary) -> str:
    """Return what fits of sentences that are too long for all else."""
    parts.prose = ""
    room = MOST - units(visible(parts.page())) - len("\n\n")
    parts.prose = plain(clip_units(" ".join(each.text for each in prose_of(summary)), room))
    return parts.page()


def _lines(brief: Brief, full: InFull, words: Words) -> tuple[list[str], list[str]]:
    """Return the lines of the figures that the summary does not tell: the news, the background.

    The latter begins with its heading, which may tell figures, too.
    """
    heading = _only_heading(brief)
    seen = {fact for sentence in full.summary.sentences for fact in _facts(sentence, full.summary)}
    news: list[str] = []
    background: list[str] = []
    for sentence in full.rest:
        facts = _facts(sentence, full.summary)
        if facts <= seen:
            continue
        seen |= facts
        apart = brief.zone_at(sentence.start) is Zone.BACKGROUND
        if apart and not background:
            background.append(italic(_background_head(brief, heading, words)))
        if heading is None or not heading.start <= sentence.start < heading.end:
            (background if apart else news).append(_line(brief, sentence, full.summary))
    return news, background


def _line(brief: Brief, sentence: Sentence, summary: Summary) -> str:
    prose = Prose(text=sentence.text, figures=figures_in(sentence, summary))
    told = told_sentence(prose, summary)
    whole = any(block.heading and block.start == sentence.start for block in brief.blocks)
    return f"▪️ {told.removesuffix(' …') if whole else told}"


def _facts(sentence: Sentence, summary: Summary) -> set[tuple[object, ...]]:
    return {_fact(summary.figures[each.figure]) for each in figures_in(sentence, summary)}


def _fact(figure: Figure) -> tuple[object, ...]:
    """Return what two figures have in common that say the same; of a vague one, its words."""
    said = figure.text if figure.value is None else figure.value
    return said, figure.qualifier, figure.unit, figure.kind


def _only_heading(brief: Brief) -> Block | None:
    """Return the heading of the background if it has one, and no more."""
    found = [block for block in brief.blocks if block.heading and block.zone is Zone.BACKGROUND]
    return found[0] if len(found) == 1 else None


def _background_head(brief: Brief, heading: Block | None, words: Words) -> str:
    if heading is None:
        return words("Background")
    return words("Background: {heading}", heading=clean(brief.text[heading.start : heading.end]))
