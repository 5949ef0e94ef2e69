"""The journeys: what people do with the bot, one function each; its docstring is the title."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from alertbot.demo import CONFIG as DEMO
from journeys.setting import EXAMPLE, on_stage
from journeys.stage import ADA, BEN, BRIEFS, CHIEF, GROUP, MISSILES, NEWS, Stage
from journeys.transcript import Transcript

SALVO, TANKER, MOTORS = "missile-salvo-ain-al-asad", "hodeidah-salvo", "semnan-motors"
CRANES = "scheldt-terminal"


@dataclass(frozen=True, slots=True, kw_only=True)
class Journey:
    """A way through the conversation."""

    name: str
    title: str
    script: Callable[[Stage], Awaitable[None]]
    config: Path
    language: str | None


JOURNEYS: dict[str, Journey] = {}


def journey(
    *, config: Path = DEMO, language: str | None = None
) -> Callable[[Callable[[Stage], Awaitable[None]]], Callable[[Stage], Awaitable[None]]]:
    """Put a script among the journeys."""

    def keep(script: Callable[[Stage], Awaitable[None]]) -> Callable[[Stage], Awaitable[None]]:
        JOURNEYS[script.__name__] = Journey(
            name=script.__name__,
            title=(script.__doc__ or "").rstrip("."),
            script=script,
            config=config,
            language=language,
        )
        return script

    return keep


async def play(name: str) -> Transcript:
    """Play a journey from beginning to end and return what was said."""
    chosen = JOURNEYS[name]
    with TemporaryDirectory() as folder:
        async with on_stage(Path(folder), chosen.title, chosen.config, chosen.language) as stage:
            await chosen.script(stage)
            return stage.transcript


async def told_of_the_salvo(stage: Stage) -> None:
    """Follow a topic and get a first alert."""
    await stage.says("/start topic_iran-missiles")
    await stage.publish(SALVO)


# --- the main journeys ------------------------------------------------------------------------


@journey()
async def start(stage: Stage) -> None:
    """From nothing to a first alert: start, one tap."""
    await stage.says("/start")
    await stage.taps("Iran missiles")
    await stage.publish(SALVO)


@journey()
async def sample(stage: Stage) -> None:
    """The first choice shows what will come, where something has come before."""
    await stage.publish(SALVO)
    await stage.says("/start")
    await stage.taps("Iran missiles")
    await stage.taps("Iraq")


@journey(config=EXAMPLE)
async def choose(stage: Stage) -> None:
    """Choose among many topics: by page, by a word, by a link."""
    await stage.says("/topics")
    await stage.taps("Iran nuclear")
    await stage.taps("Middle East ›")
    await stage.taps("Houthis")
    await stage.says("missile")
    await stage.taps("Iran missiles")
    await stage.says("hutis")
    await stage.says("/start topic_cyber")
    await stage.says("/subscribe")
    await stage.says("/subscribe north korea")
    await stage.says("/mytopics")
    await stage.says("/unsubscribe cyber")
    await stage.says("/unsubscribe")
    await stage.taps("Iran nuclear")


@journey()
async def alert(stage: Stage) -> None:
    """An alert, and what somebody who follows nothing in it does not get."""
    await stage.says("/subscribe cyber")
    await stage.publish(SALVO)
    await stage.publish(CRANES)


@journey()
async def why(stage: Stage) -> None:
    """Why did this come?"""
    await stage.says("/subscribe iran missiles")
    await stage.says("/subscribe houthis")
    await stage.publish(TANKER)
    await stage.taps("Why?")


@journey()
async def more(stage: Stage) -> None:
    """The whole brief, and back."""
    await told_of_the_salvo(stage)
    await stage.taps("More")
    await stage.taps("Less")


@journey()
async def vote(stage: Stage) -> None:
    """A thumb up, taken back, and one down."""
    await told_of_the_salvo(stage)
    await stage.taps("👍")
    await stage.taps("👍")
    await stage.taps("👎")


@journey()
async def mute(stage: Stage) -> None:
    """Silence a topic from its alert, and hear of it again."""
    await told_of_the_salvo(stage)
    await stage.taps("Mute")
    await stage.taps("7 days")
    await stage.publish(TANKER)
    await stage.says("/unmute")
    await stage.taps("Iran missiles")
    await stage.publish(MOTORS)


@journey()
async def mute_by_command(stage: Stage) -> None:
    """Silence a topic by a command, for good."""
    await stage.says("/mute")
    await stage.says("/subscribe houthis")
    await stage.says("/mute")
    await stage.taps("Houthis")
    await stage.taps("7 days")
    await stage.taps("Unmute")
    await stage.says("/mute houthis")
    await stage.taps("Forever")
    await stage.says("/unmute houthis")
    await stage.says("/unmute")


@journey()
async def digest(stage: Stage) -> None:
    """Not at once any more, but tomorrow at eight."""
    await told_of_the_salvo(stage)
    await stage.taps("Mute")
    await stage.taps("Daily at 08:00 instead")
    await stage.publish(TANKER, MOTORS)
    await stage.wait_until(datetime(2024, 1, 30, 8, tzinfo=UTC))
    await stage.says("/mytopics")


@journey()
async def digest_settings(stage: Stage) -> None:
    """Each topic at its own time."""
    await stage.says("/digest")
    await stage.says("/subscribe iran missiles")
    await stage.says("/subscribe houthis")
    await stage.says("/digest")
    await stage.taps("One topic only …")
    await stage.taps("Houthis")
    await stage.taps("Weekly")
    await stage.taps("Day: Monday")
    await stage.taps("Friday")
    await stage.taps("Time: 08:00")
    await stage.taps("07:00")
    await stage.says("/digest hourly iran missiles")
    await stage.says("/digest daily the moon")


@journey()
async def quiet(stage: Stage) -> None:
    """A night without a sound, and the morning after."""
    await stage.says("/subscribe iran missiles")
    await stage.says("/timezone Tehran")
    await stage.says("/quiet")
    await stage.says("/quiet 22:00 7:00")
    await stage.taps("Urgent topics may break them")
    await stage.publish(SALVO)
    await stage.wait_until(datetime(2024, 1, 24, 3, 30, tzinfo=UTC))
    await stage.says("/quiet off")


@journey()
async def timezone(stage: Stage) -> None:
    """Where the clock is: by city, by a place on the map, by one of several."""
    await stage.says("/timezone")
    await stage.says("/timezone Tehran")
    await stage.says("/timezone Atlantis")
    await stage.says("/timezone Teheran")
    await stage.says("", location={"latitude": 35.7, "longitude": 51.4})
    await stage.taps("Tehran, 23:28")


@journey()
async def find(stage: Stage) -> None:
    """Look for what has been."""
    await stage.publish(*BRIEFS)
    await stage.says("/find")
    await stage.says("/find missil*")
    await stage.taps("1")
    await stage.says("/find unicorn")
    await stage.says("/find january")
    await stage.taps("Older")


@journey()
async def look_back(stage: Stage) -> None:
    """The newest alerts, and a file to take along."""
    await stage.says("/latest")
    await stage.says("/latest cyber")
    await stage.publish(SALVO, TANKER)
    await stage.says("/latest houthis")
    await stage.says("/export")
    await stage.says("/export houthis")
    await stage.taps("CSV")


@journey()
async def watch(stage: Stage) -> None:
    """A rule of one's own, tried before it is saved."""
    await stage.publish(SALVO, CRANES)
    await stage.says("/watch")
    await stage.says("/watch (crane* OR tanker*")
    await stage.says("/watch crane* OR tanker*")
    await stage.taps("Save")
    await stage.publish(TANKER)
    await stage.taps("Why?")
    await stage.says("/mytopics")
    await stage.says("/watches")
    await stage.says("/unwatch 7")
    await stage.taps("End 1: crane* OR tanker*")


