"""Sentences, figures and experts of a brief as markup: slices of it, its key figures in bold."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from alertbot.dispatcher.telling.markup import bold, plain
from alertbot.dispatcher.wording import clean, in_digits, number_words, opening_upper, rewritten
from alertbot.model import KeyFigure, PlacedFigure, Quote, Sentence, Summary

SENTENCE_ENDS = (".", "!", "?", "”", '"', "…", "…]", ".’", ".)")

Span = tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Prose:
    """A sentence as it is told, and where its figures stand in it."""

    text: str
    figures: tuple[PlacedFigure, ...]


def prose_of(summary: Summary) -> Iterator[Prose]:
    """Yield the sentences to tell, shortened where they could be."""
    shortened = {each.sentence: each for each in summary.shortened}
    for index, sentence in enumerate(summary.sentences):
        short = shortened.get(index)
        if short:
            yield Prose(text=short.text, figures=short.figures)
        else:
            yield Prose(text=sentence.text, figures=figures_in(sentence, summary))


def figures_in(sentence: Sentence, summary: Summary) -> tuple[PlacedFigure, ...]:
    """Return the figures of a slice of the brief, and where they stand in it."""
    return tuple(
        PlacedFigure(
            figure=index, start=figure.start - sentence.start, end=figure.end - sentence.start
        )
        for index, figure in enumerate(summary.figures)
        if sentence.start <= figure.start < sentence.end
    )


def told_sentence(sentence: Prose, summary: Summary) -> str:
    """Write a sentence with its counts in digits and its key figures in bold.

    Its first word and quoted words stay as they are.
    """
    strong = bold_spans(sentence, summary)
    words = _number_words(sentence, summary)
    size = len(sentence.text)
    edges = {0, size, *(edge for span in (*strong, *words) for edge in span)}
    told = ""
    for part in pairwise(sorted(edges)):
        text = words.get(part) or sentence.text[slice(*part)]
        told += bold(clean(text, strip=False)) if _inside(part, strong) else plain(text)
    told = told.replace("</b><b>", "").strip()
    return told + ("" if sentence.text.rstrip().endswith(SENTENCE_ENDS) else " …")


def _number_words(sentence: Prose, summary: Summary) -> dict[Span, str]:
    """Return the digits for each count in words, but for the first word and quoted ones."""
    found: dict[Span, str] = {}
    for placed in sentence.figures:
        value = summary.figures[placed.figure].value
        for start, end, digits in number_words(sentence.text, value):
            quoted = sentence.text.count("“", 0, start) > sentence.text.count("”", 0, start)
            if start > 0 and not quoted and _inside((start, end), [(placed.start, placed.end)]):
                found[start, end] = digits
    return found


def bold_spans(sentence: Prose, summary: Summary, *keys: KeyFigure) -> list[Span]:
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


def told_figure(key: KeyFigure, summary: Summary) -> str:
    """Write a key figure, qualifier included, as the sentence that tells it does, else as a line.

    So it stands in a digest as in the alert: in digits, but for the first word of a sentence.
    """
    for sentence in prose_of(summary):
        for placed in sentence.figures:
            if placed.figure == key.figure and placed.end <= len(sentence.text):
                words = [
                    (start - placed.start, end - placed.start, digits)
                    for (start, end), digits in sorted(_number_words(sentence, summary).items())
                    if _inside((start, end), [(placed.start, placed.end)])
                ]
                return clean(rewritten(sentence.text[placed.start : placed.end], words))
    figure = summary.figures[key.figure]
    return clean(in_digits(figure.text, figure.value))


def _inside(part: Span, spans: Sequence[Span]) -> bool:
    return any(start <= part[0] and part[1] <= end for start, end in spans)


def figure_lines(figures: Sequence[KeyFigure], summary: Summary) -> list[str]:
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
        lines.append(f"▪️ {plain(before)}{bold(figure)}{plain(after)}")
    return lines


def expert(quote: Quote, role: str) -> str:
    """Write who speaks."""
    return f"{bold(clean(quote.speaker))}{plain(role)}"


def role_of(quote: Quote) -> str:
    """Return what stands behind the name of who speaks; empty where nothing is known."""
    return f", {clean(quote.role)}" if quote.role else ""
