"""Deployed functions: listed from `_modules`, run from their packages in the storage folder."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import pytest

from kitcn_repl.deployment.errors import QueryFailedError, ReadonlyError
from kitcn_repl.deployment.models import FunctionSpec
from kitcn_repl.offline.backend_file.modules import storage_folder
from kitcn_repl.offline.offline import Offline
from kitcn_repl.values import JsonObject
from tests.offline.backend_file.conftest import Open
from tests.support.backend_files import STORAGE, BackendFileWriter, analyzed, int64

# As `convex` bundles it: the wrappers of `convex/server` come along, and nothing is left to be imported from outside.
SERVER = """
const register = (kind, visibility) => (definition) => {
  const handler = typeof definition === "function" ? definition : definition.handler;
  const made = () => { throw new Error("called directly") };
  made[`is${kind}`] = true;
  made[`is${visibility}`] = true;
  made.invokeQuery = () => { throw new Error("needs syscalls") };
  made._handler = handler;
  return made;
};
export const query = register("Query", "Public");
export const internalQuery = register("Query", "Internal");
"""
USERS = """
import { internalQuery, query } from "./_deps/SERVER.js";
export const list = query({ handler: async (ctx, { prefix }) => {
  const users = await ctx.db.query("users").withIndex("by_name", (q) => q.gte("name", prefix)).collect();
  return users.map((user) => [user.name, process.env.SITE_URL, typeof user.n]);
} });
export const total = query(async (ctx) => (await ctx.db.query("users").collect()).length);
export const both = internalQuery(async (ctx) => await ctx.runQuery("users:total", {}));
export const old = Object.assign(() => {}, { isQuery: true, isPublic: true, invokeQuery: () => "null" });
"""
PREFIX: JsonObject = {"type": "object", "value": {"prefix": {"fieldType": {"type": "string"}, "optional": False}}}
FUNCTIONS: list[JsonObject] = [
    {"name": "list", "udfType": "Query", "visibility": {"kind": "public"}, "args": PREFIX, "returns": {"type": "any"}},
    {"name": "total", "udfType": "Query", "visibility": None},
    {"name": "both", "udfType": "Query", "visibility": {"kind": "internal"}},
    {"name": "old", "udfType": "Query", "visibility": {"kind": "public"}},
    {"name": "rename", "udfType": "Mutation", "visibility": {"kind": "public"}},
]


def deploy(writer: BackendFileWriter, folder: Path) -> None:
    users = writer.table("users", 10001, indexes={"by_name": ["name"]})
    for name in ("ann", "bob"):
        writer.put(users, {"name": name, "n": int64(5)})
    schema: JsonObject = {
        "tables": [
            {"tableName": "users", "indexes": [{"indexDescriptor": "by_name", "fields": ["name", "_creationTime"]}]}
        ]
    }
    writer.system("_schemas", schema=json.dumps(schema), state={"state": "active"})
    writer.system("_environment_variables", name="SITE_URL", value="http://localhost")
    package = writer.modules(folder, {"users.js": USERS, "_deps/SERVER.js": SERVER})
    routes: list[JsonObject] = [{"method": "GET", "path": "/health"}]
    for path, result in (
        ("users.js", analyzed(FUNCTIONS)),
        ("_deps/SERVER.js", None),
        ("http.js", analyzed([], routes)),
    ):
        writer.system("_modules", path=path, sourcePackageId=package, environment="isolate", analyzeResult=result)


async def test_lists_what_the_backend_analyzed(writer: BackendFileWriter, file: Path, open_file: Open) -> None:
    deploy(writer, file.parent)
    specs = await Offline(open_file(writer.write(file))).function_spec()
    assert specs[0] == FunctionSpec("HttpAction", method="GET", path="/health")
    assert specs[1] == FunctionSpec("Query", "users.js:list", "public", PREFIX, {"type": "any"})
    assert [(spec.identifier, spec.function_type, spec.visibility) for spec in specs[2:]] == [
        ("users.js:total", "Query", "public"),
        ("users.js:both", "Query", "internal"),
        ("users.js:old", "Query", "public"),
        ("users.js:rename", "Mutation", "public"),
    ]


async def test_runs_what_was_deployed(writer: BackendFileWriter, file: Path, open_file: Open) -> None:
    deploy(writer, file.parent)
    offline = Offline(open_file(writer.write(file)))
    try:
        listed = await offline.call("users:list", {"prefix": "b"})
        assert listed.value == [["bob", "http://localhost", "bigint"]]
        assert (await offline.call("users:both", {})).value == 2
        with pytest.raises(QueryFailedError, match="missing the required field `prefix`"):
            await offline.call("users:list", {})
        with pytest.raises(QueryFailedError, match="too old to be run offline"):
            await offline.call("users:old", {})
        with pytest.raises(ReadonlyError):
            await offline.call("users:rename", {})
    finally:
        await offline.aclose()


async def test_without_the_storage_folder_functions_are_only_listed(
    writer: BackendFileWriter, file: Path, open_file: Open
) -> None:
    deploy(writer, file.parent)
    (file.parent / STORAGE).rename(file.parent / "elsewhere")
    dataset = open_file(writer.write(file))
    assert "functions cannot run" in (dataset.note or "")
    assert len(dataset.functions) == 6
    assert dict(dataset.modules) == {}
    offline = Offline(dataset)
    try:
        with pytest.raises(QueryFailedError, match=r"Couldn't find JavaScript module 'users\.js'"):
            await offline.call("users:total", {})
    finally:
        await offline.aclose()


@pytest.mark.parametrize("key", ["../outside", "/etc/outside", "a/../../outside", "", ".", "a\\..\\b", "nul\0"])
def test_a_package_outside_the_storage_folder_is_not_read(
    writer: BackendFileWriter, file: Path, open_file: Open, key: str
) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as package:
        package.writestr("modules/a.js", "export {}")
    (file.parent / STORAGE / "modules").mkdir(parents=True)
    for place in (file.parent / STORAGE, file.parent):
        (place / "outside.blob").write_bytes(packed.getvalue())
    package_id = writer.system("_source_packages", storageKey=key)
    writer.system("_modules", path="a.js", sourcePackageId=package_id, analyzeResult=analyzed([]))
    assert list(open_file(writer.write(file)).modules) == []


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 cut", b"x" * 1000])
def test_a_damaged_package_is_as_none(writer: BackendFileWriter, file: Path, open_file: Open, content: bytes) -> None:
    deploy(writer, file.parent)
    next((file.parent / STORAGE / "modules").iterdir()).write_bytes(content)
    modules = open_file(writer.write(file)).modules
    assert modules.get("users.js") is None


async def test_functions_of_components(writer: BackendFileWriter, file: Path, open_file: Open) -> None:
    writer.component("limits")
    writer.system("_modules", "limits", path="public.js", analyzeResult=analyzed(FUNCTIONS[1:2]))
    dataset = open_file(writer.write(file))
    assert dataset.functions == ()
    offline = Offline(dataset)
    assert [spec.identifier for spec in await offline.function_spec("limits")] == ["public.js:total"]
    component: JsonObject = {"componentId": writer.component_ids["limits"]}
    listed = (await offline.system("_system/cli/modules:apiSpec", component)).value
    assert isinstance(listed, list)
    assert len(listed) == 1


def test_before_2024_07_the_source_is_in_the_file(writer: BackendFileWriter, file: Path, open_file: Open) -> None:
    module = writer.system(
        "_modules", path="a.js", latestVersion=int64(2), deleted=False, analyzeResult=analyzed(FUNCTIONS[:1])
    )
    writer.system("_modules", path="b.js", latestVersion=int64(0), deleted=True, analyzeResult=None)
    for version in (1, 2):
        writer.system("_module_versions", module_id=module, version=int64(version), source=f"// {version}")
    dataset = open_file(writer.write(file, ddl="2024"))
    assert dict(dataset.modules) == {"a.js": "// 2"}


@pytest.mark.parametrize(
    ("file_name", "folder", "recorded"),
    [
        ("convex_local_backend.sqlite3", "convex_local_storage", None),
        ("db.sqlite3", "storage", None),
        ("demo_local.sqlite3", "demo_local_storage", None),
        ("mine.sqlite3", "blobs", "/convex/data/blobs/"),
        ("mine.sqlite3", "blobs", "C:\\data\\blobs"),
        ("mine.sqlite3", None, "/"),
        ("mine.sqlite3", None, ".."),
    ],
)
def test_where_the_storage_folder_is(tmp_path: Path, file_name: str, folder: str | None, recorded: str | None) -> None:
    if folder is not None:
        (tmp_path / folder).mkdir()
    found = storage_folder(tmp_path / file_name, recorded)
    assert found == (None if folder is None else tmp_path / folder)
