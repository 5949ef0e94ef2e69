"""A language model on 127.0.0.1 behind chat completions, that says what a test makes it."""

import json
from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import Any, Self

from aiohttp import web

#: from the question's data to the sentences of the answer
Shorten = Callable[[dict[str, Any]], list[str]]


class ChatModel:
    """Answers every question with `sentences` applied to its data, or with a test's own answer."""

    def __init__(self) -> None:
        self.sentences: Shorten = lambda data: list(data["sentences"])
        #: a test's own answers instead, one after the other; the last one stays
        self.answers: list[web.Response | Callable[[], Awaitable[web.Response]]] = []
        self.requests: list[web.Request] = []
        self.questions: list[dict[str, Any]] = []
        self.url = ""
        self._runner: web.AppRunner | None = None

    def data(self, question: int = -1) -> dict[str, Any]:
        """Return what a question told of the brief."""
        data: dict[str, Any] = json.loads(self.questions[question]["messages"][1]["content"])
        return data

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_post("/v1/chat/completions", self._serve)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}/v1"
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._runner:
            await self._runner.cleanup()

    async def _serve(self, request: web.Request) -> web.Response:
        self.requests.append(request)
        self.questions.append(await request.json())
        if not self.answers:
            return says(json.dumps({"sentences": self.sentences(self.data())}))
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if not isinstance(answer, web.Response):
            return await answer()
        # one response can be sent once only
        return web.Response(status=answer.status, body=answer.body, headers=answer.headers)


def says(text: str) -> web.Response:
    """Return a chat completion in which the model says `text`."""
    message = {"role": "assistant", "content": text}
    return web.json_response({"choices": [{"index": 0, "message": message}]})


def shortens(*sentences: str) -> web.Response:
    """Return a completion with these sentences."""
    return says(json.dumps({"sentences": sentences}))
