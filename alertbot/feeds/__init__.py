"""Bytes in, entries out: asks servers, reads feeds and pages; the home of feedparser and httpx.

The scheduler polls through `HttpFeeds`; `alertbot preview` reads any source with `load_source`.
"""

from alertbot.feeds.page import parse_page
from alertbot.feeds.parse import parse_feed
from alertbot.feeds.poll import HttpFeeds, load_source

__all__ = ["HttpFeeds", "load_source", "parse_feed", "parse_page"]
