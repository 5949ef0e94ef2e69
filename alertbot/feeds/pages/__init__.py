"""Article pages: where the text is, what the page says of itself, and fetching it for entries."""

from alertbot.feeds.pages.page import PREVIEW, parse_page
from alertbot.feeds.pages.source import HttpPages

__all__ = ["PREVIEW", "HttpPages", "parse_page"]
