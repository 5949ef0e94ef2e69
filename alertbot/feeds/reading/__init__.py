"""Bytes as entries, whatever the format; a feed from afar is read in a child process."""

from alertbot.feeds.reading.charset import byte_order, charset_of
from alertbot.feeds.reading.entry import (
    Passage,
    RawEntry,
    clean,
    http_link,
    instant,
    make_entry,
    plain,
)
from alertbot.feeds.reading.parse import (
    Kind,
    ParsedFeed,
    kind_of,
    parse_feed,
    read_feed,
)
from alertbot.feeds.reading.worker import PARSE_LIMIT, FeedProcesses, Job

__all__ = [
    "PARSE_LIMIT",
    "FeedProcesses",
    "Job",
    "Kind",
    "ParsedFeed",
    "Passage",
    "RawEntry",
    "byte_order",
    "charset_of",
    "clean",
    "http_link",
    "instant",
    "kind_of",
    "make_entry",
    "parse_feed",
    "plain",
    "read_feed",
]
