"""The processes that read feeds and pages, kept from one test for the next.

Each takes half a second to start, which is more than most tests take with one.
"""

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from subprocess import Popen

import pytest

from alertbot.feeds.reading import worker

Bounds = tuple[float, int]


class KeptProcesses:
    """Idle processes by what they are bounded to: seconds, bytes."""

    def __init__(self) -> None:
        self.idle: dict[Bounds, list[Popen[bytes]]] = defaultdict(list)

    @contextmanager
    def in_use(self) -> Iterator[None]:
        """Take up an idle process where one would be started, and keep those that are let go."""
        keep = self

        class KeptProcess(worker.FeedProcess):
            def __init__(self, limit: float, room: int = worker.FEED_ROOM) -> None:
                super().__init__(limit, room)
                self._bounds = (limit, room)

            async def _start(self) -> Popen[bytes]:
                if idle := keep.idle[self._bounds]:
                    self._end()
                    self._child = idle.pop()
                    return self._child
                return await super()._start()

            def close(self) -> None:
                # whatever did not come to its end took the process along
                if self._child and self._child.poll() is None:
                    keep.idle[self._bounds].append(self._child)
                    self._child = None
                super().close()

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(worker, "FeedProcess", KeptProcess)
            yield

    def end(self) -> None:
        """End all."""
        for processes in self.idle.values():
            for process in processes:
                with process:
                    process.kill()
