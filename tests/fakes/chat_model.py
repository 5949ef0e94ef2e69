"""A language model on 127.0.0.1 behind chat completions, that says what a test makes it."""

import json
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from fakes.loopback import Loopback

#: from the question's data to the sentences of the answer
Shorten = Callable[[dict[str, Any]], list[str]]


class ChatModel(Loopback):
    """Answers every question with `sentences` applied to its data, or with a test's own answer."""

    patience = 0.1

    def __init__(self) -> None:
        super().__init__()
        self.sentences: Shorten = lambda data: list(data["sentences"])
        #: a test's own answers instead, one after the other; the last one stays
        self.answers: list[web.Response | Callable[[], Awaitable[web.Response]]] = []
        self.requests: list[web.Request] = []
        self.questions: list[dict[str, Any]] = []

    def data(self, question: int = -1) -> dict[str, Any]:
        """Return what a question told of the brief."""
        data: dict[str, Any] = json.loads(self.questions[question]["messages"][1]["content"])
        return data

    @property
    def url(self) -> str:
        """Return the base address."""
        return f"{self.origin}/v1"

    def routes(self, router: web.UrlDispatcher) -> None:
        router.add_post("/v1/chat/completions", self._serve)

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
