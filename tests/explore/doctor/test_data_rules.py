"""Rules about documents: each with a bound on what is read, and ids of what is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from kitcn_repl.deployment.errors import UnavailableError
from kitcn_repl.deployment.models import Page, PageRequest, TableInfo
from kitcn_repl.explore.doctor.asking import existing
from kitcn_repl.explore.doctor.examination import examine
from kitcn_repl.explore.doctor.model import Finding
from kitcn_repl.explore.doctor.rules import RULES
from kitcn_repl.values import JsonObject
from tests.explore.doctor.examined import of_backend
from tests.support.backend import ANY, NOW, NUMBER, STRING, Backend, document_id, optional, required
from tests.support.projects import write_project

ID_OF_USER: JsonObject = {"type": "id", "tableName": "user"}
USERS, POSTS = 10001, 10002


def users(number: int = 3) -> Backend:
    backend = Backend()
    rows: list[JsonObject] = [{"email": f"u{at}@x.test"} for at in range(1, number + 1)]
    backend.add("user", rows, fields={"email": required(STRING)}, indexes={"user_email_unique": ["email"]})
    return backend


def posts(backend: Backend, *authors: object, validator: JsonObject = STRING) -> list[str]:
    rows: list[JsonObject] = [{"authorId": author} for author in authors]  # type: ignore[dict-item]
    return backend.add("post", rows, fields={"authorId": optional(validator)})


def user(number: int) -> str:
    return document_id(USERS, number)


async def only(backend: Backend, rule: str, **settings: object) -> Finding:
    report = await of_backend(backend, rule, **settings)  # type: ignore[arg-type]
    assert [finding.rule for finding in report.findings] == [rule]
    return report.findings[0]


async def test_orphans_along_a_validator() -> None:
    backend = users()
    ids = posts(
        backend,
        user(1),
        user(9),
        user(8),
        user(9),
        None,
        validator={"type": "union", "value": [{"type": "null"}, ID_OF_USER]},
    )
    found = await only(backend, "orphan-reference")
    assert (found.level, found.table, found.count, found.at_least) == ("error", "post", 3, False)
    assert set(found.documents) == {ids[1], ids[2], ids[3]}
    assert "2 users that are not there" in found.what


async def test_orphans_along_ids_that_only_data_shows() -> None:
    backend = users()
    ids = posts(backend, *[user(1)] * 5, user(9), "github:42", "")
    found = await only(backend, "orphan-reference")
    assert (found.level, found.documents) == ("warning", (ids[5],))


async def test_no_orphans() -> None:
    backend = users()
    posts(backend, user(1), user(2), None, validator={"type": "union", "value": [{"type": "null"}, ID_OF_USER]})
    assert (await of_backend(backend, "orphan-reference")).findings == ()


async def test_orphans_where_the_target_was_read_in_part() -> None:
    """Then a query looks each one up."""
    backend = users(60)
    ids = posts(backend, *(user(number) for number in range(25, 70)), validator=ID_OF_USER)
    found = await only(backend, "orphan-reference", sample=100)
    assert set(found.documents) == set(ids[-9:])
    report = await of_backend(backend, "orphan-reference", sample=20)
    assert report.findings[0].at_least
    assert any("20 documents each" in note for note in report.notes)


async def test_orphans_in_arrays() -> None:
    backend = users()
    array: JsonObject = {"type": "array", "value": ID_OF_USER}
    backend.add("team", [{"members": [user(1), user(7)]}, {"members": []}], fields={"members": required(array)})
    assert "members" in (await only(backend, "orphan-reference")).what


async def test_orphans_along_a_foreign_key_of_the_source(tmp_path: Path) -> None:
    backend = Backend()
    fields: JsonObject = {"name": required(STRING), "email": required(STRING), "updatedAt": required(NUMBER)}
    backend.add("user", [{"name": "a", "email": "a", "updatedAt": 1.0}], fields=fields)
    session: JsonObject = {"token": "t", "userId": "not an id", "expiresAt": 1.0}
    ids = backend.add(
        "session",
        [session],
        fields={"token": required(STRING), "userId": required(STRING), "expiresAt": required(NUMBER)},
    )
    found = await only(backend, "orphan-reference", root=write_project(tmp_path))
    assert (found.level, found.documents) == ("error", (ids[0],))
    assert found.place is not None
    assert found.place.file == "convex/functions/schema.ts"


async def test_duplicates() -> None:
    backend = users()
    ids = backend.add("user", [{"email": "u1@x.test"}])
    found = await only(backend, "duplicate-unique")
    assert found.level == "warning"  # only the index's name says that it ought to be unique
    assert set(found.documents) == {ids[0], user(1)}
    assert '"u1@x.test"' in found.what


async def test_duplicates_of_a_unique_column_of_the_source(tmp_path: Path) -> None:
    backend = users()
    backend.add("user", [{"email": "u1@x.test"}])
    assert (await only(backend, "duplicate-unique", root=write_project(tmp_path))).level == "error"


async def test_duplicates_beyond_the_sample() -> None:
    """The oldest and the newest are read; the index tells of the one between."""
    backend = users(50)
    ids = backend.add("user", [{"email": "u1@x.test"}])
    backend.add("user", [{"email": f"late{at}@x.test"} for at in range(50)])
    found = await only(backend, "duplicate-unique", sample=10)
    assert set(found.documents) == {ids[0], user(1)}
    assert found.at_least


async def test_one_number_in_two_forms_is_a_duplicate() -> None:
    backend = Backend()
    rows: list[JsonObject] = [{"rank": 3}, {"rank": 3.0}, {"rank": 4.0}]
    ids = backend.add("user", rows, fields={"rank": required(NUMBER)}, indexes={"user_rank_unique": ["rank"]})
    assert set((await only(backend, "duplicate-unique")).documents) == set(ids[:2])


async def test_no_duplicates() -> None:
    backend = Backend()
    rows: list[JsonObject] = [{"email": "a"}, {"email": "b"}, {"email": None}, {"email": None}, {}, {}]
    backend.add("user", rows, fields={"email": optional(ANY)}, indexes={"user_email_unique": ["email"]})
    assert (await of_backend(backend, "duplicate-unique")).findings == ()


async def test_documents_that_fail_their_validator() -> None:
    backend = users()
    ids = backend.add("user", [{"email": 5.0}, {"email": "x", "extra": True}, {}])
    found = await only(backend, "invalid-document")
    assert (found.level, found.count) == ("error", 3)
    assert set(found.documents) == set(ids)
    assert "of user not as the deployed schema says" in found.what


async def test_documents_that_fail_the_source(tmp_path: Path) -> None:
    backend = Backend()
    ids = backend.add("user", [{"email": "a"}], fields={"email": required(STRING)})
    found = await only(backend, "invalid-document", root=write_project(tmp_path))
    assert found.documents == tuple(ids)
    assert "the schema's source" in found.what
    assert str(found.place) == "convex/functions/schema.ts:3"


async def test_valid_documents() -> None:
    assert (await of_backend(users(), "invalid-document")).findings == ()


@pytest.mark.parametrize(("characters", "number"), [(700_000, 0), (900_000, 1)])
async def test_large_documents(characters: int, number: int) -> None:
    backend = Backend()
    ids = backend.add("blob", [{"text": "x" * characters}, {"text": "small"}], fields={"text": required(STRING)})
    report = await of_backend(backend, "large-document")
    assert [(finding.rule, finding.documents) for finding in report.findings] == [
        ("large-document", (ids[0],))
    ] * number


@pytest.mark.parametrize(("off_by", "number"), [(0.0, 0), (30_000.0, 0), (-86_400_000.0 * 3, 1), (7_200_000.0, 1)])
async def test_clocks(off_by: float, number: int) -> None:
    backend = Backend()
    backend.add("event", [{"createdAt": NOW + 1 + off_by}, {"createdAt": "yesterday"}, {}], fields={})
    report = await of_backend(backend, "clocks-disagree")
    assert [finding.rule for finding in report.findings] == ["clocks-disagree"] * number


async def test_no_more_ids_than_are_useful() -> None:
    backend = users()
    posts(backend, *[user(9)] * 100, validator=ID_OF_USER)
    found = await only(backend, "orphan-reference")
    assert (found.count, len(found.documents)) == (100, 20)


async def test_kitcns_own_tables_are_left_alone() -> None:
    backend = Backend()
    states: list[JsonObject] = [{"tableKey": "x", "indexName": "y", "keyDefinitionHash": 1.0, "createdAt": 1.0}]
    fields = dict.fromkeys(("tableKey", "indexName", "keyDefinitionHash"), required(STRING))
    backend.add("aggregate_state", states, fields={**fields})
    assert (await of_backend(backend, "invalid-document", "clocks-disagree")).findings == ()


async def test_documents_too_large_for_one_query_are_asked_for_in_several() -> None:
    backend = Backend()
    ids = backend.add("blob", [{"text": "x" * 200_000} for _ in range(100)], fields={"text": required(STRING)})
    gone = backend.id_of("blob", 999)
    deployment = backend.offline()
    found = await existing(deployment, [*ids, gone], system=False, component="")
    await deployment.aclose()
    assert found == {**dict.fromkeys(ids, True), gone: False}


async def test_large_documents_are_sampled_by_their_size() -> None:
    backend = Backend()
    backend.add("blob", [{"text": "x" * 1_000_000} for _ in range(40)], fields={"text": required(STRING)})
    backend.add("few", [{"text": "x" * 1_000_000} for _ in range(12)], fields={"text": required(STRING)})
    report = await of_backend(backend, "large-document")
    told = {finding.table: (finding.count, finding.at_least) for finding in report.findings}
    assert told == {"blob": (16, True), "few": (12, False)}


async def test_a_schema_that_is_not_enforced() -> None:
    backend = users()
    backend.add("user", [{"email": 5.0}])
    backend.validates = False
    assert (await only(backend, "invalid-document")).level == "warning"


async def test_clocks_of_an_app_without_kitcn(tmp_path: Path) -> None:
    schema = """import { defineSchema, defineTable } from 'convex/server';
