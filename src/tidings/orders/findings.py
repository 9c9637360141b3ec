"""What a check found, collected until it is through."""

from dataclasses import dataclass, field

from tidings.kit.problem import Fault

REQUIRED = "is required"


@dataclass(slots=True)
class Findings:
    """What an order lacks, and what in it is wrong; the first may come later, the second is refused."""

    missing: list[Fault] = field(default_factory=list)
    wrong: list[Fault] = field(default_factory=list)

    def lacks(self, pointer: str, detail: str = REQUIRED) -> None:
        """Something is not there, or nobody can be reached that way."""
        self.missing.append(Fault(pointer, detail))

    def refuse(self, pointer: str, detail: str) -> None:
        """Something is there, and is not right."""
        self.wrong.append(Fault(pointer, detail))
