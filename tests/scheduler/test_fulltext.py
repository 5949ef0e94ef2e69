"""Which entries have their pages asked for."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from alertbot.model import Content, Entry, FeedId
from alertbot.scheduler.entries.fulltext import MOST_PAGES, with_pages

WHOLE = "Twelve ships were hit in the strait, the navy said. " * 12


class Pages:
    """Has the whole text of every entry, and remembers which were asked for."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    async def complete(self, entries: Sequence[Entry]) -> tuple[Entry, ...]:
        self.asked += [entry.key for entry in entries]
        return tuple(replace(entry, content="from the page") for entry in entries)


@pytest.fixture
def pages() -> Pages:
    return Pages()


def entry(key: str, content: str, *, linked: bool = True) -> Entry:
    return Entry(
        feed=FeedId("navy"),
        key=key,
        title="Twelve Ships Hit",
        link=f"https://navy.example/{key}" if linked else None,
        published=None,
        content=content,
        is_html=False,
    )


async def test_a_feed_with_whole_texts_costs_no_request(pages: Pages) -> None:
    given = (entry("whole", WHOLE),)

    assert await with_pages(given, Content.AUTO, pages) == given
    assert pages.asked == []


@pytest.mark.parametrize(
    "excerpt",
    [
        pytest.param(WHOLE + " The navy also […]", id="breaks off"),
        pytest.param(WHOLE + "\n\nRead more", id="says so"),
        pytest.param("Twelve ships were hit.", id="short"),
        pytest.param("", id="empty"),
    ],
)
async def test_an_excerpt_is_completed_and_its_place_kept(pages: Pages, excerpt: str) -> None:
    given = (entry("a", WHOLE), entry("b", excerpt), entry("c", WHOLE))

    found = await with_pages(given, Content.AUTO, pages)

    assert pages.asked == ["b"]
    assert [one.key for one in found] == ["a", "b", "c"]
    assert found[1].content == "from the page"


async def test_a_feed_can_have_every_page_asked_for_or_none(pages: Pages) -> None:
    await with_pages((entry("whole", WHOLE),), Content.PAGE, pages)
    await with_pages((entry("short", "Twelve."),), Content.FEED, pages)

    assert pages.asked == ["whole"]


async def test_an_entry_without_a_link_has_no_page(pages: Pages) -> None:
    await with_pages((entry("a", "Twelve.", linked=False),), Content.PAGE, pages)

    assert pages.asked == []


async def test_of_many_new_entries_the_newest_are_completed(pages: Pages) -> None:
    given = [entry(str(number), "Twelve.") for number in range(50)]

    found = await with_pages(given, Content.AUTO, pages)

    assert pages.asked == [str(number) for number in range(50 - MOST_PAGES, 50)]
    assert [one.key for one in found] == [one.key for one in given]
