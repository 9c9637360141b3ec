"""The trail holds no personal data, and is kept by its own rules."""

from typing import Final

from tidings.kit.keeping import Keeping
from tidings.records.tables import RecordRow

KEEPING: Final = (
    Keeping(table=RecordRow.__table__, kind="records", plain=("mode", "kind", "subject", "actor", "data")),
)