@journey()
async def share(stage: Stage) -> None:
    """Share a brief in another chat."""
    await stage.publish(SALVO, TANKER)
    await stage.looks_for("tanker")
    await stage.looks_for("unicorn")


@journey()
async def language(stage: Stage) -> None:
    """Speak another language."""
    await stage.says("/language")
    await stage.taps("עברית")
    await stage.says("/mytopics")


@journey(language="fa")
async def persian(stage: Stage) -> None:
    """The first minute in Persian."""
    await stage.says("/start")
    await stage.taps("Iran missiles")
    await stage.publish(SALVO)
    await stage.taps("چرا؟")


@journey()
async def privacy(stage: Stage) -> None:
    """What is kept, all of it, and leaving without a trace."""
    await told_of_the_salvo(stage)
    await stage.says("/privacy")
    await stage.says("/mydata")
    await stage.says("/stop")
    await stage.says("/mydata")
    await stage.publish(MOTORS)


@journey()
async def lost(stage: Stage) -> None:
    """Somebody who is lost gets a hand, and old buttons are answered."""
    await stage.says("/help")
    await stage.says("what is this?")
    await stage.says("/subscribe moon")
    await stage.says("/admin")
    await told_of_the_salvo(stage)
    await stage.taps("Mute")
    await stage.taps("Back")
    await stage.says("/stop")
    await stage.taps("Why?")


