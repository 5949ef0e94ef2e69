"""The chats and messages behind the fake Bot API: who may be written to, and what is accepted."""

import json
import time
from dataclasses import dataclass, replace
from typing import Any

from fakes.bot_api_faults import Fault, refusal
from fakes.telegram_parser import Unparsable, is_web_address, parse_html, utf16_length

TEXT_LIMIT = 4096
CAPTION_LIMIT = 1024
#: bytes of a text before its entities are parsed (Client.cpp, get_formatted_text)
RAW_LIMIT = 1 << 15
DATA_LIMIT = 64
#: the person who speaks where no other is named
ADA = 777
#: in whose names people speak in groups (telegram.constants.ChatID)
GROUP_ANONYMOUS_BOT, CHANNEL_BOT, SERVICE = 1087968824, 136817688, 777000
#: what a ChatMember carries besides user and status
DETAILS: dict[str, dict[str, Any]] = {
    "creator": {"is_anonymous": False},
    "kicked": {"until_date": 0},
    "administrator": dict.fromkeys(
        "can_be_edited is_anonymous can_manage_chat can_delete_messages can_manage_video_chats "
        "can_restrict_members can_promote_members can_change_info can_invite_users "
        "can_post_stories can_edit_stories can_delete_stories".split(),
        False,
    ),
    "restricted": {"is_member": True, "until_date": 0}
    | dict.fromkeys(
        "can_send_messages can_send_audios can_send_documents can_send_photos can_send_videos "
        "can_send_video_notes can_send_voice_notes can_send_polls can_send_other_messages "
        "can_add_web_page_previews can_react_to_messages can_edit_tag can_change_info "
        "can_invite_users can_pin_messages can_manage_topics".split(),
        False,
    ),
}


class Refused(Exception):
    """Telegram says no."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.body.decode())
        self.fault = fault


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """A message as Telegram accepted it."""

    chat: int
    message_id: int
    #: what people read
    text: str
    entities: tuple[dict[str, Any], ...]
    #: what the bot sent
    sent: str
    parse_mode: str | None
    #: rows of InlineKeyboardButton
    buttons: tuple[tuple[dict[str, Any], ...], ...]
    silent: bool
    #: whether links in the text grow a preview
    preview: bool
    #: seconds since the epoch
    at: float
    #: of a forum; None outside of one
    thread: int | None = None
    #: name and content of a file; its text is then the caption
    document: tuple[str, bytes] | None = None

    @property
    def labels(self) -> list[str]:
        """The buttons' labels, row after row."""
        return [button["text"] for row in self.buttons for button in row]

    def data_of(self, label: str) -> str:
        """Return the callback data of the button with this label."""
        found = [
            button["callback_data"]
            for row in self.buttons
            for button in row
            if button["text"] == label
        ]
        assert found, f"no button {label!r}, only {self.labels}"
        return found[0]

    def bold(self) -> list[str]:
        """Return the parts shown in bold."""
        units = self.text.encode("utf-16-le")
        return [
            units[2 * it["offset"] : 2 * (it["offset"] + it["length"])].decode("utf-16-le")
            for it in self.entities
            if it["type"] == "bold"
        ]


