"""Where the sentences of a brief stand, so that salience, sentences and lines agree on them."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from alertbot.briefs.sentences import split
from alertbot.model import Block, Brief, Zone
from alertbot.summarizer.figures import MAX_TEXT

_ENDS = (".", "!", "?", "”", '"', "…", ")", "’", "»")


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A sentence, or a heading: `Brief.text[start:end]`."""

    start: int
    end: int
    zone: Zone
    heading: bool
    #: the feed breaks off in it
    unfinished: bool = False


def places(brief: Brief) -> tuple[Place, ...]:
    """Return headings and sentences of the brief in order, the title first."""
    found = [place for block in brief.blocks for place in _places(brief, block)]
    if brief.truncated and found and not found[-1].heading:
        last = found[-1]
        if not brief.text[last.start : last.end].endswith(_ENDS):
            found[-1] = Place(
                start=last.start, end=last.end, zone=last.zone, heading=False, unfinished=True
            )
    return tuple(found)


def _places(brief: Brief, block: Block) -> Iterator[Place]:
    if block.start >= MAX_TEXT:
        return
    text = brief.text[block.start : min(block.end, MAX_TEXT)]
    spans = ((0, len(text)),) if block.heading or block.zone is Zone.TITLE else split(text)
    for start, end in spans:
        yield Place(
            start=block.start + start,
            end=block.start + end,
            zone=block.zone,
            heading=block.heading or block.zone is Zone.TITLE,
        )


def place_at(found: Sequence[Place], offset: int) -> int:
    """Return the index of the place that holds `offset`, or of the nearest before it."""
    return max(0, bisect_right(found, offset, key=lambda place: place.start) - 1)
