"""Article pages: where the text is, and what the page says of itself."""

from alertbot.feeds.pages.page import PREVIEW, parse_page

__all__ = ["PREVIEW", "parse_page"]
