"""Bytes in, entries out: asks servers, reads feeds and pages; the home of feedparser and httpx.

The scheduler polls through `HttpFeeds`, and has excerpts completed by `HttpPages`; `alertbot
preview` reads any source with `load_source`.
"""

from alertbot.feeds.pages import HttpPages, parse_page
from alertbot.feeds.poll import HttpFeeds
from alertbot.feeds.reading import parse_feed
from alertbot.feeds.source import load_source

__all__ = ["HttpFeeds", "HttpPages", "load_source", "parse_feed", "parse_page"]
