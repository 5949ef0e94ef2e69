"""The buttons under an alert; what a tap on one does is `chat`'s.

Callback data is what the button does and the alert: `why:<alert>`, `more:`, `less:`, `mute:`, `up:`
and `down:`; `mute:<alert>:w` under the whole of a brief, so that this is what is left afterwards.
"""

from alertbot.model import AlertId, Button
from alertbot.words import Words

Rows = tuple[tuple[Button, ...], ...]


def rows(words: Words, link: str | None, alert: AlertId | None, *, whole: bool = False) -> Rows:
    """Return the rows under an alert, or under the whole of its brief.

    link: of the brief; alert: None for one that is not stored, which has nothing to answer with.
    """
    read = (Button(label=words("Read"), url=link),) if link else ()
    if alert is None:
        return (read,) if read else ()
    fold = Button(label=words("Less"), data=f"less:{alert}")
    unfold = Button(label=words("More"), data=f"more:{alert}")
    return (
        (*read, Button(label=words("Why?"), data=f"why:{alert}"), fold if whole else unfold),
        (
            Button(label=words("Mute"), data=f"mute:{alert}:w" if whole else f"mute:{alert}"),
            Button(label="👍", data=f"up:{alert}"),
            Button(label="👎", data=f"down:{alert}"),
        ),
    )
