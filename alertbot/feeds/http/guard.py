"""Keeps requests out of private networks: the transport under the HTTP client.

It sees every hop, resolves the host once, checks each address it got and connects to one of
those, so that a name cannot change its meaning between check and connection (DNS rebinding).
"""

import asyncio
import ipaddress
import socket
import ssl
from collections.abc import Awaitable, Callable, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from typing import Any

import httpx

from alertbot.errors import FetchError, NotPublicAddress
from alertbot.feeds.http.interim import Impatient

#: addresses of a host and port, best first; raises OSError when there is none
Resolve = Callable[[str, int], Awaitable[Sequence[str]]]

_PORTS = {"http": 80, "https": 443}
#: how many addresses of one host we try
_TRIES = 4

#: IANA special-purpose registries, where `is_global` of some Python versions says otherwise
_NOT_PUBLIC_V4 = (IPv4Network("192.0.0.0/24"), IPv4Network("192.88.99.0/24"))
_NOT_PUBLIC_V6 = (IPv6Network("2001::/23"), IPv6Network("3fff::/20"))
_UNICAST_V6 = IPv6Network("2000::/3")
_NAT64 = IPv6Network("64:ff9b::/96")


def is_public(address: str) -> bool:
    """Return whether an address is one that anybody on the internet could reach.

    An IPv4 address inside an IPv6 one (mapped, 6to4, NAT64) counts as itself.
    """
    ip = _unwrapped(ipaddress.ip_address(address))
    if ip.is_multicast or not ip.is_global:
        return False
    if isinstance(ip, IPv4Address):
        return not any(ip in network for network in _NOT_PUBLIC_V4)
    return ip in _UNICAST_V6 and not any(ip in network for network in _NOT_PUBLIC_V6)


def _unwrapped(ip: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    if isinstance(ip, IPv4Address):
        return ip
    if ip in _NAT64:
        return IPv4Address(int(ip) & 0xFFFFFFFF)
    return ip.ipv4_mapped or ip.sixtofour or ip


async def resolve_host(host: str, port: int) -> Sequence[str]:
    """Ask the system's resolver; odd forms such as 2130706433 come out as the address they mean."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(sockaddr[0]) for *_, sockaddr in found))


def single_use(verify: ssl.SSLContext | bool = True) -> httpx.AsyncHTTPTransport:
    """Return a transport that keeps no connections.

    Its pool knows them by address alone: it would hand one that was made and certified for one
    host to another host at the same address.
    """
    transport = httpx.AsyncHTTPTransport(
        verify=verify,
        trust_env=False,
        limits=httpx.Limits(max_connections=100, max_keepalive_connections=0),
    )
    pool: Any = transport._pool  # httpx has no other way to it
    pool._network_backend = Impatient(pool._network_backend)
    return transport


class GuardedTransport(httpx.AsyncBaseTransport):
    """Sends a request to an address it has checked; `inner` must keep no connections."""

    def __init__(
        self,
        *,
        allow_private: bool,
        resolve: Resolve = resolve_host,
        inner: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._allow_private = allow_private
        self._resolve = resolve
        self._inner = inner or single_use()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send; raises FetchError for a target we do not go to, httpx errors for the rest."""
        url = request.url
        if not url.scheme or not url.host:
            raise FetchError("not a URL: it names no host")
        if url.scheme not in _PORTS:
            raise FetchError(f"only http and https are read, not {url.scheme}")
        port = _PORTS[url.scheme] if url.port is None else url.port
        if not 0 < port < 65536:
            raise FetchError(f"not a URL: there is no port {port}")
        if not self._allow_private and port not in _PORTS.values():
            raise FetchError(f"port {port} refused: feeds are read from ports 80 and 443")
        addresses = await self._addresses(url.raw_host.decode("ascii").rstrip("."), port)
        return await self._send(request, addresses[:_TRIES])

    async def aclose(self) -> None:
        """Close what is open."""
        await self._inner.aclose()

    async def _addresses(self, host: str, port: int) -> Sequence[str]:
        try:
            addresses = await self._resolve(host, port)
        except (OSError, UnicodeError) as exc:
            raise FetchError("host not found") from exc
        if not addresses:
            raise FetchError("host not found")
        if not self._allow_private:
            for address in addresses:
                if not is_public(address):
                    raise NotPublicAddress(f"private address {address} refused")
        return addresses

    async def _send(self, request: httpx.Request, addresses: Sequence[str]) -> httpx.Response:
        *others, last = addresses
        for address in others:
            try:
                return await self._inner.handle_async_request(_aimed(request, address))
            except (httpx.ConnectError, httpx.ConnectTimeout):
                continue
        return await self._inner.handle_async_request(_aimed(request, last))


def _aimed(request: httpx.Request, address: str) -> httpx.Request:
    """Return a copy that goes to `address`; Host and the name on the certificate stay.

    A copy, since the client reads the original's URL to follow relative redirects.
    """
    host = request.url.raw_host.decode("ascii").rstrip(".")
    return httpx.Request(
        request.method,
        request.url.copy_with(host=address.partition("%")[0]),
        headers=request.headers,
        stream=request.stream,
        extensions={**request.extensions, "sni_hostname": host},
    )
