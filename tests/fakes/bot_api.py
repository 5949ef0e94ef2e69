"""A Bot API server on 127.0.0.1 that answers as Telegram does and keeps its own ledger.

    async with FakeBotApi() as telegram:
        ...                               # a bot with telegram.token and telegram.base_url
        telegram.user_sends(42, "/start")
        [welcome] = await telegram.posted(1)
        telegram.user_taps(welcome, "Iran missiles")
        await telegram.settled()
        assert [] == telegram.violations

Every text with parse_mode HTML goes through Telegram's own parser; every request and every answer
is checked against the Bot API's description where that is present (`bot_api_spec`). What a bot did
wrong is in `violations`. Literal errors: tdlib/telegram-bot-api, Client.cpp, at commit 01a3679.
"""

import asyncio
import json
import random
import re
import time
from collections import defaultdict, deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from types import TracebackType
from typing import Any

from aiohttp import web

from fakes.bot_api_chats import Chats, Posted, Refused
from fakes.bot_api_faults import Fault, How, conflict, refusal, webhook_conflict
from fakes.bot_api_forms import Form, read_form, refuse
from fakes.bot_api_inline import Offered, read_offered, too_old
from fakes.bot_api_spec import BotApiSpec
from fakes.loopback import Loopback

#: a wait in a test that takes longer has failed
PATIENCE = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A request of the bot, faulty ones included."""

    method: str
    form: Form


class FakeBotApi(Loopback):
    """The server; one bot, any number of chats."""

    def __init__(self) -> None:
        super().__init__()
        self.token = "123456789:FAKE_bot_api_token_for_tests_000000"
        self.chats = Chats()
        #: every accepted message, in order, as it was accepted
        self.ledger: list[Posted] = self.chats.ledger
        #: messages as they were changed to, in order
        self.edits: list[Posted] = self.chats.edits
        #: text of each answered tap, in order
        self.notices: list[str] = []
        #: those of them that stay until they are tapped away
        self.popups: list[str] = []
        #: what was offered to share, answer by answer
        self.offered: list[Offered] = []
        #: whether updates go to a webhook, so that nobody may read them
        self.webhook = False
        #: the command menus by language, "" for all others
        self.menus: dict[str, list[dict[str, str]]] = {}
        #: those of single chats
        self.own_menus: dict[int, list[dict[str, str]]] = {}
        self.calls: list[Call] = []
        self.violations: list[str] = []
        self._spec = BotApiSpec.load()
        self._faults: dict[str, deque[Fault]] = defaultdict(deque)
        self._updates: list[dict[str, Any]] = []
        self._last_update = 100
        self._confirmed = self._last_update
        self._allowed: list[str] | None = None
        self._reader = 0
        self._taps = 0
        self._open_taps: set[str] = set()
        self._open_queries: set[str] = set()
        self._changed = asyncio.Event()
        self._closing = asyncio.Event()

    # --- for tests: what people do ---------------------------------------------------------

    def user_sends(
        self,
        chat: int,
        text: str,
        /,
        *,
        who: int | None = None,
        thread: int | None = None,
        **more: object,
    ) -> None:
        """Let somebody write into a chat, or send what `more` fields say; without a text if "".

        who: in a group, if not the one who made it. thread: of a forum.
        """
        self.chats.know(chat)
        sent = {**self.chats.incoming(chat, text, who=who, thread=thread), **more}
        self._tell("message", {name: value for name, value in sent.items() if value != ""})

    def sends_in_name_of(self, sender: int, group: int, text: str) -> None:
        """Let somebody write into a group as the group itself, or as a channel."""
        self.user_sends(group, text, **self.chats.in_name_of(group, sender))

    def linked_channel_posts(self, channel: int, group: int, text: str) -> None:
        """Let a post of a channel come to the group where it is discussed."""
        self.user_sends(group, text, **self.chats.from_linked(channel))

    def channel_posts(self, channel: int, text: str) -> None:
        """Let somebody post in a channel."""
        self.chats.know(channel)
        post = self.chats.incoming(channel, text)
        del post["from"]
        self._tell("channel_post", {**post, "sender_chat": self.chats.chat(channel)})

    def user_forwards(self, chat: int, channel: int, text: str = "") -> None:
        """Let somebody forward a post of a channel, a text or a picture."""
        message = self.chats.incoming(chat, text)
        if not text:
            del message["text"]
            size = {"file_id": "p", "file_unique_id": "p", "width": 1, "height": 1}
            message["photo"] = [size]
        self.chats.know(chat)
        self._tell("message", {**message, "forward_origin": self.chats.origin(channel)})

    def user_edits(self, chat: int, text: str) -> None:
        """Let somebody change what they wrote."""
        self._tell("edited_message", {**self.chats.incoming(chat, text), "edit_date": _now()})

    def user_taps(
        self,
        message: Posted,
        label: str = "",
        *,
        data: str | None = None,
        who: int | None = None,
    ) -> None:
        """Let somebody tap the button with this label, or an old one that had this data.

        who: in a group or channel, if not the one who made it.
        """
        shown = self.chats.shown(message)
        self._taps += 1
        tap = str(self._taps)
        self._open_taps.add(tap)
        self._tell(
            "callback_query",
            {
                "id": tap,
                "from": self.chats.person(who or message.chat),
                "message": self.chats.as_message(shown),
                "chat_instance": "1",
                "data": shown.data_of(label) if data is None else data,
            },
        )

    def user_looks_for(self, user: int, query: str, offset: str = "") -> None:
        """Let somebody type behind the bot's name, in whichever chat, or scroll on there."""
        self._taps += 1
        asked = str(self._taps)
        self._open_queries.add(asked)
        content = {"id": asked, "from": self.chats.person(user), "query": query, "offset": offset}
        self._tell("inline_query", content)

    def disorder(self, chance: random.Random, again: int = 0) -> None:
        """Let what waits come in any order, and some of it twice."""
        waiting = [{**update} for update in self._updates]
        waiting += [{**update} for update in chance.choices(waiting, k=again)]
        ids = range(self._updates[0]["update_id"], self._updates[0]["update_id"] + len(waiting))
        chance.shuffle(waiting)
        self._updates = [
            {**update, "update_id": number} for number, update in zip(ids, waiting, strict=True)
        ]
        self._last_update = ids[-1]
        self._notify()

    def block(self, chat: int) -> None:
        """Let the user of a private chat block the bot."""
        self._membership(chat, "member", "kicked")

    def unblock(self, chat: int) -> None:
        """Let the user of a private chat unblock the bot."""
        self._membership(chat, "kicked", "member")

    def kick(self, group: int) -> None:
        """Let a group remove the bot."""
        self._membership(group, "member", "kicked")

    def add_to(self, group: int) -> None:
        """Let a group take in the bot."""
        self._membership(group, "left", "member")

    def promote(self, group: int) -> None:
        """Let a group or channel make the bot an administrator."""
        self._membership(group, "member", "administrator")

    def demote(self, channel: int) -> None:
        """Let a channel take the right to post from the bot, which stays an administrator."""
        self._membership(channel, "administrator", "demoted")

    def open_channel(self, channel: int, name: str | None = None) -> None:
        """Make a channel, with or without a public name, in which the bot is not."""
        self.chats.open_channel(channel, name)

    def rank(self, chat: int, user: int, status: str) -> None:
        """Make somebody an "administrator", a "member" or whatever else of a group or channel."""
        self.chats.ranks[chat, user] = status

    def close_thread(self, group: int, thread: int) -> None:
        """Let a thread of a forum be closed."""
        self.chats.threads[group, thread] = "closed"

    def delete_thread(self, group: int, thread: int) -> None:
        """Let a thread of a forum be deleted."""
        self.chats.threads[group, thread] = "deleted"

    def mute(self, group: int) -> None:
        """Let a group keep the bot, but not let it write."""
        self._membership(group, "member", "restricted")

    def migrate(self, old: int, new: int) -> None:
        """Make a group a supergroup, with a new id."""
        self.chats.migrate(old, new)
        self._tell("message", self.chats.service(old, migrate_to_chat_id=new))
        self._tell("message", self.chats.service(new, migrate_from_chat_id=old))

    def know(self, *chats: int) -> None:
        """Take note of chats that have talked to the bot before."""
        self.chats.know(*chats)

    # --- for tests: faults and waits -------------------------------------------------------

    def fail_next(
        self,
        fault: Fault,
        *,
        method: str = "sendMessage",
        times: int = 1,
        chat: int | None = None,
    ) -> None:
        """Let the next requests of a method (to a chat) fail; before others scripted later."""
        self._faults[_script(method, chat)].extend([fault] * times)

    def shown(self, message: Posted) -> Posted:
        """Return the message as it looks by now."""
        return self.chats.shown(message)

    def called(self, method: str) -> list[Call]:
        """Return the requests of a method, in order."""
        return [call for call in self.calls if call.method.lower() == method.lower()]

    async def posted(self, count: int) -> list[Posted]:
        """Wait until the ledger holds `count` messages and return it."""
        await self.wait_for(lambda: len(self.ledger) >= count)
        return list(self.ledger)

    async def settled(self) -> None:
        """Wait until the bot has confirmed every update."""
        await self.wait_for(lambda: self._confirmed >= self._last_update)

    async def wait_for(self, condition: Callable[[], bool]) -> None:
        """Wait until the condition holds after some request."""
        async with asyncio.timeout(PATIENCE):
            while not condition():
                await self._changed.wait()

    # --- the server ------------------------------------------------------------------------

    @property
    def base_url(self) -> str:
        """Return the address behind which the token is put."""
        return f"{self.origin}/bot"

    def routes(self, router: web.UrlDispatcher) -> None:
        router.add_route("*", "/bot{token}/{method}", self._serve)

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._closing.set()
        self._notify()
        await super().__aexit__(kind, error, trace)

    async def _serve(self, request: web.Request) -> web.Response:
        if request.match_info["token"] != self.token:
            well_formed = re.fullmatch(r"[0-9]+:[\w-]{30,}", request.match_info["token"], re.ASCII)
            return refuse(
                refusal(401, "Unauthorized") if well_formed else refusal(404, "Not Found")
            )
        method = request.match_info["method"]
        form = await read_form(request)
        self.calls.append(Call(method=method, form=form))
        if self._spec:
            sent = {name: value for name, value in form.items() if "." not in name}
            self.violations += self._spec.request_problems(method, sent)
        try:
            return await self._answer(request, method, form)
        finally:
            self._notify()

    async def _answer(self, request: web.Request, method: str, form: Form) -> web.Response:
        faults = self._faults[_script(method, form.get("chat_id"))] or self._faults[_script(method)]
        fault = faults.popleft() if faults else None
        if fault and not fault.committed:
            return await self._fail(request, fault)
        handler = getattr(self, f"_do_{method.lower()}", None)
        if handler is None:
            self.violations.append(f"{method}: the fake does not know this method")
            return refuse(refusal(404, "Not Found: method not found"))
        try:
            result = await handler(form)
        except Refused as refused:
            return refuse(refused.fault)
        if self._spec:
            self.violations += self._spec.result_problems(method, result)
        if fault:
            return await self._fail(request, fault)
        return web.json_response({"ok": True, "result": result})

    async def _fail(self, request: web.Request, fault: Fault) -> web.Response:
        self._notify()
        if fault.how is How.HANG:
            await self._closing.wait()
        if fault.how is How.CUT:
            begun = web.StreamResponse(headers={"Content-Length": "1000"})
            await begun.prepare(request)
            await begun.write(fault.body)
        if fault.how is not How.ANSWER and request.transport:
            request.transport.abort()
        return refuse(fault)

    def _notify(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()

    def _tell(self, kind: str, content: dict[str, Any]) -> None:
        if self._allowed is not None and kind not in self._allowed:
            return
        self._last_update += 1
        self._updates.append({"update_id": self._last_update, kind: content})
        self._notify()

    def _membership(self, chat: int, old: str, new: str) -> None:
        if chat in self.chats.channels:
            old = self.chats.ours(chat)
        self.chats.set_membership(chat, new)
        self._tell(
            "my_chat_member",
            {
                "chat": self.chats.chat(chat),
                "from": self.chats.person(chat),
                "date": _now(),
                "old_chat_member": self.chats.membership(old),
                "new_chat_member": self.chats.membership(new),
            },
        )

    # --- methods ---------------------------------------------------------------------------

    async def _do_getme(self, _: Form) -> dict[str, Any]:
        return {
            **self.chats.bot,
            "can_join_groups": True,
            "can_read_all_group_messages": False,
            "supports_inline_queries": True,
        }

    async def _do_getupdates(self, form: Form) -> list[dict[str, Any]]:
        if self.webhook:
            raise Refused(webhook_conflict())
        if "allowed_updates" in form:
            self._allowed = json.loads(form["allowed_updates"]) or None
        offset = int(form.get("offset", "0"))
        if offset > 0:
            self._confirmed = offset - 1
            self._updates = [update for update in self._updates if update["update_id"] >= offset]
        self._reader += 1
        me = self._reader
        self._notify()  # an older request that still waits loses
        with suppress(TimeoutError):
            async with asyncio.timeout(float(form.get("timeout", "0"))):
                while not self._updates and not self._closing.is_set():
                    await self._changed.wait()
                    if self._reader != me:
                        raise Refused(conflict())
        return self._updates[: int(form.get("limit", "100"))]

    async def _do_sendmessage(self, form: Form) -> dict[str, Any]:
        return self.chats.as_message(self.chats.post(form))

    async def _do_senddocument(self, form: Form) -> dict[str, Any]:
        return self.chats.as_message(self.chats.post_document(form))

    async def _do_editmessagetext(self, form: Form) -> dict[str, Any]:
        return self.chats.as_message(self.chats.edit(form, text=True))

    async def _do_editmessagereplymarkup(self, form: Form) -> dict[str, Any]:
        return self.chats.as_message(self.chats.edit(form, text=False))

    async def _do_answercallbackquery(self, form: Form) -> bool:
        if form["callback_query_id"] not in self._open_taps:
            raise Refused(too_old())
        if len(form.get("text", "")) > 200:
            raise Refused(refusal(400, "Bad Request: MESSAGE_TOO_LONG"))
        self._open_taps.remove(form["callback_query_id"])
        self.notices.append(form.get("text", ""))
        if form.get("show_alert") == "true":
            self.popups.append(form["text"])
        return True

    async def _do_answerinlinequery(self, form: Form) -> bool:
        if form["inline_query_id"] not in self._open_queries:
            raise Refused(too_old())
        self.offered.append(read_offered(form))
        self._open_queries.remove(form["inline_query_id"])
        return True

    async def _do_setmycommands(self, form: Form) -> bool:
        menu = json.loads(form["commands"])
        for command in menu:
            if not re.fullmatch(r"/?[a-z0-9_]{1,32}", command["command"]):
                raise Refused(refusal(400, "Bad Request: BOT_COMMAND_INVALID"))
            if not 1 <= len(command["description"]) <= 256:
                raise Refused(refusal(400, "Bad Request: BOT_COMMAND_DESCRIPTION_INVALID"))
        if (chat := self._menu_of(form)) is not None:
            self.own_menus[chat] = menu
        else:
            self.menus[form.get("language_code", "")] = menu
        return True

    async def _do_deletemycommands(self, form: Form) -> bool:
        if (chat := self._menu_of(form)) is not None:
            self.own_menus.pop(chat, None)
        else:
            self.menus.pop(form.get("language_code", ""), None)
        return True

    def _menu_of(self, form: Form) -> int | None:
        """Return the chat that a menu is for; None: for all."""
        scope = json.loads(form.get("scope", "{}"))
        if scope.get("type") != "chat":
            return None
        chat = int(scope["chat_id"])
        self.chats.check_access(chat)
        return chat

    async def _do_deletewebhook(self, form: Form) -> bool:
        self.webhook = False
        if form.get("drop_pending_updates") == "true":
            self._updates.clear()
        return True

    async def _do_getchat(self, form: Form) -> dict[str, Any]:
        chat = self.chats.called(form["chat_id"])
        self.chats.check_access(chat, write=False)
        return {
            **self.chats.chat(chat),
            "accent_color_id": 0,
            "max_reaction_count": 11,
            "accepted_gift_types": {
                "unlimited_gifts": False,
                "limited_gifts": False,
                "unique_gifts": False,
                "premium_subscription": False,
                "gifts_from_channels": False,
            },
        }

    async def _do_getchatmember(self, form: Form) -> dict[str, Any]:
        return self.chats.member(self.chats.called(form["chat_id"]), int(form["user_id"]))


def _script(method: str, chat: int | str | None = None) -> str:
    return f"{method.lower()} {chat or ''}"


def _now() -> int:
    return int(time.time())


__all__ = ["Call", "FakeBotApi", "Posted"]
