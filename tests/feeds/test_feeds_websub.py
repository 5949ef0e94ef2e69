"""Where a feed says that it is pushed from, and how its hub is asked.

The numbers of four hundreds and less are those of https://websub.rocks/subscriber.
"""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from aiohttp import web
from feeds_site import RSS
from hypothesis import given
from hypothesis import strategies as st

from alertbot.feeds.poll import HttpFeeds
from alertbot.feeds.websub.discovery import Links, header_links, hub_link
from alertbot.feeds.websub.hubs import HttpHubs
from alertbot.model import FeedId
from alertbot.ports import Failed, Fetched, HubLink, Order

HUB, TOPIC = "https://hub.example/", "https://harbour.example/feed"
LINKS = f'<link rel="hub" href="{HUB}"/><link rel="self" href="{TOPIC}"/>'
ATOM = f'<feed xmlns="http://www.w3.org/2005/Atom"><title>N</title>{LINKS}</feed>'.encode()
LINKED_RSS = RSS.replace(
    b"<channel>",
    b'<channel xmlns:atom="http://www.w3.org/2005/Atom">'
    + LINKS.replace("<link", "<atom:link").encode(),
).replace(b"<item>", b'<item><atom:link rel="hub" href="https://comments.example/"/>')
JSON = (
    b'{"version": "https://jsonfeed.org/version/1.1", "items": [], "feed_url": "%s",'
    b' "hubs": [{"type": "rssCloud", "url": "https://cloud.example/"},'
    b' {"type": "WebSub", "url": "%s"}]}' % (TOPIC.encode(), HUB.encode())
)


@pytest.fixture
async def hubs() -> AsyncIterator[HttpHubs]:
    hubs = HttpHubs(allow_private=True, contact=None)
    yield hubs
    await hubs.aclose()


def order(hub: str, *, wanted: bool = True) -> Order:
    return Order(
        key="k3y",
        feed=FeedId("harbour"),
        link=HubLink(hub=hub, topic=TOPIC),
        callback="https://op.example/websub/k3y",
        secret="s3cret",
        wanted=wanted,
        placed_at=datetime(2026, 3, 1, tzinfo=UTC),
        lease_until=None,
        ahead=0,
        tries=0,
    )


# --- discovery


async def test_case_89_websub_100_hub_and_topic_are_found_in_link_headers(site, poll):
    site.sends(Link=f'<{HUB}>; rel="hub", <{TOPIC}>; rel="self"')

    assert (await poll()).hub == HubLink(hub=HUB, topic=TOPIC)


async def test_case_89_websub_100_link_headers_may_be_several(site, poll):
    async def answer(_: web.Request) -> web.Response:
        headers = [("Link", f"<{HUB}>; rel=hub"), ("Link", f'<{TOPIC}>; title="a, b"; rel=self')]
        return web.Response(body=RSS, headers=headers)

    site.answer = answer

    assert (await poll()).hub == HubLink(hub=HUB, topic=TOPIC)


@pytest.mark.parametrize("document", [ATOM, LINKED_RSS, JSON], ids=["atom", "rss", "json"])
async def test_case_89_websub_102_103_hub_and_topic_are_found_in_the_document(site, poll, document):
    site.sends(document)

    assert (await poll()).hub == HubLink(hub=HUB, topic=TOPIC)


async def test_case_89_websub_101_a_page_that_names_a_hub_is_still_no_feed(site, poll):
    site.sends(f"<!doctype html><html><head>{LINKS}</head><body>News</body></html>".encode())

    assert await poll() == Failed(reason="not a feed: an HTML page")


async def test_case_89_websub_104_the_header_goes_before_the_document(site, poll):
    site.sends(ATOM, Link='<https://better.example/>; rel="hub", </better>; rel="self"')

    assert (await poll()).hub == HubLink(hub="https://better.example/", topic=site.url("/better"))


async def test_a_feed_without_a_hub_has_none(site, poll):
    site.sends(Link=f'<{TOPIC}>; rel="self", <{HUB}>; rel="hubs"')

    assert (await poll()).hub is None


async def test_the_first_of_several_hubs_counts(site, poll):
    site.sends(Link=f'<{HUB}>; rel="hub", <https://second.example/>; rel="hub"')

    assert (await poll()).hub.hub == HUB


