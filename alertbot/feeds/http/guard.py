"""Keeps connections out of private networks: the network under the HTTP client.

It sees every connection that is made, resolves the host once, checks each address it got and
connects to one of those, so that a name cannot change its meaning between check and connection
(DNS rebinding).
"""

import asyncio
import ipaddress
import socket
from collections.abc import Awaitable, Callable, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from typing import Any

import httpcore

from alertbot.errors import FetchError, NotPublicAddress

#: addresses of a host and port, best first; raises OSError when there is none
Resolve = Callable[[str, int], Awaitable[Sequence[str]]]

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
    if _is_address(host):
        return [host]
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(sockaddr[0]) for *_, sockaddr in found))


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


class GuardedNetwork(httpcore.AsyncNetworkBackend):
    """Connects through `inner`, to addresses that it has checked."""

    def __init__(
        self, inner: httpcore.AsyncNetworkBackend, *, allow_private: bool, resolve: Resolve
    ) -> None:
        self._inner = inner
        self._allow_private = allow_private
        self._resolve = resolve

    async def connect_tcp(
        self, host: str, port: int, *args: Any, **options: Any
    ) -> httpcore.AsyncNetworkStream:
        """Connect to the first address of the host that answers; the rest as in `httpcore`.

        Raises:
            FetchError: the host has no address, or one we do not go to; httpcore's errors else.
        """
        *others, last = (await self._addresses(host, port))[:_TRIES]
        for address in others:
            try:
                return await self._inner.connect_tcp(address, port, *args, **options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                continue
        return await self._inner.connect_tcp(last, port, *args, **options)

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
