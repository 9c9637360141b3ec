"""Dates, times, money and lists as a language writes them: Babel's rules, kept ready for the next message.

Babel takes 25 µs for an amount of money and 30 µs for a date; a confirmation has a dozen of them. Amounts are put
together here from what Babel says of the currency; a property test holds them to be the same. Everything else comes
again and again, and is remembered.
"""

import re
from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_datetime, format_interval, format_time, get_timezone_gmt
from babel.numbers import format_currency, get_currency_precision, get_decimal_symbol, get_group_symbol

from tidings.kit.money import major_units

_KEPT: Final = 4096
_THOUSANDS: Final = 3
_NO_BREAK_SPACE: Final = "\u00a0"
_DIGITS = re.compile(r"\d+")


class _Shape(NamedTuple):
    """How amounts of one currency are written."""

    before: tuple[str, str]
    after: tuple[str, str]
    decimals: int
    decimal: str


class Formats:
    """One language's ways of writing, with what it wrote lately."""

    def __init__(self, locale: Locale) -> None:
        self.locale = locale
        self.right_to_left: bool = locale.text_direction == "rtl"
        self._group = get_group_symbol(locale)
        self._group_size = locale.currency_formats["standard"].grouping
        self._list = {part: locale.list_patterns["standard"][part] for part in ("2", "start", "middle", "end")}
        self._at = str(locale.datetime_formats["full"]).replace("'", "")
        self._briefly = str(locale.datetime_formats["medium"]).replace("'", "")
        self._plural = locale.plural_form
        self.day: Callable[[date], str] = lru_cache(_KEPT)(self._day)
        self.days: Callable[[date, date], str] = lru_cache(_KEPT)(self._days)
        self.spoken_days: Callable[[date, date], str] = lru_cache(_KEPT)(self._spoken_days)
        self.short_days: Callable[[date, date, str | None], str] = lru_cache(_KEPT)(self._short_days)
        self.spoken_money: Callable[[int, str], str] = lru_cache(_KEPT)(self._spoken_money)
        self.territory: Callable[[str], str] = lru_cache(_KEPT)(self._territory)
        self._shape = lru_cache(_KEPT)(self._new_shape)
        self._clock = lru_cache(_KEPT)(self._new_clock)
        self._zone_names: dict[tuple[str, str | None, timedelta | None], str] = {}

    def money(self, amount: int, currency: str) -> str:
        """`1980 EUR` → `19,80 €`."""
        shape = self._shape(currency)
        digits = str(abs(amount))
        fraction = ""
        if shape.decimals:
            digits = digits.rjust(shape.decimals + 1, "0")
            digits, fraction = digits[: -shape.decimals], shape.decimal + digits[-shape.decimals :]
        if len(digits) > _THOUSANDS:
            digits = self._grouped(digits)
        sign = 1 if amount < 0 else 0
        return f"{shape.before[sign]}{digits}{fraction}{shape.after[sign]}"

    def instant(self, at: datetime, zone: ZoneInfo) -> str:
        """Day, time and the zone's name: `Montag, 23. November 2026, 09:14 (MEZ)`."""
        local = at.astimezone(zone)
        clock = f"{self._clock(local.hour, local.minute)} ({self._zone_name(local, zone)})"
        return self._at.replace("{1}", self.day(local.date())).replace("{0}", clock)

    def short_instant(self, at: datetime, zone: ZoneInfo, pattern: str | None) -> str:
        """Day and time alone: `23.11.2026, 09:14`."""
        local = at.astimezone(zone)
        day = self.short_days(local.date(), local.date(), pattern)
        return self._briefly.replace("{1}", day).replace("{0}", self._clock(local.hour, local.minute))

    def spoken_instant(self, at: datetime, zone: ZoneInfo) -> str:
        """Nothing abbreviated, and no zone."""
        local = at.astimezone(zone)
        clock = self._clock(local.hour, local.minute)
        return self._at.replace("{1}", self.day(local.date())).replace("{0}", clock)

    def joined(self, parts: Sequence[str]) -> str:
        """`a, b und c`."""
        if not parts:
            return ""
        *others, last = parts
        if not others:
            return last
        if len(others) == 1:
            return _filled(self._list["2"], others[0], last)
        tail = _filled(self._list["end"], others[-1], last)
        for part in reversed(others[1:-1]):
            tail = _filled(self._list["middle"], part, tail)
        return _filled(self._list["start"], others[0], tail)

    def plural(self, number: int) -> str:
        """Which form a counted word takes: `one`, `few`, `many` or `other`."""
        return str(self._plural(number))

    def _grouped(self, digits: str) -> str:
        first, then = self._group_size
        groups = [digits[-first:]]
        rest = digits[:-first]
        while rest:
            groups.append(rest[-then:])
            rest = rest[:-then]
        return self._group.join(reversed(groups))

    def _new_shape(self, currency: str) -> _Shape:
        ends = [_DIGITS.split(format_currency(sign, currency, locale=self.locale)) for sign in (1, -1)]
        return _Shape(
            before=(_parted(ends[0][0]), _parted(ends[1][0])),
            after=(_parted_left(ends[0][-1]), _parted_left(ends[1][-1])),
            decimals=get_currency_precision(currency),
            decimal=get_decimal_symbol(self.locale),
        )

    def _spoken_money(self, amount: int, currency: str) -> str:
        return format_currency(major_units(amount, currency), currency, locale=self.locale, format_type="name")

    def _day(self, day: date) -> str:
        return format_date(day, "full", locale=self.locale)

    def _days(self, first: date, last: date) -> str:
        if first == last:
            return self._day(first)
        return format_interval(first, last, "yMMMEd", locale=self.locale)

    def _short_days(self, first: date, last: date, pattern: str | None) -> str:
        """Without weekdays; by the given pattern where the names of months would cost a text message dear."""
        if pattern is not None:
            ends = dict.fromkeys(format_date(day, pattern, locale=self.locale) for day in (first, last))
            return " - ".join(ends)
        if first == last:
            return format_date(first, "medium", locale=self.locale)
        return format_interval(first, last, "yMMMd", locale=self.locale)

    def _spoken_days(self, first: date, last: date) -> str:
        """Nothing abbreviated."""
        return " \N{EN DASH} ".join(dict.fromkeys((self.day(first), self.day(last))))

    def _territory(self, code: str) -> str:
        return str(self.locale.territories.get(code, code))

    def _new_clock(self, hour: int, minute: int) -> str:
        return format_time(time(hour, minute), "short", locale=self.locale)

    def _zone_name(self, local: datetime, zone: ZoneInfo) -> str:
        """By its own short name where the language has one (`MEZ`), else by its distance from Greenwich."""
        # Not keyed by the time itself: the two 2:30s of a night that has them are equal, and only one is summer time.
        key = (zone.key, local.tzname(), local.utcoffset())
        name = self._zone_names.get(key)
        if name is None:
            name = format_datetime(local, "z", tzinfo=zone, locale=self.locale)
            name = get_timezone_gmt(local, "long", locale=self.locale) if name[0] in "+-" else name
            if len(self._zone_names) >= _KEPT:
                self._zone_names.clear()
            self._zone_names[key] = name
        return name


