"""Documents in, entries out: RSS, Atom, RDF; and what is refused."""

import codecs
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from feeds_site import RSS
from hypothesis import given, settings
from hypothesis import strategies as st

from alertbot.errors import ParseError
from alertbot.feeds.reading import parse_feed
from alertbot.model import Entry, FeedId

FEED = FeedId("harbour")
URL = "https://harbour.example/news/feed"


def parse(body: bytes | str, content_type: str | None = "application/xml") -> tuple[Entry, ...]:
    encoded = body if isinstance(body, bytes) else body.encode()
    return parse_feed(encoded, feed=FEED, url=URL, content_type=content_type)


def rss(items: str, *, before: str = "") -> str:
    return (
        '<?xml version="1.0"?><rss version="2.0" '
        'xmlns:content="http://purl.org/rss/1.0/modules/content/" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f"<channel><title>Harbour</title>{before}{items}</channel></rss>"
    )


def item(inner: str) -> Entry:
    (entry,) = parse(rss(f"<item>{inner}</item>"))
    return entry


def atom(inner: str) -> Entry:
    (entry,) = parse(
        '<feed xmlns="http://www.w3.org/2005/Atom"><author><name>The Desk</name></author>'
        f"<entry><id>tag:harbour.example,2024:1</id>{inner}</entry></feed>"
    )
    return entry


def refusal(body: bytes | str) -> str:
    with pytest.raises(ParseError) as refused:
        parse(body)
    return str(refused.value)


# --- whole documents


def test_rss_2():
    entry = item(
        "<title>Crane falls &amp;amp; blocks pier</title>"
        "<link>https://harbour.example/crane</link>"
        '<guid isPermaLink="false">crane-7</guid>'
        "<pubDate>Wed, 24 Jan 2024 09:30:00 +0100</pubDate>"
        "<category>Accidents</category><category>Pier 4</category><category>Accidents</category>"
        "<dc:creator>Ada Quay</dc:creator>"
        "<description>Short.</description>"
        "<content:encoded><![CDATA[<p>A crane fell at <b>dawn</b>.</p>]]></content:encoded>"
    )

    assert entry == Entry(
        feed=FEED,
        key="crane-7",
        title="Crane falls & blocks pier",
        link="https://harbour.example/crane",
        published=datetime(2024, 1, 24, 8, 30, tzinfo=UTC),
        content="<p>A crane fell at <b>dawn</b>.</p>",
        is_html=True,
        tags=("Accidents", "Pier 4"),
        authors=("Ada Quay",),
    )


def test_atom():
    entry = atom(
        '<title type="html">Tide &lt;i&gt;record&lt;/i&gt;</title>'
        '<link rel="self" href="https://harbour.example/e.atom"/>'
        '<link href="tide"/><updated>2024-01-24T10:00:00Z</updated>'
        '<category term="tides" label="Tides"/><category term="records"/>'
        "<summary>Short.</summary>"
        '<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>Six meters.</p></div>'
        "</content>"
    )

    assert entry == Entry(
        feed=FEED,
        key="tag:harbour.example,2024:1",
        title="Tide record",
        link="https://harbour.example/news/tide",
        published=datetime(2024, 1, 24, 10, 0, tzinfo=UTC),
        content="<p>Six meters.</p>",
        is_html=True,
        tags=("Tides", "tides", "records"),
        authors=("The Desk",),
    )


def test_rdf():
    (entry,) = parse(
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" '
        'xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">'
        '<channel rdf:about="https://harbour.example/"><title>Harbour</title></channel>'
        '<item rdf:about="https://harbour.example/fog"><title>Fog</title>'
        "<link>https://harbour.example/fog</link><description>Thick.</description>"
        "<dc:date>2024-01-24T06:00:00+00:00</dc:date></item></rdf:RDF>"
    )

    assert (
        entry.key,
        entry.title,
        entry.content,
    ) == ("https://harbour.example/fog", "Fog", "Thick.")
    assert datetime(2024, 1, 24, 6, 0, tzinfo=UTC) == entry.published


def test_a_feed_without_entries_is_fine():
    assert parse(rss("")) == ()


# --- keys


def test_the_key_is_the_guid_then_the_link_then_a_hash_of_title_and_time():
    title, when = "<title>Fog</title>", "<pubDate>Wed, 24 Jan 2024 06:00:00 GMT</pubDate>"
    link = "<link>https://harbour.example/fog</link>"

    assert item(f'{title}{link}<guid isPermaLink="false"> f-1 </guid>').key == "f-1"
    assert item(title + link).key == "https://harbour.example/fog"
    bare = item(title + when)
    assert bare.key.startswith("sha256:")
    assert bare.key == item(title + when + "<description>edited</description>").key
    assert bare.key != item(title).key


