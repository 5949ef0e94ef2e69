"""From an alert to a chat: what the message says, when it leaves, what becomes of it."""

from alertbot.dispatcher.policy import judge
from alertbot.dispatcher.render import Renderer
from alertbot.dispatcher.sender import Sender

__all__ = ["Renderer", "Sender", "judge"]
