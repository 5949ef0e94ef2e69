"""What admins are told, and what they do in chat."""

from alertbot.chat.parts.admins.deciding import AdminsPart
from alertbot.chat.parts.admins.former import FormerTopics
from alertbot.chat.parts.admins.notices import (
    config_checked,
    config_in_force,
    config_kept,
    config_refused,
    feed_notice,
)
from alertbot.chat.parts.admins.office import Glance, Office

__all__ = [
    "AdminsPart",
    "FormerTopics",
    "Glance",
    "Office",
    "config_checked",
    "config_in_force",
    "config_kept",
    "config_refused",
    "feed_notice",
]
