"""Finds rules that fire on so much of the archive that they can hardly mean a subject."""

from collections import Counter
from collections.abc import Mapping, Sequence

from alertbot.classifier.match import compile_topics
from alertbot.model import Brief, Topic, TopicId

#: fewer briefs do not show what is usual
ENOUGH = 50


def too_broad(
    briefs: Sequence[Brief], topics: Sequence[Topic], terms: Mapping[str, Sequence[str]]
) -> dict[TopicId, str]:
    """Return a warning for each topic whose rule alone fires on more than half of the briefs.

    Of fewer than 50 briefs nothing is said.
    """
    if len(briefs) < ENOUGH:
        return {}
    rules = compile_topics(topics, terms)
    fired = Counter(
        match.topic for brief in briefs for match in rules.match(brief, publisher_tags=False)
    )
    return {
        topic: f"fires on {count:,} of the last {len(briefs):,} briefs in the archive; "
        "more than half is hardly one subject: narrow it with AND, NEAR or title:"
        for topic, count in fired.items()
        if count * 2 > len(briefs)
    }
