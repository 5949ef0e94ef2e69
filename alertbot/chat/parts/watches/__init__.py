"""Rules that a chat writes for itself: tried on the past, saved, listed and ended."""

from alertbot.chat.parts.watches.texts import watch_goes_on, watch_paused
from alertbot.chat.parts.watches.watching import WatchesPart

__all__ = ["WatchesPart", "watch_goes_on", "watch_paused"]
