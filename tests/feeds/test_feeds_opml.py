"""Lists of feeds, in and out."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alertbot.errors import ParseError
from alertbot.feeds.lists import Listed, read_opml, write_opml
from alertbot.model import Feed, FeedId

HOUR = timedelta(hours=1)


def opml(body: str, head: str = "") -> bytes:
    return f'<?xml version="1.0"?>{head}<opml version="1.0"><body>{body}</body></opml>'.encode()


def a_feed(name: str, url: str) -> Feed:
    return Feed(id=FeedId("x"), name=name, url=url, interval=HOUR, min_interval=HOUR)


def refusal(body: bytes) -> str:
    with pytest.raises(ParseError) as refused:
        read_opml(body)
    return str(refused.value)


def test_feeds_are_read_from_folders_and_outside_them():
    found = read_opml(
        opml(
            '<outline text="Wars"><outline text="A &amp; B" type="rss" xmlUrl="https://a.example/"/>'
            '<outline text="Deep"><outline title="C" text="c" xmlUrl=" https://c.example/ "/>'
            '</outline></outline><outline xmlurl="https://d.example/"/>'
        )
    )

    assert found == (
        Listed(name="A & B", url="https://a.example/"),
        Listed(name="C", url="https://c.example/"),
        Listed(name="", url="https://d.example/"),
    )


def test_what_is_no_feed_or_commented_out_is_passed_over():
    found = read_opml(
        opml(
            '<outline text="A link" type="link" url="https://a.example/"/>'
            '<outline text="Off" isComment="true"><outline xmlUrl="https://b.example/"/></outline>'
            '<outline xmlUrl="https://c.example/"/>'
        )
    )

    assert [feed.url for feed in found] == ["https://c.example/"]


def test_a_name_is_one_line_without_controls():
    (feed,) = read_opml(opml('<outline text=" A&#10;&#x202e; B " xmlUrl="https://a.example/"/>'))

    assert feed.name == "A B"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "iso-8859-1"])
def test_an_encoding_that_is_declared_is_read(encoding: str):
    text = (
        f'<?xml version="1.0" encoding="{encoding}"?><opml><body>'
        '<outline text="Zürich" xmlUrl="https://a.example/"/></body></opml>'
    )

    assert read_opml(text.encode(encoding))[0].name == "Zürich"


def test_what_goes_out_can_be_read_by_a_person():
    written = write_opml([a_feed("A & B", "https://a.example/?x=1&y=2")], "Feeds")

    assert written == (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<opml version="2.0">\n'
        "  <head><title>Feeds</title></head>\n"
        "  <body>\n"
        '    <outline type="rss" text="A &amp; B" title="A &amp; B" '
        'xmlUrl="https://a.example/?x=1&amp;y=2"/>\n'
        "  </body>\n"
        "</opml>"
    )


names = st.text(max_size=30).map(lambda text: " ".join(text.split()))
urls = st.text(alphabet="abc/?&=%\"'<>é", max_size=20).map(lambda path: f"https://a.example/{path}")


@given(st.lists(st.tuples(names, urls), max_size=5))
@settings(max_examples=150)
def test_what_goes_out_comes_in_again(feeds: list[tuple[str, str]]):
    written = write_opml([a_feed(*feed) for feed in feeds], "Feeds")

    found = read_opml(written.encode())

    assert [feed.url for feed in found] == [url for _, url in feeds]
    again = write_opml([a_feed(feed.name, feed.url) for feed in found], "Feeds")
    assert read_opml(again.encode()) == found


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "no OPML: broken XML (no element found, line 1)"),
        (b"<opml><body>", "no OPML: broken XML (no element found, line 1)"),
        (b"{}", "no OPML: broken XML (not well-formed (invalid token), line 1)"),
        (b"<rss version='2.0'/>", "no OPML: XML with the root <rss>"),
        (b"<?xml version='1.0' encoding='klingon'?><opml/>", "no OPML: "),
    ],
)
def test_what_is_no_list_is_refused_with_a_reason(body: bytes, reason: str):
    assert refusal(body).startswith(reason)


def test_entities_are_refused_before_they_grow():
    bomb = '<!DOCTYPE opml [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'

    assert refusal(opml("<outline text='&b;'/>", bomb)) == (
        "not read: it declares entities, which no list of feeds needs"
    )


def test_an_entity_outside_is_not_fetched(tmp_path):
    (tmp_path / "secret").write_text("token")
    doctype = f'<!DOCTYPE opml [<!ENTITY s SYSTEM "file://{tmp_path}/secret">]>'

    assert "declares entities" in refusal(opml("<outline text='x'>&s;</outline>", doctype))


def test_a_huge_list_is_refused():
    assert refusal(b" " * (5 * 1024 * 1024 + 1)) == "not read: larger than 5 MB"
    many = '<outline xmlUrl="https://a.example/"/>' * 10_001
    assert refusal(opml(many)) == "not read: more than 10,000 feeds"


def test_depth_costs_nothing():
    deep = "<outline text='x'>" * 50_000 + '<outline xmlUrl="https://a.example/"/>'

    assert len(read_opml(opml(deep + "</outline>" * 50_000))) == 1
