"""Fixtures for every room. `tests` is on sys.path, so that `fakes.bot_api` and the like import."""

import logging
import os
from collections.abc import AsyncIterator, Iterator

import pytest
from hypothesis import settings

from alertbot.log import QUIETER
from fakes.bot_api import FakeBotApi
from fakes.memory import keep_files_in_memory
from fakes.postgres import PostgresServer, postgres_server
from fakes.readers import KeptProcesses
from fakes.statements import compile_statements_once

keep_files_in_memory()
compile_statements_once()
# how long something takes on a machine with other work is no property of it
settings.register_profile("ordinary", deadline=None, max_examples=40)
settings.register_profile("thorough", deadline=None, max_examples=1000)
settings.load_profile("ordinary")


def pytest_xdist_auto_num_workers() -> int:
    """Return one more than there are cores: a test that waits leaves its core to another."""
    return len(os.sched_getaffinity(0)) + 1


@pytest.fixture(autouse=True)
def _logging_as_it_was() -> Iterator[None]:
    """Give each test the logging that pytest set up, whatever the one before configured."""
    root = logging.getLogger()
    before = root.handlers[:], root.level
    levels = {name: logging.getLogger(name).level for name in QUIETER}
    yield
    root.handlers[:], root.level = before
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)


@pytest.fixture
async def telegram(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[FakeBotApi]:
    """A Bot API server; at the end no request may have broken the rules of the Bot API."""
    for name in [name for name in os.environ if name.lower().endswith("_proxy")]:
        monkeypatch.delenv(name)
    async with FakeBotApi() as fake:
        yield fake
    assert fake.violations == []


@pytest.fixture(scope="session")
def kept_processes() -> Iterator[KeptProcesses]:
    kept = KeptProcesses()
    yield kept
    kept.end()


@pytest.fixture(autouse=True)
def readers(kept_processes: KeptProcesses) -> Iterator[None]:
    """Read feeds in processes that other tests have started, wherever these are not the matter."""
    with kept_processes.in_use():
        yield


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A PostgreSQL server, started when the first test asks for it."""
    with postgres_server() as server:
        yield server
