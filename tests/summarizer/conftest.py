"""Briefs to summarize, made without the briefs room so that offsets are plain to see."""

from collections.abc import Callable

import pytest

from alertbot.model import Block, Brief, FeedId, Zone

Part = tuple[Zone, str]


def _brief_of(*parts: Part, title: str = "A Title", truncated: bool = False) -> Brief:
    """Lay out blocks one a line; a zone's text that starts with "# " is a heading."""
    blocks, lines, at = [], [], 0
    for zone, text in ((Zone.TITLE, title), *parts):
        heading = text.startswith("# ")
        line = text.removeprefix("# ")
        blocks.append(Block(zone=zone, start=at, end=at + len(line), heading=heading))
        lines.append(line)
        at += len(line) + 1
    return Brief(
        feed=FeedId("feed"),
        key="key",
        title=title,
        link=None,
        published=None,
        authors=(),
        tags=(),
        text="\n".join(lines),
        blocks=tuple(blocks),
        quotes=(),
        truncated=truncated,
    )


@pytest.fixture(scope="session")
def brief_of() -> Callable[..., Brief]:
    return _brief_of
