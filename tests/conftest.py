"""Fixtures for every room. `tests` is on sys.path, so that `fakes.bot_api` and the like import."""

import os
from collections.abc import AsyncIterator

import pytest

from fakes.bot_api import FakeBotApi


@pytest.fixture
async def telegram(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[FakeBotApi]:
    """A Bot API server; at the end no request may have broken the rules of the Bot API."""
    for name in [name for name in os.environ if name.lower().endswith("_proxy")]:
        monkeypatch.delenv(name)
    async with FakeBotApi() as fake:
        yield fake
    assert fake.violations == []
