"""Feeds and pages read in processes that can be killed; `HttpFeeds`, `HttpPages` hand them over.

feedparser can spend minutes in one regular expression (its issue 562), and meanwhile no thread of
its process runs; a few megabytes of empty entries become hundreds. So time and memory of a child
are bounded, by the system. The ends speak pickle over pipes: the parent loads only what `serve`
wrote, in which a feed fills strings and no more, so it trusts the child as it trusts this module.
"""

import asyncio
import os
import pickle
import resource
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, TypeVar

from alertbot.errors import ParseError
from alertbot.feeds.reading.parse import ParsedFeed, read_feed
from alertbot.model import FeedId

#: seconds of CPU; a feed of 5 MiB takes about one
PARSE_LIMIT = 4.0
#: how many times its seconds of CPU a feed may take on a busy machine
_BUSY = 2.5
#: children at most, so that the feeds behind a slow one do not wait for its end
_CHILDREN = 2
#: bytes that a child may take for one feed; 5 MiB with an emoji in it take 45 MiB
FEED_ROOM = 56 * 1024 * 1024
#: bytes of entries; more than the longest body has is a document that multiplies itself
_LONGEST_ANSWER = 10 * 1024 * 1024
#: seconds for an interpreter to start on a busy machine
_START_LIMIT = 30.0
#: seconds past its limit after which a child ends itself, should nobody be left to kill it
_GRACE = 5.0
#: run with -P: the working directory, where the operator's data lies, is no place for modules
_BOOT = """\
import sys
sys.path[:] = sys.argv[4:]
from alertbot.feeds.reading.worker import serve
serve(float(sys.argv[1]), float(sys.argv[2]), int(sys.argv[3]))
"""


Made_co = TypeVar("Made_co", covariant=True)


class Work(Protocol[Made_co]):
    """Something to read; it and what it makes are plain data, fit for pickle."""

    def done(self) -> Made_co:
        """Return what was read; raises ParseError."""
        ...


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


class FeedProcesses:
    """Reads in as few child processes as are needed at once, two at most.

    limit: seconds of CPU for one piece of work. room: bytes of memory for it.
    """

    def __init__(self, limit: float, room: int = FEED_ROOM) -> None:
        self._processes = [FeedProcess(limit, room) for _ in range(_CHILDREN)]
        #: the last used first: the others may not have been started
        self._free: asyncio.LifoQueue[FeedProcess] = asyncio.LifoQueue()
        for process in self._processes:
            self._free.put_nowait(process)

    async def read(self, job: Work[Made_co]) -> Made_co:
        """Do what `FeedProcess.read` does, when a process is free."""
        process = await self._free.get()
        try:
            return await process.read(job)
        finally:
            self._free.put_nowait(process)

    def close(self) -> None:
        """End the children, and with them what they are at."""
        for process in self._processes:
            process.close()


class FeedProcess:
    """Does one job after the other in a child process, started at need and replaced when killed."""

    def __init__(self, limit: float, room: int = FEED_ROOM) -> None:
        self._limit = limit
        self._room = room
        self._patience = limit * _BUSY
        self._child: subprocess.Popen[bytes] | None = None
        # of its own: in asyncio's, it would wait behind slow name servers
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="feed-process")

    async def read(self, job: Work[Made_co]) -> Made_co:
        """Do the job there, or give up at the limit.

        Raises:
            ParseError: the body cannot be read, takes too much to read, or killed its reader.
        """
        child = self._child
        if child is None or child.poll() is not None:
            child = await self._start()
        answer = await self._ask(child, job, self._patience)
        if isinstance(answer, ParseError):
            raise answer
        made: Made_co = answer
        return made

    def close(self) -> None:
        """End the child, and with it what it is at."""
        self._end()
        self._thread.shutdown()

    async def _start(self) -> subprocess.Popen[bytes]:
        self._end()
        try:
            child = self._child = _spawn(self._limit, self._patience + _GRACE, self._room)
        except OSError as exc:
            raise ParseError(f"could not be read: no parser ({exc.strerror})") from exc
        up = await self._ask(child, None, _START_LIMIT)
        if isinstance(up, ParseError):
            raise up
        return child

    async def _ask(
        self, child: subprocess.Popen[bytes], job: Work[object] | None, limit: float
    ) -> Any:
        """Return the child's answer; it does not outlive the limit, nor whoever waits for it."""
        loop = asyncio.get_running_loop()
        answer = loop.run_in_executor(self._thread, _exchange, child, job)
        try:
            await asyncio.wait({answer}, timeout=limit)
        finally:
            reply = answer.result() if answer.done() else None
            if reply is None or reply.last:
                self._end()
        if reply:
            return reply.answer
        if not answer.done() or child.returncode == -signal.SIGPROF:
            return ParseError("takes too long to read")
        return ParseError("could not be read: the parser died")

    def _end(self) -> None:
        child, self._child = self._child, None
        if child:
            # leaving the block closes the pipes, where unsent bytes may be left, and waits
            with suppress(BrokenPipeError), child:
                child.kill()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reply:
    """What a child says to a job."""

    answer: object
    #: it ends now: its memory is used up
    last: bool = False


