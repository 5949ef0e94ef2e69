"""Entries completed from their pages, over real connections."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import replace

import pytest
from aiohttp import web
from feeds_site import FixedClock, Site
from page_samples import drupal

from alertbot.briefs import make_brief
from alertbot.feeds.pages import HttpPages
from alertbot.feeds.pages.page import read_page, unwanted_use
from alertbot.model import Entry, FeedId

TITLE = "Fog Closes the Harbour"
TEASER = "The harbour was closed at noon on Tuesday, and ships waited outside …"
STORY = (
    "<h2>Latest Developments</h2><p>The harbour was closed at noon on Tuesday, and 14 ships waited "
    "outside until the fog had gone. Nobody was hurt, the harbour master said.</p>"
    "<h2>Expert Analysis</h2><p>“Fog is the oldest blockade.” <b>Ada Quay</b>, Pilot</p>"
    "<h2>Two Ferries in 1987</h2><p>Nobody had seen anything like it since 1987, when two ferries "
    "met in the dark off the northern pier and 30 passengers were rescued from the water.</p>"
)
PAGE = drupal(TITLE, STORY, ("Weather", "Ports"))


@pytest.fixture
async def pages() -> AsyncIterator[HttpPages]:
    pages = HttpPages(allow_private=True, contact="https://op.example/bot", spacing=0)
    yield pages
    await pages.aclose()


@pytest.fixture
def excerpt(site: Site) -> Callable[..., Entry]:
    def excerpt(path: str = "/fog", **changed: object) -> Entry:
        entry = Entry(
            feed=FeedId("harbour"),
            key="n-1",
            title=TITLE,
            link=site.url(path),
            published=None,
            content=TEASER,
            is_html=False,
            tags=("News",),
        )
        return replace(entry, **changed)

    return excerpt


def sends_page(site: Site, page: str = PAGE, **more: object) -> None:
    site.sends(page.encode(), **{"Content_Type": "text/html; charset=utf-8", **more})


def closed(mark: str) -> str:
    body = PAGE.replace("<head>", f"<head>{mark}").encode()
    return read_page(body, url="https://harbour.example/fog", content_type=None).closed


async def test_an_excerpt_becomes_the_whole_brief(site: Site, pages: HttpPages, excerpt):
    sends_page(site)

    (entry,) = await pages.complete([excerpt()])

    brief = make_brief(entry)
    assert [block.zone.value for block in brief.blocks] == [
        "title", "lead", "quote", "byline", "background", "background", "byline",
    ]  # fmt: skip
    assert "14 ships waited outside" in brief.text
    assert brief.quotes[0].speaker == "Ada Quay"
    assert not brief.truncated
    assert brief.tags == ("News", "Weather", "Ports")


async def test_key_link_and_date_stay_those_of_the_feed(site: Site, pages: HttpPages, excerpt):
    sends_page(site, PAGE.replace("<head>", "<head><link rel='canonical' href='/other'>"))
    given = excerpt(key="guid-7", published=FixedClock().now())

    (entry,) = await pages.complete([given])

    assert (entry.key, entry.link, entry.published, entry.title) == (
        "guid-7", given.link, given.published, TITLE,
    )  # fmt: skip


async def test_a_page_is_asked_for_as_a_page(site: Site, pages: HttpPages, excerpt):
    sends_page(site)

    await pages.complete([excerpt("/fog?id=3#top")])

    assert [str(request.rel_url) for request in site.requests] == ["/fog?id=3"]
    assert site.header("Accept").startswith(b"text/html")
    assert site.header("User-Agent").endswith(b"(+https://op.example/bot)")
    assert site.header("Cookie") is site.header("Referer") is None


@pytest.mark.parametrize("status", [401, 402, 403, 404, 410, 429, 500, 503])
async def test_a_page_that_is_refused_leaves_the_excerpt(site: Site, pages, excerpt, status: int):
    sends_page(site, status=status)

    assert await pages.complete([excerpt()]) == (excerpt(),)


@pytest.mark.parametrize(
    "mark",
    [
        "<meta name='robots' content='index, NoArchive'>",
        "<meta name='robots' content='nosnippet'>",
        "<meta name='robots' content='max-snippet: 0'>",
        "<meta name='alertbot' content='noai'>",
        "<meta property='article:content_tier' content='locked'>",
        "<meta itemprop='isAccessibleForFree' content='false'>",
        *(
            f"<script type='application/ld+json'>{json.dumps(data)}</script>"
            for data in (
                {"@type": "NewsArticle", "isAccessibleForFree": False},
                {"@graph": [{"isAccessibleForFree": "False"}]},
                {"hasPart": {"isAccessibleForFree": "http://schema.org/False"}},
            )
        ),
    ],
)
def test_a_page_can_say_that_its_text_is_not_for_us(mark: str):
    assert closed(mark)


@pytest.mark.parametrize(
    "mark",
    [
        "<meta name='robots' content='index, follow, max-snippet:-1'>",
        "<meta name='googlebot' content='noarchive'>",
        "<meta property='article:content_tier' content='metered'>",
        "<script type='application/ld+json'>{\"isAccessibleForFree\": true}</script>",
    ],
)
def test_other_marks_close_no_page(mark: str):
    assert not closed(mark)


async def test_a_page_that_is_closed_leaves_the_excerpt(site: Site, pages, excerpt):
    sends_page(site, PAGE.replace("<head>", "<head><meta name='robots' content='noarchive'>"))

    assert await pages.complete([excerpt()]) == (excerpt(),)


@pytest.mark.parametrize(
    ("rules", "found"),
    [
        (["noindex, noarchive"], "noarchive"),
        (["otherbot: noarchive", "alertbot: nosnippet"], "nosnippet"),
        (["googlebot: noarchive, nosnippet"], ""),
        (["max-snippet:0"], "max-snippet:0"),
        (["max-image-preview:large, max-snippet:-1"], ""),
        (["unavailable_after: 25 Jun 2030 15:00:00 PST"], ""),
        ([], ""),
    ],
)
def test_rules_for_robots_in_headers(rules: list[str], found: str):
    assert unwanted_use(rules) == found


async def test_a_header_can_close_a_page(site: Site, pages, excerpt):
    sends_page(site, X_Robots_Tag="noarchive")

    assert await pages.complete([excerpt()]) == (excerpt(),)


@pytest.mark.parametrize(
    "page",
    [
        "<html><body><h1>Sign in</h1><p>Please use your account to go on.</p></body></html>",
        "<html><body><div id='root'></div><script src='/app.js'></script></body></html>",
        "",
    ],
)
async def test_a_page_of_something_else_leaves_the_excerpt(site: Site, pages, excerpt, page: str):
    sends_page(site, page)

    assert await pages.complete([excerpt()]) == (excerpt(),)


async def test_a_link_that_leads_to_the_front_page_leaves_the_excerpt(site, pages, excerpt):
    async def answer(request: web.Request) -> web.Response:
        if request.path == "/":
            return web.Response(text=PAGE, content_type="text/html")
        return web.Response(status=302, headers={"Location": "/"})

    site.answer = answer

    assert await pages.complete([excerpt()]) == (excerpt(),)


async def test_what_is_no_page_leaves_the_excerpt(site: Site, pages, excerpt):
    site.sends(b"%PDF-1.7 " + TEASER.encode(), Content_Type="application/pdf")

    assert await pages.complete([excerpt()]) == (excerpt(),)


async def test_a_page_in_a_private_network_is_not_asked_for(site: Site, excerpt):
    pages = HttpPages(allow_private=False, contact=None)
    sends_page(site)

    assert await pages.complete([excerpt()]) == (excerpt(),)
    assert site.requests == []
    await pages.aclose()


async def test_alerts_do_not_wait_for_a_page_that_does_not_come(site: Site, excerpt):
    pages = HttpPages(allow_private=True, contact=None, limit=0.5, spacing=0)

    async def answer(_: web.Request) -> web.Response:
        await asyncio.Event().wait()
        raise AssertionError

    site.answer = answer
    loop = asyncio.get_running_loop()
    begun = loop.time()

    assert await pages.complete([excerpt()]) == (excerpt(),)
    assert loop.time() - begun < 5
    await pages.complete([excerpt()])
    assert len(site.requests) == 1, "a host that does not answer is left alone for a while"
    await pages.aclose()


@pytest.mark.parametrize(("status", "asked"), [(404, 2), (401, 2), (403, 1), (429, 1), (503, 1)])
async def test_a_host_that_shuts_us_out_is_left_alone(
    site, pages, excerpt, status: int, asked: int
):
    sends_page(site, status=status)

    await pages.complete([excerpt()])
    await pages.complete([excerpt()])

    assert len(site.requests) == asked


async def test_pages_of_one_host_are_asked_for_one_after_another(site: Site, excerpt):
    pages = HttpPages(allow_private=True, contact=None, spacing=0.2)
    asked_at: list[float] = []

    async def answer(_: web.Request) -> web.Response:
        asked_at.append(asyncio.get_running_loop().time())
        return web.Response(text=PAGE, content_type="text/html")

    site.answer = answer
    given = [excerpt(f"/{n}", key=str(n)) for n in range(3)]

    found = await pages.complete(given)

    assert [entry.key for entry in found] == ["0", "1", "2"]
    assert asked_at[2] - asked_at[0] > 0.35
    await pages.aclose()


async def test_one_page_that_fails_takes_nothing_from_the_others(site: Site, pages, excerpt):
    async def answer(request: web.Request) -> web.Response:
        if request.path == "/bad":
            return web.Response(status=404)
        return web.Response(text=PAGE, content_type="text/html")

    site.answer = answer
    given: Sequence[Entry] = [excerpt("/bad", key="1"), excerpt("/good", key="2")]

    bad, good = await pages.complete(given)

    assert bad == given[0]
    assert "14 ships" in good.content


async def test_nothing_is_asked_for_nothing(pages: HttpPages):
    assert await pages.complete([]) == ()
