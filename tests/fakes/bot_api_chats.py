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
#: what a ChatMember carries besides user and status
DETAILS: dict[str, dict[str, Any]] = {
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
        self._known: set[int] = set()
        self._lost: dict[int, str] = {}
        self._muted: set[int] = set()
        self._moved: dict[int, int] = {}
        self._shown: dict[tuple[int, int], Posted] = {}
        self._last_message = 0

    def know(self, *chats: int) -> None:
        self._known.update(chats)

    def set_membership(self, chat: int, status: str) -> None:
        self.know(chat)
        self._lost.pop(chat, None)
        self._muted.discard(chat)
        if status == "restricted":
            self._muted.add(chat)
        if status == "kicked":
            self._lost[chat] = (
                "Forbidden: bot was blocked by the user"
                if chat > 0
                else f"Forbidden: bot was kicked from the {kind_of(chat)} chat"
            )

    def migrate(self, old: int, new: int) -> None:
        self.know(old, new)
        self._moved[old] = new

    def shown(self, message: Posted) -> Posted:
        return self._shown[message.chat, message.message_id]

    def check_access(self, chat: int) -> None:
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
        if chat in self._muted:
            reason = "not enough rights to send text messages to the chat"
            raise Refused(refusal(400, f"Bad Request: {reason}"))

    def post(self, form: dict[str, str]) -> Posted:
        """Accept a new message, or raise Refused."""
        text, entities = read_text(form)
        self.check_access(int(form["chat_id"]))
        check_length(text)
        return self._accept(form, text, entities)

    def post_document(self, form: dict[str, str]) -> Posted:
        """Accept a file with a caption, or raise Refused."""
        text, entities = read_text({**form, "text": form.get("caption", "")})
        self.check_access(int(form["chat_id"]))
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
        kind = kind_of(chat)
        name = {"first_name": "Ada"} if kind == "private" else {"title": "Analysts"}
        return {"id": chat, "type": kind, **name}

    def person(self, chat: int) -> dict[str, Any]:
        person = chat if chat > 0 else 777
        found = {"id": person, "is_bot": False, "first_name": "Ada"}
        if person in self.languages:
            found["language_code"] = self.languages[person]
        return found

    def membership(self, status: str) -> dict[str, Any]:
        return {"user": self.bot, "status": status, **DETAILS.get(status, {})}

    def incoming(self, chat: int, text: str) -> dict[str, Any]:
        message = {**self.service(chat), "text": text}
        if text.startswith("/"):
            length = utf16_length(text.split(maxsplit=1)[0])
            message["entities"] = [{"type": "bot_command", "offset": 0, "length": length}]
        return message

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
            "from": self.bot,
            "caption" if message.document else "text": message.text,
        }
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


def kind_of(chat: int) -> str:
    """Return the type of the chat, which Telegram's ids tell."""
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
