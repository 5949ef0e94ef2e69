"""What `HttpFeeds` asks a server, and what it makes of the answers."""

import asyncio
import gzip
import hashlib
import tracemalloc
import zlib
from datetime import timedelta
from importlib.metadata import version

import pytest
from aiohttp import web
from feeds_site import RSS, FixedClock, a_feed

from alertbot.feeds.poll import HttpFeeds
from alertbot.ports import Failed, Fetched, Hints, NotModified, Validators

HASH = hashlib.sha256(RSS).hexdigest()
VERSION = version("alertbot")


# --- the request


async def test_case_45_46_48_49_a_request_says_who_asks_and_nothing_else(site, poll):
    await poll(path="/feed?key=1#top")

    names = [name.decode().lower() for name, _ in site.requests[-1].raw_headers]
    assert sorted(names) == ["accept", "accept-encoding", "connection", "host", "user-agent"]
    assert site.header("User-Agent") == f"alertbot/{VERSION} (+https://op.example/bot)".encode()
    assert site.header("Accept-Encoding") == b"gzip, deflate"
    assert (site.requests[-1].method, site.requests[-1].raw_path) == ("GET", "/feed?key=1")


async def test_without_a_contact_the_user_agent_is_name_and_version(site):
    feeds = HttpFeeds(allow_private=True, contact=None, clock=FixedClock())
    await feeds.fetch(a_feed(site.url()), Validators())
    await feeds.aclose()

    assert site.header("User-Agent") == f"alertbot/{VERSION}".encode()


@pytest.mark.parametrize("contact", ["Jörg <me@op.example>", "two\r\nlines: x"])
async def test_any_contact_makes_a_valid_user_agent(site, contact):
    feeds = HttpFeeds(allow_private=True, contact=contact, clock=FixedClock())
    result = await feeds.fetch(a_feed(site.url()), Validators())
    await feeds.aclose()

    assert isinstance(result, Fetched)


async def test_case_47_cookies_are_not_sent_back_even_within_redirects(site, poll):
    async def answer(request: web.Request) -> web.Response:
        response = web.Response(body=RSS)
        if request.path == "/feed":
            response = web.Response(status=302, headers={"Location": "/there"})
        response.set_cookie("who", "you")
        return response

    site.answer = answer
    await poll()
    await poll()

    assert [request.path for request in site.requests] == ["/feed", "/there"] * 2
    assert not [request for request in site.requests if "Cookie" in request.headers]
    assert not [request for request in site.requests if "Referer" in request.headers]


