"""Which channel a person means; pure."""

import re

#: of Telegram's names for chats (https://core.telegram.org/method/account.checkUsername)
_NAME = r"[A-Za-z][A-Za-z0-9_]{3,31}"
_SITE = r"(?:https?://)?(?:www\.)?(?:t|telegram)\.(?:me|dog)/"
_REST = r"(?:/[0-9]+)*/?(?:[?#].*)?"
_NAMED = re.compile(rf"@?({_NAME})|{_SITE}(?:s/)?({_NAME}){_REST}")
#: of a post in a channel without a name (https://core.telegram.org/api/links#private-message-links)
_POST = re.compile(rf"{_SITE}c/([0-9]{{1,13}}){_REST}")
_ID = re.compile(r"-100[0-9]{1,13}")
#: what no channel is called, as the site has something else there
_TAKEN = frozenset({"joinchat", "addlist", "share", "proxy", "socks", "addstickers", "addemoji"})


def read_channel(said: str) -> str | None:
    """Return the @name or the id in what was said: a name, a link or an id; None if it is none.

    A link that invites to a channel does not tell which one it is.
    """
    if _ID.fullmatch(said):
        return said
    if post := _POST.fullmatch(said):
        return f"-100{post[1]}"
    found = _NAMED.fullmatch(said)
    name = (found[1] or found[2]) if found else None
    return f"@{name}" if name and name.lower() not in _TAKEN else None
