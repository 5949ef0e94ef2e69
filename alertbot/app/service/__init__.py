"""The service that runs: its parts wired, the config it follows, and how it is told to end."""

from alertbot.app.service.edits.reload import Edits
from alertbot.app.service.wiring import (
    NobodyToTalkTo,
    Role,
    Service,
    Terminal,
    open_service,
    run,
)

__all__ = [
    "Edits",
    "NobodyToTalkTo",
    "Role",
    "Service",
    "Terminal",
    "open_service",
    "run",
]
