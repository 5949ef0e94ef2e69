"""Makes messages of our own words; names and words from outside are escaped here."""

import html
import re

from alertbot.model import Button, Message

Buttons = tuple[tuple[Button, ...], ...]

NAME_LIMIT = 60
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


def bold(text: str) -> str:
    """Return the text clipped, escaped and bold."""
    return f"<b>{html.escape(clip(text), quote=False)}</b>"
