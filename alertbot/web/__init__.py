"""The HTTP faces: /health and /metrics for operators, and callbacks for hubs, at another port."""

from alertbot.web.callback import Callbacks, CallbackServer
from alertbot.web.server import Health, WebServer, metrics

__all__ = ["CallbackServer", "Callbacks", "Health", "WebServer", "metrics"]
