"""The topics on offer: found by what a person types, and shown as a keyboard of pages.

`commands` asks. Callback data is `s:<topic id>:<page>` (subscribe), `u:<topic id>:<page>`
(unsubscribe) or `p:<page>` (turn); the config's limit on ids keeps it under Telegram's 64 bytes. It
says what is wanted, so that a tap which comes twice does no harm.
"""

import difflib
import re
import unicodedata
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from alertbot.chat.texts import Buttons, clip
from alertbot.model import Alert, Button, ChatId, Message, Topic, TopicId

PAGE_SIZE = 8
TICK = "✓ "
SUGGESTIONS = 3
#: what is typed beyond this is no name of a topic
NAME_LENGTH = 100
_PRESS = re.compile(
    r"(?P<wish>[su]):(?P<topic>.+):(?P<at>[0-9]{1,4})|p:(?P<page>[0-9]{1,4})", re.ASCII
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Press:
    """What a button of the keyboard asks for."""

    page: int
    #: None: only turn to the page
    topic: TopicId | None
    #: whether the chat is to follow the topic from now on, or no longer
    follow: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Pressed:
    """What a tap on a button leads to."""

    #: plain words to show for a moment, at most 200 characters
    notice: str
    #: what the message with the button becomes; None leaves it
    message: Message | None = None


def read_press(data: str) -> Press | None:
    """Return what the callback data asks for; None if it is none of ours."""
    found = _PRESS.fullmatch(data)
    if not found:
        return None
    if found["topic"] is None:
        return Press(page=int(found["page"]), topic=None)
    return Press(page=int(found["at"]), topic=TopicId(found["topic"]), follow=found["wish"] == "s")


class TopicList:
    """The topics, in the order of the config."""

    def __init__(self, topics: Sequence[Topic]) -> None:
        self._topics = tuple(topics)
        self._by_id = {topic.id: topic for topic in topics}
        self._by_words = {_words(topic.name): topic for topic in reversed(topics)}
        self._by_words |= {_words(topic.id): topic for topic in topics}

    def __len__(self) -> int:
        return len(self._topics)

    def __iter__(self) -> Iterator[Topic]:
        return iter(self._topics)

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

    def similar(self, said: str) -> tuple[Topic, ...]:
        """Return up to three topics that may have been meant, the likeliest first."""
        words = _words(said)
        near = difflib.get_close_matches(words, self._by_words, SUGGESTIONS, 0.6)
        sharing = [known for known in self._by_words if set(words.split()) & set(known.split())]
        return tuple(dict.fromkeys(self._by_words[known] for known in sharing + near))[:SUGGESTIONS]

    def keyboard(self, followed: Collection[TopicId], page: int = 0) -> Buttons:
        """Return the rows of a page, its topics first, then the way to the other pages."""
        pages = max(1, -(-len(self._topics) // PAGE_SIZE))
        page = min(page, pages - 1)
        shown = self._topics[page * PAGE_SIZE : (page + 1) * PAGE_SIZE]
        turns = [
            Button(label=shape.format(there + 1, pages), data=f"p:{there}")
            for shape, there in (("‹ Page {} of {}", page - 1), ("Page {} of {} ›", page + 1))
            if 0 <= there < pages
        ]
        rows = self.buttons(shown, followed, page)
        return (*rows, tuple(turns)) if turns else rows

    def buttons(
        self, topics: Sequence[Topic], followed: Collection[TopicId], page: int = 0
    ) -> Buttons:
        """Return a row per topic, with a tick where the chat follows it."""
        return tuple(
            (
                Button(
                    label=f"{TICK if topic.id in followed else ''}{clip(topic.name)}",
                    data=f"{'u' if topic.id in followed else 's'}:{topic.id}:{page}",
                ),
            )
            for topic in topics
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What chats may have, by one config."""

    topics: TopicList
    #: what topics were called that left the config, as far as that is known
    former_names: Mapping[TopicId, str]
    #: how an alert looks to a chat that follows these topics
    show: Callable[[Alert, tuple[TopicId, ...]], Message]
    #: how many topics one chat may follow
    max_subscriptions: int
    #: the private chats of the admins
    admins: frozenset[ChatId]

    def former(self, ids: Collection[TopicId]) -> tuple[Topic, ...]:
        """Return those of the ids that are no longer offered, by name where there is one."""
        gone = [
            Topic(id=id_, name=self.former_names.get(id_, id_))
            for id_ in ids
            if self.topics.get(id_) is None
        ]
        return tuple(sorted(gone, key=lambda topic: (topic.name, topic.id)))


def _words(said: str) -> str:
    plain = unicodedata.normalize("NFKD", said[:NAME_LENGTH]).casefold()
    letters = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return re.sub(r"[\W_]+", " ", letters).strip()
