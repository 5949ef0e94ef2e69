"""Time zones by the names of cities and by where one is; pure.

Cities are those that the tz database names its zones after, and a few capitals that have no zone of
their own. Where one is leads to the nearest principal city (zone1970.tab of the tz database, by the
package tzdata); near a border that may be another country's, which is why one is asked.
"""

import difflib
import math
import re
import unicodedata
from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from importlib.resources import files
from zoneinfo import ZoneInfo, available_timezones

#: degrees, north and east
Place = tuple[float, float]

#: what is typed beyond this is no city
NAME_LENGTH = 60
SUGGESTIONS = 3
#: how like a city what is typed has to be, and how much less so than the likeliest (difflib.ratio)
LIKE, LESS_LIKE = 0.75, 0.1
#: areas of the tz database whose zones are called by no city: US/Eastern, Canada/Atlantic
_NO_CITIES = ("Etc/", "US/", "Canada/", "Brazil/", "Chile/", "Mexico/")

_OTHERS = {
    "America/New_York": "Washington, Washington DC, Boston, Miami",
    "America/Los_Angeles": "San Francisco, Seattle",
    "America/Toronto": "Ottawa",
    "America/Sao_Paulo": "Brasilia, Rio de Janeiro",
    "America/Guayaquil": "Quito",
    "America/La_Paz": "Sucre",
    "Africa/Abidjan": "Yamoussoukro",
    "Africa/Casablanca": "Rabat",
    "Africa/Dar_es_Salaam": "Dodoma",
    "Africa/Johannesburg": "Pretoria, Cape Town",
    "Africa/Lagos": "Abuja",
    "Asia/Aden": "Sanaa",
    "Asia/Almaty": "Astana",
    "Asia/Baghdad": "Erbil, Basra",
    "Asia/Dubai": "Abu Dhabi",
    "Asia/Gaza": "Ramallah",
    "Asia/Ho_Chi_Minh": "Hanoi",
    "Asia/Jerusalem": "Haifa",
    "Asia/Karachi": "Islamabad",
    "Asia/Kolkata": "Delhi, New Delhi, Mumbai",
    "Asia/Riyadh": "Jeddah, Mecca",
    "Asia/Shanghai": "Beijing",
    "Asia/Tehran": "Isfahan, Mashhad, Shiraz",
    "Asia/Yangon": "Naypyidaw",
    "Australia/Sydney": "Canberra",
    "Europe/Amsterdam": "The Hague",
    "Europe/Berlin": "Munich, Hamburg, Frankfurt",
    "Europe/Istanbul": "Ankara",
    "Europe/Zurich": "Bern, Geneva",
    "Pacific/Auckland": "Wellington",
}
#: a city, and "lat,long" as maps show it
_PLACE = re.compile(r"\s*(-?\d{1,2}(?:\.\d+)?)\s*,\s*(-?\d{1,3}(?:\.\d+)?)\s*")
_TABLE_PLACE = re.compile(r"([+-]\d\d)(\d\d)(\d\d)?([+-]\d{3})(\d\d)(\d\d)?")


def zones_of(said: str) -> tuple[str, ...]:
    """Return the zones of a city, or of a zone's own name: one, or several if it is unclear."""
    return tuple(sorted(_by_name().get(_words(said), ())))


def similar_cities(said: str) -> tuple[str, ...]:
    """Return up to three zones whose city may have been meant, the likeliest first."""
    words = _words(said)
    names = difflib.get_close_matches(words, _cities(), SUGGESTIONS, LIKE)
    likeness = [difflib.SequenceMatcher(a=name, b=words).ratio() for name in names]
    near = [
        name for name, like in zip(names, likeness, strict=True) if like > likeness[0] - LESS_LIKE
    ]
    return tuple(dict.fromkeys(zone for name in near for zone in sorted(_by_name()[name])))


def read_place(said: str) -> Place | None:
    """Return the place that "35.7, 51.4" names; None if it is none."""
    found = _PLACE.fullmatch(said)
    if not found:
        return None
    north, east = float(found[1]), float(found[2])
    return (north, east) if abs(north) <= 90 and abs(east) <= 180 else None


def nearest_zones(place: Place, number: int = 2) -> tuple[str, ...]:
    """Return the zones of the nearest principal cities, the nearest first."""
    return tuple(sorted(_principal(), key=lambda zone: _distance(place, _principal()[zone])))[
        :number
    ]


def city_of(zone: str) -> str:
    """Return what people call a zone."""
    return zone.rpartition("/")[2].replace("_", " ")


def clock_in(zone: str, now: datetime) -> str:
    """Return what the clocks of a zone show, such as 14:05."""
    return f"{now.astimezone(ZoneInfo(zone)):%H:%M}"


def moment_in(zone: str, at: datetime) -> str:
    """Return an instant by the calendar and the clocks of a zone, such as January 30, 14:05."""
    local = at.astimezone(ZoneInfo(zone))
    return f"{local:%B} {local.day}, {local:%H:%M}"


@cache
def _principal() -> Mapping[str, Place]:
    table = files("tzdata").joinpath("zoneinfo", "zone1970.tab").read_text("utf-8")
    rows = [line.split("\t") for line in table.splitlines() if not line.startswith("#")]
    return {row[2]: _table_place(row[1]) for row in rows}


@cache
def _cities() -> frozenset[str]:
    """Return the words of what cities are called."""
    zones = (zone for zone in available_timezones() if "/" in zone)
    of_zones = {_words(city_of(zone)) for zone in zones if not zone.startswith(_NO_CITIES)}
    return frozenset(of_zones).union(
        _words(city) for of in _OTHERS.values() for city in of.split(", ")
    )


@cache
def _by_name() -> Mapping[str, set[str]]:
    """Return the zones by the words of what they, or their cities, are called."""
    known = available_timezones()
    found: dict[str, set[str]] = defaultdict(set)
    for zone in known:
        found[_words(zone)].add(zone)
        if "/" in zone and not zone.startswith("Etc/"):
            found[_words(city_of(zone))].add(zone)
    for zone, cities in _OTHERS.items():
        for city in cities.split(", "):
            found[_words(city)].add(zone)
    return {name: _without_old_names(zones) for name, zones in found.items()}


def _without_old_names(zones: set[str]) -> set[str]:
    """Leave out the other names of a zone that the table has; of several old ones keep one."""
    return zones & set(_principal()) or {min(zones, key=lambda zone: (-zone.count("/"), zone))}


def _table_place(written: str) -> Place:
    """Read ISO 6709 as the table has it: ±DDMM±DDDMM or ±DDMMSS±DDDMMSS."""
    found = _TABLE_PLACE.fullmatch(written)
    if not found:
        raise ValueError(f"no place: {written}")
    return _degrees(*found.groups()[:3]), _degrees(*found.groups()[3:])


def _degrees(degrees: str, minutes: str, seconds: str | None) -> float:
    size = abs(int(degrees)) + int(minutes) / 60 + int(seconds or 0) / 3600
    return -size if degrees.startswith("-") else size


def _distance(one: Place, other: Place) -> float:
    """Return how far apart two places are, as the square of half the chord (haversine)."""
    (north, east), (other_north, other_east) = (map(math.radians, each) for each in (one, other))
    across = math.sin((other_north - north) / 2) ** 2
    return across + math.cos(north) * math.cos(other_north) * (
        math.sin((other_east - east) / 2) ** 2
    )


def _words(said: str) -> str:
    plain = unicodedata.normalize("NFKD", said[:NAME_LENGTH]).casefold()
    letters = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return re.sub(r"[\W_]+", " ", letters).strip()
