"""All that one config means to the workers, made at once and changed as one.

Workers hold no part of a config. They ask `InForce` anew with each thing they do, so that a reload
comes between two briefs, two messages or two commands, and never inside one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from alertbot.chat import CONSOLE, Offer, TopicList
from alertbot.classifier import ChangingRules, Classifier, compile_topics
from alertbot.config import Config
from alertbot.dispatcher import Renderer, write_digest
from alertbot.model import Alert, AlertId, ChatId, Entry, Feed, FeedId, Message, Topic, TopicId
from alertbot.ports import Digest
from alertbot.scheduler import DroppedLines, understand
from alertbot.words import Words


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """A config, and what was made of it."""

    config: Config
    classifier: Classifier
    renderer: Renderer
    offer: Offer
    #: with those of earlier configs: what is still to be sent may be of a topic or feed that left
    topic_names: Mapping[TopicId, str]
    feed_names: Mapping[FeedId, str]
    #: whether the service talks in the terminal, which only a restart changes
    in_terminal: bool


def take_snapshot(config: Config, before: Snapshot | None = None) -> Snapshot:
    """Make a snapshot, which for thousands of rules takes seconds.

    before: the one in force until now; None at the start. Raises RuleError.
    """
    topic_names = dict(before.topic_names) if before else {}
    topic_names |= {topic.id: topic.name for topic in config.topics}
    feed_names = dict(before.feed_names) if before else {}
    feed_names |= {feed.id: feed.name for feed in config.feeds}
    in_terminal = before.in_terminal if before else config.token is None
    renderer = Renderer(topic_names, feed_names)
    return Snapshot(
        config=config,
        classifier=compile_topics(config.topics, config.terms),
        renderer=renderer,
        offer=Offer(
            topics=TopicList(config.topics),
            former_names=topic_names,
            feed_names=feed_names,
            show=renderer.message,
            sent=renderer.sent,
            whole=renderer.whole,
            max_subscriptions=config.max_subscriptions,
            alerts_kept=config.retention.deliveries,
            max_watches=config.max_watches,
            terms=config.terms,
            admins=frozenset([CONSOLE] if in_terminal else map(ChatId, config.admins)),
        ),
        topic_names=topic_names,
        feed_names=feed_names,
        in_terminal=in_terminal,
    )


class InForce:
    """The one snapshot in force; whoever sets another changes all workers between two steps."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        #: what chats watch; None before it was first looked up
        self.watches: ChangingRules | None = None
        #: whatever the snapshot, since the process began
        self.dropped = DroppedLines()

    def understand(self, entry: Entry) -> Alert:
        """Return the entry's alert, by one snapshot from beginning to end; fit for any thread."""
        return understand(
            entry,
            self.snapshot.classifier,
            watches=self.watches,
            on_dropped=self.dropped.note,
        )

    def feed(self, feed: FeedId) -> Feed | None:
        """Return a feed of the config now; None for one that has left it."""
        feeds = self.snapshot.config.feeds
        return next((each for each in feeds if each.id == feed), None)

    def topics(self) -> Mapping[TopicId, Topic]:
        """Return the topics of the config now."""
        return {topic.id: topic for topic in self.snapshot.config.topics}

    def write(
        self, alert: Alert, topics: Sequence[TopicId], words: Words, number: AlertId | None
    ) -> Message:
        """Return the message of an alert for those who follow the topics."""
        return self.snapshot.renderer.message(alert, topics, words, number)

    def write_digest(self, digest: Digest, words: Words) -> Message:
        """Return the message of a digest, in these words."""
        return write_digest(digest, self.snapshot.topic_names, words)

    def feed_names(self) -> Mapping[FeedId, str]:
        """Return the names of feeds, those too that left the config while running."""
        return self.snapshot.feed_names

    def offer(self) -> Offer:
        """Return what chats may have now."""
        return self.snapshot.offer
