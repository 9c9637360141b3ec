"""How well the procedure is carried out."""

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Final
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Query
from pydantic import TypeAdapter, ValidationError

from tidings.kit.db import Tx
from tidings.kit.fields import Day, Instant
from tidings.kit.problem import Fault, InvalidInput
from tidings.reports.business_clock import BusinessClock, business_clock
from tidings.reports.schemas import Group, Period, ServiceLevels
from tidings.reports.service_levels import Asked, service_levels
from tidings.storefronts.access import BeginDep, NowDep, OperationsCaller
from tidings.storefronts.keep_rules import rules_during
from tidings.storefronts.queries import storefront

router = APIRouter(prefix="/v1/reports", tags=["reports"])

_USUAL: Final = timedelta(days=30)
MOST_DAYS: Final = 400
# A promise that is kept later than this is counted as if it had been then.
_AFTERWARDS: Final = timedelta(days=366)
_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
# Room for what is counted beyond the range, and for any offset.
_LAST_YEAR: Final = 9990
_AS_DAY, _AS_INSTANT = TypeAdapter[date](Day), TypeAdapter[datetime](Instant)
_WHEN: Final = "A day in the shop's zone (`2026-11-01`), or an instant"
_SINCE: Final = f"{_WHEN}; else 30 days before `to`"
_UNTIL: Final = f"{_WHEN}, not included; else now"


class Range:
    """From when until when, as asked for."""

    def __init__(
        self,
        since: Annotated[str | None, Query(alias="from", max_length=40, description=_SINCE)] = None,
        until: Annotated[str | None, Query(alias="to", max_length=40, description=_UNTIL)] = None,
    ) -> None:
        self.since = _read("from", since)
        self.until = _read("to", until)

    def within(self, time_zone: str, now: datetime) -> tuple[datetime, datetime]:
        """The range as instants.

        Raises:
            InvalidInput: it ends before it begins, or is too long.
        """
        until = _instant(self.until, time_zone) or now
        since = _instant(self.since, time_zone) or until - _USUAL
        if until < since:
            raise InvalidInput(faults=[Fault("/query/to", "is before `from`")])
        if until - since > timedelta(days=MOST_DAYS):
            raise InvalidInput(faults=[Fault("/query/to", f"is more than {MOST_DAYS} days after `from`")])
        return since, until


def _read(name: str, text: str | None) -> date | datetime | None:
    if text is None:
        return None
    try:
        read = _AS_DAY.validate_python(text) if _DAY.fullmatch(text) else _AS_INSTANT.validate_python(text)
    except ValidationError:
        detail = "is neither a day, such as 2026-11-26, nor an RFC 3339 time with an offset"
        raise InvalidInput(faults=[Fault(f"/query/{name}", detail)]) from None
    if read.year > _LAST_YEAR:
        raise InvalidInput(faults=[Fault(f"/query/{name}", f"is after the year {_LAST_YEAR}")])
    return read


def _instant(read: date | datetime | None, time_zone: str) -> datetime | None:
    if read is None or isinstance(read, datetime):
        return read
    return datetime.combine(read, time(), ZoneInfo(time_zone)).astimezone(UTC)


@router.get("/service-levels", summary="How well promises were kept")
async def read_service_levels(
    caller: OperationsCaller,
    begin: BeginDep,
    now: NowDep,
    asked: Annotated[Range, Depends()],
    period: Annotated[Period, Query(description="`all`: the whole range is one")] = "day",
    group: Annotated[Group, Query(description="`channel`: by kind and channel")] = "kind",
) -> ServiceLevels:
    """Promises by the time at which their clock started: kept, late, missed, and how long it took.

    Minutes are counted as they were promised: business minutes by the calendar that was in force then, or elapsed ones.
    """
    async with begin.reading(caller.scope) as tx:
        shop = await storefront(tx)
        since, until = asked.within(shop.time_zone, now)
        clock = await _clock(tx, since, min(max(now, until), until + _AFTERWARDS))
        wanted = Asked(since, until, period, group, shop.time_zone)
        items = await service_levels(tx, wanted, clock, now=now)
    return ServiceLevels(from_at=since, until=until, time_zone=shop.time_zone, period=period, group=group, items=items)


async def _clock(tx: Tx, since: datetime, until: datetime) -> BusinessClock:
    return business_clock(await rules_during(tx, tx.scope.storefront_id, since, until), since, max(since, until))
