"""Makes messages of our own words; names and words from outside are escaped here."""

import html
import re
from collections.abc import Iterable
from datetime import datetime

from alertbot.model import Button, Message

Buttons = tuple[tuple[Button, ...], ...]

NAME_LIMIT = 60
#: UTF-16 units of a page of ours: Telegram takes 4,096
LONGEST = 4_000
#: before what is chosen
TICK = "✓ "


def say(page: str, buttons: Buttons = ()) -> Message:
    """Make a message of our own HTML."""
    return Message(html=page, text=html.unescape(re.sub(r"<[^>]*>", "", page)), buttons=buttons)


def plain(text: str) -> Message:
    """Make a message of plain words."""
    return Message(html=html.escape(text, quote=False), text=text)


def clip(text: str, limit: int = NAME_LIMIT) -> str:
    """Return the text on one line, cut to `limit` characters."""
    flat = " ".join(text.split())
    return flat if len(flat) <= limit else f"{flat[: limit - 1].rstrip()}…"


def quoted(text: str, limit: int = NAME_LIMIT) -> str:
    """Return the text in quotation marks, cut to `limit` characters with them."""
    return f"“{clip(text, limit - 2)}”"


def escaped(text: str, limit: int = NAME_LIMIT) -> str:
    """Return the text clipped and escaped."""
    return html.escape(clip(text, limit), quote=False)


def fit(lines: Iterable[str]) -> str:
    """Return as many lines of our own HTML, each whole by itself, as one message takes."""
    kept: list[str] = []
    room = LONGEST
    for line in lines:
        room -= units(say(line).text) + 1
        if room < 0:
            return "\n".join([*kept, "…"])
        kept.append(line)
    return "\n".join(kept)


def date_of(when: datetime) -> str:
    """Return a date as alerts have it."""
    return f"{when:%B} {when.day}, {when.year}"


def units(text: str) -> int:
    """Return the length of a text as Telegram counts it, in UTF-16 units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def bold(text: str) -> str:
    """Return the text clipped, escaped and bold."""
    return f"<b>{escaped(text)}</b>"
