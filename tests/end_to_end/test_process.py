"""The service as a process: how it ends, and what it says on its way out."""

import asyncio
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from pathlib import Path

import pytest

from fakes.bot_api import FakeBotApi
from fakes.bot_api_faults import conflict
from fakes.feed_server import FeedServer
from fakes.postgres import PostgresServer

STRIKE = "<p>Iran fired at least 12 ballistic missiles at a base on Sunday, killing two people.</p>"


Run = Callable[..., Awaitable[Process]]


@pytest.fixture
async def run_alertbot() -> AsyncIterator[Run]:
    """Return what starts a process; whatever still runs at the end of the test is killed."""
    started: list[Process] = []

    async def run(config: Path, token: str | None, role: str = "all") -> Process:
        environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
        environment.pop("ALERTBOT_TELEGRAM_TOKEN", None)
        if token:
            environment["ALERTBOT_TELEGRAM_TOKEN"] = token
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "alertbot", "run", "--config", str(config), "--role", role),
            env=environment,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=PIPE,
            stderr=PIPE,
        )
        started.append(process)
        return process

    yield run
    for process in started:
        if process.returncode is None:
            process.kill()
            await process.communicate()


async def ended(process: Process) -> tuple[int | None, str]:
    out, err = await asyncio.wait_for(process.communicate(), 30)
    return process.returncode, (out + err).decode()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_signal_ends_it_well(
    run_alertbot: Run,
    config_file: Path,
    telegram: FakeBotApi,
    publisher: FeedServer,
    number: signal.Signals,
) -> None:
    process = await run_alertbot(config_file, telegram.token)
    await publisher.polled()
    await telegram.wait_for(lambda: bool(telegram.called("getUpdates")))

    process.send_signal(number)

    code, said = await ended(process)
    assert (code, "Traceback" in said) == (0, False), said


async def test_after_kill_minus_nine_nothing_is_lost(
    run_alertbot: Run, config_file: Path, telegram: FakeBotApi, publisher: FeedServer
) -> None:
    process = await run_alertbot(config_file, telegram.token)
    telegram.user_sends(42, "/subscribe iran")
    await telegram.posted(1)
    await publisher.polled()
    publisher.publish("1", "Iran Fires Missiles", STRIKE)
    await publisher.polled()
    process.kill()
    await ended(process)

    process = await run_alertbot(config_file, telegram.token)
    await telegram.posted(2)
    process.terminate()
    await ended(process)

    titles = [post.text.split("\n")[0] for post in telegram.ledger]
    assert "Iran Fires Missiles" in titles


async def test_a_wrong_token_is_told_in_words_and_never_shown(
    run_alertbot: Run, config_file: Path, telegram: FakeBotApi
) -> None:
    wrong = "987654321:WRONG_bot_api_token_for_tests_00000"

    code, said = await ended(await run_alertbot(config_file, wrong))

    assert code == 2
    assert "Telegram does not know this bot token" in said
    assert "Traceback" not in said
    assert wrong not in said


async def test_a_second_reader_of_the_updates_ends_it(
    run_alertbot: Run, config_file: Path, telegram: FakeBotApi
) -> None:
    telegram.fail_next(conflict(), method="getUpdates")

    code, said = await ended(await run_alertbot(config_file, telegram.token))

    assert code == 2
    assert "Another process reads this bot's updates" in said


async def test_a_second_process_on_the_same_database_is_refused(
    run_alertbot: Run, config_file: Path, telegram: FakeBotApi, publisher: FeedServer
) -> None:
    first = await run_alertbot(config_file, telegram.token)
    await publisher.polled()

    code, said = await ended(await run_alertbot(config_file, telegram.token))

    assert code == 2
    assert "alertbot.db" in said
    assert "Traceback" not in said
    first.terminate()
    await ended(first)


async def test_without_a_token_or_a_terminal_there_is_nobody_to_talk_to(
    run_alertbot: Run, config_file: Path
) -> None:
    code, said = await ended(await run_alertbot(config_file, None))

    assert code == 2
    assert "no Telegram token, and no terminal to talk in" in said


