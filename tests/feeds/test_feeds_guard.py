"""Which addresses requests may go to, and that they go to the address that was checked."""

import asyncio
import contextlib
import re
import shutil
import ssl
import subprocess
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass

import httpcore
import httpx
import pytest
from feeds_site import RSS, FixedClock, a_feed

from alertbot.errors import FetchError, NotPublicAddress
from alertbot.feeds.http.guard import is_public, resolve_host
from alertbot.feeds.http.transport import GuardedTransport
from alertbot.feeds.poll import HttpFeeds
from alertbot.ports import Failed, Fetched, Validators

PRIVATE = [
    "0.0.0.0",
    "10.0.0.1",
    "100.64.0.1",
    "100.127.255.254",
    "127.0.0.1",
    "127.8.8.8",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.8",
    "192.0.0.170",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.1.1",
    "198.18.0.1",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::7f00:1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "::ffff:0:7f00:1",
    "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::1",
    "100::1",
    "2001::1",
    "2001:0:7f00:1::",
    "2001:db8::1",
    "2002:7f00:1::",
    "2002:a00:1::1",
    "3fff::1",
    "5f00::1",
    "fc00::1",
    "fd12:3456::1",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
    "ff0e::1",
]
PUBLIC = [
    "1.1.1.1",
    "93.184.216.34",
    "172.32.0.1",
    "100.128.0.1",
    "2606:4700::1111",
    "2a00:1450:4001::1",
    "::ffff:1.1.1.1",
    "64:ff9b::101:101",
    "2002:101:101::1",
]


@pytest.mark.parametrize("address", PRIVATE)
def test_case_76_an_address_of_a_private_or_special_network_is_not_public(address):
    assert not is_public(address)


@pytest.mark.parametrize("address", PUBLIC)
def test_any_other_address_is_public(address):
    assert is_public(address)


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("127.0.0.1", "127.0.0.1"),
        ("10.1.2.3", "10.1.2.3"),
        ("169.254.169.254", "169.254.169.254"),
        ("2130706433", "127.0.0.1"),
        ("0x7f.1", "127.0.0.1"),
        ("0", "0.0.0.0"),
        ("[::1]", "::1"),
        ("[::ffff:127.0.0.1]", "::ffff:127.0.0.1"),
        ("[64:ff9b::7f00:1]", "64:ff9b::7f00:1"),
        ("[fd00::1]", "fd00::1"),
    ],
)
async def test_case_76_77_a_url_into_a_private_network_is_refused_however_it_is_written(
    public_feeds, host, address
):
    result = await public_feeds.fetch(a_feed(f"http://{host}/feed"), Validators())

    assert Failed(reason=f"private address {address} refused") == result


async def test_localhost_is_refused_by_name(public_feeds):
    result = await public_feeds.fetch(a_feed("http://localhost/feed"), Validators())

    assert isinstance(result, Failed)
    assert result.reason in (
        "private address 127.0.0.1 refused",
        "private address ::1 refused",
    )


@pytest.mark.parametrize("port", [22, 25, 6379, 8080, 65535])
async def test_case_81_other_ports_than_80_and_443_are_refused(public_feeds, port):
    result = await public_feeds.fetch(a_feed(f"http://93.184.216.34:{port}/"), Validators())

    assert Failed(reason=f"port {port} refused: feeds are read from ports 80 and 443") == result


async def test_case_77_an_octal_host_is_no_url_at_all(public_feeds):
    result = await public_feeds.fetch(a_feed("http://0177.0.0.1/"), Validators())

    assert Failed(reason="not a URL: Invalid IPv4 address: '0177.0.0.1'") == result


async def test_the_system_resolver_understands_decimal_hosts(behind):
    assert await resolve_host("2130706433", 80) == ["127.0.0.1"]


# --- what reaches the wire, with a resolver and a wire of our own


FINE = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(RSS) + RSS


def away(to: str) -> bytes:
    """Return a redirect."""
    return f"HTTP/1.1 302 Found\r\nLocation: {to}\r\nContent-Length: 0\r\n\r\n".encode()


@dataclass
class Sent:
    """What went out over a connection."""

    address: str
    port: int
    head: bytes = b""
    #: the name that its certificate was checked for, if it was
    certified: str | None = None

    @property
    def host(self) -> str:
        return self._field("Host") or ""

    @property
    def has_password(self) -> bool:
        return self._field("Authorization") is not None

    def _field(self, name: str) -> str | None:
        found = re.search(rf"\r\n{name}: (.*)\r\n", self.head.decode())
        return found[1] if found else None


