"""Ends a server that says "100 Continue", or the like, again and again (RFC 9110 15.2).

The HTTP library passes over such answers without a pause, which stopped all other polls until the
deadline. Nobody asked for them: we send no Expect header.
"""

import re
import ssl
from typing import Any

import httpcore

#: before the answer; early hints (RFC 8297) are one or two
MOST = 20

_INTERIM = re.compile(rb"HTTP/1\.\d 1\d\d")
_FINAL = re.compile(rb"HTTP/1\.\d [2-9]")
#: a status line may be cut between two reads
_LINE = 12


class Impatient(httpcore.AsyncNetworkBackend):
    """Connects as `inner` does; a connection ends at one interim answer too many."""

    def __init__(self, inner: httpcore.AsyncNetworkBackend) -> None:
        self._inner = inner

    async def connect_tcp(self, *args: Any, **options: Any) -> httpcore.AsyncNetworkStream:
        """Connect; arguments and errors as in `httpcore`."""
        return _Stream(await self._inner.connect_tcp(*args, **options))


class _Stream(httpcore.AsyncNetworkStream):
    """A connection for one request."""

    def __init__(self, inner: httpcore.AsyncNetworkStream) -> None:
        self._inner = inner
        self._begun = False
        self._interim = 0
        self._tail = b""

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109
        data = await self._inner.read(max_bytes, timeout)
        if not self._begun:
            self._look_at(self._tail + data)
        return data

    def _look_at(self, text: bytes) -> None:
        final = _FINAL.search(text)
        self._begun = final is not None
        self._interim += len(_INTERIM.findall(text, 0, final.start() if final else len(text)))
        self._tail = text[1 - _LINE :]
        if self._interim > MOST:
            raise httpcore.RemoteProtocolError(f"more than {MOST} interim answers")

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109
        await self._inner.write(buffer, timeout)

    async def aclose(self) -> None:
        await self._inner.aclose()

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109
    ) -> httpcore.AsyncNetworkStream:
        return _Stream(await self._inner.start_tls(ssl_context, server_hostname, timeout))

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)
