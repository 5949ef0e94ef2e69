"""The process that reads XML feeds: what it costs a feed to attack it, and how it ends."""

import asyncio
import json
import os
import pickle
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from feeds_site import RSS, FixedClock, Site, a_feed

from alertbot.errors import ParseError
from alertbot.feeds.poll import HttpFeeds
from alertbot.feeds.reading.worker import FeedProcess, FeedProcesses, Job
from alertbot.model import FeedId
from alertbot.ports import Failed, Fetched, PollResult, Validators

CHILDREN = Path(f"/proc/self/task/{os.getpid()}/children")
pytestmark = pytest.mark.skipif(
    not CHILDREN.exists(), reason="/proc does not tell which processes there are"
)

#: seconds of CPU; the hostile feed would take hours
LIMIT = 0.5


def rss(item: str) -> bytes:
    return f'<rss version="2.0"><channel><item>{item}</item></channel></rss>'.encode()


# https://github.com/kurtmckee/feedparser/issues/562
HOSTILE = rss(f"<title>x</title><guid>1</guid><author>{'a.' * 500_000}@</author>")


def job(body: bytes = RSS) -> Job:
    return Job(body=body, feed=FeedId("harbour"), url="https://h.example/", content_type=None)


def children() -> set[int]:
    """Return the children of this process, those included that nobody has waited for."""
    return {int(pid) for pid in CHILDREN.read_text().split()}


def environment(child: int) -> bytes:
    return Path(f"/proc/{child}/environ").read_bytes()


def descriptors() -> set[str]:
    return set(os.listdir("/proc/self/fd"))  # noqa: PTH208 (the shortest way to the names)


@pytest.fixture(autouse=True)
def readers() -> None:
    """Start every process anew: here they are the matter."""


@pytest.fixture
async def process() -> AsyncIterator[FeedProcess]:
    process = FeedProcess(LIMIT)
    yield process
    process.close()


@pytest.fixture
async def hurried(site: Site) -> AsyncIterator[Callable[[bytes], PollResult]]:
    """Poll a body with little time to read it."""
    feeds = HttpFeeds(allow_private=True, contact=None, clock=FixedClock(), parse_limit=LIMIT)

    async def poll(body: bytes) -> PollResult:
        site.sends(body)
        return await feeds.fetch(a_feed(site.url()), Validators())

    yield poll
    await feeds.aclose()


def kill(child: int) -> None:
    """Kill a process and see it dead, without taking its exit code."""
    os.kill(child, signal.SIGKILL)
    os.waitid(os.P_PID, child, os.WEXITED | os.WNOWAIT)


async def test_case_72_a_feed_that_takes_too_long_fails_while_everything_else_goes_on(hurried):
    await hurried(RSS)
    loop = asyncio.get_running_loop()
    turns, pause, begun = 0, 0.0, loop.time()
    poll = asyncio.create_task(hurried(HOSTILE))
    while not poll.done():
        turned = loop.time()
        await asyncio.sleep(0.01)
        turns, pause = turns + 1, max(pause, loop.time() - turned)

    assert isinstance(poll.result(), Failed)
    assert loop.time() - begun < LIMIT + 4
    assert turns > 10
    assert pause < LIMIT


async def test_the_feed_after_one_that_took_too_long_is_read(hurried):
    first = await hurried(HOSTILE)
    second = await hurried(RSS)

    assert isinstance(first, Failed)
    assert first.reason == "takes too long to read"
    assert isinstance(second, Fetched)
    assert [entry.title for entry in second.entries] == ["Two ferries collide"]


async def test_case_72_the_feeds_behind_one_that_takes_long_do_not_wait_for_it():
    processes = FeedProcesses(LIMIT * 4)
    reading = asyncio.create_task(processes.read(job(HOSTILE)))
    await asyncio.sleep(0)
    others = [await processes.read(job(RSS.replace(b"n-1", b"n-%d" % n))) for n in range(3)]

    assert not reading.done()
    assert [entry.key for feed in others for entry in feed.entries] == ["n-0", "n-1", "n-2"]
    reading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reading
    processes.close()


