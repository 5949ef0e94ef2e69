"""The parts of the conversation, one module or package for each."""

from alertbot.chat.commands import Commands
from alertbot.chat.parts.admins import AdminsPart, Office
from alertbot.chat.parts.alerts import AlertsPart
from alertbot.chat.parts.archive import ArchivePart, Sharing
from alertbot.chat.parts.channels import ChannelsPart
from alertbot.chat.parts.language import LanguagePart
from alertbot.chat.parts.privacy import PrivacyPart
from alertbot.chat.parts.times import DigestsPart, MutesPart, QuietPart, ZonesPart
from alertbot.chat.parts.topics import TopicsPart
from alertbot.chat.parts.watches import WatchesPart
from alertbot.chat.talk import Desk


def open_commands(desk: Desk, office: Office) -> Commands:
    """Return all that can be typed and tapped, in the order of /help."""
    topics, language = TopicsPart(desk), LanguagePart(desk)
    digests, quiet, mutes = DigestsPart(desk), QuietPart(desk), MutesPart(desk)
    parts = (
        topics,
        AlertsPart(desk),
        WatchesPart(desk),
        digests,
        quiet,
        ZonesPart(desk),
        mutes,
        ArchivePart(desk),
        ChannelsPart(desk, (topics, digests, quiet, mutes, language)),
        language,
        PrivacyPart(desk),
        AdminsPart(desk, office),
    )
    return Commands(desk, parts, typed=topics.typed, shared=Sharing(desk).shared)
