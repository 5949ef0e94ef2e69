"""The nouns of alertbot, one frozen type each; every room speaks in these.

Instants are aware datetimes, in UTC but for `published`, which keeps the publisher's offset so that
the date told is the one published. A span is a pair of offsets (in code points, end exclusive)
into `Brief.text`, so that everything told to a subscriber can be traced to the source.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NewType

FeedId = NewType("FeedId", str)
TopicId = NewType("TopicId", str)
ChatId = NewType("ChatId", int)
BriefId = NewType("BriefId", int)
AlertId = NewType("AlertId", int)
DeliveryId = NewType("DeliveryId", int)

#: how the id of a watch begins, and that of no topic of a config
WATCH = "~"


def watch_topic(number: int) -> TopicId:
    """Return the topic that a watch is, by its number: one that a chat wrote for itself."""
    return TopicId(f"{WATCH}{number}")


def watch_number(topic: TopicId) -> int:
    """Return the number of a watch, given the topic that it is; raises ValueError for another."""
    return int(topic.removeprefix(WATCH))


def is_watch(topic: TopicId) -> bool:
    """Tell whether a topic is a watch, of which only its chat may hear."""
    return topic.startswith(WATCH)


class Content(StrEnum):
    """Where the text of a feed's entries comes from."""

    #: the feed alone
    FEED = "feed"
    #: the page of each new entry
    PAGE = "page"
    #: the page where the feed has only an excerpt
    AUTO = "auto"


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """A source in the config."""

    id: FeedId
    name: str
    url: str
    #: how often to ask when the server has no wish of its own
    interval: timedelta
    #: never ask more often than this
    min_interval: timedelta
    #: whether the server may slow us by more than Retry-After, which is always obeyed
    obey_hints: bool = True
    content: Content = Content.AUTO


class Prominence(StrEnum):
    """Where a rule's evidence must stand for its topic to fire."""

    #: in the title or lead, or three times, or anywhere in a brief under about 120 words
    MAIN = "main"
    #: anywhere
    ANY = "any"


class Promise(StrEnum):
    """What to do where nobody can know whether Telegram accepted a message."""

    #: send it again, marked: it may come twice
    AT_LEAST_ONCE = "at_least_once"
    #: leave it: it may never come
    AT_MOST_ONCE = "at_most_once"


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """What people subscribe to, defined by a rule, by publisher tags, or by both."""

    id: TopicId
    name: str
    #: under which chats find it; None: under no heading
    group: str | None = None
    publisher_tags: tuple[str, ...] = ()
    rule: str | None = None
    prominence: Prominence = Prominence.MAIN
    delivery: Promise = Promise.AT_LEAST_ONCE
    #: goes before all that is not, and sounds even where it may be a repeat
    urgent: bool = False
    #: how long after it was made an alert is still worth sending
    shelf_life: timedelta = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One item of a feed, as published."""

    feed: FeedId
    #: stable across polls: the publisher's id, else the link, else a hash of title and time
    key: str
    #: plain text
    title: str
    #: http or https, or None
    link: str | None
    published: datetime | None
    #: the longest text the feed carries for this entry
    content: str
    #: whether `content` is HTML; else it is plain text
    is_html: bool
    tags: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()


class Zone(StrEnum):
    """A part of a brief with a role."""

    TITLE = "title"
    #: what just happened: "Latest Developments", or the first paragraph of a flat text
    LEAD = "lead"
    #: the rest of the report
    BODY = "body"
    #: what went before, under a heading of its own
    BACKGROUND = "background"
    #: an expert's words
    QUOTE = "quote"
    #: who wrote it, press contacts
    BYLINE = "byline"
    #: links to other pieces
    RELATED = "related"


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One paragraph, bullet, heading or kicker of a brief: `Brief.text[start:end]`."""

    zone: Zone
    start: int
    end: int
    #: a heading, or the bold kicker that opens a bullet: read, but never quoted as a sentence
    heading: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """What a named expert said, as it stands in the brief."""

    #: without the quotation marks; `Brief.text[start:end]`
    words: str
    start: int
    end: int
    speaker: str
    role: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Brief:
    """An entry understood."""

    feed: FeedId
    key: str
    title: str
    link: str | None
    published: datetime | None
    authors: tuple[str, ...]
    #: issue tags given by the publisher, from the feed or from the page's "Issues:" line
    tags: tuple[str, ...]
    #: all blocks in order, the title first, one line each
    text: str
    blocks: tuple[Block, ...]
    quotes: tuple[Quote, ...]
    #: the feed carries only the beginning
    truncated: bool

    def zone_at(self, offset: int) -> Zone:
        """Return the zone of the block that holds `offset`."""
        return next(block.zone for block in self.blocks if offset < block.end)