@pytest.mark.parametrize(
    "item",
    [
        f"<author>{'a.' * 160_000}@</author>",
        "".join(f"<category>c{number}</category>" for number in range(32_000)),
        "<x " + " ".join(f"a{number}='1'" for number in range(40_000)) + "/>",
    ],
)
async def test_case_72_73_whatever_takes_long_is_ended_by_the_system(process, item):
    with pytest.raises(ParseError, match="takes too long to read"):
        await process.read(job(rss(f"<title>x</title>{item}")))

    assert len((await process.read(job())).entries) == 1


async def test_case_73_sixteen_thousand_comments_are_read(process):
    parsed = await process.read(job(rss(f"<title>x</title><description>{'&lt;!--' * 16_000}")))

    assert [entry.title for entry in parsed.entries] == ["x"]


JSON_START = b'{"version": "https://jsonfeed.org/version/1.1", "items": ['


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux bounds the data of a process")
@pytest.mark.parametrize(
    "body",
    [
        pytest.param(JSON_START + b"{}," * 1_700_000 + b"{}]}", id="json"),
        pytest.param(rss("<a>" * 740_000 + "</a>" * 740_000), id="nesting"),
    ],
)
async def test_case_70_75_a_feed_that_takes_too_much_memory_is_refused_and_its_process_replaced(
    body,
):
    process = FeedProcess(20)
    before = children()
    await process.read(job())
    child = (children() - before).pop()
    with pytest.raises(ParseError, match="takes too much memory to read"):
        await process.read(job(body))

    assert len((await process.read(job())).entries) == 1
    assert child not in children()
    process.close()


async def test_case_70_entries_that_are_more_than_the_body_can_hold_are_refused(process):
    authors = [{"name": f"{number:02} " + "x" * 1990} for number in range(100)]
    document = {
        "version": "https://jsonfeed.org/version/1.1",
        "authors": authors,
        "items": [{"id": number, "title": "x"} for number in range(60)],
    }

    with pytest.raises(ParseError, match="unfolds into more than 10 MB of text"):
        await process.read(job(json.dumps(document).encode()))


async def test_case_75_nesting_of_any_depth_is_read(process):
    deep = rss(f"<title>x</title>{'<a>' * 5000}{'</a>' * 5000}")

    assert [entry.title for entry in (await process.read(job(deep))).entries] == ["x"]


async def test_a_large_json_feed_is_read_in_a_process_too(hurried):
    before = children()
    document = {"version": "https://jsonfeed.org/version/1", "items": [{"title": "x" * 70_000}]}
    result = await hurried(json.dumps(document).encode())

    assert isinstance(result, Fetched)
    assert len(children() - before) == 1


async def test_a_process_is_started_for_the_first_xml_and_stays(hurried):
    """So that who reads short JSON Feeds alone, has no process more."""
    before = children()
    await hurried(json.dumps({"version": "https://jsonfeed.org/version/1", "items": []}).encode())
    after_json = children()
    await hurried(RSS)
    after_xml = children()
    await hurried(RSS.replace(b"n-1", b"n-2"))

    assert after_json == before
    assert len(after_xml - before) == 1
    assert children() == after_xml


async def test_feeds_polled_at_once_are_all_read_by_two_processes():
    before, processes = children(), FeedProcesses(LIMIT * 4)
    bodies = [RSS.replace(b"Two ferries", b"%d ferries" % number) for number in range(20)]

    parsed = await asyncio.gather(*(processes.read(job(body)) for body in bodies))

    titles = [feed.entries[0].title for feed in parsed]
    assert titles == [f"{number} ferries collide" for number in range(20)]
    assert len(children() - before) == 2
    processes.close()
    assert children() == before


async def test_what_is_no_feed_is_refused_in_the_words_of_the_parser(process):
    with pytest.raises(ParseError, match="it stops before its end"):
        await process.read(job(RSS[:-20]))


