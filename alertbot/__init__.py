"""Watches feeds of briefs and tells chats of those on their subject; `docs/architecture.md`."""