async def test_case_90_websub_200_the_topic_is_what_the_feed_calls_itself(site, poll):
    site.sends(ATOM)

    assert (await poll(path="/other")).hub.topic == TOPIC


@pytest.mark.parametrize("status", [301, 302])
async def test_case_90_websub_201_202_the_topic_of_a_feed_that_moved_is_where_it_is(
    site, poll, status
):
    async def answer(request: web.Request) -> web.Response:
        if request.path == "/feed":
            return web.Response(status=status, headers={"Location": "/moved"})
        return web.Response(body=RSS, headers={"Link": f"<{HUB}>; rel=hub"})

    site.answer = answer

    assert (await poll()).hub == HubLink(hub=HUB, topic=site.url("/moved"))


@pytest.mark.parametrize(
    "hub",
    ["javascript:alert(1)", "ftp://hub.example/", "https://me:pw@hub.example/", "http://["],
)
def test_a_hub_that_cannot_be_asked_is_none(hub):
    assert hub_link(Links(hubs=(hub,)), Links(), TOPIC) is None


@given(st.text())
def test_any_link_header_is_read(value):
    assert isinstance(header_links([value]), Links)


# --- requests to hubs


async def test_a_hub_is_asked_with_a_form(site, hubs):
    site.answer = _accept(site)

    assert await hubs.ask(order(site.url("/hub")), timedelta(days=10)) is None
    assert site.form == {
        "hub.callback": "https://op.example/websub/k3y",
        "hub.mode": "subscribe",
        "hub.topic": TOPIC,
        "hub.lease_seconds": "864000",
        "hub.secret": "s3cret",
    }


async def test_a_hub_is_asked_to_stop_without_a_secret(site, hubs):
    site.answer = _accept(site)

    assert await hubs.ask(order(site.url("/hub"), wanted=False), timedelta(days=10)) is None
    assert site.form["hub.mode"] == "unsubscribe"
    assert "hub.secret" not in site.form


@pytest.mark.parametrize("status", [307, 308])
async def test_case_90_websub_203_204_a_hub_that_moved_is_asked_where_it_is(site, hubs, status):
    site.answer = _accept(site, status)

    assert await hubs.ask(order(site.url("/hub")), timedelta(days=10)) is None
    assert site.requests[-1].path == "/moved"
    assert site.form["hub.mode"] == "subscribe"


@pytest.mark.parametrize("status", [301, 302, 303])
async def test_a_redirect_that_drops_the_form_is_not_followed(site, hubs, status):
    site.answer = _accept(site, status)

    reason = await hubs.ask(order(site.url("/hub")), timedelta(days=10))

    assert reason == f"redirect with {status}, which drops what was sent"
    assert len(site.requests) == 1


async def test_what_a_hub_says_against_an_order_comes_back(site, hubs):
    site.sends(b"no such topic", status=404)

    assert await hubs.ask(order(site.url("/hub")), timedelta(days=10)) == "HTTP 404"


async def test_a_hub_in_a_private_network_is_not_asked(site):
    hubs = HttpHubs(allow_private=False, contact=None)
    reason = await hubs.ask(order("http://127.0.0.1/hub"), timedelta(days=10))
    await hubs.aclose()

    assert reason == "private address 127.0.0.1 refused"


def test_no_repr_of_an_order_tells_its_secrets():
    assert "s3cret" not in repr(order(HUB))
    assert "k3y" not in repr(order(HUB))


# --- what was pushed


async def test_a_pushed_document_is_read_as_a_polled_one(feeds: HttpFeeds, poll):
    pushed = await feeds.read(FeedId("harbour"), RSS, url=TOPIC, content_type="text/xml")
    polled = await poll()

    assert isinstance(pushed, Fetched)
    assert [entry.key for entry in pushed.entries] == [entry.key for entry in polled.entries]


async def test_a_pushed_page_is_no_feed(feeds: HttpFeeds):
    pushed = await feeds.read(FeedId("harbour"), b"<html></html>", url=TOPIC, content_type=None)

    assert pushed == Failed(reason="not a feed: an HTML page")


def _accept(site, status=202):
    """Return what takes a form, after a redirect if the status is one."""

    async def answer(request: web.Request) -> web.Response:
        if status != 202 and request.path == "/hub":
            return web.Response(status=status, headers={"Location": "/moved"})
        site.form = dict(await request.post())
        return web.Response(status=202)

    return answer
