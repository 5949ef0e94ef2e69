"""What `alertbot preview` and /test can be pointed at."""

import json

import pytest
from aiohttp import web
from feeds_site import RSS, Site

from alertbot.errors import FeedError
from alertbot.feeds.source import load_source
from alertbot.model import Entry

ATOM = (
    b'<feed xmlns="http://www.w3.org/2005/Atom"><entry><id>1</id><title>Fog</title></entry></feed>'
)
JSON_FEED = json.dumps(
    {"version": "https://jsonfeed.org/version/1", "items": [{"id": "1", "title": "Fog"}]}
).encode()
PAGE = b"<html><head><title>Fog</title></head><body><p>Thick.</p></body></html>"


async def load(source: object) -> tuple[Entry, ...]:
    return await load_source(str(source), allow_private=True, contact=None)


async def refusal(source: object) -> str:
    with pytest.raises(FeedError) as refused:
        await load(source)
    return str(refused.value)


@pytest.mark.parametrize("body", [ATOM, JSON_FEED, PAGE])
@pytest.mark.parametrize("name", ["feed.xml", "page.html", "noname"])
async def test_a_file_is_read_by_what_is_in_it(tmp_path, body, name):
    (tmp_path / name).write_bytes(body)

    (entry,) = await load(tmp_path / name)

    assert (entry.feed, entry.title) == ("preview", "Fog")


@pytest.mark.parametrize("body", [ATOM, JSON_FEED, PAGE])
async def test_a_url_is_read_by_what_it_gives(site: Site, body):
    site.sends(body)

    (entry,) = await load(site.url())

    assert (entry.feed, entry.title) == ("preview", "Fog")


async def test_the_link_of_a_page_is_where_redirects_led(site: Site):
    async def answer(request: web.Request) -> web.Response:
        if request.path == "/there":
            return web.Response(body=PAGE)
        return web.Response(status=302, headers={"Location": "/there"})

    site.answer = answer

    assert (await load(site.url()))[0].link == site.url("/there")


async def test_a_file_may_hold_more_entries_than_a_poll_keeps(tmp_path):
    items = "".join(f"<item><title>{n}</title></item>" for n in range(1500))
    (tmp_path / "archive.xml").write_text(f"<rss version='2.0'><channel>{items}</channel></rss>")

    assert len(await load(tmp_path / "archive.xml")) == 1500


async def test_a_file_that_is_not_there_is_named():
    assert await refusal("nowhere/feed.xml") == "no such file: nowhere/feed.xml"


async def test_a_folder_is_not_read(tmp_path):
    assert await refusal(tmp_path) == f"cannot read {tmp_path}: Is a directory"


async def test_a_path_no_system_has_is_refused():
    assert (await refusal("a\0b")).startswith("cannot read a")


@pytest.mark.parametrize(
    ("body", "reason"),
    [(b"", "empty body"), (b"Hello.", "not a feed: neither XML nor JSON"), (b"{}", "not a feed: ")],
)
async def test_a_file_that_is_no_feed_is_refused_with_a_reason(tmp_path, body, reason):
    (tmp_path / "notes.txt").write_bytes(body)

    assert (await refusal(tmp_path / "notes.txt")).startswith(reason)


async def test_a_url_that_is_not_found_says_so(site: Site):
    site.sends(RSS, status=404)

    assert await refusal(site.url()) == "HTTP 404"


async def test_what_comes_from_afar_is_read_where_it_harms_nobody(site: Site):
    authors = [{"name": f"{number:02} " + "x" * 1990} for number in range(100)]
    items = [{"id": number, "title": "x"} for number in range(60)]
    version = "https://jsonfeed.org/version/1.1"
    site.sends(json.dumps({"version": version, "authors": authors, "items": items}).encode())

    assert await refusal(site.url()) == "unfolds into more than 10 MB of text"


async def test_other_schemes_are_refused():
    assert await refusal("ftp://127.0.0.1/feed") == "only http and https are read, not ftp"


async def test_private_addresses_are_refused_unless_allowed():
    with pytest.raises(FeedError, match=r"private address 127\.0\.0\.1 refused"):
        await load_source("http://127.0.0.1/feed", allow_private=False, contact=None)
