"""Choosing topics: the first minute, the keyboard, and the commands that follow and leave."""

from alertbot.chat.parts.topics.choosing import TopicsPart
from alertbot.chat.parts.topics.keyboard import keyboard, read_press
from alertbot.chat.parts.topics.suggesting import suggest

__all__ = ["TopicsPart", "keyboard", "read_press", "suggest"]
