"""A clock that stands still until a test moves it."""

from dataclasses import dataclass
from datetime import datetime


@dataclass
class HeldClock:
    time: datetime

    def now(self) -> datetime:
        return self.time
