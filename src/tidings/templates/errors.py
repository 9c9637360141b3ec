"""What can go wrong in here."""


class Unrenderable(Exception):
    """A message cannot be put into words: a task for a person, retried once the wording or the data is mended.

    Neither `reason` nor `where` holds anything of the customer's: both are kept and shown.
    """

    def __init__(self, reason: str, where: str) -> None:
        self.reason = reason
        self.where = where
        super().__init__(f"{where}: {reason}")
