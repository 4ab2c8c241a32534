from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from kitcn_tui.places import Place, TablePlace
from kitcn_tui.shell.navigation import Navigation

A, B, C, D = (TablePlace(name) for name in "abcd")


def test_back_and_forward_meet_every_place_again() -> None:
    navigation = Navigation()
    navigation.left(A)
    navigation.left(B)
    assert navigation.behind == (A, B)
    assert navigation.back(C) == B
    assert navigation.back(B) == A
    assert navigation.back(A) is None
    assert navigation.forward(A) == B
    assert navigation.forward(B) == C
    assert navigation.forward(C) is None
    assert navigation.behind == (A, B)


def test_several_steps_back_at_once() -> None:
    navigation = Navigation()
    for place in (A, B, C):
        navigation.left(place)
    assert navigation.back(D, 4) is None
    assert navigation.back(D, 3) == A
    assert [navigation.forward(A), navigation.forward(B), navigation.forward(C)] == [B, C, D]


def test_going_on_forgets_what_was_ahead() -> None:
    navigation = Navigation()
    navigation.left(A)
    assert navigation.back(B) == A
    assert navigation.can_go_forward
    navigation.left(A)
    assert not navigation.can_go_forward
    assert navigation.behind == (A,)


def test_the_same_place_twice_is_one_step() -> None:
    navigation = Navigation()
    navigation.left(A)
    navigation.left(A)
    assert navigation.behind == (A,)


def test_old_places_go() -> None:
    navigation = Navigation()
    for number in range(500):
        navigation.left(TablePlace(str(number)))
    assert len(navigation.behind) == 100
    assert navigation.behind[-1] == TablePlace("499")


@given(st.lists(st.sampled_from(["go", "back", "forward"]), max_size=60))
def test_as_a_browser_does(moves: list[str]) -> None:
    """Against the plainest thing that is right: a list of places and a position in it."""
    history: list[Place] = [TablePlace("start")]
    at = 0
    navigation = Navigation()
    here: Place = history[0]
    for number, move in enumerate(moves):
        if move == "go":
            navigation.left(here)
            here = TablePlace(str(number))
            history = [*history[: at + 1], here]
            at += 1
        else:
            target = at - 1 if move == "back" else at + 1
            place = navigation.back(here) if move == "back" else navigation.forward(here)
            if 0 <= target < len(history):
                assert place == history[target]
                here, at = history[target], target
            else:
                assert place is None
    assert navigation.behind == tuple(history[:at])
