"""XML feeds read in a process that can be killed; `HttpFeeds` hands it what has to be parsed.

feedparser can spend minutes in one regular expression (its issue 562), and meanwhile no thread of
its process runs. The ends speak pickle over pipes: the parent loads only what `serve` wrote, in
which a feed fills strings and no more, so it trusts the child as it trusts this module.
"""

import asyncio
import os
import pickle
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass

from alertbot.errors import ParseError
from alertbot.feeds.reading.parse import ParsedFeed, read_feed
from alertbot.model import FeedId

#: seconds; a feed of 5 MiB takes about two
PARSE_LIMIT = 10.0
#: seconds for an interpreter to start on a busy machine
_START_LIMIT = 30.0
#: seconds past its limit after which a child ends itself, should nobody be left to kill it
_GRACE = 5.0
#: run with -P: the working directory, where the operator's data lies, is no place for modules
_BOOT = """\
import sys
sys.path[:] = sys.argv[2:]
from alertbot.feeds.reading.worker import serve
serve(float(sys.argv[1]))
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A body to read, and what `read_feed` wants to know of it."""

    body: bytes
    feed: FeedId
    url: str
    content_type: str | None

    def done(self) -> ParsedFeed:
        """Return what `read_feed` makes of it; raises ParseError."""
        return read_feed(self.body, feed=self.feed, url=self.url, content_type=self.content_type)


class FeedProcess:
    """Reads one feed at a time in a child process, started at need and replaced when killed."""

    def __init__(self, limit: float) -> None:
        self._limit = limit
        self._turn = asyncio.Lock()
        self._child: subprocess.Popen[bytes] | None = None
        # of its own: in asyncio's, it would wait behind slow name servers
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="feed-process")

    async def read(self, job: Job) -> ParsedFeed:
        """Do what `read_feed` does, or give up at the limit.

        Raises:
            ParseError: the body is no feed, takes too long to read, or killed its reader.
        """
        async with self._turn:
            child = self._child
            if child is None or child.poll() is not None:
                child = await self._start()
            answer = await self._ask(child, job, self._limit)
        if isinstance(answer, ParseError):
            raise answer
        return answer

    def close(self) -> None:
        """End the child, and with it what it is at."""
        self._end()
        self._thread.shutdown()

    async def _start(self) -> subprocess.Popen[bytes]:
        self._end()
        try:
            child = self._child = _spawn(self._limit + _GRACE)
        except OSError as exc:
            raise ParseError(f"could not be read: no parser ({exc.strerror})") from exc
        up = await self._ask(child, None, _START_LIMIT)
        if isinstance(up, ParseError):
            raise up
        return child

    async def _ask(
        self, child: subprocess.Popen[bytes], job: Job | None, limit: float
    ) -> ParsedFeed | ParseError:
        """Return the child's answer; it does not outlive the limit, nor whoever waits for it."""
        loop = asyncio.get_running_loop()
        answer = loop.run_in_executor(self._thread, _exchange, child, job)
        try:
            await asyncio.wait({answer}, timeout=limit)
        finally:
            late = not answer.done()
            if late or answer.result() is None:
                self._end()
        if late:
            return ParseError("takes too long to read")
        return answer.result() or ParseError("could not be read: the parser died")

    def _end(self) -> None:
        child, self._child = self._child, None
        if child:
            # leaving the block closes the pipes, where unsent bytes may be left, and waits
            with suppress(BrokenPipeError), child:
                child.kill()


def serve(longest: float) -> None:
    """Answer jobs from standard input on standard output until there are no more: the child.

    A job of None asks whether it is up, and is answered as an empty feed. The child ends with its
    parent: at the end of its input or, where it does not come to read that, `longest` seconds into
    a job, by a signal that Python has no part in.
    """
    signal.signal(signal.SIGTERM, signal.SIG_IGN)  # service managers signal the whole group
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    answers, sys.stdout = sys.stdout.buffer, sys.stderr  # should a library print
    with suppress(EOFError, BrokenPipeError):
        while True:
            job: Job | None = pickle.load(sys.stdin.buffer)  # noqa: S301 (from our parent)
            signal.setitimer(signal.ITIMER_REAL, longest)
            answer = _read(job) if job else ParsedFeed(entries=())
            signal.setitimer(signal.ITIMER_REAL, 0)
            pickle.dump(answer, answers)
            answers.flush()


def _read(job: Job) -> ParsedFeed | ParseError:
    try:
        return job.done()
    except ParseError as exc:
        return exc


def _spawn(longest: float) -> subprocess.Popen[bytes]:
    """Start a child, in a session of its own: Ctrl-C is for the parent; without our secrets."""
    environment = {key: val for key, val in os.environ.items() if not key.startswith("ALERTBOT_")}
    return subprocess.Popen(  # noqa: S603 (our own interpreter and code)
        [sys.executable, "-P", "-c", _BOOT, str(longest), *sys.path],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=environment,
        start_new_session=True,
    )


def _exchange(child: subprocess.Popen[bytes], job: Job | None) -> ParsedFeed | ParseError | None:
    """Return the answer; None if the child died over it, or was ended and its pipes closed."""
    assert child.stdin and child.stdout  # noqa: S101 (both are pipes)
    try:
        pickle.dump(job, child.stdin)
        child.stdin.flush()
        answer: ParsedFeed | ParseError | None = pickle.load(child.stdout)  # noqa: S301
    except (EOFError, OSError, ValueError, pickle.UnpicklingError):
        return None
    return answer
