"""Choosing topics: the first minute, the keyboard, and the commands that follow and leave."""

from alertbot.chat.parts.topics.choosing import TopicsPart
from alertbot.chat.parts.topics.keyboard import TICK, keyboard, read_press, topic_buttons
from alertbot.chat.parts.topics.suggesting import suggest

__all__ = ["TICK", "TopicsPart", "keyboard", "read_press", "suggest", "topic_buttons"]
