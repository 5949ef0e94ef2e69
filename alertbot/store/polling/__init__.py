"""What polls find: feeds, briefs, and what admins are to be told of feeds."""
