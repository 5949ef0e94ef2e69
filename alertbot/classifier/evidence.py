"""Turns the places that made a rule fire into the words of the brief, for people to read."""

from alertbot.classifier.engine.plan import Places, words_of
from alertbot.classifier.engine.scan import Scan
from alertbot.model import Brief, Evidence


def evidence(places: Places, brief: Brief, scan: Scan) -> tuple[Evidence, ...]:
    """Return the words found, in text order; of those that overlap, the first and longest."""
    found = {words for place in places for words in words_of(place)}
    told: list[tuple[int, int]] = []
    end = -1
    for first, last in sorted(found, key=lambda words: (words[0], -words[1])):
        if first > end:
            end = last
            told.append((first, last))
    return tuple(
        Evidence(zone=scan.zone(first).value, text=brief.text[start:stop], start=start, end=stop)
        for (first, _), (start, stop) in zip(told, scan.spans(told), strict=True)
    )
