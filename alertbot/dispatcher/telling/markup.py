"""The few tags of Telegram's HTML that messages use; source words are cleaned and escaped here."""

import html
import re
from collections.abc import Sequence

from alertbot.dispatcher.wording import clean

TAGS = re.compile(r"</?(?:b|i|blockquote)(?: expandable)?>")


def bold(text: str) -> str:
    """Return clean text in bold."""
    return f"<b>{html.escape(text, quote=False)}</b>" if text else ""


def italic(text: str) -> str:
    """Return clean text in italics."""
    return f"<i>{html.escape(text, quote=False)}</i>"


def plain(text: str) -> str:
    """Return any text, cleaned; spaces around it stay."""
    return html.escape(clean(text, strip=False), quote=False)


def expandable(lines: Sequence[str]) -> str:
    """Return lines of markup as a quotation that shows three of them until it is tapped."""
    return f"<blockquote expandable>{chr(10).join(lines)}</blockquote>" if lines else ""


def paragraphs(parts: Sequence[str]) -> str:
    """Return the parts as paragraphs, without the empty ones."""
    return "\n\n".join(part for part in parts if part)


def visible(markup: str) -> str:
    """Return what a reader sees of a message in our own markup."""
    return html.unescape(TAGS.sub("", markup))
