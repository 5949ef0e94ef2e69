"""Channels, which their admins look after from their private chats with us."""

from alertbot.chat.parts.channels.looking_after import ChannelsPart

__all__ = ["ChannelsPart"]