async def ended_under_hangups(process: Process) -> tuple[int | None, str]:
    """Let the process end, hanging up again and again until it has."""
    process.terminate()
    ending = asyncio.create_task(ended(process))
    while not ending.done():
        with suppress(ProcessLookupError):
            # send_signal of the process would ask for its exit code, which `ended` is waiting for
            os.kill(process.pid, signal.SIGHUP)
        await asyncio.wait({ending}, timeout=0.01)
    return await ending


def save_token(path: Path, telegram: FakeBotApi) -> None:
    path.write_text(telegram.token)
    path.chmod(0o600)


def edit(path: Path, old: str, new: str) -> None:
    """Edit a file as editors do, by another one in its place."""
    edited = path.with_suffix(".new")
    edited.write_text(path.read_text().replace(old, new))
    edited.replace(path)


async def test_a_hangup_and_a_new_file_reload_the_config_and_end_nothing(
    run_alertbot: Run, config_file: Path, telegram: FakeBotApi, publisher: FeedServer
) -> None:
    token = config_file.with_name("telegram.token")
    save_token(token, telegram)
    edit(config_file, "[telegram]", '[telegram]\ntoken_file = "telegram.token"\nadmins = [99]')
    telegram.know(99)
    process = await run_alertbot(config_file, None)
    await publisher.polled()
    telegram.user_sends(42, "/subscribe iran")
    await telegram.posted(1)

    token.unlink()  # which shows only to who reads the config anew
    process.send_signal(signal.SIGHUP)
    refusal = (await telegram.posted(2))[-1]
    save_token(token, telegram)
    process.send_signal(signal.SIGHUP)
    mended = (await telegram.posted(3))[-1]
    edit(config_file, 'name = "Iran"', 'name = "Iran & allies"')
    edited = (await telegram.posted(4))[-1]
    publisher.publish("1", "Iran Fires Missiles", STRIKE)
    alert = (await telegram.posted(5))[-1]
    code, said = await ended_under_hangups(process)

    assert (code, "Traceback" in said) == (0, False), said
    assert {99} == {post.chat for post in (refusal, mended, edited)}
    assert refusal.text.startswith("config.toml has mistakes, so nothing has changed:\n• line ")
    assert "telegram.token_file: cannot read" in refusal.text
    assert mended.text == "config.toml is in force again."
    assert edited.text == "config.toml is in force now.\n• topics: changed iran"
    assert "Iran & allies · Meridian" in alert.text


@pytest.mark.slow
async def test_several_processes_on_a_server_do_the_work_of_one_and_stand_in_for_each_other(
    run_alertbot: Run,
    config_file: Path,
    telegram: FakeBotApi,
    publisher: FeedServer,
    postgres: PostgresServer,
) -> None:
    edit(config_file, "sqlite:///alertbot.db", await postgres.fresh())
    chats = [await run_alertbot(config_file, telegram.token, role="chat")]
    await telegram.wait_for(lambda: bool(telegram.called("getUpdates")))
    others = [await run_alertbot(config_file, telegram.token, role=r) for r in ("poll", "send")]
    chats.append(await run_alertbot(config_file, telegram.token, role="chat"))
    telegram.user_sends(42, "/subscribe iran")
    await telegram.posted(1)
    await publisher.polled(2)
    publisher.publish("1", "Iran Fires Missiles", STRIKE)
    alert = (await telegram.posted(2))[-1]

    chats[0].terminate()
    _, first_said = await ended(chats[0])
    telegram.user_sends(42, "/mytopics")
    answer = (await telegram.posted(3))[-1]
    for process in (*others, chats[1]):
        process.terminate()
    ends = [await ended(process) for process in (*others, chats[1])]

    assert "Iran Fires Missiles" in alert.text
    assert "You follow" in answer.text
    said = "\n".join([first_said, *(said for _, said in ends)])
    assert [chats[0].returncode, *(code for code, _ in ends)] == [0, 0, 0, 0], said
    assert "Traceback" not in said
    assert "ERROR" not in said, said