async def test_the_environment_names_no_proxy(site, poll, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")

    assert isinstance(await poll(), Fetched)


# --- conditional requests


@pytest.mark.parametrize("etag", ['"abc"', 'W/"abc"', "abc", "'a b'", '"caf\xe9"', '""'])
async def test_case_1_2_3_4_5_validators_go_back_byte_for_byte(site, poll, etag):
    date = "wed, 24-jan-24 08:00:00 gmt"

    async def answer(_: web.Request) -> web.StreamResponse:
        head = f"HTTP/1.1 200 OK\r\nETag: {etag}\r\nLast-Modified: {date}\r\n"
        return await raw_answer(_, head + f"Content-Length: {len(RSS)}\r\n\r\n", RSS)

    site.answer = answer
    first = await poll()
    assert Validators(etag=etag, last_modified=date, body_hash=HASH) == first.validators

    await poll(first.validators)
    assert etag.encode("latin-1") == site.header("If-None-Match")
    assert date.encode() == site.header("If-Modified-Since")


async def test_case_15_a_304_is_not_modified_keeps_the_validators_and_hands_on_its_freshness(
    site, poll
):
    known = Validators(etag='"1"', last_modified="Tue, 23 Jan 2024 08:00:00 GMT", body_hash="f00")
    site.sends(b"", status=304, Cache_Control="max-age=7200")

    result = await poll(known)

    assert isinstance(result, NotModified)
    assert known == result.validators
    assert timedelta(hours=2) == result.hints.fresh_for


async def test_case_6_without_validators_nothing_makes_the_next_request_conditional(site, poll):
    first = await poll()
    await poll(first.validators)

    assert Validators(body_hash=HASH) == first.validators
    assert (site.header("If-None-Match"), site.header("If-Modified-Since")) == (None, None)


async def test_case_10_the_body_of_a_304_is_ignored(site, poll):
    async def answer(request: web.Request) -> web.StreamResponse:
        head = f"HTTP/1.1 304 Not Modified\r\nContent-Length: {len(RSS)}\r\n\r\n"
        return await raw_answer(request, head, RSS, close=False)

    site.answer = answer
    known = Validators(etag='"1"', body_hash="f00")

    assert NotModified(validators=known) == await poll(known)


async def test_case_8_a_304_may_renew_validators(site, poll):
    site.sends(b"", status=304, ETag='"2"')

    result = await poll(Validators(etag='"1"', last_modified="then", body_hash="f00"))

    assert Validators(etag='"2"', last_modified="then", body_hash="f00") == result.validators


async def test_case_9_a_304_nobody_asked_for_is_a_failure(site, poll):
    site.sends(b"", status=304)

    expected = Failed(reason="HTTP 304 to a request without conditions", status=304)
    assert expected == await poll(Validators(body_hash=HASH))


async def test_case_13_an_equal_body_is_not_modified_and_brings_its_new_validators(site, poll):
    site.sends(ETag='"2"')

    result = await poll(Validators(etag='"1"', last_modified="then", body_hash=HASH))

    assert isinstance(result, NotModified)
    assert Validators(etag='"2"', last_modified=None, body_hash=HASH) == result.validators


async def test_case_7_validators_that_a_200_does_not_repeat_are_forgotten(site, poll):
    result = await poll(Validators(etag='"1"', last_modified="then", body_hash="f00"))

    assert Validators(etag=None, last_modified=None, body_hash=HASH) == result.validators


async def test_case_25_a_feed_is_asked_once_where_it_was_never_asked_before(site, poll):
    assert isinstance(await poll(), Fetched)
    assert len(site.requests) == 1


async def test_case_23_answers_that_vary_by_encoding_are_asked_for_in_the_same_words(site, poll):
    asked = set()
    for status, known in ((200, Validators()), (304, Validators(etag='"1"')), (500, Validators())):
        site.sends(b"" if status == 304 else RSS, status=status, Vary="Accept-Encoding")
        await poll(known)
        asked.add((site.header("Accept-Encoding"), site.header("Accept")))

    assert len(asked) == 1


async def test_the_bytes_of_a_body_are_those_on_the_wire(site, poll):
    packed = gzip.compress(RSS)
    site.answer = await encoded("gzip", packed)
    fetched = await poll()
    unchanged = await poll(fetched.validators)
    site.sends(b"", status=304)
    spared = await poll(Validators(etag='"1"'))

    assert (fetched.bytes, unchanged.bytes, spared.bytes) == (len(packed), len(packed), 0)


# --- statuses and hints


@pytest.mark.parametrize("status", [204, 206, 301, 400, 401, 403, 404, 418, 500, 502])
async def test_any_other_status_is_a_failure(site, poll, status):
    site.sends(b"", status=status)

    assert Failed(reason=f"HTTP {status}", status=status) == await poll()


async def test_a_410_is_gone(site, poll):
    site.sends(b"bye", status=410)

    assert Failed(reason="HTTP 410", status=410, gone=True) == await poll()


async def test_case_16_a_429_hands_on_both_wishes(site, poll):
    site.sends(b"", status=429, Retry_After="3600", Cache_Control="max-age=43200")

    result = await poll()

    assert ("HTTP 429", timedelta(hours=1)) == (result.reason, result.hints.retry_after)
    assert timedelta(hours=12) == result.hints.fresh_for


async def test_the_ttl_of_the_feed_is_a_hint(site, poll):
    site.sends(RSS.replace(b"<item>", b"<ttl> 180 </ttl><item>"))

    assert timedelta(hours=3) == (await poll()).hints.ttl


@pytest.mark.parametrize("ttl", [b"soon", b"-5", b"", b"1e3", b"0"])
async def test_a_ttl_that_is_no_number_of_minutes_is_none(site, poll, ttl):
    site.sends(RSS.replace(b"<item>", b"<ttl>" + ttl + b"</ttl><item>"))

    assert (await poll()).hints.ttl is None


async def test_case_51_52_54_what_the_document_wishes_joins_what_the_server_wishes(site, poll):
    wishes = (
        b"<skipHours><hour>0</hour><!-- <hour>9</hour> --><hour> 23 </hour></skipHours>"
        b"<skipDays><day>Saturday</day><day>Sunday</day></skipDays>"
        b"<x:updatePeriod xmlns:x='http://purl.org/rss/1.0/modules/syndication/'>daily"
        b"</x:updatePeriod>"
        b"<x:updateFrequency xmlns:x='http://purl.org/rss/1.0/modules/syndication/'>4"
        b"</x:updateFrequency>"
    )
    site.sends(RSS.replace(b"<item>", wishes + b"<item>"), Cache_Control="max-age=600")

    assert (
        Hints(
            fresh_for=timedelta(minutes=10),
            skip_hours=frozenset({0, 23}),
            skip_days=frozenset({5, 6}),
            update_every=timedelta(hours=6),
        )
        == (await poll()).hints
    )


async def test_a_body_that_is_no_feed_is_fresh_as_long_as_its_server_says(site, poll):
    site.sends(b"<html>Please log in</html>", Cache_Control="max-age=600")

    assert timedelta(minutes=10) == (await poll()).hints.fresh_for


# --- redirects


def hops(*statuses: int):
    """Return what redirects from /feed to /1 to /2 and so on, and there has the feed."""

    async def answer(request: web.Request) -> web.Response:
        number = int(request.path.strip("/").replace("feed", "0"))
        if number == len(statuses):
            return web.Response(body=RSS)
        return web.Response(status=statuses[number], headers={"Location": f"/{number + 1}"})

    return answer


@pytest.mark.parametrize(
    ("statuses", "moved_to"),
    [
        ((), None),
        ((301,), "/1"),
        ((308,), "/1"),
        ((301, 308, 301), "/3"),
        ((302,), None),
        ((303,), None),
        ((307,), None),
        ((301, 302), "/1"),
        ((301, 302, 301), "/1"),
        ((302, 301), None),
    ],
)
async def test_case_37_38_39_40_a_feed_has_moved_as_far_as_redirects_are_permanent(
    site, poll, statuses, moved_to
):
    site.answer = hops(*statuses)
    first = await poll()
    again = await poll(first.validators)

    assert isinstance(first, Fetched)
    assert isinstance(again, NotModified)
    expected = site.url(moved_to) if moved_to else None
    assert (first.moved_to, again.moved_to) == (expected, expected)


async def test_redirects_are_followed_and_links_start_from_the_last_url(site, poll):
    async def answer(request: web.Request) -> web.Response:
        hops = {"/feed": "/b", "/b": f"{site.base}/c/", "/c/": "d"}
        if request.path in hops:
            return web.Response(status=301, headers={"Location": hops[request.path]})
        return web.Response(body=RSS.replace(b"https://harbour.example/1", b"news/1"))

    site.answer = answer
    known = Validators(etag='"1"')
    result = await poll(known)

    assert [request.path for request in site.requests] == ["/feed", "/b", "/c/", "/c/d"]
    assert site.url("/c/news/1") == result.entries[0].link
    assert site.header("If-None-Match") == b'"1"'


async def test_case_41_five_redirects_are_enough(site, refusal):
    async def answer(request: web.Request) -> web.Response:
        return web.Response(status=302, headers={"Location": request.path + "x"})

    site.answer = answer

    assert await refusal() == "more than 5 redirects"
    assert len(site.requests) == 6


async def test_case_41_a_loop_is_noticed_at_once(site, refusal):
    site.sends(b"", status=302, Location="/feed")

    assert await refusal() == "redirects in a loop"
    assert len(site.requests) == 1


@pytest.mark.parametrize(
    ("location", "reason"),
    [
        ("ftp://files.example/feed", "only http and https are read, not ftp"),
        ("file:///etc/passwd", "only http and https are read, not file"),
        ("gopher://old.example/", "only http and https are read, not gopher"),
        ("http://files.example:port/", "broken answer: Invalid URL in location header"),
    ],
)
async def test_case_43_a_redirect_leads_to_http_or_nowhere(site, refusal, location, reason):
    site.sends(b"", status=302, Location=location)

    assert (await refusal()).startswith(reason)


async def test_the_body_of_a_redirect_is_not_waited_for(site, poll):
    async def answer(request: web.Request) -> web.StreamResponse:
        if request.path == "/there":
            return web.Response(body=RSS)
        head = "HTTP/1.1 302 Found\r\nLocation: /there\r\nContent-Length: 99\r\n\r\n"
        return await raw_answer(request, head, close=False)

    site.answer = answer

    assert isinstance(await poll(), Fetched)


# --- bodies


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        ("gzip", gzip.compress(RSS)),
        ("x-gzip", gzip.compress(RSS)),
        ("deflate", zlib.compress(RSS)),
        ("deflate", zlib.compress(RSS, wbits=-15)),
        ("identity", RSS),
        ("GZIP", gzip.compress(RSS)),
        ("identity, gzip", gzip.compress(RSS)),
    ],
)
async def test_case_63_compressed_bodies_are_read(site, poll, encoding, body):
    site.answer = await encoded(encoding, body)

    result = await poll()

    assert [entry.title for entry in result.entries] == ["Two ferries collide"]
    assert result.validators.body_hash == HASH


