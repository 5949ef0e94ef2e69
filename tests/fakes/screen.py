"""A terminal's screen that tests can wait for."""

import asyncio
import io


class Screen(io.StringIO):
    """What the terminal shows, which one can wait for."""

    def __init__(self, *, is_terminal: bool = False) -> None:
        super().__init__()
        self._is_terminal = is_terminal
        self._changed = asyncio.Event()
        self._read = 0

    def isatty(self) -> bool:
        return self._is_terminal

    def flush(self) -> None:
        self._changed.set()

    async def shows(self, text: str) -> str:
        """Wait until the text is shown; return what was new."""
        async with asyncio.timeout(5):
            while text not in (new := self.getvalue()[self._read :]):
                self._changed.clear()
                await self._changed.wait()
        self._read = len(self.getvalue())
        return new
