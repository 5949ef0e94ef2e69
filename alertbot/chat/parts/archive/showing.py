"""A brief of the archive as an alert, whether or not it ever was one."""

from alertbot.chat.talk import Desk
from alertbot.model import Alert, Message
from alertbot.ports import FoundBrief
from alertbot.summarizer import summarize
from alertbot.words import Words


def alert_of(found: FoundBrief) -> Alert:
    """Return what was told of a brief, or would have been if a topic had matched."""
    if found.alert:
        return found.alert
    return Alert(brief=found.brief, summary=summarize(found.brief), matches=())


def shown(desk: Desk, alert: Alert, words: Words) -> Message:
    """Return the message of an alert."""
    return desk.offer().show(alert, tuple(match.topic for match in alert.matches), words)
