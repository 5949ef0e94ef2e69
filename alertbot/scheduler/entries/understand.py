"""Turns an entry into an alert: briefs, classifier, summarizer and guard, one after the other."""

import logging
from collections.abc import Callable
from threading import Lock

from alertbot.briefs import make_brief
from alertbot.classifier import ChangingRules, Classifier
from alertbot.model import Alert, Brief, Entry
from alertbot.summarizer import summarize
from alertbot.summarizer.guard import Dropped, guarded

log = logging.getLogger(__name__)


def note_dropped(brief: Brief, dropped: Dropped) -> None:
    """Tell the operator of a line that the guard dropped, and why; it is a bug of ours."""
    log.warning(
        "brief %r of feed %s: a line is not told, the brief does not bear it out: %r (%s)",
        brief.key,
        brief.feed,
        dropped.line,
        "; ".join(f"{each.text!r}: {each.fault}" for each in dropped.violations),
    )


class DroppedLines:
    """Notes the lines that the guard dropped, and counts them since the process began."""

    def __init__(self) -> None:
        self.count = 0
        self._lock = Lock()  # polls understand their entries in threads

    def note(self, brief: Brief, dropped: Dropped) -> None:
        """Note a dropped line, and count it."""
        note_dropped(brief, dropped)
        with self._lock:
            self.count += 1


def understand(
    entry: Entry,
    classifier: Classifier,
    *,
    watches: ChangingRules | None = None,
    publisher_tags: bool = True,
    on_dropped: Callable[[Brief, Dropped], None] = note_dropped,
) -> Alert:
    """Return the entry's alert; one that matches no topic has no matches.

    watches: what chats watch, which matches beside the topics of the config.
    publisher_tags: whether the publisher's tags may fire a topic.
    on_dropped: told of each line of the summary that the guard took out.
    """
    brief = make_brief(entry)
    checked = guarded(brief, summarize(brief))
    for dropped in checked.dropped:
        on_dropped(brief, dropped)
    matches = classifier.match(brief, publisher_tags=publisher_tags)
    if watches:
        matches += watches.match(brief)
    return Alert(brief=brief, summary=checked.summary, matches=matches)
