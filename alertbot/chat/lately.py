"""What was found out or done a while ago, and may be taken for true until then."""

import time
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

#: seconds for which something is remembered where nothing else is said
KEPT = 60.0
REMEMBERED = 10_000


class Lately(Generic[K, V]):
    """Values by key, each forgotten a while after it was put in."""

    def __init__(self, seconds: Callable[[], float] = time.monotonic, kept: float = KEPT) -> None:
        """Go by a clock that counts seconds; kept: how many."""
        self._seconds = seconds
        self._kept = kept
        self._known: dict[K, tuple[float, V]] = {}

    def __len__(self) -> int:
        return len(self._known)

    def get(self, key: K) -> V | None:
        """Return the value; None if there is none, or it was put in too long ago."""
        put_at, value = self._known.get(key, (None, None))
        return value if put_at is not None and self._seconds() - put_at < self._kept else None

    def put(self, key: K, value: V) -> None:
        """Remember the value; where there are too many, rather forget all than grow."""
        if len(self._known) >= REMEMBERED:
            since = self._seconds() - self._kept
            self._known = {key: one for key, one in self._known.items() if one[0] > since}
        if len(self._known) >= REMEMBERED:
            self._known.clear()
        self._known[key] = (self._seconds(), value)
