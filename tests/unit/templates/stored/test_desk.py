from tidings.kit.ids import new_id
from tidings.kit.scope import Scope
from tidings.storefronts.caller import Caller
from tidings.templates.stored.desk import hand_of
from tidings.templates.stored.rules import Hand


def test_a_hand_is_who_acts_and_by_whose_key():
    caller = Caller(Scope(new_id(), "test"), new_id(), "shop", frozenset({"templates"}), "staff/anna")
    assert hand_of(caller) == Hand("staff/anna", "shop")
