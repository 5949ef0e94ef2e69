"""What is said of watches: rules that a chat writes for itself."""

import html
from collections.abc import Sequence
from dataclasses import replace

from alertbot.chat.parts.watches.reading import LONGEST, ReadRule
from alertbot.chat.parts.watches.rehearsal import WEEKS, Rehearsal
from alertbot.chat.talk import Buttons, clip, date_of, escaped, say
from alertbot.classifier.backtest import Trial
from alertbot.model import Button, Message
from alertbot.ports import Watch
from alertbot.words import Words, msgid

#: watches, doubts and names of lists in one message
WATCHES_SHOWN, DOUBTS_SHOWN, LISTS_SHOWN = 20, 3, 12
RULE_SHOWN, DOUBT_SHOWN, TITLE_SHOWN, LABEL_SHOWN = 120, 200, 120, 30

NOT_OFFERED = msgid("Watches are not offered here; /topics shows what there is.")
TOO_OLD = msgid("That is out of date; send the rule again with /watch.")
KNOWN = msgid("You watch that already: /watches")
DISCARDED = msgid("Nothing is saved.")
#: in the words of the linter, which says the same of a topic
BROAD = msgid(
    "it fires on more than half of all briefs, which is hardly one subject; "
    "narrow it with AND, NEAR or title:"
)


def code(text: str, limit: int = LONGEST) -> str:
    """Return a rule clipped, escaped and as code."""
    return f"<code>{escaped(text, limit)}</code>"


def usage(words: Words, lists: Sequence[str]) -> Message:
    """Say how a rule is written."""
    lines = [
        words("Write a rule behind the command, and I tell you of each brief that it fits:"),
        code("/watch al-Asad AND drone*"),
        code('/watch "cruise missile*" NEAR/10 (Iran OR Houthi*)'),
        "",
        words(
            "There are AND, OR, NOT and parentheses; quotation marks around a phrase; a star "
            "behind four letters or more for any ending; NEAR/10 for at most ten words between; "
            "title: for words of the title."
        ),
    ]
    if lists:
        names = [html.escape(f"@{name}", quote=False) for name in lists[:LISTS_SHOWN]]
        more = " …" * (len(lists) > LISTS_SHOWN)
        lines.append(words("These lists of words are ready: {lists}", lists=" ".join(names) + more))
    lines += ["", words("I show you first what it would have sent. /watches lists what you saved.")]
    return say("\n".join(lines))


def too_long(words: Words, length: int) -> Message:
    """Say that a rule is too long."""
    return say(
        words(
            "That rule has {length} characters; {limit} is the limit. "
            "Two shorter rules do the same as one with OR.",
            length=length,
            limit=LONGEST,
        )
    )


def too_many(words: Words, limit: int) -> str:
    """Say that the chat has as many watches as it may."""
    return words.plural(
        "You have {n} watch, and that is the limit. End it first: /watches",
        "You have {n} watches, and that is the limit. End one first: /watches",
        limit,
    )


def known(words: Words, watch: Watch) -> str:
    """Say that the chat watches by the rule already."""
    return words("You watch that already, as number {number}: /watches", number=watch.number)


def mistaken(words: Words, read: ReadRule) -> Message:
    """Say what is wrong in a rule, and where."""
    lines = [words("That rule has a mistake: {reason}", reason=_sentence(read.mistake or ""))]
    if read.place:
        lines.append(code(read.place))
    lines.append(words("Nothing is saved; mend it and send /watch again."))
    return say("\n".join(lines))


def proposal(words: Words, read: ReadRule, found: Rehearsal, buttons: Buttons) -> Message:
    """Show what a rule would have sent, and ask whether to save it."""
    doubts = [*read.doubts, *([words(BROAD)] if found.broad else [])]
    told = [
        words("Your rule: {rule}", rule=code(read.rule)),
        *(_doubt(words, doubt) for doubt in doubts[:DOUBTS_SHOWN]),
        "",
        _would_have(words, found),
    ]
    head = say("\n".join(told))
    question = say(words("Save it?"), buttons)
    shown = [_brief(trial) for trial in found.last]
    return replace(
        question,
        html="\n".join([head.html, *(line for line, _ in shown), "", question.html]),
        text="\n".join([head.text, *(line for _, line in shown), "", question.text]),
    )


