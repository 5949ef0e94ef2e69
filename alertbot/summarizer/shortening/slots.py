"""Sentences with slots for what may not be written anew, and back again.

A slot stands for a figure, for any other number, or for quoted words. A language model sees the
slots and what they stand for; what it writes is checked, and the slots are filled with the words of
the brief. `llm` asks the model; nothing it answers can raise an error here.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count

from alertbot.model import Brief, Figure, PlacedFigure, Sentence, Shortened, Summary
from alertbot.summarizer.figures.lexicon.amounts import SCALES, TENS, UNITS
from alertbot.summarizer.figures.masks import BLOT, cover
from alertbot.summarizer.guard import Fault, violations
from alertbot.summarizer.shortening.faithful import MOST_WORDS, complaints
from alertbot.summarizer.shortening.words import MARKS, read_words

#: a sentence of fewer characters is short enough
WORTH = 80
_NUMBERS = "|".join(sorted((*UNITS, *TENS, *SCALES), key=len, reverse=True))
#: besides figures and the numbers that count nothing: quoted words, digits, number words, and what
#: looks like a slot
_FIXED = (
    re.compile(r"“[^”]*”|\"[^\"]*\"|‘[^’]*’(?!\w)|«[^»]*»"),
    re.compile(r"[\d{}]+"),
    re.compile(rf"(?<![\w-])(?:{_NUMBERS})s?(?![\w-])", re.IGNORECASE),
)
_BLOTTED = re.compile(f"{BLOT}+")
_QUOTES = re.compile("[“”\"«»]|(?<!\\w)[‘']")
_EDGE = re.compile(rf"[\s{re.escape(MARKS)}]")
_SLOT = re.compile(r"\{(F\d+)\}")
_ENDS = (".", "!", "?", "”", '"', "…")

Span = tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Slotted:
    """A sentence of a summary, with slots."""

    #: index into `Summary.sentences`
    sentence: int
    #: such as "Militias fired {F1} at a base."
    text: str
    #: what each slot stands for, by name, in the words of the brief
    slots: Mapping[str, str]
    #: where those words stand in the sentence
    spans: Mapping[str, Span]


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What became of the model's sentences."""

    shortened: tuple[Shortened, ...]
    #: what is wrong with the others, in words for whoever wrote them
    complaints: tuple[str, ...]


def slotted(brief: Brief, summary: Summary) -> tuple[Slotted, ...]:
    """Return the sentences of the summary that are worth shortening, with slots.

    One with half a quotation, without an end, with very many words, or with a "not" in a slot is
    told as it stands.
    """
    found: list[Slotted] = []
    numbers = count(1)
    for index, sentence in enumerate(summary.sentences):
        spans = _fixed(sentence, summary.figures)
        if not _can_be_cut(sentence.text, spans):
            continue
        named = {f"F{next(numbers)}": span for span in spans}
        found.append(
            Slotted(
                sentence=index,
                text=_with_slots(sentence.text, named),
                slots={name: sentence.text[slice(*span)] for name, span in named.items()},
                spans=named,
            )
        )
    return tuple(found)


def filled(
    brief: Brief, summary: Summary, asked: Sequence[Slotted], told: Sequence[str]
) -> Checked:
    """Check a model's sentences, one for each that was asked for, and fill their slots.

    What comes out is shorter than the brief's own sentence and says nothing else; a sentence that
    is no shorter is left out, as one that fails is.
    """
    if len(told) != len(asked):
        return Checked(
            shortened=(), complaints=(f"give {len(asked)} sentences, one for each, in their order",)
        )
    shortened: list[Shortened] = []
    refused: list[str] = []
    for number, (each, text) in enumerate(zip(asked, told, strict=True), 1):
        found = complaints(each.text, text)
        if not found:
            candidate = _filled(each, summary, " ".join(text.split()))
            # what a number is said of cannot change: the words are one sentence's, in its order
            found = tuple(
                f"{wrong.text[:80]}: {wrong.fault}"
                for wrong in violations(brief, candidate.text)
                if wrong.fault is not Fault.CONTEXT
            )
            if not found and len(candidate.text) < len(summary.sentences[each.sentence].text):
                shortened.append(candidate)
        refused += [f"sentence {number}: {complaint}" for complaint in found]
    return Checked(shortened=tuple(shortened), complaints=tuple(refused))


def _fixed(sentence: Sentence, figures: Sequence[Figure]) -> list[Span]:
    """Return what no one may write anew, in order, as offsets into the sentence, whole words."""
    text = sentence.text
    covered = cover(text, heading=False)
    spans = [
        (figure.start - sentence.start, figure.end - sentence.start)
        for figure in figures
        if sentence.start <= figure.start and figure.end <= sentence.end
    ]
    spans += [match.span() for match in _BLOTTED.finditer(covered)]
    spans += [match.span() for each in _FIXED for match in each.finditer(text)]
    merged: list[Span] = []
    for start, end in sorted(_whole_words(text, span) for span in spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(end, merged[-1][1])
        else:
            merged.append((start, end))
    return merged


def _whole_words(text: str, span: Span) -> Span:
    start, end = span
    while start > 0 and not _EDGE.match(text, start - 1):
        start -= 1
    while end < len(text) and not _EDGE.match(text, end):
        end += 1
    return start, end


def _can_be_cut(text: str, spans: Sequence[Span]) -> bool:
    """Tell whether a sentence is long but whole, and no slot, which may go, turns anything."""
    if len(text) < WORTH or len(text.split()) > MOST_WORDS or not text.endswith(_ENDS):
        return False
    halves = (mark.start() for mark in _QUOTES.finditer(text))
    whole = all(any(start <= at < end for start, end in spans) for at in halves)
    return whole and not any(
        word.turns and word.text != "May"
        for start, end in spans
        for word in read_words(text[start:end])
    )


def _with_slots(text: str, spans: Mapping[str, Span]) -> str:
    told, position = "", 0
    for name, (start, end) in spans.items():
        told += f"{text[position:start]}{{{name}}}"
        position = end
    return told + text[position:]


def _filled(each: Slotted, summary: Summary, told: str) -> Shortened:
    """Put the words of the brief into the slots of a sentence that was checked."""
    sentence = summary.sentences[each.sentence]
    text, position = "", 0
    placed: list[PlacedFigure] = []
    for match in _SLOT.finditer(told):
        text += told[position : match.start()]
        name = match[1]
        placed += _placed(summary.figures, sentence, each.spans[name], len(text))
        text += each.slots[name]
        position = match.end()
    text = (text + told[position:]).rstrip(",")
    text = text[:1].upper() + text[1:]
    ended = text if text.endswith(_ENDS) else f"{text}."
    return Shortened(sentence=each.sentence, text=ended, figures=tuple(placed))


def _placed(
    figures: Sequence[Figure], sentence: Sentence, span: Span, at: int
) -> Iterator[PlacedFigure]:
    """Yield the figures of a slot that is filled in at an offset of the new text."""
    start, end = span[0] + sentence.start, span[1] + sentence.start
    for index, figure in enumerate(figures):
        if start <= figure.start and figure.end <= end:
            first = at + figure.start - start
            yield PlacedFigure(figure=index, start=first, end=first + figure.end - figure.start)
