"""Turns an entry into an alert: briefs, classifier and summarizer, one after the other."""

from alertbot.briefs import make_brief
from alertbot.classifier import Classifier
from alertbot.model import Alert, Entry
from alertbot.summarizer import summarize


def understand(entry: Entry, classifier: Classifier, *, publisher_tags: bool = True) -> Alert:
    """Return the entry's alert; one that matches no topic has no matches.

    publisher_tags: whether the publisher's tags may fire a topic.
    """
    brief = make_brief(entry)
    return Alert(
        brief=brief,
        summary=summarize(brief),
        matches=classifier.match(brief, publisher_tags=publisher_tags),
    )