def _doubt(words: Words, doubt: str) -> str:
    return words("⚠️ Please look again: {doubt}", doubt=_sentence(doubt))


def _sentence(reason: str) -> str:
    """Return what the linter says, clipped, escaped and ended."""
    shown = escaped(reason, DOUBT_SHOWN)
    return shown if shown.endswith((".", "?", "!", "…")) else f"{shown}."


def _would_have(words: Words, found: Rehearsal) -> str:
    if not found.briefs:
        return words("There are no briefs of the last {days} days to try it on.", days=WEEKS.days)
    if found.since:
        days = words("Since {date}", date=date_of(found.since))
    else:
        days = words("In the last {days} days", days=WEEKS.days)
    if not found.alerts:
        return words.plural(
            "{days} it would have sent nothing, out of {n} brief.",
            "{days} it would have sent nothing, out of {n} briefs.",
            found.briefs,
            days=days,
        )
    sent = words.plural(
        "{days} it would have sent {n} alert",
        "{days} it would have sent {n} alerts",
        found.alerts,
        days=days,
    )
    if found.alerts <= len(found.last):
        return f"{sent}:"
    return words("{sent}; the last {few}:", sent=sent, few=len(found.last))


def _brief(trial: Trial) -> tuple[str, str]:
    """Return a brief's line in HTML, with its link, and in plain words."""
    when = trial.published or trial.at
    dated = f" · {date_of(when)}" if when else ""
    title = clip(trial.title, TITLE_SHOWN)
    linked = html.escape(title, quote=False)
    if trial.link:
        linked = f'<a href="{html.escape(trial.link)}">{linked}</a>'
    below = f"\n  {trial.link}" if trial.link else ""
    return f"• {linked}{dated}", f"• {title}{dated}{below}"


def saved(words: Words, watch: Watch) -> Message:
    """Confirm that a rule is watched from now on."""
    return say(
        words(
            "From now on I tell you of each brief that fits {rule}.\n"
            "/watches lists your watches, and {command} ends this one.",
            rule=code(watch.rule),
            command=f"/unwatch {watch.number}",
        )
    )


def listed(words: Words, watches: Sequence[Watch]) -> Message:
    """List a chat's watches, with a button to end each."""
    if not watches:
        return say(words("You have no watches. /watch says how to write one."))
    shown = watches[:WATCHES_SHOWN]
    lines = [words("You watch:"), *(_line(words, watch) for watch in shown)]
    if (more := len(watches) - len(shown)) > 0:
        lines.append(words.plural("… and {n} more", "… and {n} more", more))
    buttons = tuple((_end(words, watch),) for watch in shown)
    return say("\n".join(lines), buttons)


def _line(words: Words, watch: Watch) -> str:
    line = words("{number} · {rule}", number=watch.number, rule=code(watch.rule, RULE_SHOWN))
    if watch.mistake is None:
        return line
    return f"{line}\n{words('   paused: {reason}', reason=_sentence(watch.mistake))}"


def _end(words: Words, watch: Watch) -> Button:
    label = words("End {number}: {rule}", number=watch.number, rule=clip(watch.rule, LABEL_SHOWN))
    return Button(label=label, data=f"watch:end:{watch.number}")


def ended(words: Words, watch: Watch) -> str:
    """Confirm the end of a watch."""
    return words("You no longer watch {rule}.", rule=code(watch.rule, LABEL_SHOWN))


def not_yours(words: Words, said: str) -> Message:
    """Say that the chat has no watch of this number."""
    number = escaped(said, LABEL_SHOWN)
    return say(
        words("You have no watch with the number {number}; /watches lists yours.", number=number)
    )


def watch_paused(words: Words, watch: Watch, mistake: str) -> Message:
    """Tell a chat, without a sound, that a watch of its cannot be matched any more."""
    said = say(
        words(
            "Your watch {rule} is paused: {reason}\n"
            "It goes on by itself as soon as it can; {command} ends it.",
            rule=code(watch.rule, RULE_SHOWN),
            reason=_sentence(mistake),
            command=f"/unwatch {watch.number}",
        )
    )
    return replace(said, silent=True)


def watch_goes_on(words: Words, watch: Watch) -> Message:
    """Tell a chat, without a sound, that a watch which was paused is matched again."""
    said = say(words("Your watch {rule} goes on.", rule=code(watch.rule, RULE_SHOWN)))
    return replace(said, silent=True)
