from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from store_samples import Desk

from alertbot.store import Store, open_store
from fakes.postgres import PostgresServer
from fakes.sqlite import fresh_file


@pytest.fixture(params=["sqlite", "postgresql"])
async def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a database for this test alone: whatever is said of the store is true of both."""
    if request.param == "sqlite":
        return fresh_file(tmp_path / "alertbot.db")
    postgres: PostgresServer = request.getfixturevalue("postgres")
    return await postgres.fresh()


@pytest.fixture(params=["sqlite", "postgresql"])
async def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a database that has no schema yet, and may be ruined."""
    if request.param == "sqlite":
        path = tmp_path / "empty.db"
        path.touch()
        return f"sqlite:///{path}"
    postgres: PostgresServer = request.getfixturevalue("postgres")
    return await postgres.empty()


@pytest.fixture
async def store(url: str) -> AsyncIterator[Store]:
    store = await open_store(url)
    yield store
    await store.close()


@pytest.fixture
def desk(store: Store) -> Desk:
    return Desk(store)
