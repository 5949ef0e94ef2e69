"""JSON Feed 1.0 and 1.1."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alertbot.errors import ParseError
from alertbot.feeds.reading import parse_feed, read_feed
from alertbot.model import Entry, FeedId

V1, V11 = "https://jsonfeed.org/version/1", "https://jsonfeed.org/version/1.1"


def parse(document: object) -> tuple[Entry, ...]:
    body = document if isinstance(document, bytes) else json.dumps(document).encode()
    return parse_feed(
        body, feed=FeedId("f"), url="https://harbour.example/feed.json", content_type="text/plain"
    )


def item(**fields: object) -> Entry:
    (entry,) = parse({"version": V11, "items": [{"id": "1", "title": "Fog", **fields}]})
    return entry


def refusal(document: object) -> str:
    with pytest.raises(ParseError) as refused:
        parse(document)
    return str(refused.value)


def test_a_json_feed():
    (entry,) = parse(
        {
            "version": V11,
            "title": "Harbour",
            "items": [
                {
                    "id": "fog-1",
                    "url": "/fog",
                    "title": "Fog &amp; rain",
                    "content_html": "<p>Thick as soup.</p>",
                    "summary": "Thick.",
                    "date_published": "2024-01-24T09:30:00.123+01:00",
                    "tags": ["Weather", "Fog", "Weather", 7],
                    "authors": [{"name": "Ada Quay"}, {"url": "https://x.example"}, "Bo"],
                }
            ],
        }
    )

    assert entry == Entry(
        feed=FeedId("f"),
        key="fog-1",
        title="Fog & rain",
        link="https://harbour.example/fog",
        published=datetime(2024, 1, 24, 8, 30, 0, 123000, tzinfo=UTC),
        content="<p>Thick as soup.</p>",
        is_html=True,
        tags=("Weather", "Fog"),
        authors=("Ada Quay",),
    )


@pytest.mark.parametrize(
    ("given_id", "key"),
    [("a", "a"), (7, "7"), (7.5, "7.5"), (True, "true"), ([1], "[1]"), (2**70, str(2**70))],
)
def test_case_56_an_id_of_any_type_becomes_a_string(given_id, key):
    assert item(id=given_id).key == key


@pytest.mark.parametrize("nothing", [None, "", " "])
def test_without_an_id_the_link_is_the_key(nothing):
    link = "https://harbour.example/fog"

    assert item(id=nothing, url=link).key == link


def test_case_57_version_1_names_one_author():
    (entry,) = parse(
        {"version": V1, "items": [{"id": "1", "title": "Fog", "author": {"name": "Ada"}}]}
    )

    assert entry.authors == ("Ada",)


def test_case_57_the_authors_of_the_feed_are_those_of_items_without_any():
    document = {
        "version": V11,
        "authors": [{"name": "The Desk"}],
        "items": [{"id": "1", "title": "A"}, {"id": "2", "title": "B", "author": {"name": "Bo"}}],
    }

    assert [entry.authors for entry in parse(document)] == [("The Desk",), ("Bo",)]


def test_the_longest_text_is_the_content_and_keeps_its_kind():
    entry = item(content_html="<p>x</p>", content_text="a < b, and\nmore of it")

    assert (entry.content, entry.is_html) == ("a < b, and\nmore of it", False)
    assert item(content_html="<p>some more text</p>", content_text="some more text").is_html


@pytest.mark.parametrize(
    ("date", "expected"),
    [
        ("2024-01-24T08:30:00Z", datetime(2024, 1, 24, 8, 30, tzinfo=UTC)),
        ("2024-01-24t08:30:00z", datetime(2024, 1, 24, 8, 30, tzinfo=UTC)),
        ("2024-01-24T08:30:00", datetime(2024, 1, 24, 8, 30, tzinfo=UTC)),
        ("2024-01-24", datetime(2024, 1, 24, tzinfo=UTC)),
        ("0001-01-01T00:00:00+23:00", None),
        ("2024-13-01T00:00:00Z", None),
        ("yesterday", None),
        (1706085000, None),
    ],
)
def test_a_date_is_rfc_3339_or_nothing(date, expected):
    assert item(date_published=date).published == expected


def test_the_date_of_change_stands_in():
    assert item(date_modified="2024-01-24T08:30:00Z").published == datetime(
        2024, 1, 24, 8, 30, tzinfo=UTC
    )


def test_what_unicode_cannot_encode_is_taken_out():
    entry = item(id="a\ud800b\0", title="x\ud83dy", content_text="\udfff!\0")

    assert (entry.key, entry.title, entry.content) == ("ab", "xy", "!")


def test_a_feed_without_items_is_fine():
    assert parse({"version": V11, "items": []}) == ()


@pytest.mark.parametrize(
    ("said", "expired"), [(True, True), (False, False), ("true", False), (1, False), (None, False)]
)
def test_case_55_a_feed_that_says_so_has_expired(said, expired):
    body = json.dumps({"version": V11, "items": [], "expired": said}).encode()

    read = read_feed(body, feed=FeedId("f"), url="", content_type=None)
    assert read.expired is expired


def test_a_byte_order_mark_is_forgiven():
    assert parse(b"\xef\xbb\xbf" + json.dumps({"version": V1, "items": []}).encode()) == ()


@pytest.mark.parametrize(
    "document",
    [
        {},
        [],
        [{"version": V11}],
        {"version": V11},
        {"version": V11, "items": {}},
        {"version": "2.0", "items": []},
        {"version": 1, "items": []},
        {"error": "not found"},
    ],
)
def test_other_json_is_no_feed(document):
    assert refusal(document) == "not a feed: JSON, but no JSON Feed"


def test_broken_json_is_no_feed():
    assert refusal(b'{"version": ').startswith("not a feed: broken JSON (Expecting value")
    assert refusal(b"{\xff}").startswith("not a feed: broken JSON (")
    assert refusal(b"[" * 200_000).startswith("not a feed: ")
    assert refusal(b'{"items": ' + b"9" * 5000 + b"}").startswith("not a feed: broken JSON (")


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=5,
)
fields = st.sampled_from(
    "id url external_url title content_html content_text summary date_published tags author "
    "authors".split()
)


@given(st.lists(st.dictionaries(fields, anything) | anything, max_size=4), anything)
def test_any_json_in_an_item_gives_an_entry_or_nothing(items, authors):
    for entry in parse({"version": V11, "items": items, "authors": authors}):
        assert entry.title.strip()
        (entry.key + entry.title + entry.content + "".join(entry.tags)).encode()