class Wire(httpcore.AsyncNetworkBackend):
    """Takes what would go out; answers by the first name of the host."""

    def __init__(self, **answers: bytes) -> None:
        self.answers = answers
        self.unreachable: set[str] = set()
        self.tried: list[str] = []
        self.sent: list[Sent] = []

    async def connect_tcp(self, host: str, port: int, *_: object) -> "Line":
        self.tried.append(host)
        if host in self.unreachable:
            raise httpcore.ConnectError("no route")
        self.sent.append(Sent(host, port))
        return Line(self, self.sent[-1])


class Line(httpcore.AsyncMockStream):
    """A connection."""

    def __init__(self, wire: Wire, sent: Sent) -> None:
        super().__init__([])
        self.wire = wire
        self.sent = sent

    async def start_tls(self, _: ssl.SSLContext, name: str | None = None, *__: object) -> "Line":
        self.sent.certified = name
        return self

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109
        self.sent.head += buffer
        self._buffer = [self.wire.answers.get(self.sent.host.split(".")[0], FINE)]


class Names:
    """A resolver that gives the next of the addresses it was told for each name."""

    def __init__(self, **addresses: Sequence[Sequence[str]]) -> None:
        self.addresses = {f"{name}.example": list(each) for name, each in addresses.items()}

    async def __call__(self, host: str, port: int) -> Sequence[str]:
        answers = self.addresses.get(host, [[]])
        return answers.pop(0) if len(answers) > 1 else answers[0]


@pytest.fixture
async def behind() -> AsyncIterator[Callable[[Names, Wire], HttpFeeds]]:
    """Return what opens feeds that ask these names and this wire."""
    async with contextlib.AsyncExitStack() as opened:

        def behind(names: Names, wire: Wire) -> HttpFeeds:
            transport = GuardedTransport(allow_private=False, resolve=names, network=wire)
            feeds = HttpFeeds(
                allow_private=False, contact=None, clock=FixedClock(), transport=transport
            )
            opened.push_async_callback(feeds.aclose)
            return feeds

        yield behind


async def test_the_request_goes_to_the_checked_address_under_the_name_of_the_host(behind):
    wire = Wire()
    feeds = behind(Names(news=[["93.184.216.34"]]), wire)

    result = await feeds.fetch(a_feed("https://news.example/feed"), Validators())

    assert isinstance(result, Fetched)
    [sent] = wire.sent
    assert (sent.address, sent.port) == ("93.184.216.34", 443)
    assert (sent.host, sent.certified) == ("news.example", "news.example")


async def test_a_dot_behind_a_name_is_no_part_of_it_on_a_certificate(behind):
    wire = Wire()
    feeds = behind(Names(news=[["93.184.216.34"]]), wire)

    result = await feeds.fetch(a_feed("https://news.example./feed"), Validators())

    assert isinstance(result, Fetched)
    assert [sent.certified for sent in wire.sent] == ["news.example"]


async def test_case_78_a_name_that_changes_its_address_after_the_check_gains_nothing(behind):
    wire = Wire()
    feeds = behind(Names(news=[["93.184.216.34"], ["127.0.0.1"]]), wire)

    await feeds.fetch(a_feed("http://news.example/"), Validators())
    second = await feeds.fetch(a_feed("http://news.example/"), Validators())

    assert wire.tried == ["93.184.216.34"]
    assert Failed(reason="private address 127.0.0.1 refused") == second


async def test_case_79_one_private_address_among_public_ones_is_one_too_many(behind):
    wire = Wire()
    feeds = behind(Names(news=[["93.184.216.34", "10.0.0.1"]]), wire)

    result = await feeds.fetch(a_feed("http://news.example/"), Validators())

    assert Failed(reason="private address 10.0.0.1 refused") == result
    assert wire.tried == []


async def test_case_80_a_redirect_into_a_private_network_is_refused(behind):
    wire = Wire(news=away("http://intranet.example/admin"))
    feeds = behind(Names(news=[["93.184.216.34"]], intranet=[["10.0.0.1"]]), wire)

    result = await feeds.fetch(a_feed("http://news.example/"), Validators())

    assert Failed(reason="private address 10.0.0.1 refused") == result
    assert [sent.host for sent in wire.sent] == ["news.example"]


async def test_a_relative_redirect_stays_with_the_host_not_its_address(behind):
    wire = Wire(news=away("//other.example/feed"))
    feeds = behind(Names(news=[["93.184.216.34"]], other=[["1.1.1.1"]]), wire)

    result = await feeds.fetch(a_feed("http://news.example/"), Validators())

    assert isinstance(result, Fetched)
    assert [(sent.address, sent.host) for sent in wire.sent] == [
        ("93.184.216.34", "news.example"),
        ("1.1.1.1", "other.example"),
    ]


async def test_case_43_a_redirect_from_https_to_http_is_refused(behind):
    wire = Wire(news=away("http://news.example/"))
    feeds = behind(Names(news=[["93.184.216.34"]]), wire)

    result = await feeds.fetch(a_feed("https://news.example/"), Validators())

    assert Failed(reason="redirect from https to http refused") == result
    assert len(wire.sent) == 1


