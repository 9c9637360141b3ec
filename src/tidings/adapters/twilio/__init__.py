"""What everything at Twilio has in common: the account, its answers, and how its callbacks are signed."""
