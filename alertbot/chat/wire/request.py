"""Makes the bot's requests, and tells what never reached Telegram from what may have.

PTB calls it for every method. PTB's own class, on httpx, hides when a request failed, and gets
slower the more of them are under way (`make bench-deliver` measures both). An error of aiohttp may
carry the address and with it the token, so none leaves this module.
"""

import json
import logging
import re
from collections.abc import Mapping
from datetime import timedelta
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import aiohttp
from aiohttp.connector import Connection
from aiohttp.tracing import Trace
from telegram import Update
from telegram.error import BadRequest, NetworkError, RetryAfter, TelegramError, TimedOut
from telegram.request import BaseRequest, RequestData

from alertbot import errors

logger = logging.getLogger(__name__)

#: as many requests may be under way; others wait for one to end
CONNECTIONS = 256
#: seconds after which an idle connection is not used again. A server that closes it just as we
#: write leaves the outcome unknown: those of Telegram keep it for a minute or more
KEEPALIVE = 15.0
#: of a Retry-After header, in seconds (RFC 9110, 10.2.3); a date is left unread
TIME_TO_WAIT = re.compile("[1-9][0-9]{0,5}", re.ASCII)
FORM = "application/x-www-form-urlencoded"

DEFAULT = BaseRequest.DEFAULT_NONE


class NeverSent(NetworkError):
    """Telegram did not get the request, for certain."""


class NotFromTelegram(TelegramError):
    """What came is no answer of the Bot API, but perhaps the page of a proxy."""


class Answers(BaseRequest):
    """Makes requests, and takes for an answer only what the Bot API may say.

    See https://core.telegram.org/bots/api#making-requests.
    """

    def __init__(self, base_url: str, *, answer: timedelta, connect: timedelta) -> None:
        """Take the proxy for base_url from the environment; raises TelegramError if we cannot.

        answer: how long to wait for one; connect: the same for a connection.
        """
        self._proxy = _proxy(base_url)
        self._answer = answer.total_seconds()
        self._connect = connect.total_seconds()
        self._session: aiohttp.ClientSession | None = None
        self._closed = False

    @property
    def read_timeout(self) -> float:
        """Seconds to wait for an answer."""
        return self._answer

    async def initialize(self) -> None:
        """Do nothing: the first request opens what it needs."""

    async def shutdown(self) -> None:
        """Close the connections; a request made afterwards is never sent."""
        self._closed = True
        if self._session:
            await self._session.close()

    async def do_request(  # noqa: PLR0913, PLR0917 (PTB's signature)
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: Any = DEFAULT,
        write_timeout: Any = DEFAULT,
        connect_timeout: Any = DEFAULT,
        pool_timeout: Any = DEFAULT,
    ) -> tuple[int, bytes]:
        """Return status and body; the timeouts are in seconds, None for ever.

        Raises NeverSent, RetryAfter, BadRequest, NotFromTelegram, and where the request may have
        arrived TimedOut, NetworkError.
        """
        body, content_type = _body(request_data)
        connect = self._connect if connect_timeout is DEFAULT else connect_timeout
        read = self._answer if read_timeout is DEFAULT else read_timeout
        if isinstance(body, aiohttp.FormData) and read is not None:
            # files take time to leave, and the time counts from their first byte
            read += (self._answer if write_timeout is DEFAULT else write_timeout) or 0
        waits = aiohttp.ClientTimeout(total=None, connect=connect, sock_read=read)
        try:
            async with self._opened().request(
                method, url, data=body, headers=content_type, allow_redirects=False, timeout=waits
            ) as response:
                status, headers, payload = response.status, response.headers, await response.read()
        except aiohttp.InvalidURL:
            raise NeverSent("base_url under [telegram], or the proxy, is no address") from None
        except TimeoutError:
            raise TimedOut from None
        except (aiohttp.ClientError, OSError) as error:
            raise NetworkError(f"the connection broke: {type(error).__name__}") from None
        if status >= HTTPStatus.MULTIPLE_CHOICES:
            _check_refusal(status, headers, payload)
        return status, payload

    def _opened(self) -> aiohttp.ClientSession:
        if self._closed:
            raise NeverSent("the connections to Telegram are closed")
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=_Connector(limit=CONNECTIONS, keepalive_timeout=KEEPALIVE),
                cookie_jar=aiohttp.DummyCookieJar(),
                headers={"User-Agent": self.USER_AGENT},
                proxy=self._proxy,
            )
        return self._session

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        """Return the answer; raises NotFromTelegram."""
        try:
            answer = json.loads(payload)
        except ValueError:
            raise NotFromTelegram("Invalid server response") from None
        if isinstance(answer, dict):
            if answer.get("ok") is True and "result" in answer:
                return answer
            if answer.get("ok") is False and "description" in answer:
                return answer
        raise NotFromTelegram("Invalid server response")


