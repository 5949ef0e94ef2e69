"""The bot's requests over real sockets: what leaves, through which door, and what is never told."""

import asyncio
import json
import logging
import shutil
import socket
import ssl
import subprocess
import time
import traceback
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from aiohttp import web
from telegram import Bot, InputFile
from telegram.error import NetworkError, TelegramError

from alertbot import errors
from alertbot.chat.wire import request
from alertbot.chat.wire.request import Answers, NeverSent
from fakes.bot_api import FakeBotApi
from fakes.bot_api_faults import Fault, cut_short, dropped, hanging, server_error
from fakes.loopback import Loopback

CHAT = 42
SOON = timedelta(seconds=5)


def answers(
    base_url: str, *, answer: timedelta = SOON, connect: timedelta = SOON, kind: type = Answers
) -> Answers:
    made = kind(base_url, answer=answer, connect=connect)
    assert isinstance(made, Answers)
    return made


async def send(telegram: FakeBotApi, requests: Answers, base_url: str | None = None) -> None:
    bot = Bot(telegram.token, base_url=base_url or telegram.base_url, request=requests)
    try:
        await bot.send_message(CHAT, "x")
    finally:
        await requests.shutdown()


@pytest.fixture
def closed_port() -> int:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port: int = unused.getsockname()[1]
        return port


@pytest.fixture
def another_certificate(tmp_path: Path) -> ssl.SSLContext:
    """What a server needs to show a certificate that nobody vouches for."""
    if not shutil.which("openssl"):
        pytest.skip("openssl is not there to make a certificate")
    pem = tmp_path / "both.pem"
    make = "openssl req -x509 -newkey rsa:2048 -nodes -days 1 -subj /CN=localhost"
    both = ["-keyout", str(pem), "-out", str(pem)]
    subprocess.run([*make.split(), *both], check=True, capture_output=True)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(pem)
    return context


