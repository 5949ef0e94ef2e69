"""What tells the time."""

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """The time, as a value one can drive in tests."""

    def now(self) -> datetime:
        """Return the present instant, aware, in UTC."""
        ...