class Chats:
    """All chats of the bot."""

    def __init__(self) -> None:
        self.bot = {
            "id": 123456789,
            "is_bot": True,
            "first_name": "Alert Bot",
            "username": "FlashBriefBot",
        }
        self.ledger: list[Posted] = []
        self.edits: list[Posted] = []
        #: what people's apps are set to, by their ids
        self.languages: dict[int, str] = {}
        #: by id, with what is behind the @; None: without
        self.channels: dict[int, str | None] = {}
        #: what people are, by chat and person; Ada made every chat
        self.ranks: dict[tuple[int, int], str] = {}
        #: groups whose members are nobody's business
        self.hidden: set[int] = set()
        #: threads that are "closed" or "deleted", by group and thread; all others are open
        self.threads: dict[tuple[int, int], str] = {}
        self._forums: set[int] = set()
        #: what the bot is in a channel: "administrator" may post there, "demoted" no longer
        self._ours: dict[int, str] = {}
        self._known: set[int] = set()
        self._lost: dict[int, str] = {}
        self._muted: set[int] = set()
        self._moved: dict[int, int] = {}
        self._shown: dict[tuple[int, int], Posted] = {}
        self._last_message = 0

    def know(self, *chats: int) -> None:
        self._known.update(chats)

    def make_forum(self, group: int) -> None:
        self._forums.add(group)

    def open_channel(self, channel: int, name: str | None) -> None:
        self.know(channel)
        self.channels[channel] = name

    def kind(self, chat: int) -> str:
        return "channel" if chat in self.channels else kind_of(chat)

    def called(self, chat: str) -> int:
        """Return the id of a chat that a request names by it, or by its @name."""
        if not chat.startswith("@"):
            return int(chat)
        found = [one for one, name in self.channels.items() if name and f"@{name}" == chat]
        if not found:
            raise Refused(refusal(400, "Bad Request: chat not found"))
        return found[0]

    def set_membership(self, chat: int, status: str) -> None:
        self.know(chat)
        self._lost.pop(chat, None)
        self._muted.discard(chat)
        self._ours[chat] = status
        if status == "restricted":
            self._muted.add(chat)
        if status == "kicked":
            self._lost[chat] = (
                "Forbidden: bot was blocked by the user"
                if chat > 0
                else f"Forbidden: bot was kicked from the {self.kind(chat)} chat"
            )

    def ours(self, chat: int) -> str:
        """Return what the bot is in a chat."""
        return self._ours.get(chat, "left" if chat in self.channels else "member")

    def migrate(self, old: int, new: int) -> None:
        self.know(old, new)
        self._moved[old] = new

    def shown(self, message: Posted) -> Posted:
        return self._shown[message.chat, message.message_id]

    def check_access(self, chat: int, *, write: bool = True) -> None:
        """Refuse what Telegram refuses whatever the message (Client.cpp, check_chat_access)."""
        if chat not in self._known:
            raise Refused(refusal(400, "Bad Request: chat not found"))
        if chat in self._moved:
            raise Refused(
                refusal(
                    400,
                    "Bad Request: group chat was upgraded to a supergroup chat",
                    migrate_to_chat_id=self._moved[chat],
                )
            )
        if chat in self._lost:
            raise Refused(refusal(403, self._lost[chat]))
        if chat in self.channels:
            self._check_channel(chat, write=write)
        if write and chat in self._muted:
            reason = "not enough rights to send text messages to the chat"
            raise Refused(refusal(400, f"Bad Request: {reason}"))

    def _check_channel(self, channel: int, *, write: bool) -> None:
        """Let anybody read what has a name (td, DialogManager and MessagesManager)."""
        ours, public = self.ours(channel), self.channels[channel] is not None
        if ours == "left" and (write or not public):
            raise Refused(refusal(403, "Forbidden: bot is not a member of the channel chat"))
        if write and ours != "administrator":
            reason = "need administrator rights in the channel chat"
            raise Refused(refusal(400, f"Bad Request: {reason}"))

    def _check_thread(self, form: dict[str, str]) -> None:
        thread = int(form.get("message_thread_id", "0"))
        match self.threads.get((int(form["chat_id"]), thread)):
            case "closed":
                raise Refused(refusal(400, "Bad Request: TOPIC_CLOSED"))
            case "deleted":
                raise Refused(refusal(400, "Bad Request: message thread not found"))

    def member(self, chat: int, user: int) -> dict[str, Any]:
        """Return the ChatMember, or raise Refused (Client.cpp, process_get_chat_member_query)."""
        self.check_access(chat, write=False)
        if user == self.bot["id"]:
            return self.membership(self.ours(chat))
        outside = chat in self.channels and self.ours(chat) not in {"administrator", "demoted"}
        if outside or chat in self.hidden:
            raise Refused(refusal(400, "Bad Request: member list is inaccessible"))
        rank = self.ranks.get((chat, user), "creator" if user == ADA else "member")
        return {"user": self.person(user), "status": rank, **DETAILS.get(rank, {})}

    def post(self, form: dict[str, str]) -> Posted:
        """Accept a new message, or raise Refused."""
        text, entities = read_text(form)
        self.check_access(int(form["chat_id"]))
        self._check_thread(form)
        check_length(text)
        return self._accept(form, text, entities)

    def post_document(self, form: dict[str, str]) -> Posted:
        """Accept a file with a caption, or raise Refused."""
        text, entities = read_text({**form, "text": form.get("caption", "")})
        self.check_access(int(form["chat_id"]))
        self._check_thread(form)
        if utf16_length(text) > CAPTION_LIMIT:
            raise Refused(refusal(400, "Bad Request: message caption is too long"))
        content = form.get("document.content", "").encode("latin-1")
        if not content:
            raise Refused(refusal(400, "Bad Request: file must be non-empty"))
        return self._accept(form, text, entities, (form["document"], content))

    def _accept(
        self,
        form: dict[str, str],
        text: str,
        entities: tuple[dict[str, Any], ...],
        document: tuple[str, bytes] | None = None,
    ) -> Posted:
        chat = int(form["chat_id"])
        self._last_message += 1
        message = Posted(
            chat=chat,
            message_id=self._last_message,
            text=text,
            entities=entities,
            sent=form["caption" if document else "text"],
            parse_mode=form.get("parse_mode"),
            buttons=read_buttons(form),
            silent=form.get("disable_notification") == "true",
            preview=not json.loads(form.get("link_preview_options", "{}")).get("is_disabled"),
            at=time.time(),
            thread=int(form.get("message_thread_id", "0")) or None,
            document=document,
        )
        self.ledger.append(message)
        self._shown[chat, message.message_id] = message
        return message

    def edit(self, form: dict[str, str], *, text: bool) -> Posted:
        """Change a message, or raise Refused."""
        chat = int(form["chat_id"])
        new_text, entities = read_text(form) if text else ("", ())
        self.check_access(chat)
        old = self._shown.get((chat, int(form["message_id"])))
        if old is None:
            raise Refused(refusal(400, "Bad Request: message to edit not found"))
        new = replace(old, buttons=read_buttons(form))
        if text:
            check_length(new_text)
            new = replace(new, text=new_text, entities=entities, sent=form["text"])
        if (new.text, new.entities, new.buttons) == (old.text, old.entities, old.buttons):
            raise Refused(
                refusal(
                    400,
                    "Bad Request: message is not modified: specified new message content and "
                    "reply markup are exactly the same as a current content and reply markup "
                    "of the message",
                )
            )
        self._shown[chat, old.message_id] = new
        self.edits.append(new)
        return new

    # --- objects of the Bot API ------------------------------------------------------------

    def chat(self, chat: int) -> dict[str, Any]:
        kind = self.kind(chat)
        name: dict[str, Any] = {"first_name": "Ada"} if kind == "private" else {"title": "Analysts"}
        if kind == "channel":
            name = {"title": "War & Peace"}
        if username := self.channels.get(chat):
            name["username"] = username
        if chat in self._forums:
            name["is_forum"] = True
        return {"id": chat, "type": kind, **name}

    def person(self, chat: int) -> dict[str, Any]:
        person = chat if chat > 0 else ADA
        found = {"id": person, "is_bot": False, "first_name": "Ada"}
        if person in self.languages:
            found["language_code"] = self.languages[person]
        return found

    def membership(self, status: str) -> dict[str, Any]:
        """Return the bot as a ChatMember."""
        shown = "administrator" if status == "demoted" else status
        found = {"user": self.bot, "status": shown, **DETAILS.get(shown, {})}
        if shown == "administrator":
            found["can_post_messages"] = status == shown
        return found

    def incoming(
        self, chat: int, text: str, *, who: int | None = None, thread: int | None = None
    ) -> dict[str, Any]:
        message = {**self.service(chat), "text": text}
        if who is not None:
            message["from"] = self.person(who)
        if thread is not None:
            self._forums.add(chat)
            message |= {"message_thread_id": thread, "is_topic_message": True}
            message["chat"] = self.chat(chat)
        if text.startswith("/"):
            length = utf16_length(text.split(maxsplit=1)[0])
            message["entities"] = [{"type": "bot_command", "offset": 0, "length": length}]
        return message

    def in_name_of(self, group: int, sender: int) -> dict[str, Any]:
        """Return the fields of a message in the name of the group itself, or of a channel."""
        bot = GROUP_ANONYMOUS_BOT if sender == group else CHANNEL_BOT
        name = "Group" if sender == group else "Channel"
        return {
            "from": {"id": bot, "is_bot": True, "first_name": name, "username": f"{name}Bot"},
            "sender_chat": self.chat(sender),
        }

    def from_linked(self, channel: int) -> dict[str, Any]:
        """Return the fields of a channel's post in the group where it is discussed."""
        return {
            "from": {"id": SERVICE, "is_bot": False, "first_name": "Telegram"},
            "sender_chat": self.chat(channel),
            "is_automatic_forward": True,
        }

    def origin(self, channel: int) -> dict[str, Any]:
        """Return where a forwarded post of a channel comes from."""
        chat = self.chat(channel)
        return {"type": "channel", "date": int(time.time()), "chat": chat, "message_id": 5}

    def service(self, chat: int, **content: object) -> dict[str, Any]:
        self._last_message += 1
        return {
            "message_id": self._last_message,
            "date": int(time.time()),
            "chat": self.chat(chat),
            "from": self.person(chat),
            **content,
        }

    def as_message(self, message: Posted) -> dict[str, Any]:
        found: dict[str, Any] = {
            "message_id": message.message_id,
            "date": int(message.at),
            "chat": self.chat(message.chat),
            **self._author(message.chat),
            "caption" if message.document else "text": message.text,
        }
        if message.thread:
            found |= {"message_thread_id": message.thread, "is_topic_message": True}
        if message.document:
            name, content = message.document
            found["document"] = {
                "file_id": f"file-{message.message_id}",
                "file_unique_id": f"{message.message_id}",
                "file_name": name,
                "file_size": len(content),
            }
        if message.entities:
            found["caption_entities" if message.document else "entities"] = list(message.entities)
        if message.buttons:
            found["reply_markup"] = {"inline_keyboard": [list(row) for row in message.buttons]}
        return found

    def _author(self, chat: int) -> dict[str, Any]:
        """Return who has sent a message of the bot: in a channel that is the channel."""
        return {"sender_chat": self.chat(chat)} if chat in self.channels else {"from": self.bot}