class TestNeverSent:
    """For certain, so that another try cannot be a repeat."""

    async def test_where_nobody_listens(self, telegram: FakeBotApi, closed_port: int) -> None:
        url = f"http://127.0.0.1:{closed_port}/bot"

        with pytest.raises(NeverSent, match=f"no connection to 127.0.0.1:{closed_port}: Connect"):
            await send(telegram, answers(url), url)

    async def test_where_the_name_does_not_resolve(self, telegram: FakeBotApi) -> None:
        url = "http://nowhere.invalid/bot"

        with pytest.raises(NeverSent, match=r"no connection to nowhere\.invalid:80"):
            await send(telegram, answers(url), url)

    async def test_where_the_other_side_does_not_speak_tls(self, telegram: FakeBotApi) -> None:
        url = telegram.base_url.replace("http", "https")

        with pytest.raises(NeverSent, match=r"no connection to 127.0.0.1:\d+: \[SSL"):
            await send(telegram, answers(url), url)
        assert telegram.calls == []

    async def test_where_the_handshake_takes_too_long(self, telegram: FakeBotApi) -> None:
        with socket.socket() as silent:
            silent.bind(("127.0.0.1", 0))
            silent.listen()
            url = f"https://127.0.0.1:{silent.getsockname()[1]}/bot"

            with pytest.raises(NeverSent, match="no connection in time"):
                await send(telegram, answers(url, connect=timedelta(milliseconds=50)), url)

    async def test_where_the_certificate_is_not_telegrams(
        self, telegram: FakeBotApi, another_certificate: ssl.SSLContext
    ) -> None:
        server = await asyncio.start_server(
            lambda *_: None, "127.0.0.1", 0, ssl=another_certificate
        )
        async with server:
            url = f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}/bot"

            with pytest.raises(NeverSent, match="certificate verify failed"):
                await send(telegram, answers(url), url)

    async def test_where_every_connection_is_taken(
        self, telegram: FakeBotApi, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(request, "CONNECTIONS", 1)
        telegram.fail_next(hanging())
        requests = answers(telegram.base_url, connect=timedelta(milliseconds=50))
        bot = Bot(telegram.token, base_url=telegram.base_url, request=requests)
        hangs = asyncio.create_task(bot.send_message(CHAT, "x"))
        await telegram.wait_for(lambda: len(telegram.calls) == 1)

        with pytest.raises(NeverSent, match="no connection in time"):
            await bot.send_message(CHAT, "x")
        hangs.cancel()
        await requests.shutdown()
        assert len(telegram.calls) == 1

    async def test_where_the_proxy_lets_nobody_through(
        self, telegram: FakeBotApi, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("HTTPS_PROXY", telegram.origin)
        url = "https://telegram.invalid/bot"

        with pytest.raises(NeverSent, match="no connection: the proxy answers 40"):
            await send(telegram, answers(url), url)

    async def test_where_the_connections_are_closed(self, telegram: FakeBotApi) -> None:
        requests = answers(telegram.base_url)
        await requests.shutdown()

        with pytest.raises(NeverSent, match="closed"):
            await send(telegram, requests)
        assert telegram.calls == []

    async def test_where_the_address_is_none(self, telegram: FakeBotApi) -> None:
        with pytest.raises(NeverSent, match="base_url"):
            await send(telegram, answers("http:///bot"), "http:///bot")


class TestOneTry:
    """Nothing is sent again behind our back: it would be a repeat that nobody counts."""

    @pytest.mark.parametrize("fault", [dropped(), dropped(committed=True), cut_short()])
    async def test_after_a_connection_breaks(self, telegram: FakeBotApi, fault: Fault) -> None:
        telegram.know(CHAT)
        requests = answers(telegram.base_url)
        bot = Bot(telegram.token, base_url=telegram.base_url, request=requests)
        await bot.send_message(CHAT, "so that a connection is kept")
        telegram.fail_next(fault)

        with pytest.raises(NetworkError, match="the connection broke"):
            await bot.send_message(CHAT, "x")
        await requests.shutdown()
        assert len(telegram.calls) == 2

    async def test_after_a_redirect(self, telegram: FakeBotApi) -> None:
        telegram.fail_next(Fault(status=307, headers={"Location": telegram.base_url}))

        with pytest.raises(NeverSent, match=r"Temporary Redirect \(307\)"):
            await send(telegram, answers(telegram.base_url))
        assert len(telegram.calls) == 1


class TestProxy:
    """The environment names it, as it does for PTB's own requests."""

    async def test_every_request_goes_through_it(
        self, telegram: FakeBotApi, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        telegram.know(CHAT)
        monkeypatch.setenv("HTTP_PROXY", telegram.origin)
        url = "http://telegram.invalid/bot"

        await send(telegram, answers(url), url)

        assert len(telegram.ledger) == 1

    @pytest.mark.parametrize("scheme", ["", "http://"])
    async def test_one_for_all_needs_no_scheme(
        self, telegram: FakeBotApi, monkeypatch: pytest.MonkeyPatch, scheme: str
    ) -> None:
        telegram.know(CHAT)
        monkeypatch.setenv("ALL_PROXY", telegram.origin.replace("http://", scheme))
        url = "http://telegram.invalid/bot"

        await send(telegram, answers(url), url)

        assert len(telegram.ledger) == 1

    async def test_some_hosts_are_reached_without(
        self, telegram: FakeBotApi, monkeypatch: pytest.MonkeyPatch, closed_port: int
    ) -> None:
        telegram.know(CHAT)
        monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{closed_port}")
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")

        await send(telegram, answers(telegram.base_url))

        assert len(telegram.ledger) == 1

    def test_one_that_cannot_be_used_is_refused_at_once(
        self, monkeypatch: pytest.MonkeyPatch, telegram: FakeBotApi
    ) -> None:
        monkeypatch.setenv("ALL_PROXY", "socks5://127.0.0.1:1080")

        with pytest.raises(errors.TelegramError, match="names a socks5 proxy"):
            answers("https://api.telegram.org/bot")


class TestTheTokenIsTold:
    @pytest.mark.parametrize(
        "fault",
        [
            dropped(),
            cut_short(),
            hanging(),
            server_error(),
            Fault(status=403, body=b"<html>no /bot123456789:FAKE_bot_api_token</html>"),
            Fault(status=200, body=b"/bot123456789:FAKE_bot_api_token"),
        ],
    )
    async def test_to_nobody_by_an_error(
        self, telegram: FakeBotApi, caplog: pytest.LogCaptureFixture, fault: Fault
    ) -> None:
        telegram.fail_next(fault)
        requests = answers(telegram.base_url, answer=timedelta(milliseconds=200))

        with caplog.at_level(logging.WARNING), pytest.raises(TelegramError) as caught:
            await send(telegram, requests)

        told = "".join(traceback.format_exception(caught.value)) + repr(requests) + caplog.text
        assert "123456789:FAKE" not in told

    async def test_to_nobody_when_no_connection_comes(
        self, telegram: FakeBotApi, closed_port: int
    ) -> None:
        url = f"http://127.0.0.1:{closed_port}/bot"

        with pytest.raises(NeverSent) as caught:
            await send(telegram, answers(url), url)

        assert telegram.token not in "".join(traceback.format_exception(caught.value))


class TestCookies:
    async def test_are_not_kept(self, telegram: FakeBotApi) -> None:
        async with Documents() as documents:
            requests = answers(documents.base_url)
            bot = Bot(telegram.token, base_url=documents.base_url, request=requests)
            for _ in range(2):
                await bot.send_document(CHAT, b"x")
            await requests.shutdown()

        assert [got["cookies"] for got in documents.got] == ["", ""]
        assert "python-telegram-bot v" in documents.got[0]["agent"]


class TestFiles:
    @pytest.fixture
    async def documents(self) -> AsyncIterator["Documents"]:
        async with Documents() as server:
            yield server

    @pytest.mark.parametrize("from_disk", [True, False])
    async def test_go_with_their_name_kind_and_caption(
        self, documents: "Documents", telegram: FakeBotApi, tmp_path: Path, from_disk: bool
    ) -> None:
        content = b"%PDF-1.7 " + bytes(range(256)) * 1000
        path = tmp_path / "x.pdf"
        path.write_bytes(content)
        requests = answers(documents.base_url)
        bot = Bot(telegram.token, base_url=documents.base_url, request=requests)
        name = 'Überblick "Jemen".pdf'
        with path.open("rb") as opened:
            document = InputFile(opened if from_disk else content, name, read_file_handle=False)
            await bot.send_document(CHAT, document, caption="Raketen & Drohnen")
        await requests.shutdown()

        [got] = documents.got
        assert got["content"] == content
        assert (got["name"], got["kind"]) == (name, "application/pdf")
        assert (got["caption"], got["chat"]) == ("Raketen & Drohnen", str(CHAT))

    async def test_may_take_longer_than_an_answer(
        self, documents: "Documents", telegram: FakeBotApi
    ) -> None:
        documents.pause = 0.3
        requests = answers(documents.base_url, answer=timedelta(seconds=0.2))
        bot = Bot(telegram.token, base_url=documents.base_url, request=requests)

        await bot.send_document(CHAT, b"x", write_timeout=5)
        await requests.shutdown()

        assert len(documents.got) == 1


class Documents(Loopback):
    """Takes documents, as sendDocument does."""

    def __init__(self) -> None:
        super().__init__()
        self.got: list[dict[str, object]] = []
        self.pause = 0.0

    @property
    def base_url(self) -> str:
        return f"{self.origin}/bot"

    def routes(self, router: web.UrlDispatcher) -> None:
        router.add_post("/bot{token}/sendDocument", self._take)

    async def _take(self, request: web.Request) -> web.Response:
        posted = await request.post()
        files = [value for value in posted.values() if isinstance(value, web.FileField)]
        await asyncio.sleep(self.pause)
        self.got.append(
            {
                "content": files[0].file.read(),
                "name": files[0].filename,
                "kind": files[0].content_type,
                "caption": posted.get("caption"),
                "chat": posted["chat_id"],
                "cookies": request.headers.get("Cookie", ""),
                "agent": request.headers["User-Agent"],
            }
        )
        message = {
            "message_id": 1,
            "date": int(time.time()),
            "chat": {"id": CHAT, "type": "private"},
        }
        answer = web.Response(text=json.dumps({"ok": True, "result": message}))
        answer.set_cookie("stuck", "to you")
        return answer