def test_the_key_does_not_depend_on_where_the_feed_lives():
    body = rss("<item><title>Fog</title><guid>12</guid></item>").encode()
    keys = {
        parse_feed(body, feed=FEED, url=url, content_type=None)[0].key
        for url in ("https://a.example/feed", "https://b.example/other/")
    }

    assert {"12"} == keys


def test_a_guid_that_is_no_url_is_no_link_either():
    assert item("<title>Fog</title><guid>12</guid>").link is None


def test_a_guid_that_is_a_url_is_the_link_where_there_is_no_other():
    entry = item("<title>Fog</title><guid>https://harbour.example/fog</guid>")

    assert entry.link == "https://harbour.example/fog"


def test_a_giant_guid_becomes_a_hash():
    assert len(item(f"<title>Fog</title><guid>{'x' * 5000}</guid>").key) == 71


def test_of_two_entries_with_one_key_the_first_wins():
    entries = parse(rss("<item><title>A</title><guid>1</guid></item>" * 2))
    other = "<item><title>B</title><guid>1</guid></item>"

    assert [entry.title for entry in entries] == ["A"]
    first = parse(rss("<item><title>A</title><guid>1</guid></item>" + other))
    assert [entry.title for entry in first] == ["A"]


# --- titles


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("  two\n lines\t", "two lines"),
        ("&lt;b&gt;Bold&lt;/b&gt; &amp;quot;claim&amp;quot;", 'Bold "claim"'),
        ("&lt;script&gt;alert(1)&lt;/script&gt;Fog", "Fog"),
        ("Fog &lt; rain &amp; wind", "Fog < rain & wind"),
        ("&#8238;evil&#8236; &amp;#8206;bidi&#1564;", "evil bidi"),
        ("bell&#7; and&#xFEFF;", "bell and"),
        ("<![CDATA[Ships &amp; <em>boats</em>]]>", "Ships & boats"),
        ("Don&#8217;t", "Don’t"),
    ],
)
def test_a_title_is_one_line_of_plain_text(title, expected):
    assert expected == item(f"<title>{title}</title>").title


def test_an_entry_without_a_title_is_named_by_its_first_words():
    words = "The harbour was closed on Tuesday after fog as thick as soup had come in overnight."
    entry = item(f"<description>&lt;p&gt;{words}&lt;/p&gt;</description>")

    assert (
        entry.title == "The harbour was closed on Tuesday after fog as thick as soup had come in…"
    )
    assert item("<description>Fog.</description>").title == "Fog."


@pytest.mark.parametrize(
    "empty",
    [
        "",
        "<guid>1</guid><link>https://harbour.example/1</link>",
        "<title> </title><description>&lt;img src='x.png'&gt;</description>",
    ],
)
def test_an_entry_without_any_text_is_dropped(empty):
    assert parse(rss(f"<item>{empty}</item>")) == ()


# --- links


@pytest.mark.parametrize(
    ("href", "expected"),
    [
        ("https://harbour.example/a?b=1&amp;c=2#d", "https://harbour.example/a?b=1&c=2#d"),
        ("/fog", "https://harbour.example/fog"),
        ("fog", "https://harbour.example/news/fog"),
        ("//other.example/fog", "https://other.example/fog"),
        (" https://harbour.example/a b ", "https://harbour.example/a%20b"),
        ('https://harbour.example/"x"', "https://harbour.example/%22x%22"),
        ("javascript:alert(1)", None),
        ("data:text/html,x", None),
        ("ftp://harbour.example/fog", None),
        ("mailto:a@b.example", None),
        ("http://", None),
        ("http://[", None),
        ("https://harbour.example/" + "x" * 3000, None),
    ],
)
def test_a_link_is_http_or_nothing(href, expected):
    assert expected == item(f"<title>Fog</title><link>{href}</link>").link


# --- dates


@pytest.mark.parametrize(
    ("date", "expected"),
    [
        ("Wed, 24 Jan 2024 09:30:00 +0100", datetime(2024, 1, 24, 8, 30, tzinfo=UTC)),
        ("Wed, 24 Jan 2024 03:30:00 EST", datetime(2024, 1, 24, 8, 30, tzinfo=UTC)),
        ("2024-01-24T08:30:00", datetime(2024, 1, 24, 8, 30, tzinfo=UTC)),
        ("soon", None),
        ("", None),
    ],
)
def test_a_date_is_utc(date, expected):
    assert expected == item(f"<title>Fog</title><pubDate>{date}</pubDate>").published


def test_published_comes_before_updated():
    both = "<published>2024-01-01T00:00:00Z</published><updated>2024-01-02T00:00:00Z</updated>"

    assert datetime(2024, 1, 1, tzinfo=UTC) == atom(f"<title>x</title>{both}").published


# --- contents


