"""In which language we speak to a chat: that of the person's app, until another is chosen.

Callback data is `lang:<code>`, with `lang:auto` for the language of the app.
"""

from collections.abc import Mapping

from alertbot.chat.talk import (
    TICK,
    Answer,
    ChatKind,
    Command,
    Desk,
    Pressed,
    Speaker,
    Tap,
    Who,
    plain,
    say,
)
from alertbot.model import Button, Message
from alertbot.words import LANGUAGES, Words, known_language, msgid, words_in

AUTO = "auto"


class LanguagePart:
    """Chooses a language."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self.commands: Mapping[str, Command] = {
            "language": Command(
                handle=self._language, menu=msgid("Choose my language"), who=Who.CHANGES
            ),
        }
        self.buttons: Mapping[str, Tap] = {"lang": Tap(handle=self._press, who=Who.CHANGES)}

    async def _language(self, speaker: Speaker, said: str) -> Answer:
        wanted = _meant(said)
        if wanted is None:
            kept = await self._desk.book.language(speaker.chat)
            return (_choice(speaker, kept.chosen),)
        words = await self._choose(speaker, wanted)
        return (plain(_chosen(words, words.language)),)

    async def _press(self, speaker: Speaker, data: str) -> Pressed | None:
        wanted = data.removeprefix("lang:")
        if wanted != AUTO and wanted not in LANGUAGES:
            return None
        words = await self._choose(speaker, wanted)
        chosen = None if wanted == AUTO else wanted
        # who looks after a channel reads on in their own
        shown = speaker.words if speaker.only_taps else words
        notice = _chosen(shown, words.language)
        return Pressed(notice=notice, message=_choice(speaker, chosen, shown))

    async def _choose(self, speaker: Speaker, wanted: str) -> Words:
        """Keep the choice, and return the words from now on."""
        book, now = self._desk.book, self._desk.clock.now()
        chosen = None if wanted == AUTO else wanted
        await book.choose_language(speaker.chat, chosen, now)
        if speaker.spoken:
            await book.open_chat(speaker.chat, now, speaker.spoken)
        return words_in(chosen or (await book.language(speaker.chat)).spoken)


def _meant(said: str) -> str | None:
    """Return the language that was named, by its code or by itself; None if that is none."""
    named = {name.casefold(): code for code, name in LANGUAGES.items()}
    typed = said.strip().casefold()
    return typed if typed == AUTO else named.get(typed) or known_language(typed)


def _chosen(words: Words, language: str) -> str:
    return words("From now on I speak {language}.", language=LANGUAGES[language])


def _choice(speaker: Speaker, chosen: str | None, words: Words | None = None) -> Message:
    words = words or speaker.words
    rows = [
        (Button(label=f"{TICK if code == chosen else ''}{name}", data=f"lang:{code}"),)
        for code, name in LANGUAGES.items()
    ]
    if speaker.kind is ChatKind.PRIVATE:
        follow = words("The language of my app")
        rows.append((Button(label=f"{'' if chosen else TICK}{follow}", data=f"lang:{AUTO}"),))
    spoken = LANGUAGES[chosen or words.language]
    asked = words("I speak {language}. Choose another here:", language=spoken)
    note = words("What a brief says stays in its own language.")
    return say(f"{asked}\n{note}", tuple(rows))