@pytest.mark.parametrize(
    ("encoding", "body", "reason"),
    [
        ("gzip, gzip", gzip.compress(gzip.compress(RSS)), "content encoding 'gzip, gzip' refused"),
        ("br", b"x", "content encoding 'br' refused"),
        ("zstd", b"x", "content encoding 'zstd' refused"),
        ("gzip", RSS, "the compressed body is broken"),
        ("deflate", b"\xff\xff\xff", "the compressed body is broken"),
        ("gzip", gzip.compress(RSS)[:-9], "the compressed body is cut short"),
        ("gzip", gzip.compress(RSS) + b"junk", "the compressed body has something behind it"),
        ("gzip", gzip.compress(gzip.compress(RSS)), "not a feed: neither XML nor JSON"),
    ],
)
async def test_case_63_64_what_is_packed_wrongly_is_refused(site, refusal, encoding, body, reason):
    site.answer = await encoded(encoding, body)

    assert reason == await refusal()


async def test_case_66_a_bomb_is_refused_without_being_unpacked(site, refusal):
    packer = zlib.compressobj(wbits=31)
    bomb = b"".join(packer.compress(bytes(1 << 20)) for _ in range(300)) + packer.flush()
    site.answer = await encoded("gzip", bomb)

    tracemalloc.start()
    reason = await refusal()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert reason == "larger than 5 MB"
    assert peak < 30 << 20


