"""One polite, bounded request: from a URL to status, headers and body.

`HttpFeeds` and `load_source` get, `HttpHubs` posts. Bounds: 30 seconds in all, 5 MiB, 5
redirects, 500 header fields; h11 bounds the head of an answer at 100 KiB.
"""

import asyncio
import os
import ssl
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http.cookiejar import CookieJar, DefaultCookiePolicy
from importlib.metadata import version
from itertools import takewhile
from typing import Any
from urllib.parse import quote

import httpx

from alertbot.errors import FetchError, TooLarge
from alertbot.feeds.http.decoding import ACCEPTED, MAX_BODY, unpacked
from alertbot.feeds.http.transport import GuardedTransport

MAX_REDIRECTS = 5
MAX_FIELDS = 500
#: that a body may come in; each costs a tenth of a millisecond, even if it brings one byte
MAX_PIECES = 20_000
#: seconds for everything, redirects included
DEADLINE = 30.0

_TIMEOUT = httpx.Timeout(20.0, connect=10.0)
_ACCEPT = (
    "application/atom+xml, application/rss+xml, application/feed+json, application/rdf+xml, "
    "application/xml;q=0.9, text/xml;q=0.9, application/json;q=0.8, text/html;q=0.5, */*;q=0.1"
)
_OK = frozenset({200, 203})
#: redirects that a client may remember (RFC 9110 15.4.2, 15.4.9)
_PERMANENT = frozenset({301, 308})


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a server said."""

    status: int
    headers: httpx.Headers
    #: empty unless the status is 200 or 203
    body: bytes
    #: where it came from, redirects followed
    url: str
    #: where the permanent redirects led that came before any other, if there were any
    moved_to: str | None = None
    #: of the body, as it came over the wire
    bytes: int = 0

    @property
    def ok(self) -> bool:
        """Return whether there is a body to read."""
        return self.status in _OK

    @property
    def content_type(self) -> str | None:
        """Return the Content-Type header."""
        value: str | None = self.headers.get("content-type")
        return value


class Downloader:
    """Fetches; keeps no cookies, reads no environment."""

    def __init__(
        self,
        *,
        allow_private: bool,
        contact: str | None,
        deadline: float = DEADLINE,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._deadline = deadline
        self._client = httpx.AsyncClient(
            transport=transport or GuardedTransport(allow_private=allow_private),
            trust_env=False,
            cookies=CookieJar(policy=DefaultCookiePolicy(allowed_domains=[])),
            timeout=_TIMEOUT,
            headers={
                "User-Agent": user_agent(contact),
                "Accept": _ACCEPT,
                "Accept-Encoding": ACCEPTED,
            },
        )

    async def get(self, url: str, conditions: Sequence[tuple[bytes, bytes]] = ()) -> Answer:
        """Return the server's answer, whatever its status.

        conditions: headers that make the request conditional.

        Raises:
            FetchError: no complete answer; the text says why, in one line.
        """
        return await self._send("GET", url, headers=list(conditions))

    async def post(self, url: str, form: Mapping[str, str]) -> Answer:
        """Send a form, following redirects that keep it (307, 308); what comes of it as `get`."""
        return await self._send("POST", url, data=dict(form))

    async def _send(self, method: str, url: str, **content: Any) -> Answer:
        try:
            async with asyncio.timeout(self._deadline):
                return await self._follow(self._client.build_request(method, url, **content))
        except TimeoutError:
            raise FetchError(f"no answer within {self._deadline:g} s") from None
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, OSError) as exc:
            raise FetchError(_explained(exc)) from exc

    async def aclose(self) -> None:
        """Close the client."""
        await self._client.aclose()

    async def _follow(self, request: httpx.Request) -> Answer:
        hops: list[_Hop] = []
        while True:
            response = await self._client.send(request, stream=True)
            try:
                if len(response.headers.raw) > MAX_FIELDS:
                    raise FetchError(f"more than {MAX_FIELDS} header fields")
                if response.next_request is None:
                    return await _answer(response, moved_to=_moved_to(hops))
            finally:
                await response.aclose()
            hop = _Hop(request.url, response.status_code, response.next_request.url)
            _check_hop(hop, hops)
            if response.next_request.method != request.method:
                raise FetchError(f"redirect with {response.status_code}, which drops what was sent")
            hops.append(hop)
            request = response.next_request


@dataclass(frozen=True, slots=True)
class _Hop:
    """A redirect."""

    asked: httpx.URL
    status: int
    target: httpx.URL


def user_agent(contact: str | None) -> str:
    """Return who asks, with a way to reach the operator."""
    name = f"alertbot/{version('alertbot')}"
    return f"{name} (+{quote(contact, safe=':/?#[]@!$&*+,;=%~')})" if contact else name


def _check_hop(hop: _Hop, before: Sequence[_Hop]) -> None:
    if hop.asked.scheme == "https" and hop.target.scheme == "http":
        raise FetchError("redirect from https to http refused")
    if hop.target == hop.asked or any(hop.target == each.asked for each in before):
        raise FetchError("redirects in a loop")
    if len(before) == MAX_REDIRECTS:
        raise FetchError(f"more than {MAX_REDIRECTS} redirects")


def _moved_to(hops: Sequence[_Hop]) -> str | None:
    permanent = list(takewhile(lambda hop: hop.status in _PERMANENT, hops))
    return str(permanent[-1].target) if permanent else None


async def _answer(response: httpx.Response, *, moved_to: str | None) -> Answer:
    raw = body = b""
    if response.status_code in _OK:
        raw = await _raw_body(response)
        body = unpacked(raw, response.headers.get("content-encoding", ""))
    return Answer(
        status=response.status_code,
        headers=response.headers,
        body=body,
        url=str(response.url),
        moved_to=moved_to,
        bytes=len(raw),
    )


async def _raw_body(response: httpx.Response) -> bytes:
    length = response.headers.get("content-length", "")
    if length.isdecimal() and int(length[:20]) > MAX_BODY:
        raise TooLarge("larger than 5 MB")
    body = bytearray()
    pieces = 0
    async for piece in response.aiter_raw():
        body += piece
        pieces += 1
        if len(body) > MAX_BODY:
            raise TooLarge("larger than 5 MB")
        if pieces > MAX_PIECES:
            raise FetchError(f"a body in more than {MAX_PIECES} pieces")
        if pieces % 100 == 0:
            await asyncio.sleep(0)  # pieces that have arrived are handed out without a pause
    return bytes(body)


def _explained(exc: Exception) -> str:
    if isinstance(exc, httpx.ConnectTimeout):
        return "cannot connect: no answer"
    if isinstance(exc, httpx.TimeoutException):
        return "the server stopped answering"
    if isinstance(exc, httpx.ConnectError):
        return f"cannot connect: {_root_cause(exc)}"
    if isinstance(exc, httpx.InvalidURL):
        return f"not a URL: {exc}"
    return f"broken answer: {_root_cause(exc)}"


def _root_cause(exc: BaseException) -> str:
    """Return what the system said, such as "Connection refused"; libraries wrap it in less."""
    text = str(exc)
    cause: BaseException | None = exc
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            text = cause.verify_message
        elif isinstance(cause, OSError) and not isinstance(cause, ssl.SSLError) and cause.errno:
            text = os.strerror(cause.errno)
        cause = cause.__cause__ or cause.__context__
    return " ".join(text.split()) or type(exc).__name__
