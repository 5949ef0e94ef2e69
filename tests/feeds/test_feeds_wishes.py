"""How often a feed wants to be asked, from what stands in its document."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alertbot.feeds.reading import read_feed
from alertbot.feeds.reading.wishes import read_wishes
from alertbot.model import FeedId
from alertbot.ports import Hints

HOUR = timedelta(hours=1)


def wishes(inner: str, *, encoding: str = "utf-8") -> Hints:
    item = "<item><title>Fog</title><description>&lt;skipHours&gt;</description></item>"
    body = (
        f'<?xml version="1.0" encoding="{encoding}"?>'
        '<rss version="2.0" xmlns:sy="http://purl.org/rss/1.0/modules/syndication/">'
        f"<channel><title>Harbour</title>{inner}{item}</channel></rss>"
    )
    read = read_feed(body.encode(encoding), feed=FeedId("f"), url="", content_type=None)
    assert [entry.title for entry in read.entries] == ["Fog"]
    return read.hints


@pytest.mark.parametrize(
    ("hours", "expected"),
    [
        ("<hour>0</hour><hour>07</hour><hour> 23 </hour>", {0, 7, 23}),
        ("<hour>24</hour>", {0}),
        ("<hour>25</hour><hour>-1</hour><hour>noon</hour><hour/><hour>1</hour>", {1}),
        ("<!-- <hour>3</hour> --><hour>4</hour>", {4}),
        ("".join(f"<hour>{hour}</hour>" for hour in range(24)), set(range(24))),
        ("", set()),
    ],
)
def test_case_51_53_hours_to_be_left_alone_are_counted_from_0_to_23(hours, expected):
    assert wishes(f"<skipHours>{hours}</skipHours>").skip_hours == expected


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        ("<day>Monday</day><day>sunday</day>", {0, 6}),
        ("<day> Saturday </day>", {5}),
        ("<day>Sat</day><day>7</day><day/>", set()),
    ],
)
def test_case_52_days_to_be_left_alone_are_counted_from_monday(days, expected):
    assert wishes(f"<skipDays>{days}</skipDays>").skip_days == expected


def test_wishes_behind_the_items_and_in_utf_16_are_read_too():
    assert wishes("<skipHours><hour>5</hour></skipHours>", encoding="utf-16").skip_hours == {5}
    body = b"<rss><channel><item><title>Fog</title></item><skipDays><day>Friday</day></skipDays>"
    read = read_feed(body + b"</channel></rss>", feed=FeedId("f"), url="", content_type=None)
    assert read.hints.skip_days == {4}


def test_what_stands_in_an_item_is_no_wish():
    skip = "<skipHours><hour>5</hour></skipHours>"
    body = f"<rss><channel><item><title>Fog</title>{skip}</item></channel></rss>".encode()
    read = read_feed(body, feed=FeedId("f"), url="", content_type=None)
    assert read.hints == Hints()


@pytest.mark.parametrize(
    ("period", "frequency", "expected"),
    [
        ("hourly", "1", HOUR),
        ("hourly", "2", HOUR / 2),
        (" Daily ", "6", 4 * HOUR),
        ("daily", None, 24 * HOUR),
        (None, "12", 2 * HOUR),
        ("weekly", "7", 24 * HOUR),
        ("yearly", "1", 48 * HOUR),
        ("fortnightly", "1", None),
        ("hourly", "0", None),
        ("hourly", "-1", None),
        ("hourly", "often", None),
        (None, None, None),
    ],
)
def test_case_54_a_period_and_a_frequency_say_how_often_it_is_updated(period, frequency, expected):
    said = f"<sy:updatePeriod>{period}</sy:updatePeriod>" if period else ""
    said += f"<sy:updateFrequency>{frequency}</sy:updateFrequency>" if frequency else ""

    assert wishes(said).update_every == expected


pieces = "<skipHours> </skipHours> <hour> </hour> 7 24 <!-- --> <skipDays> <day> Monday <item>"


@given(st.lists(st.sampled_from(pieces.split())).map("".join), st.text(), st.text())
def test_any_pieces_of_wishes_are_wishes_or_nothing(document, period, ttl):
    hints = read_wishes(document.encode(), {"sy_updateperiod": period, "ttl": ttl})

    assert hints.skip_hours <= set(range(24))
    assert hints.skip_days <= set(range(7))
