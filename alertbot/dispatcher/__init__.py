"""From an alert to a chat: what the message says, when it leaves, what becomes of it."""

from alertbot.dispatcher.digest import write_digest
from alertbot.dispatcher.digests import Releaser
from alertbot.dispatcher.policy import judge
from alertbot.dispatcher.render import Renderer
from alertbot.dispatcher.sender import Sender

__all__ = ["Releaser", "Renderer", "Sender", "judge", "write_digest"]
