"""Why an alert came, in the words that made it come: short enough for a pop-up, and in full."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from types import MappingProxyType

from alertbot.chat.talk import clip, units
from alertbot.model import Match, TopicId, Via, Zone
from alertbot.words import Words, msgid

#: UTF-16 units of a pop-up (Bot API, answerCallbackQuery)
ROOM = 200
#: characters of a topic's name
NAME_SHOWN = 40
#: characters of one find
FIND_LIMIT = 60
#: how people call the parts of a brief, the most telling first
PARTS: Mapping[str, str] = MappingProxyType(
    {
        Zone.TITLE.value: msgid("{finds} in the headline"),
        Zone.LEAD.value: msgid("{finds} in the latest developments"),
        Zone.QUOTE.value: msgid("{finds} in an expert’s words"),
        Zone.BODY.value: msgid("{finds} in the report"),
        Zone.BACKGROUND.value: msgid("{finds} in the background"),
        Via.PUBLISHER_TAG.value: msgid("tagged {finds} by the publisher"),
    }
)
#: how many parts of a brief, and finds in each, a shorter answer names
SHORTER = ((2, 3), (1, 3), (1, 2), (1, 1))

#: a topic's name, and what was found in each part, the most telling part first
Reason = tuple[str, Sequence[tuple[str, Sequence[str]]]]


def reasons(
    matches: Collection[Match], topics: Sequence[TopicId], name: Callable[[TopicId], str]
) -> tuple[Reason, ...]:
    """Return why each of the topics fired, as far as that is known; each find once in a part."""
    by_topic = {match.topic: match for match in matches}
    return tuple(
        (clip(name(topic), NAME_SHOWN), tuple(_finds(by_topic[topic])))
        for topic in topics
        if topic in by_topic and by_topic[topic].evidence
    )


def in_full(found: Sequence[Reason], words: Words) -> str:
    """Write a line for each topic, with all that was found."""
    return "\n".join(_line(reason, words) for reason in found)


def pop_up(found: Sequence[Reason], words: Words) -> str:
    """Write it in 200 UTF-16 units: all of it, or the most telling of it."""
    return next(text for text in _shorter_and_shorter(found, words) if units(text) <= ROOM)


def _shorter_and_shorter(found: Sequence[Reason], words: Words) -> Iterator[str]:
    yield in_full(found, words)
    for parts, finds in SHORTER:
        lines = [_line(reason, words, parts, finds) for reason in found]
        yield "\n".join(lines)
    for kept in range(len(lines) - 1, 0, -1):
        more = words.plural("… and {n} more topic", "… and {n} more topics", len(lines) - kept)
        yield "\n".join([*lines[:kept], more])
    yield "…"


def _finds(match: Match) -> Iterator[tuple[str, Sequence[str]]]:
    for part in PARTS:
        finds = [_whole_words(each.text) for each in match.evidence if each.zone == part]
        if finds:
            yield part, tuple({find.casefold(): find for find in reversed(finds)}.values())[::-1]


def _line(reason: Reason, words: Words, most_parts: int = 99, most_finds: int = 99) -> str:
    topic, parts = reason
    told = "; ".join(
        words(PARTS[part], finds=_listed(finds, most_finds)) for part, finds in parts[:most_parts]
    )
    more = "; …" if len(parts) > most_parts else ""
    # as a value, what is told would lose the marks that keep what was found apart from it
    return f"{words('{topic}:', topic=topic)} {told}{more}"


def _listed(finds: Sequence[str], most: int) -> str:
    more = ", …" if len(finds) > most else ""
    return ", ".join(f"“{find}”" for find in finds[:most]) + more


def _whole_words(text: str) -> str:
    flat = " ".join(text.split())
    if len(flat) <= FIND_LIMIT:
        return flat
    return f"{flat[: FIND_LIMIT - 1].rpartition(' ')[0]} …".strip()
