"""The transport under the HTTP client: one guarded connection for each request.

No connection is kept: the next request to the same host comes minutes later, when a server has
long ended what was open.
"""

import ssl
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager

import httpcore
import httpx

from alertbot.errors import FetchError
from alertbot.feeds.http.guard import GuardedNetwork, Resolve, resolve_host
from alertbot.feeds.http.interim import Impatient

_PORTS = {"http": 80, "https": 443}


class GuardedTransport(httpx.AsyncBaseTransport):
    """Sends a request over a connection of its own, to an address that was checked.

    network: makes the connections. tls: how certificates are checked; by default, as httpx does.
    """

    def __init__(
        self,
        *,
        allow_private: bool,
        resolve: Resolve = resolve_host,
        network: httpcore.AsyncNetworkBackend | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._allow_private = allow_private
        self._network = GuardedNetwork(
            Impatient(network or httpcore.AnyIOBackend()),
            allow_private=allow_private,
            resolve=resolve,
        )
        self._tls = tls or httpx.create_ssl_context(trust_env=False)
        self._tls.set_alpn_protocols(["http/1.1"])

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send; raises FetchError for a target we do not go to, httpx errors for the rest."""
        target = self._target(request.url)
        sent = httpcore.Request(
            request.method,
            target,
            headers=request.headers.raw,
            content=request.stream,
            extensions=request.extensions,
        )
        patience = request.extensions.get("timeout", {}).get("connect")
        with _errors():
            stream = await self._connect(target, patience)
            connection = httpcore.AsyncHTTP11Connection(target.origin, stream)
            answer = await connection.handle_async_request(sent)
        return httpx.Response(
            answer.status,
            headers=answer.headers,
            stream=_Body(answer, connection),
            extensions=answer.extensions,
        )

    async def _connect(
        self, target: httpcore.URL, seconds: float | None
    ) -> httpcore.AsyncNetworkStream:
        host = target.host.decode("ascii")
        stream = await self._network.connect_tcp(host, target.origin.port, seconds)
        if target.scheme == b"https":
            return await stream.start_tls(self._tls, host, seconds)
        return stream

    def _target(self, url: httpx.URL) -> httpcore.URL:
        if not url.scheme or not url.host:
            raise FetchError("not a URL: it names no host")
        if url.scheme not in _PORTS:
            raise FetchError(f"only http and https are read, not {url.scheme}")
        port = _PORTS[url.scheme] if url.port is None else url.port
        if not 0 < port < 65536:
            raise FetchError(f"not a URL: there is no port {port}")
        if not self._allow_private and port not in _PORTS.values():
            raise FetchError(f"port {port} refused: feeds are read from ports 80 and 443")
        # the name on a certificate has no dot at its end
        host = url.raw_host.rstrip(b".")
        return httpcore.URL(scheme=url.raw_scheme, host=host, port=port, target=url.raw_path)


class _Body(httpx.AsyncByteStream):
    """The body of an answer; closing it ends the connection."""

    def __init__(
        self, answer: httpcore.Response, connection: httpcore.AsyncHTTP11Connection
    ) -> None:
        self._answer = answer
        self._connection = connection

    async def __aiter__(self) -> AsyncIterator[bytes]:
        with _errors():
            async for piece in self._answer.aiter_stream():
                yield piece

    async def aclose(self) -> None:
        try:
            await self._answer.aclose()
        finally:
            await self._connection.aclose()


@contextmanager
def _errors() -> Iterator[None]:
    """Raise what httpcore does as httpx does: their errors have the same names."""
    try:
        yield
    except (httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError) as exc:
        kind: type[httpx.TransportError] = getattr(httpx, type(exc).__name__)
        raise kind(str(exc)) from exc