import { v } from 'convex/values';
export default defineSchema({ event: defineTable({ createdAt: v.number() }) });
"""
    backend = Backend()
    backend.add("event", [{"createdAt": 0.0}], fields={"createdAt": required(NUMBER)})
    root = write_project(tmp_path, {"convex/functions/schema.ts": schema})
    assert (await only(backend, "clocks-disagree", root=root)).level == "info"
    assert (await only(backend, "clocks-disagree")).level == "warning"


async def test_what_cannot_be_told_without_a_schema_is_not_called_checked() -> None:
    backend = Backend()
    backend.add("event", [{"at": 1.0}])
    report = await of_backend(backend)
    skipped = {rule: each.why for each in report.skipped for rule in each.rules}
    assert skipped["schema-differs"] == "there is no schema source"
    assert skipped["migration-pending"] == "no project folder was looked at"
    assert skipped["invalid-document"] == "there is neither a schema source nor a deployed schema"
    assert not set(skipped) & set(report.checked)
    assert set(skipped) | set(report.checked) == set(RULES)
    assert len(skipped) == sum(len(each.rules) for each in report.skipped)


async def test_a_table_that_is_gone_meanwhile_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    backend = users()
    backend.add("post", [], fields={"authorId": required(ID_OF_USER)})
    deployment = backend.offline()
    tables = deployment.tables
    known = await tables()

    async def fewer(component: str = "") -> list[TableInfo]:
        return [info for info in known if info.name != "post"]

    monkeypatch.setattr(deployment, "tables", fewer)
    report = await examine(deployment, None, rules=("large-document",))
    await deployment.aclose()
    assert [note.partition(" could")[0] for note in report.notes] == ["post"]


async def test_a_table_that_cannot_be_read_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    backend = users()
    backend.add("post", [{"authorId": user(9)}], fields={"authorId": required(ID_OF_USER)})
    deployment = backend.offline()
    page = deployment.page

    async def failing(request: PageRequest) -> Page:
        if request.table == "user":
            raise UnavailableError("busy", status=503)
        return await page(request)

    monkeypatch.setattr(deployment, "page", failing)
    report = await examine(deployment, None, rules=("orphan-reference",))
    await deployment.aclose()
    assert report.notes == ("user could not be read: busy",)
    assert [finding.rule for finding in report.findings] == ["orphan-reference"]
