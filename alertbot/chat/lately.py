"""What was found out or done in the last minute, and may be taken for true until then."""

import time
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

#: seconds for which something is remembered
KEPT = 60.0
REMEMBERED = 10_000


class Lately(Generic[K, V]):
    """Values by key, each forgotten a minute after it was put in."""

    def __init__(self, seconds: Callable[[], float] = time.monotonic) -> None:
        """Go by a clock that counts seconds."""
        self._seconds = seconds
        self._known: dict[K, tuple[float, V]] = {}

    def __len__(self) -> int:
        return len(self._known)

    def get(self, key: K) -> V | None:
        """Return the value; None if there is none from the last minute."""
        put_at, value = self._known.get(key, (None, None))
        return value if put_at is not None and self._seconds() - put_at < KEPT else None

    def put(self, key: K, value: V) -> None:
        """Remember the value; where there are too many, rather forget all than grow."""
        if len(self._known) >= REMEMBERED:
            since = self._seconds() - KEPT
            self._known = {key: one for key, one in self._known.items() if one[0] > since}
        if len(self._known) >= REMEMBERED:
            self._known.clear()
        self._known[key] = (self._seconds(), value)
