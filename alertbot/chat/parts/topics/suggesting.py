"""Offers the topics that may have been meant, where a name is none."""

from alertbot.chat.parts.topics import texts
from alertbot.chat.parts.topics.keyboard import found_buttons
from alertbot.chat.talk import Desk, Speaker
from alertbot.model import Message


async def suggest(desk: Desk, speaker: Speaker, said: str) -> Message:
    """Say that no topic is called so, and offer those that come close."""
    similar = desk.topics.similar(said)
    buttons = found_buttons(desk.topics, similar, await desk.followed(speaker.chat))
    return texts.unknown_topic(speaker.words, said, buttons)