async def test_case_65_a_large_body_is_refused_by_its_length_alone(site, refusal):
    async def answer(request: web.Request) -> web.StreamResponse:
        return await raw_answer(
            request, f"HTTP/1.1 200 OK\r\nContent-Length: {6 << 20}\r\n\r\n", close=False
        )

    site.answer = answer

    assert await refusal() == "larger than 5 MB"


async def test_a_body_in_crumbs_is_refused(site, refusal):
    async def answer(request: web.Request) -> web.StreamResponse:
        head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
        return await raw_answer(request, head, b"1\r\n \r\n" * 20_001, close=False)

    site.answer = answer

    assert await refusal() == "a body in more than 20000 pieces"


@pytest.mark.parametrize(
    ("head", "reason"),
    [
        ("HTTP/1.1 200 OK\r\n" + "a: b\r\n" * 10_000 + "\r\n", "more than 500 header fields"),
        ("HTTP/1.1 302 OK\r\nLocation: /x\r\n" + "a: b\r\n" * 501, "more than 500 header fields"),
        ("HTTP/1.1 200 OK\r\n" + "Set-Cookie: a=b\r\n" * 20_000, "broken answer: "),
        ("HTTP/1.1 200 OK\r\nX: " + "x" * 200_000, "broken answer: "),
        (
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0" + "1" * 200_000,
            "broken answer: ",
        ),
    ],
)
async def test_case_69_a_head_that_goes_on_and_on_is_a_failure(site, refusal, head, reason):
    async def answer(request: web.Request) -> web.StreamResponse:
        return await raw_answer(request, head + "\r\n\r\n", close=False)

    site.answer = answer

    assert (await refusal()).startswith(reason)


async def test_case_69_interim_answers_without_end_are_a_failure_at_once(site, refusal):
    async def answer(request: web.Request) -> web.StreamResponse:
        head = "HTTP/1.1 100 Continue\r\n\r\n" * 10_000
        return await raw_answer(request, head, close=False)

    site.answer = answer

    assert await refusal() == "broken answer: more than 20 interim answers"


async def test_a_few_interim_answers_are_passed_over(site, poll):
    async def answer(request: web.Request) -> web.StreamResponse:
        hints = "HTTP/1.1 103 Early Hints\r\nLink: </style.css>; rel=preload\r\n\r\n" * 3
        return await raw_answer(
            request, f"{hints}HTTP/1.1 200 OK\r\nContent-Length: {len(RSS)}\r\n\r\n", RSS
        )

    site.answer = answer

    assert isinstance(await poll(), Fetched)


async def test_a_feed_about_interim_answers_is_read(site, poll):
    site.sends(RSS.replace(b"<channel>", b"<channel><!--" + b"HTTP/1.1 100 " * 99 + b"-->", 1))

    assert isinstance(await poll(), Fetched)


