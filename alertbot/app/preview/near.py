"""Says which topics came near to a brief on which they do not fire, and what they lack."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from alertbot.classifier import Classifier, Explained
from alertbot.model import Brief, Topic

#: topics explained at most, as each takes up to a millisecond
CONSIDERED = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class NearMiss:
    """A topic that does not fire, though something of its rule is there."""

    topic: Topic
    #: from 0, nothing of it is there, to 1, all of it is
    share: float
    #: the part of its rule that it lacks, as one would write it, and why
    lacks: str


def near_misses(
    classifier: Classifier, topics: Iterable[Topic], brief: Brief, limit: int
) -> tuple[NearMiss, ...]:
    """Return the topics, of those that do not fire on a brief, of which most is there."""
    ruled = [topic for topic in topics if topic.rule is not None][:CONSIDERED]
    found = sorted(_missed(classifier, ruled, brief), key=lambda miss: -miss.share)
    return tuple(found[:limit])


def _missed(classifier: Classifier, topics: Collection[Topic], brief: Brief) -> Iterator[NearMiss]:
    for topic in topics:
        explained = classifier.explain(topic.id, brief)
        if explained is None or explained.fires:
            continue
        if share := _share(explained):
            yield NearMiss(topic=topic, share=share, lacks=_lacks(explained))


def _share(part: Explained) -> float:
    """Return how much of a part is there: of alternatives the best, of the others the mean."""
    if part.fires:
        return 1
    if part.excludes:
        return 0
    needed = [inner for inner in part.parts if not inner.excludes]
    if not needed or part.reason:
        return 0.5 if part.found else 0
    shares = [_share(inner) for inner in needed]
    share = max(shares) if part.alternatives else sum(shares) / len(shares)
    # an exclusion keeps it from firing though all else is there
    return min(share, 0.9)


def _lacks(part: Explained) -> str:
    """Return the innermost part that is in the way, and why."""
    failing = [inner for inner in part.parts if not inner.fires]
    if not failing or part.reason:
        return f"{part.rule}: {part.reason or 'nowhere'}"
    return _lacks(max(failing, key=_share) if part.alternatives else failing[0])