@journey()
async def group(stage: Stage) -> None:
    """A group: its admins choose what comes, and into which thread; all may ask."""
    stage.telegram.chats.make_forum(GROUP)
    stage.telegram.rank(GROUP, ADA, "administrator")
    stage.telegram.add_to(GROUP)
    await stage.says("/subscribe iran missiles", GROUP, who=BEN)
    await stage.says("/subscribe iran missiles", GROUP, who=ADA, thread=MISSILES)
    await stage.says("/subscribe cyber", GROUP, who=ADA)
    await stage.says("/mytopics", GROUP, who=BEN)
    await stage.publish(SALVO)
    await stage.taps("Why?", GROUP, who=BEN)
    await stage.taps("Mute", GROUP, who=BEN)
    await stage.publish(CRANES)


@journey()
async def channel(stage: Stage) -> None:
    """A channel, looked after by an admin of it from the private chat."""
    stage.telegram.open_channel(NEWS, "warnews")
    await stage.says("/channel")
    await stage.says("/channel @warnews")
    stage.telegram.promote(NEWS)
    stage.telegram.rank(NEWS, ADA, "administrator")
    await stage.says("/channel @warnews", BEN)
    await stage.says("/channel @warnews")
    await stage.taps("Iran missiles")
    await stage.publish(SALVO)
    await stage.taps("Back")
    await stage.taps("Digests")
    await stage.taps("Back")
    await stage.taps("Let go")
    await stage.taps("They go on")
    await stage.says("/channels")


@journey()
async def admin(stage: Stage) -> None:
    """An admin looks how all is doing, tries a text, pauses a topic, and tells everybody."""
    await stage.says("/subscribe houthis")
    await stage.publish(SALVO, TANKER)
    await stage.says("/admin", chat=CHIEF)
    await stage.says("/test Houthis fired 2 missiles at a tanker, killing 1 sailor.", chat=CHIEF)
    await stage.says("/pause houthis", chat=CHIEF)
    await stage.says("/broadcast On Sunday from 6 to 7 UTC this bot rests.", chat=CHIEF)
    await stage.taps("Send to 1 chat", chat=CHIEF)
    await stage.says("/resume houthis", chat=CHIEF)
    await stage.says("/admin", chat=CHIEF)
    await stage.taps("All 6 topics", chat=CHIEF)


@journey()
async def admin_config(stage: Stage) -> None:
    """An edit of the config: checked, refused, mended, taken."""
    await stage.edit("the config is edited, with a slip", "rule = '@houthis'", "rule = '@houtis'")
    await stage.says("/check", chat=CHIEF)
    await stage.says("/reload", chat=CHIEF)
    await stage.edit(
        "the config is edited again", "rule = '@houtis'", "rule = '@houthis OR \"Red Sea\"'"
    )
    await stage.says("/check", chat=CHIEF)
    await stage.says("/reload", chat=CHIEF)
    await stage.says("/test", chat=CHIEF)
    await stage.says("/help", chat=CHIEF)


@journey(config=EXAMPLE)
async def admin_pauses(stage: Stage) -> None:
    """Pausing by tapping, a broadcast that would reach nobody, and one that is not sent."""
    await stage.says("/pause", chat=CHIEF)
    await stage.taps("›", chat=CHIEF)
    await stage.taps("Pause topic Iran sanctions", chat=CHIEF)
    await stage.says("/resume", chat=CHIEF)
    await stage.taps("Resume topic Iran sanctions", chat=CHIEF)
    await stage.says("/pause the moon", chat=CHIEF)
    await stage.says("/broadcast", chat=CHIEF)
    await stage.says("/broadcast Hello", chat=CHIEF)
    await stage.says("/start")
    await stage.says("/broadcast Hello", chat=CHIEF)
    await stage.taps("Cancel", chat=CHIEF)


@journey()
async def former(stage: Stage) -> None:
    """A topic leaves the config, and an admin decides about its followers."""
    await stage.says("/subscribe houthis")
    await stage.drop("houthis")
    await stage.taps("Delete subscriptions to Houthis", chat=CHIEF)
    await stage.taps("Yes, delete", chat=CHIEF)
    await stage.says("/mytopics")
