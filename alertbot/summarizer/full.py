"""Brief -> all that may be told of it: its summary, and whatever else tells a figure.

For whoever asks for more than an alert. A figure is told in its whole sentence, since a clause that
was good enough to be picked for an alert need not make sense for every figure.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from alertbot.model import Brief, KeyFigure, Sentence, Summary
from alertbot.summarizer.figures import find_figures
from alertbot.summarizer.guard import guarded
from alertbot.summarizer.lines import key_figures
from alertbot.summarizer.places import Place, place_at, places

#: figures that are told; a real brief has fewer than 50
MOST = 150
#: characters of a sentence that is told whole
LONGEST = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class InFull:
    """A brief, told in its own sentences."""

    #: as it was, with every figure a key figure, in text order
    summary: Summary
    #: the other sentences and headings that tell figures, in text order
    rest: tuple[Sentence, ...]


def in_full(brief: Brief, summary: Summary) -> InFull:
    """Return all that may be told of a brief; the figures of its summary are found anew.

    What the brief does not bear out is left out; never raises, whatever its text.
    """
    found = find_figures(brief)[:MOST]
    stands = places(brief)
    keys = key_figures(brief, stands, found, range(len(found)))
    told = summary.sentences
    rest = {
        words: None
        for key in keys
        if not any(sentence.start <= key.start < sentence.end for sentence in told)
        for words in [_words(brief, stands, key)]
    }
    full = Summary(
        sentences=(*told, *rest),
        figures=tuple(each.figure for each in found),
        key_figures=keys,
    )
    checked = guarded(brief, full).summary
    return InFull(
        summary=replace(checked, sentences=tuple(s for s in checked.sentences if s in told)),
        rest=tuple(s for s in checked.sentences if s not in told),
    )


def _words(brief: Brief, stands: Sequence[Place], key: KeyFigure) -> Sentence:
    """Return the sentence that tells a figure; of one that is too long, the clause."""
    place = stands[place_at(stands, key.start)]
    if place.end - place.start > LONGEST or key.end > place.end:
        return Sentence(text=key.text, start=key.start, end=key.end)
    return Sentence(text=brief.text[place.start : place.end], start=place.start, end=place.end)
