"""Lists of feeds: OPML in and out, and finding the feeds of a page."""

from alertbot.feeds.lists.discovery import FoundFeed, find_feeds
from alertbot.feeds.lists.opml import LARGEST_LIST, Listed, read_opml, write_opml

__all__ = ["LARGEST_LIST", "FoundFeed", "Listed", "find_feeds", "read_opml", "write_opml"]
