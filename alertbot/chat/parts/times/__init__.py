"""When a chat is told: digests, quiet hours, mutes, and the time zone that all of them are in."""

from alertbot.chat.parts.times.clock import shown
from alertbot.chat.parts.times.digests import DigestsPart
from alertbot.chat.parts.times.mutes import MutesPart
from alertbot.chat.parts.times.quiet import QuietPart
from alertbot.chat.parts.times.ways import LENGTHS, Ways, muted, silent_until, ways_of
from alertbot.chat.parts.times.zones import ZonesPart

__all__ = [
    "LENGTHS",
    "DigestsPart",
    "MutesPart",
    "QuietPart",
    "Ways",
    "ZonesPart",
    "muted",
    "shown",
    "silent_until",
    "ways_of",
]
