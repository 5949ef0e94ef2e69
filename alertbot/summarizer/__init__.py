"""Brief -> Summary: the sentences to tell, every figure, and the three worth a line.

The scheduler and `alertbot preview` call `summarize`; the latter can `explain` it too. Everything
told is a slice of the brief; nothing is summed, rounded, converted or rephrased.
"""

from collections.abc import Sequence

from alertbot.model import Brief, Summary
from alertbot.summarizer.figures import Found, find_figures
from alertbot.summarizer.lines import key_figures
from alertbot.summarizer.places import Place, place_at, places
from alertbot.summarizer.salience import Salience, weigh
from alertbot.summarizer.sentences import pick

__all__ = ["Salience", "explain", "summarize"]

_SHOWN = 3
#: what a sentence gains by a key figure: told in its sentence, it needs no line
_KEY = 2.0
#: a figure that scores no more adds nothing to a sentence, or many small ones would
_DULL = 2.0


def summarize(brief: Brief) -> Summary:
    """Return what to tell of a brief; never raises, whatever its text.

    The first 200,000 characters are read.
    """
    found = find_figures(brief)
    stands = places(brief)
    weighed = weigh(brief, found, stands)
    best = [salience.figure for salience in weighed[:_SHOWN]]
    return Summary(
        sentences=pick(brief, stands, _worth(found, stands, weighed, best)),
        figures=tuple(each.figure for each in found),
        key_figures=key_figures(brief, stands, found, best),
    )


def explain(brief: Brief) -> tuple[Salience, ...]:
    """Return how much each figure of the summary deserves to be told, and why, best first.

    Of figures that tell one fact only the best is there.
    """
    return weigh(brief, find_figures(brief), places(brief))


def _worth(
    found: Sequence[Found],
    stands: Sequence[Place],
    weighed: Sequence[Salience],
    best: Sequence[int],
) -> dict[int, float]:
    """Return what telling each place would add: its figures, the key ones above all."""
    worth: dict[int, float] = {}
    for salience in weighed:
        index = place_at(stands, found[salience.figure].figure.start)
        gain = max(0.0, salience.score - _DULL) * (_KEY if salience.figure in best else 1.0)
        worth[index] = worth.get(index, 0.0) + gain
    return worth