def test_the_longest_text_is_the_content():
    long = "A much longer description than the content is."
    entry = item(
        f"<title>x</title><description>{long}</description><content:encoded>No.</content:encoded>"
    )

    assert long == entry.content


def test_a_description_without_a_tag_is_plain_text_with_its_lines():
    entry = item("<title>x</title><description>Fog &amp;amp; rain.\n\nAlso wind.</description>")

    assert (entry.content, entry.is_html) == ("Fog & rain.\n\nAlso wind.", False)


def test_a_text_that_is_html_without_saying_so_is_html():
    assert atom("<title>x</title><content>&lt;p&gt;Fog.&lt;/p&gt;</content>").is_html
    assert not atom("<title>x</title><content>if a &lt; b and b &gt; c</content>").is_html


def test_what_a_database_cannot_hold_is_taken_out():
    entry = item("<title>x</title><description>a&#x202e;b\u2066c\ufeffd&#xFFFF;</description>")

    assert entry.content == "abcd"


# --- robustness


def test_case_74_the_newest_thousand_stay():
    def dated(number: int) -> str:
        when = f"2024-01-{1 + number // 24 // 60:02}T{number // 60 % 24:02}:{number % 60:02}:00Z"
        return f"<item><title>{number}</title><pubDate>{when}</pubDate></item>"

    oldest_first = parse(rss("".join(dated(number) for number in range(1200))))

    assert [str(number) for number in range(200, 1200)] == [entry.title for entry in oldest_first]


def test_without_dates_the_first_thousand_stay():
    entries = parse(rss("".join(f"<item><title>{n}</title></item>" for n in range(1200))))

    assert (entries[0].title, entries[-1].title) == ("0", "999")


@pytest.mark.parametrize(
    ("mark", "encoding", "content_type"),
    [
        (b"", "utf-8", None),
        (b"", "utf-8", "text/xml"),
        (b"", "utf-8", "text/html; charset=utf-8"),
        (b"", "utf-8", "text/xml; charset=klingon"),
        (b"", "utf-8", "application/xml; charset=punycode\0"),
        (b"", "latin-1", 'text/xml; charset="iso-8859-1"'),
        (b"", "cp1252", "application/xml; charset=utf-8"),
        (codecs.BOM_UTF8, "utf-8", "application/xml; charset=windows-1252"),
        (codecs.BOM_UTF16_LE, "utf-16-le", "application/xml"),
        (codecs.BOM_UTF16_BE, "utf-16-be", "text/xml; charset=utf-8"),
        (codecs.BOM_UTF32_LE, "utf-32-le", None),
        (b"", "utf-16-be", None),
    ],
)
def test_case_58_60_the_encoding_is_that_of_the_mark_then_of_the_header(
    mark, encoding, content_type
):
    title = "Fähre spät" if encoding == "latin-1" else "Fähre – spät"
    body = mark + rss(f"<item><title>{title}</title></item>").encode(encoding)

    assert [entry.title for entry in parse(body, content_type)] == [title]


def test_case_58_without_either_the_declaration_counts_whatever_the_type():
    body = '<?xml version="1.0" encoding="iso-2022-jp"?><rss><item><title>港</title></item></rss>'

    assert parse(body.encode("iso-2022-jp"), "text/xml")[0].title == "港"


@pytest.mark.parametrize(
    "declared", ["windows-1252", "iso-8859-1", "utf-8", "us-ascii", "gb2312", "nonsense"]
)
def test_case_59_a_wrong_declaration_breaks_nothing(declared):
    body = f'<?xml version="1.0" encoding="{declared}"?>'.encode() + RSS.split(b"?>", 1)[1]

    assert [entry.title for entry in parse(body)] == ["Two ferries collide"]


def test_case_60_blanks_before_the_declaration_are_forgiven():
    assert len(parse(b"\n\n  " + RSS)) == 1


@pytest.mark.parametrize(
    "flaw", ["Fog & rain", "Fog &nbsp; rain", "Fog \x0b rain", "Fog <br> rain", "<x:y>Fog</x:y>"]
)
def test_a_flaw_inside_a_whole_document_is_forgiven(flaw):
    items = f"<item><title>One</title><description>{flaw}</description></item>"

    assert [entry.title for entry in parse(rss(items + "<item><title>Two</title></item>"))] == [
        "One",
        "Two",
    ]


@pytest.mark.parametrize("at", range(60, len(RSS), 25))
def test_half_a_document_is_no_document(at):
    assert refusal(RSS[:at]) == "not a feed: broken XML (it stops before its end)"