class Via(StrEnum):
    """What made a topic fire."""

    RULE = "rule"
    PUBLISHER_TAG = "publisher_tag"


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Words that made a topic fire."""

    #: a zone's value, or "publisher_tag"
    zone: str
    text: str
    #: offsets into `Brief.text`; both 0 for a publisher tag
    start: int = 0
    end: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """A topic that fired on a brief, and why."""

    topic: TopicId
    via: Via
    evidence: tuple[Evidence, ...]
    #: the rule of a watch, once loaded for its chat; None: the config names the topic
    rule: str | None = None


class Qualifier(StrEnum):
    """How a number is meant."""

    AT_LEAST = "at least"
    AT_MOST = "at most"
    ABOUT = "about"
    MORE_THAN = "more than"
    LESS_THAN = "less than"
    NEARLY = "nearly"
    UP_TO = "up to"
    ALL_BUT = "all but"
    BETWEEN = "between"
    DOZENS = "dozens"
    HUNDREDS = "hundreds"
    THOUSANDS = "thousands"


class FigureKind(StrEnum):
    """What sort of thing a figure counts."""

    CASUALTIES = "casualties"
    MUNITIONS = "munitions"
    ATTACKS = "attacks"
    MONEY = "money"
    PERCENT = "percent"
    DISTANCE = "distance"
    WEIGHT = "weight"
    PEOPLE = "people"
    COUNT = "count"
    DURATION = "duration"


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A number with its qualifier and what it counts: `Brief.text[start:end]`."""

    text: str
    start: int
    end: int
    #: a number, a range, or None for a vague one ("dozens")
    value: float | tuple[float, float] | None
    qualifier: Qualifier | None
    #: what is counted, in lower case, as in the text; usd, eur, percent, kilometers and the like
    unit: str
    kind: FigureKind
    zone: Zone


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyFigure:
    """A figure worth a line: the words of the source around it, `Brief.text[start:end]`."""

    #: index into `Summary.figures`
    figure: int
    #: at most 90 characters, cut at a clause
    text: str
    start: int
    end: int
    #: where the figure stands inside `text`
    bold_start: int
    bold_end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """A sentence of the brief: `Brief.text[start:end]`."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedFigure:
    """Where a figure stands in a sentence that was shortened, word for word as in the brief."""

    #: index into `Summary.figures`
    figure: int
    #: offsets into `Shortened.text`
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Shortened:
    """A sentence with words left out by a language model: what is left is the brief's, in order.

    Articles, "and", "that", a past tense for an "-ing" and a comma are all that may be new.
    """

    #: index into `Summary.sentences`
    sentence: int
    text: str
    figures: tuple[PlacedFigure, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """What to tell of a brief; every word of it but for `shortened` is a slice of the source."""

    #: the lead, then at most two more; 600 characters in all
    sentences: tuple[Sentence, ...]
    #: every figure, in text order
    figures: tuple[Figure, ...]
    #: at most three, best first
    key_figures: tuple[KeyFigure, ...]
    #: told instead of their sentences; none unless a language model is configured
    shortened: tuple[Shortened, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """A brief with its summary and the topics it matched, ready to be told."""

    brief: Brief
    summary: Summary
    matches: tuple[Match, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Button:
    """A button under a message: opens `url`, or sends `data` back to us."""

    label: str
    url: str | None = None
    #: at most 64 bytes (Bot API, InlineKeyboardButton.callback_data)
    data: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A file that goes with a message."""

    #: without a folder
    name: str
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What a chat is shown; `html` uses Telegram's tags only, `text` says the same without."""

    html: str
    text: str
    #: rows of buttons
    buttons: tuple[tuple[Button, ...], ...] = ()
    #: arrive without a sound
    silent: bool = False
    #: what it says is then the caption, of 1,024 UTF-16 units at most
    document: Document | None = None
