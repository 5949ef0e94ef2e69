"""One polite, guarded request: a URL becomes an answer, and its headers hints."""

from alertbot.feeds.http.download import DEADLINE, Answer, Downloader
from alertbot.feeds.http.hints import read_hints

__all__ = ["DEADLINE", "Answer", "Downloader", "read_hints"]
