"""Looking back: the newest alerts, a search by words, files to take along, briefs to share."""

from alertbot.chat.parts.archive.looking import ArchivePart
from alertbot.chat.parts.archive.sharing import Sharing

__all__ = ["ArchivePart", "Sharing"]
