"""Numbers, times and reasons in words, as the reports for people write them."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from difflib import get_close_matches

from alertbot.config import Config
from alertbot.errors import AlertbotError
from alertbot.model import Evidence, Match, TopicId, Via


def counted(number: int, thing: str) -> str:
    """Return the number and what it counts, such as "2 feeds"."""
    return f"{number:,} {thing}" if number == 1 else f"{number:,} {thing}s"


def size_of(config: Config) -> str:
    """Return how many feeds and topics a config has."""
    return f"{counted(len(config.feeds), 'feed')}, {counted(len(config.topics), 'topic')}"


def because(match: Match) -> str:
    """Return what made a topic fire, such as "“Iran” in the title"."""
    if match.via is Via.PUBLISHER_TAG:
        return f"tagged {_listed([item.text for item in match.evidence])} by the publisher"
    return words_by_zone(match.evidence)


def words_by_zone(evidence: Iterable[Evidence]) -> str:
    """Return the words, each once in a zone, such as "“Iran”, “missile” in the lead"."""
    words: dict[str, list[str]] = {}
    for item in evidence:
        found = words.setdefault(item.zone, [])
        if item.text not in found:
            found.append(item.text)
    return "; ".join(f"{_listed(texts)} in the {zone}" for zone, texts in words.items())


def known_topic(said: str, known: Collection[TopicId]) -> TopicId:
    """Return the id; an AlertbotError says that there is none, and which may have been meant."""
    if said in known:
        return TopicId(said)
    close = get_close_matches(said, known, n=1)
    hint = f"; did you mean {close[0]!r}?" if close else ""
    raise AlertbotError(f"no topic has the id {said!r}{hint}")


def _listed(texts: Sequence[str]) -> str:
    return ", ".join(f"“{text}”" for text in texts)


def ago(then: datetime, now: datetime) -> str:
    """Return the time since `then` in one unit, such as "5 min ago"."""
    return f"{span(now - then)} ago"


def size(count: int) -> str:
    """Return a number of bytes in its largest fitting unit, such as "1.2 MB"."""
    for unit, times in (("GB", 1_000_000_000), ("MB", 1_000_000), ("kB", 1_000)):
        if count >= times:
            return f"{count / times:.1f} {unit}"
    return counted(count, "byte")


def span(length: timedelta) -> str:
    """Return a length of time in its largest fitting unit."""
    seconds = max(0, round(length.total_seconds()))
    for unit, size in (("d", 86_400), ("h", 3_600), ("min", 60)):
        if seconds >= 2 * size or (seconds >= size and seconds % size == 0):
            return f"{seconds // size} {unit}"
    return f"{seconds} s"