def test_half_a_document_with_a_flaw_is_no_document_either():
    body = rss("<item><title>A & B</title></item>").removesuffix("</channel></rss>")

    assert refusal(body) == "not a feed: broken XML (it stops before its end)"


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("", "empty body"),
        (" \r\n\t ", "empty body"),
        ("\ufeff", "empty body"),
        ("<!doctype HTML><title>x</title>", "not a feed: an HTML page"),
        ("<html><body><rss></rss></body></html>", "not a feed: an HTML page"),
        ("<?xml version='1.0'?><!-- x --><html xmlns='x'/>", "not a feed: an HTML page"),
        ("<p>Fatal error</p>" + RSS.decode(), "not a feed: an HTML page"),
        ("<urlset/>", "not a feed: XML with the root <urlset>"),
        ("<opml xmlns:a='http://www.w3.org/2005/Atom'/>", "not a feed: XML with the root <opml>"),
        ("Not found", "not a feed: neither XML nor JSON"),
        ("https://harbour.example/feed", "not a feed: neither XML nor JSON"),
        ("\x1f\x8b\x08", "not a feed: neither XML nor JSON"),
        (rss("<item><title>x</item>"), "not a feed: broken XML (mismatched tag)"),
    ],
)
def test_what_is_no_feed_is_refused_with_a_reason(body, reason):
    assert reason == refusal(body)


def test_a_path_is_not_opened_and_a_url_is_not_fetched(tmp_path: Path, monkeypatch):
    path = tmp_path / "secret.xml"
    path.write_bytes(RSS)
    monkeypatch.chdir(tmp_path)

    for body in (str(path), "secret.xml", path.as_uri()):
        assert refusal(body) == "not a feed: neither XML nor JSON"


def test_case_71_parsing_opens_no_file(monkeypatch):
    parse(RSS)  # whatever is imported or cached on the way, is by now

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError

    monkeypatch.setattr("builtins.open", refuse)
    assert len(parse(RSS)) == 1


def test_case_71_external_entities_are_not_read(tmp_path: Path):
    secret = tmp_path / "secret.txt"
    secret.write_text("the launch codes", encoding="utf-8")
    body = rss("<item><title>x &leak; y</title></item>").replace(
        '<?xml version="1.0"?>',
        f'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY leak SYSTEM "{secret.as_uri()}">]>',
    )

    assert "launch" not in parse(body)[0].title


def test_case_70_an_entity_bomb_does_not_go_off():
    entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
    body = rss("<item><title>&e9;</title></item>").replace(
        '<?xml version="1.0"?>', f'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY e0 "x">{entities}]>'
    )
    started = time.process_time()

    assert all(len(entry.title) < 5000 for entry in parse(body))
    assert time.process_time() - started < 5


# --- anything at all

anything = st.binary(max_size=400)
pieces = st.sampled_from(
    [
        *RSS.split(b">"),
        *b"<rss> </rss> <item> </item> <feed> <content> <title> <svg> <!-- <![CDATA[ ]]>".split(),
        *b"<links/a=1> <tags/a=1/> <authors/a=1/> <published_parsed/a=1/> <ttl/a=1>".split(),
        *b'<summary_detail/a=1/> <category/term=x/> &#xd800; &lt;![x { "items":[ \0'.split(),
        b"<links a='1'/>",
        b"<tags a='1'/>",
        b"<published_parsed a='1'/>",
        b"<summary_detail a='1'/>",
        b"<?xml version='1.0' encoding='utf-7'?>",
        b"\xff\xfe",
    ]
)


def entries_or_reason(body: bytes, content_type: str | None) -> None:
    """Parse; whatever comes out must be fit for a database and an address bar."""
    try:
        entries = parse(body, content_type)
    except ParseError as refused:
        assert str(refused)
        return
    for entry in entries:
        assert entry.title.strip()
        assert "\0" not in entry.key + entry.title + entry.content
        (entry.key + entry.title + entry.content + "".join(entry.tags)).encode()
        assert entry.link is None or entry.link.startswith(("http://", "https://"))


@given(anything, st.none() | st.text(max_size=20))
def test_any_bytes_give_entries_or_a_reason(body, content_type):
    entries_or_reason(body, content_type)


@given(st.lists(pieces | anything, max_size=25).map(b">".join))
@settings(max_examples=300)
def test_any_pieces_of_feeds_give_entries_or_a_reason(body):
    entries_or_reason(body, None)
    entries_or_reason(b"<rss><channel><item>" + body + b"</item></channel></rss>", None)


@given(st.text(max_size=200), st.text(max_size=200), st.text(max_size=50))
def test_any_text_in_an_entry_gives_an_entry_or_nothing(title, content, link):
    body = rss(
        f"<item><title><![CDATA[{title}]]></title><link><![CDATA[{link}]]></link>"
        f"<description><![CDATA[{content}]]></description></item>"
    )
    entries_or_reason(body.encode("utf-8", "surrogatepass"), None)