async def test_a_process_that_dies_over_a_feed_fails_it_and_is_replaced(process):
    before = children()
    await process.read(job())
    child = (children() - before).pop()
    os.kill(child, signal.SIGSTOP)
    reading = asyncio.create_task(process.read(job()))
    await asyncio.sleep(0)
    os.kill(child, signal.SIGKILL)

    with pytest.raises(ParseError, match="could not be read: the parser died"):
        await reading
    assert len((await process.read(job())).entries) == 1
    assert child not in children()


async def test_a_process_that_died_while_idle_costs_nothing(process):
    before = children()
    await process.read(job())
    child = (children() - before).pop()
    kill(child)

    assert len((await process.read(job())).entries) == 1


async def test_a_poll_that_is_cancelled_takes_its_process_along(process):
    before = children()
    await process.read(job())
    first = children() - before
    reading = asyncio.create_task(process.read(job(HOSTILE)))
    await asyncio.sleep(0)
    reading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reading

    assert children() == before
    assert len((await process.read(job())).entries) == 1
    assert not first & children()


async def test_a_poll_cancelled_while_the_process_starts_leaves_none(process):
    before = children()
    reading = asyncio.create_task(process.read(job()))
    await asyncio.sleep(0)
    assert len(children() - before) == 1
    reading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reading

    assert children() == before
    assert len((await process.read(job())).entries) == 1


async def test_closing_leaves_no_process_and_no_descriptor():
    processes, files = children(), descriptors()
    process = FeedProcess(LIMIT)
    await process.read(job())
    with pytest.raises(ParseError):
        await process.read(job(HOSTILE))
    await process.read(job())
    process.close()

    assert (children(), descriptors()) == (processes, files)


async def test_a_machine_that_starts_no_process_is_a_failure(process, monkeypatch):
    monkeypatch.setattr(sys, "executable", "/nowhere/python")

    with pytest.raises(ParseError, match="could not be read: no parser"):
        await process.read(job())


async def test_secrets_stay_out_of_the_process(process, monkeypatch):
    monkeypatch.setenv("ALERTBOT_TELEGRAM_TOKEN", "123456789:secret")
    before = children()
    await process.read(job())
    child = (children() - before).pop()

    assert b"ALERTBOT" not in environment(child)


async def test_the_process_ignores_what_is_meant_for_its_parent(process):
    before = children()
    await process.read(job())
    child = (children() - before).pop()
    os.kill(child, signal.SIGINT)
    os.kill(child, signal.SIGTERM)

    assert len((await process.read(job())).entries) == 1
    assert children() == before | {child}
    assert os.getsid(child) != os.getsid(0)


PARENT = """
import asyncio, os, signal, sys
from alertbot.feeds.reading.worker import FeedProcess, Job
from alertbot.model import FeedId

async def main():
    process = FeedProcess(10)
    job = Job(body=sys.stdin.buffer.read(), feed=FeedId("x"), url="", content_type=None)
    await process.read(job)
    os.kill(os.getpid(), signal.SIGKILL)

asyncio.run(main())
"""
CHILD = "from alertbot.feeds.reading.worker import serve; serve(9, 0.3, 1 << 26)"


def ended(program: str, given: bytes) -> tuple[int, bytes]:
    """Return the exit code and what stood on stderr, which lasts until the last child has gone."""
    run = subprocess.run(
        [sys.executable, "-c", program],
        input=given,
        capture_output=True,
        timeout=30,
        check=False,
    )
    return run.returncode, run.stderr


def test_the_process_ends_when_its_parent_is_killed():
    assert ended(PARENT, RSS) == (-signal.SIGKILL, b"")


def test_the_process_ends_with_its_input():
    assert ended(CHILD, pickle.dumps(job())) == (0, b"")


def test_the_process_ends_itself_where_nobody_is_left_to_do_so():
    assert ended(CHILD, pickle.dumps(job(HOSTILE))) == (-signal.SIGALRM, b"")
