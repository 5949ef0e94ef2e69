"""What can go wrong between a bot and Telegram; scripted with `FakeBotApi.fail_next`."""

import json
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Any


class How(Enum):
    """In which way a request fails."""

    #: an answer that says so
    ANSWER = auto()
    #: the connection breaks instead of an answer
    DROP = auto()
    #: the connection breaks in the middle of an answer
    CUT = auto()
    #: no answer comes
    HANG = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """A request that fails; `committed`: only after Telegram did what was asked."""

    how: How = How.ANSWER
    committed: bool = False
    status: int = 500
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)


def refusal(status: int, description: str, **parameters: object) -> Fault:
    """Refuse with a Bot API answer."""
    answer: dict[str, Any] = {"ok": False, "error_code": status, "description": description}
    if parameters:
        answer["parameters"] = parameters
    return Fault(status=status, body=json.dumps(answer).encode())


def flood(seconds: int) -> Fault:
    """Refuse with a 429, as tdlib/telegram-bot-api does: in the body and as a header."""
    told = refusal(429, f"Too Many Requests: retry after {seconds}", retry_after=seconds)
    return Fault(status=429, body=told.body, headers={"Retry-After": str(seconds)})


def flood_without_time() -> Fault:
    """Refuse with a 429 that does not say how long to wait."""
    return refusal(429, "Too Many Requests")


def conflict() -> Fault:
    """Refuse because another process reads the updates."""
    return refusal(
        409,
        "Conflict: terminated by other getUpdates request; "
        "make sure that only one bot instance is running",
    )


def webhook_conflict() -> Fault:
    """Refuse because the updates go elsewhere."""
    return refusal(
        409,
        "Conflict: can't use getUpdates method while webhook is active; "
        "use deleteWebhook to delete the webhook first",
    )


def server_error(status: int = 500, *, committed: bool = False) -> Fault:
    """Answer with the error page of a proxy."""
    page = f"<html><title>{status}</title></html>".encode()
    return Fault(status=status, body=page, committed=committed)


def garbage(body: bytes = b"<html>hello</html>", *, committed: bool = False) -> Fault:
    """Answer 200 with a body that is no Bot API answer."""
    return Fault(status=200, body=body, committed=committed)


def dropped(*, committed: bool = False) -> Fault:
    """Break the connection."""
    return Fault(how=How.DROP, committed=committed)


def cut_short(*, committed: bool = False) -> Fault:
    """Break the connection in the middle of an answer."""
    return Fault(how=How.CUT, status=200, body=b'{"ok":true,"res', committed=committed)


def hanging(*, committed: bool = False) -> Fault:
    """Leave the request without an answer."""
    return Fault(how=How.HANG, committed=committed)
