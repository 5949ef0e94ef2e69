"""One polite, bounded GET: from a URL to status, headers and body.

`HttpFeeds` and `load_source` call it. Bounds: 30 seconds in all, 5 MiB, 5 redirects. httpx's own
decoders are not used: they unpack a kilobyte into a gigabyte before anyone can count it.
"""

import asyncio
import os
import re
import ssl
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from http.cookiejar import CookieJar, DefaultCookiePolicy
from importlib.metadata import version
from urllib.parse import quote

import httpx

from alertbot.errors import FetchError, TooLarge
from alertbot.feeds.guard import GuardedTransport

MAX_BODY = 5 * 1024 * 1024
MAX_REDIRECTS = 5
#: seconds for everything, redirects included
DEADLINE = 30.0

_TIMEOUT = httpx.Timeout(20.0, connect=10.0)
_ACCEPT = (
    "application/atom+xml, application/rss+xml, application/feed+json, application/rdf+xml, "
    "application/xml;q=0.9, text/xml;q=0.9, application/json;q=0.8, text/html;q=0.5, */*;q=0.1"
)
#: the same on every poll, since answers may vary by it (RFC 9110 12.5.5)
_ACCEPT_ENCODING = "gzip, deflate"
_OK = frozenset({200, 203})


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a server said."""

    status: int
    headers: httpx.Headers
    #: empty unless the status is 200 or 203
    body: bytes
    #: where it came from, redirects followed
    url: str

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
                "Accept-Encoding": _ACCEPT_ENCODING,
            },
        )

    async def get(self, url: str, conditions: Sequence[tuple[bytes, bytes]] = ()) -> Answer:
        """Return the server's answer, whatever its status.

        conditions: headers that make the request conditional.

        Raises:
            FetchError: no complete answer; the text says why, in one line.
        """
        try:
            async with asyncio.timeout(self._deadline):
                return await self._follow(url, conditions)
        except TimeoutError:
            raise FetchError(f"no answer within {self._deadline:g} s") from None
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, OSError) as exc:
            raise FetchError(_explained(exc)) from exc

    async def aclose(self) -> None:
        """Close the client."""
        await self._client.aclose()

    async def _follow(self, url: str, conditions: Sequence[tuple[bytes, bytes]]) -> Answer:
        request = self._client.build_request("GET", url, headers=list(conditions))
        seen = [request.url]
        while True:
            response = await self._client.send(request, stream=True)
            try:
                if response.next_request is None:
                    return await _answer(response)
            finally:
                await response.aclose()
            request = response.next_request
            _check_hop(seen, request.url)
            seen.append(request.url)


def user_agent(contact: str | None) -> str:
    """Return who asks, with a way to reach the operator."""
    name = f"alertbot/{version('alertbot')}"
    return f"{name} (+{quote(contact, safe=':/?#[]@!$&*+,;=%~')})" if contact else name


def _check_hop(seen: Sequence[httpx.URL], target: httpx.URL) -> None:
    if seen[-1].scheme == "https" and target.scheme == "http":
        raise FetchError("redirect from https to http refused")
    if target in seen:
        raise FetchError("redirects in a loop")
    if len(seen) > MAX_REDIRECTS:
        raise FetchError(f"more than {MAX_REDIRECTS} redirects")


async def _answer(response: httpx.Response) -> Answer:
    body = b""
    if response.status_code in _OK:
        raw = await _raw_body(response)
        body = unpacked(raw, response.headers.get("content-encoding", ""))
    return Answer(
        status=response.status_code, headers=response.headers, body=body, url=str(response.url)
    )


async def _raw_body(response: httpx.Response) -> bytes:
    length = response.headers.get("content-length", "")
    if length.isdecimal() and int(length[:20]) > MAX_BODY:
        raise TooLarge("larger than 5 MB")
    body = bytearray()
    async for chunk in response.aiter_raw():
        body += chunk
        if len(body) > MAX_BODY:
            raise TooLarge("larger than 5 MB")
    return bytes(body)


def unpacked(raw: bytes, encoding: str) -> bytes:
    """Undo a Content-Encoding (RFC 9110 8.4), never making more than the bound.

    Raises:
        TooLarge: there is more in it.
        FetchError: an encoding we did not ask for, or broken, cut or continued data.
    """
    names = [name for name in re.split(r"[\s,]+", encoding.lower()) if name not in ("", "identity")]
    if not names or not raw:
        return raw
    if len(names) > 1 or names[0] not in ("gzip", "x-gzip", "deflate"):
        raise FetchError(f"content encoding {', '.join(names)[:60]!r} refused")
    # 47: gzip or zlib by header; servers also send deflate without one (RFC 9110 8.4.1.2, note)
    stream = zlib.decompressobj(-15 if names[0] == "deflate" and not _has_zlib_header(raw) else 47)
    try:
        body = stream.decompress(raw, MAX_BODY + 1)
    except zlib.error as exc:
        raise FetchError("the compressed body is broken") from exc
    if len(body) > MAX_BODY:
        raise TooLarge("larger than 5 MB")
    if not stream.eof:
        raise FetchError("the compressed body is cut short")
    if stream.unused_data:
        raise FetchError("the compressed body has something behind it")
    return body


def _has_zlib_header(raw: bytes) -> bool:
    """Check the first two bytes (RFC 1950 2.2)."""
    return raw[0] & 0x0F == 8 and int.from_bytes(raw[:2], "big") % 31 == 0


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
