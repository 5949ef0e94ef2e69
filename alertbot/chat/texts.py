"""Every sentence alertbot says of itself, as messages; `commands` and `telegram` pick from here.

Alerts are written by the dispatcher, and what only admins read by `admins`, not here. All names and
words from outside are escaped.
"""

import html
import re
from collections.abc import Sequence

from alertbot.model import Button, Message, Topic

Buttons = tuple[tuple[Button, ...], ...]

#: the command menu of Telegram's input field, and the lines of /help
MENU = (
    ("topics", "Choose your topics"),
    ("subscribe", "Follow a topic by its name"),
    ("unsubscribe", "Stop following a topic"),
    ("mytopics", "What you follow"),
    ("latest", "The newest alerts on your topics"),
    ("stop", "End all alerts and delete your data"),
    ("help", "What I understand"),
)
NAME_LIMIT = 60
#: as many names as surely fit into one message of 4,096 UTF-16 units
NAMES_SHOWN = 30

OUTDATED = "That button is out of date; /topics shows the present list."
NOT_OFFERED = "That topic is no longer offered."
ONE_MOMENT = "One moment, please: that was a little fast."
SORRY = "Something went wrong; it has been noted. Please try again in a while."

TYPE_A_NUMBER = "Type a number to choose; /quit ends the program."


def say(page: str, buttons: Buttons = ()) -> Message:
    """Make a message of our own HTML."""
    return Message(html=page, text=html.unescape(re.sub(r"<[^>]*>", "", page)), buttons=buttons)


def notice(words: str) -> Message:
    """Make a message of plain words."""
    return Message(html=html.escape(words, quote=False), text=words)


def clip(words: str, limit: int = NAME_LIMIT) -> str:
    """Return the words on one line, cut to `limit` characters."""
    flat = " ".join(words.split())
    return flat if len(flat) <= limit else f"{flat[: limit - 1].rstrip()}…"


def bold(words: str) -> str:
    """Return the words clipped, escaped and bold."""
    return f"<b>{html.escape(clip(words), quote=False)}</b>"


def welcome(buttons: Buttons) -> Message:
    """Greet somebody new."""
    return say(
        "Hello! When a brief on one of your topics comes out, "
        "I send you what happened and its key figures.\n"
        "Tap a topic to follow it, and tap it again to stop.",
        buttons,
    )


def choice(followed: int, offered: int, buttons: Buttons) -> Message:
    """Show the topics on offer."""
    if not offered:
        return say("No topics are offered yet. Please look in again later.")
    return say(
        "Tap a topic to follow it, and tap it again to stop.\n"
        f"You follow {followed} of {offered} topics.",
        buttons,
    )


def usage(command: str, example: str, buttons: Buttons) -> Message:
    """Say how a command that needs a topic is written."""
    shown = f": <code>/{command} {html.escape(example, quote=False)}</code>" if example else ""
    return say(f"Which topic? Write its name behind the command{shown}, or tap one here.", buttons)


def unknown_topic(words: str, buttons: Buttons) -> Message:
    """Say that no topic is called so; the buttons offer those that come close, if any."""
    if buttons:
        return say(f"I know no topic called {bold(words)}. Did you mean one of these?", buttons)
    return say(f"I know no topic called {bold(words)}. /topics shows those I know.")


def followed(topic: Topic) -> str:
    """Confirm a subscription."""
    return f"You now follow {bold(topic.name)}."


def already_followed(topic: Topic) -> str:
    """Say that nothing had to be done."""
    return f"You already follow {bold(topic.name)}."


def unfollowed(topic: Topic) -> str:
    """Confirm the end of a subscription."""
    return f"You no longer follow {bold(topic.name)}."


def not_followed(topic: Topic) -> str:
    """Say that there was no subscription to end."""
    return f"You did not follow {bold(topic.name)}."


def too_many(limit: int) -> str:
    """Say that the chat follows as many topics as it may."""
    return f"You follow {limit} topics, and that is the limit. Drop one first: /mytopics"


def my_topics(topics: Sequence[Topic], paused: Sequence[Topic]) -> Message:
    """List what the chat follows, and what of it is no longer offered."""
    if not topics and not paused:
        return say("You follow no topics yet. /topics shows what there is.")
    parts = []
    if topics:
        parts.append("\n".join(["You follow:", *_names(topics, NAMES_SHOWN)]))
    if paused:
        names = _names(paused, max(0, NAMES_SHOWN - len(topics)))
        parts.append(
            "\n".join(["Paused, as no longer offered; /unsubscribe ends them for good:", *names])
        )
    return say("\n\n".join([*parts, "/topics changes it."]))


def _names(topics: Sequence[Topic], shown: int) -> list[str]:
    lines = [f"• {bold(topic.name)}" for topic in topics[:shown]]
    if len(topics) > shown:
        lines.append(f"… and {len(topics) - shown} more")
    return lines


def nothing_followed(buttons: Buttons) -> Message:
    """Say why there are no latest alerts to show."""
    return say("You follow no topics yet, so there is nothing to show. Tap one:", buttons)


def nothing_yet(topic: Topic | None) -> Message:
    """Say that no alert has been made so far."""
    subject = bold(topic.name) if topic else "your topics"
    return say(f"There have been no alerts on {subject} yet. The next one comes by itself.")


def goodbye() -> Message:
    """Confirm that the chat is forgotten."""
    return say(
        "Done: no more alerts, and all I knew of this chat is deleted. "
        "If you want me back, send /start."
    )


def help_page() -> Message:
    """List the commands."""
    lines = [f"/{name} – {does}" for name, does in MENU]
    return say("\n".join(["This is what I understand:", *lines]))


def no_such_number(number: str) -> Message:
    """Answer a number that stands before nothing."""
    return say(f"There is no number {number} here. /topics lists the topics.")


def hint() -> Message:
    """Answer what is not understood."""
    return say(
        "I did not understand that. /topics shows what I can tell you about, /help the rest."
    )
