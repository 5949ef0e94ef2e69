"""What is said of looking back."""

import html
from dataclasses import replace
from datetime import timedelta

from alertbot.chat.parts.archive.exports import FORMATS
from alertbot.chat.talk import Buttons, bold, say
from alertbot.model import Button, Document, Message, Topic
from alertbot.ports import PastAlerts
from alertbot.words import Words, msgid

NOT_KEPT = msgid("That brief is no longer kept.")


def nothing_followed(words: Words, buttons: Buttons) -> Message:
    """Say why there are no latest alerts to show."""
    return say(words("You follow no topics yet, so there is nothing to show. Tap one:"), buttons)


def nothing_yet(words: Words, topic: Topic | None) -> Message:
    """Say that no alert has been made so far."""
    if topic is None:
        return say(
            words("There have been no alerts on your topics yet. The next one comes by itself.")
        )
    return say(
        words(
            "There have been no alerts on {topic} yet. The next one comes by itself.",
            topic=bold(topic.name),
        )
    )


def how_to_find(words: Words) -> Message:
    """Say how a search is written."""
    return say(
        words(
            "Find what? Write words behind the command: {example}\n"
            "All of them must stand in a brief. A part with a star finds every word that begins "
            "so, and words in quotes are found in that order.",
            example='<code>/find houthi missil* "Red Sea"</code>',
        )
    )


def nothing_found(words: Words, typed: str) -> Message:
    """Say that no brief has the words."""
    return say(
        words(
            "No brief that I keep has {words}. All words must stand in it; try fewer of them, "
            "or the beginning of one with a star, as in {example}.",
            words=bold(typed),
            example="<code>missil*</code>",
        )
    )


def nothing_older(words: Words, typed: str) -> Message:
    """Say that no more briefs have the words."""
    return say(words("There are no older briefs with {words}.", words=bold(typed)))


def how_to_export(words: Words, example: str) -> Message:
    """Say how a topic and a time are written."""
    if not example:
        return say(words("No topics are offered yet. Please look in again later."))
    written = html.escape(example, quote=False)
    return say(
        words(
            "Which topic, and of how long? Write both behind the command, days or weeks: "
            "{example}. A year is the most.",
            example=f"<code>/export {written} 30d</code>",
        )
    )


def which_format(words: Words, topic: Topic, period: timedelta) -> Message:
    """Ask what sort of file it should be."""
    asked = words.plural(
        "Alerts on {topic} of the last day: as what file?",
        "Alerts on {topic} of the last {n} days: as what file?",
        period.days,
        topic=bold(topic.name),
    )
    row = tuple(
        Button(label=name, data=f"export:{kind}:{period.days}:{topic.id}")
        for kind, name in FORMATS.items()
    )
    return say(asked, (row,))


def nothing_to_export(words: Words, topic: Topic, period: timedelta) -> Message:
    """Say that there is nothing to put into a file."""
    return say(
        words.plural(
            "There was no alert on {topic} in the last day.",
            "There was no alert on {topic} in the last {n} days.",
            period.days,
            topic=bold(topic.name),
        )
    )


def exported(
    words: Words, topic: Topic, told: PastAlerts, period: timedelta, file: Document
) -> Message:
    """Return the file, with what is in it and what is not."""
    count = words.plural("{n} alert", "{n} alerts", len(told.alerts))
    page = words.plural(
        "{alerts} on {topic} of the last day.",
        "{alerts} on {topic} of the last {n} days.",
        period.days,
        alerts=count,
        topic=bold(topic.name),
    )
    if told.total > len(told.alerts):
        page += "\n" + words(
            "These are the newest of {total}; ask for a shorter time to get all of it.",
            total=told.total,
        )
    return replace(say(page), document=file)
