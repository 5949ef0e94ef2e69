from collections.abc import Callable

import pytest

from alertbot.briefs import make_brief
from alertbot.model import Brief, Entry, FeedId

Read = Callable[..., Brief]


@pytest.fixture
def read() -> Read:
    """Make a brief of a content, and optionally of a title and tags."""

    def read(
        content: str,
        *,
        title: str = "A Title",
        tags: tuple[str, ...] = (),
        is_html: bool = True,
    ) -> Brief:
        return make_brief(
            Entry(
                feed=FeedId("f"),
                key="k",
                title=title,
                link="https://example.org/k",
                published=None,
                content=content,
                is_html=is_html,
                tags=tags,
                authors=("Ann Roe",),
            )
        )

    return read


@pytest.fixture
def outline(read: Read) -> Callable[..., list[str]]:
    """Show the blocks below the title as "zone: text", headings as "zone# text"."""

    def outline(content: str, **entry: object) -> list[str]:
        brief = read(content, **entry)
        return [
            f"{block.zone}{'#' if block.heading else ':'} {brief.text[block.start : block.end]}"
            for block in brief.blocks
            if block.zone != "title"
        ]

    return outline
