"""Has a stored version examined before the transaction that goes by it: what takes seconds holds no lock meanwhile."""

from dataclasses import dataclass
from uuid import UUID

from tidings.kit.db import Begin, Scope
from tidings.kit.problem import Fault, PreconditionFailed
from tidings.templates.checks.examine import Report
from tidings.templates.stored.errors import TemplateFaulty
from tidings.templates.stored.load import version_by_id, version_of
from tidings.templates.stored.states import TemplateStatus
from tidings.templates.stored.tables import TemplateVersionRow
from tidings.templates.stored.workshop import Workshop


@dataclass(frozen=True, slots=True)
class Examined:
    """What was found of which revision."""

    revision: int
    report: Report

    def require(self, row: TemplateVersionRow) -> Report:
        """The report, if it is about the version as it is now and finds nothing wrong.

        Raises:
            PreconditionFailed: it has been changed meanwhile.
            TemplateFaulty: it is not sound.
        """
        if self.revision != row.revision:
            raise PreconditionFailed
        if self.report.faults:
            raise TemplateFaulty(faults=[Fault(flaw.pointer, flaw.detail) for flaw in self.report.faults])
        return self.report


async def examine_stored(
    version_id: UUID | None, *, begin: Begin, scope: Scope, workshop: Workshop, status: TemplateStatus
) -> Examined | None:
    """Examine a version; None if it does not stand where it would be asked for.

    Raises:
        NotFound: there is no such version.
    """
    async with begin.reading(scope) as tx:
        row = await version_by_id(tx, version_id)
    if row.status != status:
        return None
    return Examined(row.revision, await workshop.examine(version_of(row)))
