"""WebSub (https://www.w3.org/TR/websub/): hubs found in answers and documents, and asked."""

from alertbot.feeds.websub.discovery import Links, header_links, hub_link
from alertbot.feeds.websub.hubs import HttpHubs

__all__ = ["HttpHubs", "Links", "header_links", "hub_link"]
