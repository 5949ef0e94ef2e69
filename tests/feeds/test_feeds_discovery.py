"""Finding the feeds of a page, over real connections."""

from collections.abc import Mapping
from datetime import UTC, datetime

import pytest
from aiohttp import web
from feeds_site import RSS, Site

from alertbot.errors import FeedError
from alertbot.feeds.lists import FoundFeed, find_feeds
from alertbot.feeds.lists.discovery import named_feeds

URL = "https://harbour.example/news/"
JSON_FEED = b"""{"version": "https://jsonfeed.org/version/1.1", "title": "Harbour <i>JSON</i>",
"items": [{"id": "1", "title": "Fog"}]}"""


def offers(site: Site, pages: Mapping[str, bytes]) -> None:
    async def answer(request: web.Request) -> web.Response:
        body = pages.get(request.path)
        return web.Response(body=body) if body is not None else web.Response(status=404)

    site.answer = answer


async def find(site: Site, path: str = "/") -> tuple[FoundFeed, ...]:
    return await find_feeds(site.url(path), allow_private=True, contact=None)


def asked(site: Site) -> list[str]:
    return [request.path for request in site.requests]


def page(*links: str) -> bytes:
    return f"<!doctype html><html><head>{''.join(links)}</head><body>Hi</body></html>".encode()


async def test_case_25_a_feed_itself_is_asked_for_once(site: Site):
    offers(site, {"/feed": RSS})

    assert await find(site, "/feed") == (
        FoundFeed(
            url=site.url("/feed"),
            title="Harbour News",
            entries=1,
            newest=datetime(2024, 1, 24, 8, 0, tzinfo=UTC),
        ),
    )
    assert asked(site) == ["/feed"]


async def test_the_feeds_that_a_page_names_are_read(site: Site):
    links = (
        '<link rel="alternate" type="application/rss+xml" title="All" href="/all.xml">',
        '<link rel="alternate" type="application/feed+json" href="news.json">',
    )
    offers(site, {"/": page(*links), "/all.xml": RSS, "/news.json": JSON_FEED})

    first, second = await find(site)

    assert (first.url, first.title, first.entries) == (site.url("/all.xml"), "Harbour News", 1)
    assert (second.url, second.title, second.newest) == (
        site.url("/news.json"),
        "Harbour JSON",
        None,
    )
    assert asked(site) == ["/", "/all.xml", "/news.json"]


async def test_a_feed_that_is_named_and_not_there_comes_with_the_reason(site: Site):
    offers(site, {"/": page('<link rel=alternate type="application/rss+xml" href="/gone.xml">')})

    (feed,) = await find(site)

    assert feed.error == "HTTP 404"
    assert asked(site) == ["/", "/gone.xml"], "the usual places are for pages that name none"


async def test_the_usual_places_are_tried_until_one_is_a_feed(site: Site):
    offers(site, {"/news/": page(), "/rss.xml": RSS, "/atom.xml": RSS})

    (feed,) = await find(site, "/news/")

    assert feed.url == site.url("/rss.xml")
    assert asked(site) == ["/news/", "/feed/", "/rss.xml"]


async def test_a_page_without_feeds_costs_six_requests(site: Site):
    offers(site, {"/": page()})

    assert await find(site) == ()
    assert len(site.requests) == 6


@pytest.mark.parametrize(
    ("pages", "reason"),
    [({}, "HTTP 404"), ({"/": b"Hello."}, "neither XML nor JSON"), ({"/": b"{}"}, "no JSON Feed")],
)
async def test_an_address_with_neither_page_nor_feed_is_refused(site: Site, pages, reason: str):
    offers(site, pages)

    with pytest.raises(FeedError, match=reason):
        await find(site)


async def test_a_page_cannot_point_into_a_private_network(site: Site):
    with pytest.raises(FeedError, match=r"port \d+ refused"):
        await find_feeds(site.url("/"), allow_private=False, contact=None)
    assert site.requests == []


def named(*links: str) -> list[str]:
    return named_feeds(page(*links), url=URL, content_type="text/html")


@pytest.mark.parametrize(
    "link",
    [
        '<link rel="alternate" type="application/rss+xml" href="/a">',
        "<LINK REL='Alternate home' TYPE='application/atom+xml; charset=utf-8' HREF='/a'/>",
        '<link type="application/feed+json" href="https://harbour.example/a" rel="alternate">',
        '<base href="/x/"><link rel=alternate type=application/rdf+xml href="../a">',
    ],
)
def test_a_link_to_a_feed_is_known_however_it_is_written(link: str):
    assert named(link) == ["https://harbour.example/a"]


@pytest.mark.parametrize(
    "link",
    [
        '<link rel="alternate" hreflang="de" href="/de">',
        '<link rel="stylesheet" type="application/rss+xml" href="/a">',
        '<link rel="alternate" type="application/rss+xml" href="javascript:alert(1)">',
        '<link rel="alternate" type="application/rss+xml">',
        '<link rel="alternate" type="application/json" href="/wp-json/wp/v2/posts/1">',
        '<!-- <link rel="alternate" type="application/rss+xml" href="/a"> -->',
    ],
)
def test_other_links_are_none(link: str):
    assert named(link) == []


def test_each_feed_is_named_once_and_eight_at_most():
    links = [
        f'<link rel="alternate" type="application/rss+xml" href="/{number // 2}">'
        for number in range(40)
    ]

    assert named(*links) == [f"https://harbour.example/{number}" for number in range(8)]
