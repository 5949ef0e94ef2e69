"""A publisher on 127.0.0.1 that lives in the time of a test and keeps count of bad manners.

What it counts is what the feed reader score project reports (rachelbythebay.com/fs/help.html):
polls that come early, that are not conditional, or with validators it never gave, cookies and such.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

from aiohttp import web

from fakes.loopback import Loopback

SECOND = timedelta(seconds=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
#: entries in a feed
SHOWN = 30


@dataclass
class Shelf:
    """One feed: what it asks for, what it has published, and who asked for it."""

    #: what it is in the config: never to be asked more often
    min_interval: timedelta
    #: elements of the channel, such as <ttl>
    wishes: str = ""
    #: the least time between two polls that these stand for
    ttl: timedelta = timedelta()
    skip_hours: frozenset[int] = frozenset()
    skip_days: frozenset[int] = frozenset()
    headers: dict[str, str] = field(default_factory=dict)
    #: the same for the headers
    fresh_for: timedelta = timedelta()
    etags: bool = True
    dates: bool = False
    #: answers some requests with something else than the feed
    instead: Callable[[datetime], web.Response | None] = lambda _: None
    #: hours of the day in which it publishes
    hours: frozenset[int] = frozenset(range(8, 18, 3))
    published: list[datetime] = field(default_factory=list)
    requests: list[datetime] = field(default_factory=list)
    given: dict[str, str] = field(default_factory=dict)
    not_before: datetime = LONG_AGO
    gone: bool = False


class Publisher(Loopback):
    """Serves RSS at /<name>, and redirects to it from /moved/<name>; `faults` is the score."""

    def __init__(self, now: Callable[[], datetime], shelves: dict[str, Shelf]) -> None:
        super().__init__()
        self.shelves = shelves
        self.faults: Counter[str] = Counter()
        self._now = now
        self._last = LONG_AGO
        #: to be taken back if the answer comes to nothing
        self._before: dict[str, tuple[dict[str, str], datetime, bool]] = {}

    def routes(self, router: web.UrlDispatcher) -> None:
        router.add_get("/moved/{name}", self._redirect)
        router.add_get("/{name}", self._serve)

    def publish(self) -> None:
        """Have each feed publish what it has published by now: one brief an hour, in its hours."""
        for shelf in self.shelves.values():
            hour = shelf.published[-1] + HOUR if shelf.published else self._now() - 28 * DAY
            while hour <= self._now():
                if hour.hour in shelf.hours and hour.weekday() < 5:
                    shelf.published.append(hour)
                hour += HOUR

    def lost(self, name: str) -> None:
        """The last answer never became known to the client, which died."""
        shelf = self.shelves[name]
        shelf.given, shelf.not_before, shelf.gone = self._before[name]

    def report(self) -> str:
        """Return the score for people."""
        polls = sum(len(shelf.requests) for shelf in self.shelves.values())
        kinds = "early unconditional invalid cookies skipped gone crowded untidy".split()
        return f"{polls} polls: " + ", ".join(f"{self.faults[kind]} {kind}" for kind in kinds)

    async def _redirect(self, request: web.Request) -> web.Response:
        location = f"/{request.match_info['name']}"
        return web.Response(status=301, headers={"Location": location})

    async def _serve(self, request: web.Request) -> web.Response:
        name, now = request.match_info["name"], self._now()
        shelf = self.shelves[name]
        self._judge(request, shelf, now)
        self._before[name] = shelf.given, shelf.not_before, shelf.gone
        shelf.requests.append(now)
        shelf.not_before = max(shelf.not_before, now + shelf.min_interval)
        self._last = now
        response = shelf.instead(now) or self._feed(request, shelf)
        self._note(shelf, response, now)
        response.headers["Date"] = format_datetime(now, usegmt=True)
        return response

    def _judge(self, request: web.Request, shelf: Shelf, now: datetime) -> None:
        sent = {
            name: value
            for name, value in request.headers.items()
            if name in ("If-None-Match", "If-Modified-Since")
        }
        found = {
            "early": now < shelf.not_before,
            "unconditional": bool(shelf.given) and not sent,
            "invalid": bool(sent) and sent != shelf.given,
            "cookies": "Cookie" in request.headers,
            "skipped": now.hour in shelf.skip_hours or now.weekday() in shelf.skip_days,
            "gone": shelf.gone,
            "crowded": now - self._last < SECOND,
            "untidy": "Referer" in request.headers or bool(request.query_string),
        }
        self.faults.update(kind for kind, is_so in found.items() if is_so)

    def _note(self, shelf: Shelf, response: web.Response, now: datetime) -> None:
        """Note what the client knows from now on, if it hears of the answer."""
        wait = max(shelf.fresh_for, shelf.ttl) if response.status in (200, 304) else shelf.ttl
        retry = response.headers.pop("X-Wait", "0")
        shelf.not_before = max(shelf.not_before, now + wait, now + int(retry) * SECOND)
        shelf.gone |= response.status == 410
        if response.status == 200:
            pairs = (("If-None-Match", "ETag"), ("If-Modified-Since", "Last-Modified"))
            shelf.given = {
                sent: response.headers[name] for sent, name in pairs if name in response.headers
            }

    def _feed(self, request: web.Request, shelf: Shelf) -> web.Response:
        newest = shelf.published[-1]
        headers = {"Set-Cookie": "who=you", **shelf.headers}
        if shelf.etags:
            headers["ETag"] = f'W/"{newest:%m%d%H}"'
        if shelf.dates:
            headers["Last-Modified"] = newest.strftime("%A, %d-%b-%y %H:%M:%S gmt").lower()
        if shelf.given and all(request.headers.get(k) == v for k, v in shelf.given.items()):
            known = headers.get("ETag"), headers.get("Last-Modified")
            if known == (shelf.given.get("If-None-Match"), shelf.given.get("If-Modified-Since")):
                return web.Response(status=304, headers=headers)
        return web.Response(body=_rss(shelf).encode(), headers=headers)


def retry_after(now: datetime, status: int, wait: timedelta, *, date: bool) -> web.Response:
    """Answer that the client is to come back later."""
    seconds = int(wait.total_seconds())
    said = format_datetime(now + wait, usegmt=True) if date else str(seconds)
    return web.Response(status=status, headers={"Retry-After": said, "X-Wait": str(seconds)})


def _rss(shelf: Shelf) -> str:
    items = "".join(
        f"<item><title>Brief of {hour:%d %b, %H}h</title><guid>{hour:%Y%m%d%H}</guid>"
        f"<pubDate>{format_datetime(hour, usegmt=True)}</pubDate></item>"
        for hour in reversed(shelf.published[-SHOWN:])
    )
    return (
        '<rss version="2.0" xmlns:sy="http://purl.org/rss/1.0/modules/syndication/"><channel>'
        f"<title>T</title>{shelf.wishes}{items}</channel></rss>"
    )
