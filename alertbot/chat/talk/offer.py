"""The topics on offer, found by what a person types, and what else a config lets chats have."""

import difflib
import re
import unicodedata
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from itertools import groupby, islice

from alertbot.model import Alert, ChatId, FeedId, Message, Topic, TopicId, is_watch
from alertbot.ports import Told
from alertbot.words import Words

SUGGESTIONS = 3
#: topics found by a word, or shown on a page, at a time
PAGE_SIZE = 8
#: what is typed beyond this is no name of a topic
NAME_LENGTH = 100


class TopicList:
    """The topics, those of a group together, else in the order of the config."""

    def __init__(self, topics: Sequence[Topic]) -> None:
        groups = dict.fromkeys(topic.group for topic in topics)
        rank = {group: number for number, group in enumerate(groups)}
        self._topics = tuple(sorted(topics, key=lambda topic: rank[topic.group]))
        self._by_id = {topic.id: topic for topic in topics}
        self._by_words = {_words(topic.name): topic for topic in reversed(topics)}
        self._by_words |= {_words(topic.id): topic for topic in topics}

    @cached_property
    def _known_words(self) -> Mapping[TopicId, list[str]]:
        return {
            topic.id: _words(f"{topic.name} {topic.id} {topic.group or ''}").split()
            for topic in self._topics
        }

    def __len__(self) -> int:
        return len(self._topics)

    def __iter__(self) -> Iterator[Topic]:
        return iter(self._topics)

    @cached_property
    def pages(self) -> tuple[tuple[Topic, ...], ...]:
        """The topics in pages of one group each, unless all of them fit on one page."""
        if len(self) <= PAGE_SIZE:
            return (self._topics,)
        groups = [tuple(of) for _, of in groupby(self._topics, key=lambda topic: topic.group)]
        return tuple(
            group[at : at + PAGE_SIZE] for group in groups for at in range(0, len(group), PAGE_SIZE)
        )

    @property
    def example(self) -> str:
        """Return an id to show how one is written; empty without topics."""
        return self._topics[0].id if self._topics else ""

    def get(self, topic: TopicId) -> Topic | None:
        """Return the topic with this very id."""
        return self._by_id.get(topic)

    def of(self, ids: Collection[TopicId]) -> tuple[Topic, ...]:
        """Return those topics whose ids are given."""
        return tuple(topic for topic in self._topics if topic.id in ids)

    def find(self, said: str) -> Topic | None:
        """Return the topic of this id or name; case, accents and punctuation do not count."""
        words = _words(said)
        return self._by_words.get(words) if words else self._by_id.get(TopicId(said.strip()))

    def search(self, said: str) -> tuple[Topic, ...]:
        """Return up to a page of topics in which each word said begins a word of name or group."""
        words = _words(said).split()
        if not words:
            return ()
        found = (
            topic
            for topic in self._topics
            if all(
                any(known.startswith(word) for known in self._known_words[topic.id])
                for word in words
            )
        )
        return tuple(islice(found, PAGE_SIZE))

    def page_of(self, topic: TopicId) -> int:
        """Return the number of the page that shows the topic, from 0."""
        for number, page in enumerate(self.pages):
            if any(shown.id == topic for shown in page):
                return number
        return 0

    def similar(self, said: str) -> tuple[Topic, ...]:
        """Return up to three topics that may have been meant, the likeliest first."""
        words = _words(said)
        near = difflib.get_close_matches(words, self._by_words, SUGGESTIONS, 0.6)
        sharing = [known for known in self._by_words if set(words.split()) & set(known.split())]
        return tuple(dict.fromkeys(self._by_words[known] for known in sharing + near))[:SUGGESTIONS]


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What chats may have, by one config."""

    topics: TopicList
    #: what topics were called that left the config, as far as that is known
    former_names: Mapping[TopicId, str]
    #: with those that left the config, as far as they are known
    feed_names: Mapping[FeedId, str]
    #: how an alert looks, in these words, to a chat that follows these topics
    show: Callable[[Alert, tuple[TopicId, ...], Words], Message]
    #: an alert as a chat was told it, and the whole of its brief
    sent: Callable[[Told, Words], Message]
    whole: Callable[[Told, Words], Message]
    #: how many topics one chat may follow
    max_subscriptions: int
    #: how long it is kept which alerts a chat was sent
    alerts_kept: timedelta
    #: how many rules of its own one chat may have
    max_watches: int
    #: the named lists that such a rule may refer to
    terms: Mapping[str, Sequence[str]]
    #: the private chats of the admins
    admins: frozenset[ChatId]

    def former(self, ids: Collection[TopicId]) -> tuple[Topic, ...]:
        """Return those of the ids that are no longer offered, by name where there is one.

        A watch is offered to nobody, and never among them.
        """
        gone = [
            Topic(id=id_, name=self.former_names.get(id_, id_))
            for id_ in ids
            if self.topics.get(id_) is None and not is_watch(id_)
        ]
        return tuple(sorted(gone, key=lambda topic: (topic.name, topic.id)))


def _words(said: str) -> str:
    plain = unicodedata.normalize("NFKD", said[:NAME_LENGTH]).casefold()
    letters = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return re.sub(r"[\W_]+", " ", letters).strip()
