"""What was said, tapped and shown in a conversation, as a text that a person can read."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from fakes.bot_api import Posted
from fakes.bot_api_inline import Article

#: how the text of a transcript marks what Telegram shows
MARKS = {"bold": "**", "italic": "_", "code": "`", "spoiler": "||"}
QUOTES = {"blockquote", "expandable_blockquote"}
#: lines of a file that are written out
FILE_LINES = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """Somebody typed."""

    who: str
    text: str
    #: where, if not in a private chat with the bot
    where: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tapped:
    """Somebody tapped a button of a message."""

    who: str
    label: str
    data: str
    message: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Noticed:
    """Words over the chat, for a moment or until they are tapped away."""

    text: str
    popup: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """The bot wrote."""

    message: Posted
    #: where, if not in a private chat
    where: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """The bot changed what it had written."""

    message: Posted


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """The bot offered something to share."""

    articles: tuple[Article, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """Time went by, or something came to pass outside the chat."""

    text: str


Event = Said | Tapped | Noticed | Shown | Changed | Offered | Heading


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A part of a text that looks the same throughout."""

    text: str
    #: types of Bot API entities
    looks: frozenset[str]
    url: str | None = None

    @property
    def quoted(self) -> bool:
        """Tell whether it stands in a quotation."""
        return bool(self.looks & QUOTES)


@dataclass
class Transcript:
    """A conversation, event by event."""

    title: str
    events: list[Event] = field(default_factory=list)

    def add(self, event: Event) -> None:
        self.events.append(event)

    @property
    def text(self) -> str:
        """Return it as the golden files hold it."""
        blocks = [[self.title, "=" * len(self.title)], *map(_lines, self.events)]
        return "\n\n".join("\n".join(block) for block in blocks) + "\n"


def runs(text: str, entities: Sequence[dict[str, Any]]) -> Iterator[Run]:
    """Yield a text in parts of one look each; entities count in UTF-16 units."""
    units = text.encode("utf-16-le")
    spans = [(each["offset"], each["offset"] + each["length"], each) for each in entities]
    edges = sorted({0, len(units) // 2, *(edge for span in spans for edge in span[:2])})
    for start, end in pairwise(edges):
        here = [each for first, last, each in spans if first <= start and end <= last]
        yield Run(
            text=units[2 * start : 2 * end].decode("utf-16-le"),
            looks=frozenset(each["type"] for each in here),
            url=next((each["url"] for each in here if "url" in each), None),
        )


def _lines(event: Event) -> list[str]:
    match event:
        case Heading():
            return [f"--- {event.text} ---"]
        case Said():
            return [f"{event.who}{event.where and ', '}{event.where}: {event.text}"]
        case Tapped():
            return [f"{event.who} taps [{event.label}] ({event.data})"]
        case Noticed(popup=True):
            return ["    (a pop-up:)", *_indented(event.text)]
        case Noticed():
            return [f"    (for a moment: {event.text})"]
        case Changed():
            return ["    (the message becomes:)", *_message(event.message)]
        case Shown():
            where = [f"    ({event.where})"] if event.where else []
            silent = ["    (without a sound)"] if event.message.silent else []
            return [*where, *silent, *_message(event.message)]
        case Offered():
            lines = [line for each in event.articles for line in _article(each)]
            return ["    (to share:)", *(lines or ["    | nothing"])]


def _message(message: Posted) -> list[str]:
    file = []
    if message.document:
        name, content = message.document
        written = content.decode(errors="replace").splitlines()
        more = [f"… and {len(written) - FILE_LINES} lines more"] * (len(written) > FILE_LINES)
        file = _indented("\n".join([f"📎 {name}", *written[:FILE_LINES], *more]), "        ")
    marked = ""
    for run in runs(message.text, message.entities):
        begins = not marked or marked.endswith("\n")
        marked += f"{'> ' * (run.quoted and begins)}{_marked(run)}"
    return [*file, *_indented(marked), *_buttons(message.buttons)]


def _article(article: Article) -> list[str]:
    return [f"    * {article.title}", *_indented(article.description, "      ")]


def _buttons(rows: Sequence[Sequence[dict[str, Any]]]) -> list[str]:
    def shown(button: dict[str, Any]) -> str:
        leads = f" {button['url']}" if "url" in button else ""
        return f"[{button['text']}{leads}]"

    return ["    " + " ".join(map(shown, row)) for row in rows]


def _marked(run: Run) -> str:
    text = run.text
    for look, mark in MARKS.items():
        if look in run.looks and text.strip():
            text = f"{mark}{text}{mark}"
    if run.url:
        text = f"[{text}]({run.url})"
    return text.replace("\n", "\n> ") if run.quoted else text


def _indented(text: str, by: str = "    ") -> list[str]:
    return [f"{by}| {line}".rstrip() for line in text.split("\n")]
