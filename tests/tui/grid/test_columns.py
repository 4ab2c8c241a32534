from __future__ import annotations

from kitcn_tui.grid.cells import Typing
from kitcn_tui.grid.columns import Columns

from kitcn_repl.explore.browsing.rows import Row
from kitcn_repl.values import JsonObject
from tests.support.snapshots import users


def rows(*documents: JsonObject) -> list[Row]:
    return [Row(document, str(place)) for place, document in enumerate(documents)]


def laid_out(*documents: JsonObject, room: int | None = None, remembered: JsonObject | None = None) -> Columns:
    columns = Columns()
    columns.begin(remembered=remembered)
    columns.measure(rows(*documents), Typing("users"))
    columns.lay_out(room)
    return columns


def names(columns: Columns) -> list[str]:
    return [column.name for column in columns.shown]


def document(**fields: object) -> JsonObject:
    return {"_creationTime": 1.0, "_id": "k1", **fields}  # type: ignore[dict-item]


def test_the_id_stands_first_the_names_follow_and_the_time_is_last() -> None:
    columns = laid_out(document(age=1, email="e", name="n"))
    assert names(columns) == ["_id", "name", "email", "age", "_creationTime"]
    assert [column.name for column in columns.frozen] == ["_id"]


def test_fields_that_hardly_any_document_has_come_behind_the_others() -> None:
    few = [document(age=1) for _ in range(20)] + [document(age=1, ban="x")]
    assert names(laid_out(*few)) == ["_id", "age", "ban", "_creationTime"]


def test_a_new_field_comes_last_so_that_nothing_jumps() -> None:
    columns = laid_out(document(age=1))
    columns.measure(rows(document(about="x")), Typing())
    columns.lay_out()
    assert names(columns) == ["_id", "age", "_creationTime", "about"]


def test_columns_are_as_wide_as_what_they_hold_and_never_shrink() -> None:
    columns = laid_out(document(name="Ada Lovelace"), document(name="Bob"))
    column = columns.named("name")
    assert column is not None
    assert column.width == len("Ada Lovelace")
    columns.measure(rows(document(name="Bo")), Typing())
    columns.lay_out()
    assert column.width == len("Ada Lovelace")


def test_long_texts_are_cut_unless_there_is_room() -> None:
    tight, roomy = laid_out(document(bio="x" * 90), room=60), laid_out(document(bio="x" * 90), room=300)
    assert [columns.named("bio").width for columns in (tight, roomy)] == [36, 90]  # type: ignore[union-attr]


def test_numbers_and_times_are_never_cut() -> None:
    columns = laid_out(document(amount=-1234567890123.25, at=1.0), room=10)
    assert columns.named("amount").width == len("-1234567890123.25")  # type: ignore[union-attr]
    assert columns.named("_creationTime").width == 19  # type: ignore[union-attr]
    assert columns.named("amount").is_right  # type: ignore[union-attr]


def test_a_window_shows_only_its_columns() -> None:
    columns = laid_out(document(**{f"field{number:03}": "x" for number in range(300)}))
    shown = columns.between(1000, 80)
    assert len(shown) <= 9
    assert columns.offsets[shown[0]] <= 1000 < columns.offsets[shown[0] + 1]
    assert columns.offsets[shown[-1] + 1] >= 1080


def test_what_somebody_arranged_is_remembered() -> None:
    columns = laid_out(*users(3))  # type: ignore[arg-type]
    name, age, logins = (columns.named(one) for one in ("name", "age", "logins"))
    assert name is not None
    assert age is not None
    assert logins is not None
    columns.resize(name, 50)
    columns.move(logins, -1)
    age.hidden = True
    logins.pinned = True
    columns.lay_out()
    assert names(columns) == ["_id", "logins", "name", "_creationTime"]
    again = laid_out(*users(3), remembered=columns.remember())  # type: ignore[arg-type]
    assert names(again) == names(columns)
    assert again.named("name").width == 50  # type: ignore[union-attr]
    assert again.remember() == columns.remember()
    again.reset()
    again.lay_out()
    assert again.remember() == {}


def test_a_damaged_memory_is_no_memory() -> None:
    damaged: JsonObject = {"order": [1, None, "age"], "columns": {"name": "x", "age": {"width": -3, "hidden": "yes"}}}
    columns = laid_out(document(age=1, name="n"), remembered=damaged)
    assert set(names(columns)) == {"_id", "name", "age", "_creationTime"}
