"""What is said of topics and of following them."""

import html
from collections.abc import Sequence

from alertbot.chat.parts.times import Ways
from alertbot.chat.talk import Buttons, bold, say
from alertbot.model import Message, Topic
from alertbot.words import Words, msgid

#: as many names as surely fit into one message of 4,096 UTF-16 units
NAMES_SHOWN = 18
WATCHES_SHOWN = 8

SAMPLE = msgid("This is what you will get:")
IN_GENERAL = msgid(
    "Alerts on it come to General. To have them in another thread, "
    "send /subscribe with the name of the topic there."
)
NOT_OFFERED = msgid("That topic is no longer offered.")


def welcome(words: Words, group: str, buttons: Buttons) -> Message:
    """Greet somebody new; group: of the topics on the buttons, if they are of one."""
    greeting = words(
        "Hello! When a brief on one of your topics comes out, "
        "I send you what happened and its key figures.\n"
        "Tap a topic to follow it, and tap it again to stop."
    )
    return say(_under(greeting, group), buttons)


def choice(words: Words, followed: int, offered: int, group: str, buttons: Buttons) -> Message:
    """Show the topics on offer; group: of those on the buttons, if they are of one."""
    if not offered:
        return say(words("No topics are offered yet. Please look in again later."))
    chosen = words(
        "Tap a topic to follow it, and tap it again to stop.\n"
        "You follow {followed} of {offered} topics.",
        followed=followed,
        offered=offered,
    )
    return say(_under(chosen, group), buttons)


def found(words: Words, said: str, buttons: Buttons) -> Message:
    """Offer the topics that a typed word finds."""
    return say(words("These topics fit {said}. Tap one to follow it:", said=bold(said)), buttons)


def _under(text: str, group: str) -> str:
    return f"{text}\n\n{bold(group)}" if group else text


def usage(words: Words, command: str, example: str, buttons: Buttons) -> Message:
    """Say how a command that needs a topic is written."""
    if not example:
        return say(words("Which topic? Write its name behind the command, or tap one here."))
    shown = f"<code>/{command} {html.escape(example, quote=False)}</code>"
    asked = words(
        "Which topic? Write its name behind the command: {example}, or tap one here.",
        example=shown,
    )
    return say(asked, buttons)


def unknown_topic(words: Words, said: str, buttons: Buttons) -> Message:
    """Say that no topic is called so; the buttons offer those that come close, if any."""
    if buttons:
        asked = words("I know no topic called {name}. Did you mean one of these?", name=bold(said))
        return say(asked, buttons)
    return say(words("I know no topic called {name}. /topics shows those I know.", name=bold(said)))


def followed(words: Words, topic: Topic, thread: int | None) -> str:
    """Confirm a subscription; thread: of a forum, to which it goes."""
    if thread is None:
        return words("You now follow {topic}.", topic=bold(topic.name))
    return words("You now follow {topic}, in this thread.", topic=bold(topic.name))


def moved(words: Words, topic: Topic, thread: int | None) -> str:
    """Say to which thread of a forum the alerts on a topic go from now on; None: to General."""
    if thread is None:
        return words("{topic} goes to General from now on.", topic=bold(topic.name))
    return words("{topic} goes to this thread from now on.", topic=bold(topic.name))


def already_followed(words: Words, topic: Topic) -> str:
    """Say that nothing had to be done."""
    return words("You already follow {topic}.", topic=bold(topic.name))


def unfollowed(words: Words, topic: Topic, place: str) -> str:
    """Confirm the end of a subscription; place: where it went, in HTML, if not to where we are."""
    if place:
        return words(
            "You no longer follow {topic}, which went to {place}.",
            topic=bold(topic.name),
            place=place,
        )
    return words("You no longer follow {topic}.", topic=bold(topic.name))


def not_followed(words: Words, topic: Topic) -> str:
    """Say that there was no subscription to end."""
    return words("You did not follow {topic}.", topic=bold(topic.name))


def too_many(words: Words, limit: int) -> str:
    """Say that the chat follows as many topics as it may."""
    return words.plural(
        "You follow {n} topic, and that is the limit. Drop one first: /mytopics",
        "You follow {n} topics, and that is the limit. Drop one first: /mytopics",
        limit,
    )


def my_topics(
    words: Words,
    topics: Sequence[Topic],
    watches: Sequence[Topic],
    paused: Sequence[Topic],
    ways: Ways,
) -> Message:
    """List what the chat follows, what it watches, and what is no longer offered; ways: how."""
    if not topics and not watches and not paused:
        return say(words("You follow no topics yet. /topics shows what there is."))
    parts = []
    if topics:
        lines = ways.lines(words, topics, NAMES_SHOWN)
        parts.append("\n".join([words("You follow:"), *lines]))
    if watches:
        lines = ways.lines(words, watches, WATCHES_SHOWN)
        parts.append("\n".join([words("Your watches; /watches changes them:"), *lines]))
    if paused:
        names = _names(words, paused, max(0, NAMES_SHOWN - len(topics)))
        head = words("Paused, as no longer offered; /unsubscribe ends them for good:")
        parts.append("\n".join([head, *names]))
    return say("\n\n".join([*parts, words("/topics changes it, /digest when it comes.")]))


def _names(words: Words, topics: Sequence[Topic], shown: int) -> list[str]:
    lines = [words("• {topic}", topic=bold(topic.name)) for topic in topics[:shown]]
    if (more := len(topics) - shown) > 0:
        lines.append(words.plural("… and {n} more", "… and {n} more", more))
    return lines


def hint(words: Words) -> Message:
    """Answer what is not understood."""
    return say(
        words("I did not understand that. /topics shows what I can tell you about, /help the rest.")
    )
