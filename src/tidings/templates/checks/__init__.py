"""What a shop's own wording must fulfil before it is sent: its small language, its facts, its safety, its mailboxes."""
