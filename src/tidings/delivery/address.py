"""Judges an address that somebody gives for one message: on its channel, could it be written to?"""

from typing import assert_never

import phonenumbers

from tidings.kit.addresses import Unusable, email_address
from tidings.kit.problem import Fault, InvalidInput
from tidings.kit.scope import Mode
from tidings.storefronts.kinds import Channel


def checked_address(channel: Channel, given: str, mode: Mode, *, pointer: str = "/address") -> str:
    """The address in the form in which it is used.

    Args:
        channel: where it is to be used.
        given: as it was given.
        mode: `.test` addresses are good in test mode only.
        pointer: where in the body it stands.

    Raises:
        InvalidInput: nothing can be sent there.
    """
    match channel:
        case "email":
            found = _email(given, mode)
        case "sms" | "voice":
            found = _phone(given)
        case "push":
            # A device's token is the app's affair; that it is one line is the model's.
            found = given
        case _:
            assert_never(channel)
    if found is None:
        raise InvalidInput(faults=[Fault(pointer, f"is not an address for {channel}")])
    return found


def _email(given: str, mode: Mode) -> str | None:
    try:
        return email_address(given, test=mode == "test")
    except Unusable:
        return None


def _phone(given: str) -> str | None:
    try:
        parsed = phonenumbers.parse(given, None)
    except phonenumbers.NumberParseException:
        return None
    if parsed.extension is not None or not phonenumbers.is_valid_number(parsed):
        return None
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