class UpdateAnswers(Answers):
    """Makes requests for updates; one that PTB cannot read comes out empty, with its id alone."""

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        """Return the answer; raises NotFromTelegram."""
        answer = Answers.parse_json_payload(payload)
        if answer["ok"]:
            answer["result"] = _readable(answer["result"])
        return answer


class _Connector(aiohttp.TCPConnector):
    """Gives connections; until it has given one, nothing of a request has left."""

    async def connect(
        self,
        req: aiohttp.ClientRequest,
        traces: list[Trace],
        timeout: aiohttp.ClientTimeout,  # noqa: ASYNC109 (aiohttp's signature)
    ) -> Connection:
        """Return a connection, pooled or new; raises NeverSent."""
        try:
            return await super().connect(req, traces, timeout)
        except (aiohttp.ClientError, OSError) as error:
            raise NeverSent(_no_connection(error)) from None


def _no_connection(error: aiohttp.ClientError | OSError) -> str:
    match error:
        case aiohttp.ClientConnectorError():
            why = error.os_error.strerror or error.os_error
            return f"no connection to {error.host}:{error.port}: {why}"
        case aiohttp.ClientHttpProxyError():
            return f"no connection: the proxy answers {error.status} {error.message}"
        case TimeoutError():
            return "no connection in time"
    return f"no connection: {type(error).__name__}"


def _body(
    request_data: RequestData | None,
) -> tuple[bytes | aiohttp.FormData | None, dict[str, str]]:
    """Return the body of a request and the header that says what it is, unless aiohttp knows."""
    if request_data is None:
        return None, {}
    if not request_data.contains_files:
        return request_data.url_encoded_parameters().encode(), {"Content-Type": FORM}
    form = aiohttp.FormData(quote_fields=False)  # Telegram takes the name of a file as it stands
    for name, value in request_data.json_parameters.items():
        form.add_field(name, value)
    for name, (filename, content, kind) in request_data.multipart_data.items():
        form.add_field(name, content, filename=filename, content_type=kind)
    return form, {}


def _check_refusal(status: int, headers: Mapping[str, str], payload: bytes) -> None:
    """Raise for an answer that PTB would take for something else.

    The page of a proxy is left out of the errors: it may hold the token.
    """
    said = _spoken(status)
    told = headers.get("Retry-After", "")
    if status == HTTPStatus.TOO_MANY_REQUESTS and TIME_TO_WAIT.fullmatch(told):
        raise RetryAfter(int(told))
    if status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        raise BadRequest("the request is too large (413)")  # whoever says so: it stays so
    if not _is_refusal(payload):
        if status < HTTPStatus.INTERNAL_SERVER_ERROR:
            # on the way somebody refused: only Telegram itself may end a chat or an alert
            raise NeverSent(f"not answered by Telegram: {said}")
        raise NotFromTelegram(said)


def _is_refusal(payload: bytes) -> bool:
    """Tell whether it is the Bot API that refuses."""
    try:
        return Answers.parse_json_payload(payload)["ok"] is False
    except NotFromTelegram:
        return False


def _spoken(status: int) -> str:
    try:
        return f"{HTTPStatus(status).phrase} ({status})"
    except ValueError:
        return f"HTTP status {status}"


def _proxy(url: str) -> str | None:
    """Return the proxy that the environment names for an address: HTTPS_PROXY and its like.

    Raises TelegramError if it is none of HTTP.
    """
    address = urlsplit(url)
    named = getproxies()
    proxy = named.get(address.scheme) or named.get("all")
    if not proxy or proxy_bypass(address.netloc):
        return None
    if "://" not in proxy:
        return f"http://{proxy}"
    kind = urlsplit(proxy).scheme
    if kind not in {"http", "https"}:
        raise errors.TelegramError(
            f"the environment names a {kind} proxy for {address.netloc}, and only http and https "
            f"proxies can be used: change {address.scheme.upper()}_PROXY or ALL_PROXY, "
            f"or put {address.hostname} in NO_PROXY"
        )
    return proxy


def _readable(updates: object) -> list[dict[str, Any]]:
    if not isinstance(updates, list):
        raise NotFromTelegram("Invalid server response")
    kept = []
    for update in updates:
        if not isinstance(update, dict) or not isinstance(update.get("update_id"), int):
            raise NotFromTelegram("Invalid server response")
        try:
            Update.de_json(update, None)
            kept.append(update)
        except Exception as error:  # noqa: BLE001 (any; its own words would tell what was said)
            logger.error("an update is skipped: reading it ended in %s", type(error).__name__)
            kept.append({"update_id": update["update_id"]})
    return kept
