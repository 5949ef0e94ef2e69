"""What more than one part says."""

from alertbot.words import msgid

OUTDATED = msgid("That button is out of date; /topics shows the present list.")
ONE_MOMENT = msgid("One moment, please: that was a little fast.")
SORRY = msgid("Something went wrong; it has been noted. Please try again in a while.")
ONLY_ADMINS = msgid(
    "Only admins of this chat can change what comes here; /mytopics shows what does."
)
WHO_IS_ADMIN = msgid(
    "I cannot see who is an admin here. Please try again in a while; "
    "if that does not help, make me an admin, too."
)
