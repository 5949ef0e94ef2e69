"""What admins are told, and what they decide in chat."""

from alertbot.chat.parts.admins.deciding import AdminsPart
from alertbot.chat.parts.admins.former import FormerTopics
from alertbot.chat.parts.admins.notices import config_in_force, config_refused, feed_notice

__all__ = ["AdminsPart", "FormerTopics", "config_in_force", "config_refused", "feed_notice"]
