"""Bytes in, entries out: asks servers, reads feeds and pages; the home of feedparser and httpx.

The scheduler polls through `poll.HttpFeeds`, and has excerpts completed by `pages.HttpPages`;
`alertbot preview` reads any source with `source.load_source`; `alertbot feeds` uses `lists`.
Nothing is imported here: a process that reads feeds starts in half the time without the rest.
"""