async def test_case_81_a_redirect_to_another_port_is_refused(behind):
    feeds = behind(Names(news=[["93.184.216.34"]]), Wire(news=away("http://news.example:6379/")))

    result = await feeds.fetch(a_feed("http://news.example/"), Validators())

    assert Failed(reason="port 6379 refused: feeds are read from ports 80 and 443") == result


async def test_case_44_a_password_in_the_url_does_not_follow_to_another_host(behind):
    wire = Wire(news=away("https://other.example/"))
    feeds = behind(Names(news=[["93.184.216.34"]], other=[["1.1.1.1"]]), wire)

    await feeds.fetch(a_feed("https://me:pw@news.example/"), Validators())

    assert [sent.has_password for sent in wire.sent] == [True, False]


async def test_an_address_that_does_not_answer_is_followed_by_the_next(behind):
    wire = Wire()
    wire.unreachable = {"2606:4700::1"}
    feeds = behind(Names(news=[["2606:4700::1", "1.1.1.1"]]), wire)

    assert isinstance(await feeds.fetch(a_feed("http://news.example/"), Validators()), Fetched)
    assert wire.tried == ["2606:4700::1", "1.1.1.1"]


async def test_a_host_without_addresses_is_not_found(behind):
    result = await behind(Names(), Wire()).fetch(a_feed("http://news.example/"), Validators())

    assert Failed(reason="host not found") == result


async def test_private_addresses_are_fine_where_the_operator_says_so():
    wire = Wire()
    guard = GuardedTransport(allow_private=True, resolve=Names(nas=[["192.168.1.2"]]), network=wire)

    await guard.handle_async_request(httpx.Request("GET", "http://nas.example:8080/"))

    assert [(sent.address, sent.port) for sent in wire.sent] == [("192.168.1.2", 8080)]


async def test_the_refusals_are_errors_of_the_tree():
    names = Names(nas=[["10.0.0.1"]])
    guard = GuardedTransport(allow_private=False, resolve=names, network=Wire())

    with pytest.raises(NotPublicAddress):
        await guard.handle_async_request(httpx.Request("GET", "http://nas.example/"))
    with pytest.raises(FetchError):
        await guard.handle_async_request(httpx.Request("GET", "ftp://nas.example/"))


# --- TLS, for real


@pytest.fixture(scope="session")
def certificate(tmp_path_factory) -> str:
    """Return the path of a key and certificate for news.example."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("no openssl command to make a certificate with")
    folder = tmp_path_factory.mktemp("tls")
    subprocess.run(
        [openssl, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
         "-days", "2", "-subj", "/CN=news.example", "-addext", "subjectAltName=DNS:news.example",
         "-keyout", "key.pem", "-out", "cert.pem"],
        cwd=folder, check=True, capture_output=True,
    )  # fmt: skip
    both = folder / "both.pem"
    both.write_bytes((folder / "key.pem").read_bytes() + (folder / "cert.pem").read_bytes())
    return str(both)


async def test_the_certificate_is_checked_against_the_name_not_the_address(certificate):
    named: list[str | None] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while await reader.readuntil(b"\r\n\r\n"):
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(RSS) + RSS)
        writer.close()

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    context.sni_callback = lambda _socket, name, _context: named.append(name)
    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context)
    port = server.sockets[0].getsockname()[1]
    transport = GuardedTransport(
        allow_private=True,
        resolve=Names(news=[["127.0.0.1"]], other=[["127.0.0.1"]]),
        tls=ssl.create_default_context(cafile=certificate),
    )
    feeds = HttpFeeds(allow_private=True, contact=None, clock=FixedClock(), transport=transport)

    right = await feeds.fetch(a_feed(f"https://news.example:{port}/"), Validators())
    wrong = await feeds.fetch(a_feed(f"https://other.example:{port}/"), Validators())
    await feeds.aclose()
    server.close()
    await server.wait_closed()

    assert isinstance(right, Fetched), right
    assert named == ["news.example", "other.example"]
    assert isinstance(wrong, Failed)
    assert wrong.reason.startswith("cannot connect: Hostname mismatch")


@pytest.mark.parametrize("body", [RSS, b"x" * (6 << 20)], ids=["read", "refused"])
async def test_a_connection_ends_with_its_answer(body):
    ended = asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError):
            await reader.readuntil(b"\r\n\r\n")
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
            await reader.read()  # to its end
        writer.close()
        ended.set()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    feeds = HttpFeeds(allow_private=True, contact=None, clock=FixedClock())

    await feeds.fetch(a_feed(f"http://127.0.0.1:{port}/"), Validators())

    async with asyncio.timeout(10):
        await ended.wait()
    await feeds.aclose()
    server.close()