def serve(limit: float, longest: float, room: int) -> None:
    """Answer jobs from standard input on standard output until there are no more: the child.

    A job of None asks whether it is up, and is answered as an empty feed. A job ends the child by
    a signal that Python has no part in after `limit` seconds of CPU and, in case that its parent is
    no more, after `longest` seconds; else it ends with its input.
    """
    signal.signal(signal.SIGTERM, signal.SIG_IGN)  # service managers signal the whole group
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    answers, sys.stdout = sys.stdout.buffer, sys.stderr  # should a library print
    _bound_memory(room)
    with suppress(EOFError, BrokenPipeError):
        while True:
            job: Work[object] | None = pickle.load(sys.stdin.buffer)  # noqa: S301 (from our parent)
            signal.setitimer(signal.ITIMER_PROF, limit)
            signal.setitimer(signal.ITIMER_REAL, longest)
            answers.write(_reply(job))
            answers.flush()
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.setitimer(signal.ITIMER_PROF, 0)


def _bound_memory(room: int) -> None:
    """Let this process take no more than that on top of what it has; Linux sees to it."""
    if sys.platform == "linux":
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[5])
        bound = pages * resource.getpagesize() + room
        resource.setrlimit(resource.RLIMIT_DATA, (bound, resource.RLIM_INFINITY))


def _reply(job: Work[object] | None) -> bytes:
    try:
        reply = pickle.dumps(_Reply(answer=job.done() if job else ParsedFeed(entries=())))
    except ParseError as exc:
        return pickle.dumps(_Reply(answer=exc))
    except MemoryError:
        return pickle.dumps(_Reply(answer=ParseError("takes too much memory to read"), last=True))
    if len(reply) > _LONGEST_ANSWER:
        return pickle.dumps(_Reply(answer=ParseError("unfolds into more than 10 MB of text")))
    return reply


def _spawn(limit: float, longest: float, room: int) -> subprocess.Popen[bytes]:
    """Start a child, in a session of its own: Ctrl-C is for the parent; without our secrets."""
    environment = {key: val for key, val in os.environ.items() if not key.startswith("ALERTBOT_")}
    return subprocess.Popen(  # noqa: S603 (our own interpreter and code)
        [sys.executable, "-P", "-c", _BOOT, str(limit), str(longest), str(room), *sys.path],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=environment,
        start_new_session=True,
    )


def _exchange(child: subprocess.Popen[bytes], job: Work[object] | None) -> _Reply | None:
    """Return the child's reply; None if it died over it, or was ended and its pipes closed."""
    assert child.stdin and child.stdout  # noqa: S101 (both are pipes)
    try:
        pickle.dump(job, child.stdin)
        child.stdin.flush()
        reply: _Reply = pickle.load(child.stdout)  # noqa: S301 (from our child)
    except (EOFError, OSError, ValueError, pickle.UnpicklingError):
        return None
    return reply
