"""Bytes in, entries out: asks servers, reads feeds and pages; the home of feedparser and httpx.

The scheduler polls through `HttpFeeds`, and has excerpts completed by `HttpPages`; `alertbot
preview` reads any source with `load_source`; `alertbot feeds` uses the rest.
"""

from alertbot.feeds.lists import (
    LARGEST_LIST,
    FoundFeed,
    Listed,
    find_feeds,
    read_opml,
    write_opml,
)
from alertbot.feeds.pages import HttpPages, parse_page
from alertbot.feeds.poll import HttpFeeds
from alertbot.feeds.reading import parse_feed
from alertbot.feeds.source import load_source
from alertbot.feeds.websub import HttpHubs

__all__ = [
    "LARGEST_LIST",
    "FoundFeed",
    "HttpFeeds",
    "HttpHubs",
    "HttpPages",
    "Listed",
    "find_feeds",
    "load_source",
    "parse_feed",
    "parse_page",
    "read_opml",
    "write_opml",
]
