"""What an entry is: known or news, with its page, understood."""