@lru_cache(maxsize=256)
def formats_of(tag: str) -> Formats | None:
    """The formats of a language tag (`de-AT`), shared by all messages; None for one that is not known."""
    try:
        return Formats(Locale.parse(tag.replace("_", "-"), sep="-"))
    except (UnknownLocaleError, ValueError, TypeError):
        return None


def nearest_formats(tag: str) -> Formats:
    """The formats of a language tag, of the language without its country, or of English."""
    known = (formats_of(shorter) for shorter in (*ever_shorter(tag), "en"))
    return next(found for found in known if found is not None)


def ever_shorter(tag: str) -> list[str]:
    """`zh-Hant-TW`, `zh-Hant`, `zh`; in the letters' usual cases."""
    language, *rest = tag.replace("_", "-").split("-")
    parts = [language.lower(), *(part.upper() if len(part) <= len("TW") else part.title() for part in rest)]
    return ["-".join(parts[:length]) for length in range(len(parts), 0, -1)]


def _filled(pattern: str, left: str, right: str) -> str:
    # Not str.format: what is put in first may hold braces itself.
    head, _, tail = pattern.partition("{0}")
    return head + left + tail.replace("{1}", right, 1)


def _parted(symbol: str) -> str:
    """`CHF1.00` is hard to read: a symbol that ends in a letter keeps its distance, as Unicode's data asks."""
    return symbol + _NO_BREAK_SPACE if symbol[-1:].isalpha() else symbol


def _parted_left(symbol: str) -> str:
    return _NO_BREAK_SPACE + symbol if symbol[:1].isalpha() else symbol
