"""One polite, guarded request: a URL becomes an answer, and its headers hints."""

from alertbot.feeds.http.download import DEADLINE, Answer, Downloader
from alertbot.feeds.http.hints import LONGEST_HINT, read_hints

__all__ = ["DEADLINE", "LONGEST_HINT", "Answer", "Downloader", "read_hints"]
