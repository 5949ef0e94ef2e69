"""Where a feed says that it is pushed from: in the headers of an answer, else in its document.

`HttpFeeds` calls it for each answer; https://www.w3.org/TR/websub/#discovery.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from alertbot.ports import HubLink

#: a longer address is mischief
_LONGEST = 2000
#: a link of a Link header (RFC 8288 3) and a parameter of it
_LINK = re.compile(r"<([^<>]*)>([^<]*)")
_REL = re.compile(r";\s*rel\s*=\s*(?:\"([^\"]*)\"|([^\s;,\"]+))", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Links:
    """The links that matter, as they stand, in their order."""

    hubs: tuple[str, ...] = ()
    #: what the feed calls itself
    selves: tuple[str, ...] = ()


def links_of(pairs: Sequence[tuple[str, str]]) -> Links:
    """Return the links among pairs of a rel, which may be several in one, and an address."""
    rels = [(rel.lower().split(), address.strip()) for rel, address in pairs]
    return Links(
        hubs=tuple(address for names, address in rels if "hub" in names and address),
        selves=tuple(address for names, address in rels if "self" in names and address),
    )


def header_links(values: Sequence[str]) -> Links:
    """Return the links in Link headers (RFC 8288); what is malformed is not there."""
    pairs = []
    for value in values:
        for address, parameters in _LINK.findall(value):
            if rel := _REL.search(parameters):  # a second rel of a link does not count
                pairs.append((rel[1] or rel[2] or "", address))
    return links_of(pairs)


def hub_link(header: Links, document: Links, url: str) -> HubLink | None:
    """Return the first hub and what it calls the feed, if there is a hub.

    Of each sort the header's links go before the document's. url: where the answer came from,
    redirects followed; a feed that does not name itself is taken to be called that.
    """
    hub = _address(header.hubs or document.hubs, url)
    topic = _address(header.selves or document.selves or (url,), url)
    return HubLink(hub=hub, topic=topic) if hub and topic else None


def _address(links: Sequence[str], base: str) -> str | None:
    """Return the first address that can be asked, made absolute."""
    for link in links:
        try:
            address = urljoin(base, link)
            parts = urlsplit(address)
            usable = (
                parts.scheme in {"http", "https"} and parts.hostname and "@" not in parts.netloc
            )
        except ValueError:
            continue
        if usable and len(address) <= _LONGEST and address.isascii() and address.isprintable():
            return address
    return None
