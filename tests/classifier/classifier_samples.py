"""What the classifier's tests build briefs with."""

import re
from collections.abc import Mapping, Sequence

from alertbot.classifier import compile_topics
from alertbot.model import Block, Brief, FeedId, Match, Prominence, Topic, TopicId, Zone

FILLER = "word " * 200
_ZONE = re.compile(rf"({'|'.join(Zone)})( heading)?: ")


def make_brief(written: str, tags: Sequence[str] = ()) -> Brief:
    """Read "title: Iran Votes / lead: Polls opened."; what names no zone is body, … is filler."""
    blocks: list[Block] = []
    text = ""
    for part in written.split(" / "):
        named = _ZONE.match(part)
        zone = Zone(named[1]) if named else Zone.BODY
        words = (part[named.end() :] if named else part).replace("…", FILLER)
        text += "\n" if text else ""
        heading = bool(named and named[2])
        blocks.append(
            Block(zone=zone, start=len(text), end=len(text) + len(words), heading=heading)
        )
        text += words
    return Brief(
        feed=FeedId("meridian"),
        key="1",
        title=next((text[b.start : b.end] for b in blocks if b.zone is Zone.TITLE), ""),
        link=None,
        published=None,
        authors=(),
        tags=tuple(tags),
        text=text,
        blocks=tuple(blocks),
        quotes=(),
        truncated=False,
    )


def match_rule(
    rule: str,
    written: str,
    terms: Mapping[str, Sequence[str]] | None = None,
    prominence: Prominence = Prominence.MAIN,
) -> tuple[Match, ...]:
    """Run one rule on one brief."""
    topic = Topic(id=TopicId("it"), name="It", rule=rule, prominence=prominence)
    return compile_topics([topic], terms or {}).match(make_brief(written))