def kind_of(chat: int) -> str:
    """Return the type of the chat as its id tells it, which takes a channel for a supergroup."""
    if chat > 0:
        return "private"
    return "supergroup" if chat < -1_000_000_000_000 else "group"


def read_text(form: dict[str, str]) -> tuple[str, tuple[dict[str, Any], ...]]:
    raw = form.get("text", "")
    if not raw:
        raise Refused(refusal(400, "Bad Request: message text is empty"))
    if len(raw.encode()) > RAW_LIMIT:
        raise Refused(refusal(400, "Bad Request: text is too long"))
    mode = form.get("parse_mode", "").lower()
    if mode == "html":
        try:
            parsed = parse_html(raw)
        except Unparsable as error:
            raise Refused(refusal(400, str(error))) from error
        return parsed.text, parsed.entities
    if mode:
        raise Refused(refusal(400, "Bad Request: unsupported parse_mode"))
    return raw, ()


def check_length(text: str) -> None:
    if not text.strip():
        raise Refused(refusal(400, "Bad Request: text must be non-empty"))
    if utf16_length(text) > TEXT_LIMIT:
        raise Refused(refusal(400, "Bad Request: message is too long"))


def read_buttons(form: dict[str, str]) -> tuple[tuple[dict[str, Any], ...], ...]:
    rows = json.loads(form.get("reply_markup", "{}")).get("inline_keyboard", [])
    for button in (button for row in rows for button in row):
        if "url" in button and not is_web_address(button["url"]):
            reason = f"inline keyboard button URL '{button['url']}' is invalid: Wrong HTTP URL"
            raise Refused(refusal(400, f"Bad Request: {reason}"))
        if len(button.get("callback_data", "").encode()) > DATA_LIMIT:
            raise Refused(refusal(400, "Bad Request: BUTTON_DATA_INVALID"))
        if not {"url", "callback_data"} & button.keys():
            raise Refused(
                refusal(400, "Bad Request: text buttons are unallowed in the inline keyboard")
            )
    return tuple(tuple(row) for row in rows if row)
