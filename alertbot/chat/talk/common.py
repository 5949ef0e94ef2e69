"""What more than one part says."""

from alertbot.words import msgid

OUTDATED = msgid("That button is out of date; /topics shows the present list.")
ONE_MOMENT = msgid("One moment, please: that was a little fast.")
SORRY = msgid("Something went wrong; it has been noted. Please try again in a while.")
