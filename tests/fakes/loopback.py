"""A web server on 127.0.0.1 for the length of a test."""

from types import TracebackType
from typing import Self

from aiohttp import web


class Loopback:
    """Serves the routes that `routes` adds, at a free port."""

    #: seconds that an answer under way may take at the end
    patience = 1.0

    def __init__(self) -> None:
        #: with the port, without a path
        self.origin = ""
        self._runner: web.AppRunner | None = None

    def routes(self, router: web.UrlDispatcher) -> None:
        """Add what is served."""
        raise NotImplementedError

    async def __aenter__(self) -> Self:
        app = web.Application()
        self.routes(app.router)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=self.patience)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.origin = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._runner:
            await self._runner.cleanup()
