"""The loopback server and the feed source that reads it."""

from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from aiohttp import web
from feeds_site import FixedClock, Site, a_feed

from alertbot.feeds.poll import HttpFeeds
from alertbot.ports import Failed, PollResult, Validators


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    site = Site()
    runner = web.ServerRunner(web.Server(site.handle, handler_cancellation=True))
    await runner.setup()
    listener = web.TCPSite(runner, "127.0.0.1", 0)
    await listener.start()
    site.base = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield site
    await runner.cleanup()


@pytest.fixture
async def feeds() -> AsyncIterator[HttpFeeds]:
    feeds = HttpFeeds(
        allow_private=True, contact="https://op.example/bot", clock=FixedClock(), deadline=10
    )
    yield feeds
    await feeds.aclose()


@pytest.fixture
async def public_feeds() -> AsyncIterator[HttpFeeds]:
    feeds = HttpFeeds(allow_private=False, contact=None, clock=FixedClock(), deadline=10)
    yield feeds
    await feeds.aclose()


@pytest.fixture
def poll(site: Site, feeds: HttpFeeds) -> Callable[..., Awaitable[PollResult]]:
    """Poll the site's feed."""

    async def poll(validators: Validators | None = None, path: str = "/feed") -> PollResult:
        return await feeds.fetch(a_feed(site.url(path)), validators or Validators())

    return poll


@pytest.fixture
def refusal(poll: Callable[..., Awaitable[PollResult]]) -> Callable[..., Awaitable[str]]:
    """Poll the site's feed and return why that failed."""

    async def refusal(**given: object) -> str:
        result = await poll(**given)
        assert isinstance(result, Failed), result
        return result.reason

    return refusal