async def test_a_large_body_of_unknown_length_is_refused_as_it_comes(site, refusal):
    async def answer(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        for _ in range(12):
            await response.write(b" " * (1 << 19))
        return response

    site.answer = answer

    assert await refusal() == "larger than 5 MB"


async def test_case_62_an_empty_body_is_a_failure(site, refusal):
    site.sends(b"")

    assert await refusal() == "empty body"


async def test_case_11_61_a_login_page_is_a_failure_that_brings_no_validators(site, refusal):
    site.sends(b"<!DOCTYPE html><html><body>Please log in</body></html>", ETag='"login"')

    assert await refusal() == "not a feed: an HTML page"


@pytest.mark.parametrize(
    "head",
    [
        "HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n20\r\n",
    ],
)
async def test_case_67_a_body_that_breaks_off_is_a_failure(site, refusal, head):
    async def answer(request: web.Request) -> web.StreamResponse:
        return await raw_answer(request, head, RSS[:16])

    site.answer = answer

    assert (await refusal()).startswith("broken answer: peer closed connection")


async def test_a_feed_cut_in_the_middle_is_a_failure(site, refusal):
    site.sends(RSS[: RSS.index(b"</channel>")])

    assert await refusal() == "not a feed: broken XML (it stops before its end)"


async def test_what_is_not_http_is_a_failure(site, refusal):
    async def answer(request: web.Request) -> web.StreamResponse:
        return await raw_answer(request, "SSH-2.0-OpenSSH_9.6\r\n\r\n")

    site.answer = answer

    assert (await refusal()).startswith("broken answer: ")


# --- time


async def test_case_68_silence_ends_at_the_deadline(site):
    async def answer(_: web.Request) -> web.StreamResponse:
        await asyncio.Event().wait()
        raise AssertionError

    site.answer = answer

    assert await hurried(site) == "no answer within 0.2 s"


async def test_case_68_a_body_that_trickles_ends_at_the_deadline(site):
    async def answer(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        while True:
            await response.write(b" ")
            await asyncio.sleep(0.01)

    site.answer = answer

    assert await hurried(site) == "no answer within 0.2 s"


async def test_case_68_a_head_that_trickles_ends_at_the_deadline(site):
    async def answer(request: web.Request) -> web.StreamResponse:
        assert request.transport is not None
        request.transport.write(b"HTTP/1.1 200 OK\r\n")
        while True:
            request.transport.write(b"x: y\r\n")
            await asyncio.sleep(0.01)

    site.answer = answer

    assert await hurried(site) == "no answer within 0.2 s"


async def test_after_a_failure_the_next_poll_is_fine(site, poll):
    site.sends(b"", status=500)
    await poll()
    site.sends()

    assert isinstance(await poll(), Fetched)


# --- hosts


async def test_a_closed_port_cannot_be_connected_to(site, feeds):
    server = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    server.close()
    await server.wait_closed()

    result = await feeds.fetch(a_feed(f"http://127.0.0.1:{port}/"), Validators())

    assert Failed(reason="cannot connect: Connection refused") == result


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("http://" + "x" * 70 + ".example/", "host not found"),
        ("http:///feed", "not a URL: it names no host"),
        ("http://\x00/", "not a URL: "),
        ("https//harbour.example", "not a URL: it names no host"),
        ("http://127.0.0.1:99999/", "not a URL: "),
    ],
)
async def test_an_impossible_url_is_a_failure(feeds, url, reason):
    result = await feeds.fetch(a_feed(url), Validators())

    assert isinstance(result, Failed)
    assert result.reason.startswith(reason)


# --- what the tests are made of


async def raw_answer(
    request: web.Request, head: str, body: bytes = b"", *, close: bool = True
) -> web.StreamResponse:
    """Write bytes as they are, then hang up, or say no more."""
    assert request.transport is not None
    request.transport.write(head.encode("latin-1") + body)
    if close:
        request.transport.close()
    await asyncio.Event().wait()
    raise AssertionError


async def encoded(encoding: str, body: bytes):
    async def answer(request: web.Request) -> web.StreamResponse:
        head = f"HTTP/1.1 200 OK\r\nContent-Encoding: {encoding}\r\n"
        return await raw_answer(request, head + f"Content-Length: {len(body)}\r\n\r\n", body)

    return answer


async def hurried(site) -> str:
    feeds = HttpFeeds(allow_private=True, contact=None, clock=FixedClock(), deadline=0.2)
    result = await feeds.fetch(a_feed(site.url()), Validators())
    await feeds.aclose()
    assert isinstance(result, Failed)
    return result.reason
