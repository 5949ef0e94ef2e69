"""Brief -> Figures: every number that counts something, with its qualifier, unit and kind.

`masks` removes the numbers that count nothing, `numbers` reads the rest, `grammar` finds what
they count. No library: none gives qualifiers or nouns.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from alertbot.model import Block, Brief, Figure, FigureKind, Zone
from alertbot.summarizer.figures.antecedents import OF_THEM, stands_for
from alertbot.summarizer.figures.grammar import Draft, draft_figures
from alertbot.summarizer.figures.kinds import is_attacked, kind_of_unit, suffers
from alertbot.summarizer.figures.lexicon.people import HUMAN_FATES

__all__ = ["MAX_NUMBERS", "MAX_TEXT", "Found", "find_figures"]

#: characters of a brief that are searched
MAX_TEXT = 200_000
#: numbers of a brief that are read
MAX_NUMBERS = 2_000
#: a bare number from here on counts something
_LARGE = 1000
_SILENT = frozenset({Zone.TITLE, Zone.BYLINE, Zone.RELATED})
_LISTED = frozenset({", ", " and ", ", and ", ", including "})
_WORD_AFTER = re.compile(r"\s(\w+)")
#: what befalls one of many does not befall the many
_ONE_OF = re.compile(r"\b(?:one|none)\sof\s(?:(?:the|its|their|his|her)\s)?$", re.IGNORECASE)
_HUMAN = frozenset({FigureKind.PEOPLE, FigureKind.CASUALTIES})


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A figure, and how it stands in the text."""

    figure: Figure
    #: where the number itself ends, without its noun
    number_end: int
    heading: bool
    #: grown onto its noun: three-stage
    compound: bool


def find_figures(brief: Brief) -> tuple[Found, ...]:
    """Return every figure outside title, byline and related links, in text order.

    One figure holds another only where the text says so: "six of the 21 cylinders" holds
    "21 cylinders", "two 500-pound bombs" holds "500-pound". The first 200,000 characters are
    searched, up to the 2,000th number: a brief has fewer than 50, and a hostile text must not hold
    up the others.
    """
    found: list[Found] = []
    figures: list[Figure] = []
    left = MAX_NUMBERS
    for block in brief.blocks:
        if block.zone in _SILENT:
            continue
        text = brief.text[block.start : min(block.end, MAX_TEXT)]
        drafts = draft_figures(text, heading=block.heading, most=left)
        left -= len(drafts)
        for draft in drafts:
            figure = _figure(brief, block, draft, figures)
            if figure is None:
                continue
            figures.append(figure)
            found.append(
                Found(
                    figure=figure,
                    number_end=block.start + draft.number_end,
                    heading=block.heading,
                    compound=draft.compound,
                )
            )
    shared = _shared_fate(brief.text, figures)
    return tuple(
        each if each.figure is figure else replace(each, figure=figure)
        for each, figure in zip(found, shared, strict=True)
    )


def _shared_fate(text: str, figures: list[Figure]) -> list[Figure]:
    """Make casualties of people who are listed with casualties: "4 officers and 2 engineers"."""
    for index in range(len(figures) - 2, -1, -1):
        left, right = figures[index], figures[index + 1]
        listed = text[left.end : right.start] in _LISTED and not OF_THEM.match(text, right.end)
        if listed and left.kind is FigureKind.PEOPLE and right.kind is FigureKind.CASUALTIES:
            figures[index] = replace(left, kind=FigureKind.CASUALTIES)
    return figures


def _figure(brief: Brief, block: Block, draft: Draft, before: Sequence[Figure]) -> Figure | None:
    start, end = block.start + draft.start, block.start + draft.end
    unit, kind = draft.unit, draft.kind
    if not unit:
        unit, other = stands_for(
            brief.text, (block.start + draft.number_start, end), draft.value, before
        ) or (
            "",
            FigureKind.COUNT,
        )
        kind = kind or other
        if not unit and not _counts(draft):
            return None
    figure = Figure(
        text=brief.text[start:end],
        start=start,
        end=end,
        value=draft.value,
        qualifier=draft.qualifier,
        unit=unit,
        kind=kind or kind_of_unit(unit),
        zone=block.zone,
    )
    kind = _kind(brief.text, figure, before)
    return figure if kind is figure.kind else replace(figure, kind=kind)


def _counts(draft: Draft) -> bool:
    """Tell whether a number says that it counts though nobody says what."""
    if draft.kind is not None or draft.qualifier is not None or isinstance(draft.value, tuple):
        return True
    return draft.value is None or draft.value >= _LARGE


def _kind(text: str, figure: Figure, before: Sequence[Figure]) -> FigureKind:
    """Return the kind once the sentence has been asked what happened to the counted."""
    if figure.unit == "times":
        return FigureKind.ATTACKS if is_attacked(text, figure.start) else FigureKind.COUNT
    if figure.kind not in _HUMAN:
        return figure.kind
    if _ONE_OF.search(text, max(0, figure.start - 16), figure.start):
        return FigureKind.PEOPLE
    if suffers(text, figure.start, figure.end):
        return FigureKind.CASUALTIES
    listed = before and text[before[-1].end : figure.start] in _LISTED
    fate = _WORD_AFTER.match(text, figure.end)
    if fate and fate[1] in HUMAN_FATES:
        return figure.kind
    if listed and before[-1].kind is FigureKind.CASUALTIES:
        return FigureKind.CASUALTIES
    return figure.kind
