"""Names of files that are no paths: tsconfig, package.json, workspaces."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.schema.source.evaluation import default_of, evaluated, write

MAIN = "import { a } from '%s'; export default a;"


def test_paths_of_tsconfig(tmp_path: Path) -> None:
    write(
        tmp_path,
        {"tsconfig.json": '{"compilerOptions": {"paths": {"@/*": ["./src/*"]}}}', "src/x/y.ts": "export const a = 1;"},
    )
    assert default_of(tmp_path, MAIN % "@/x/y") == 1


def test_tsconfig_with_comments_and_trailing_commas(tmp_path: Path) -> None:
    text = """\ufeff{
        // the aliases: "paths"
        "compilerOptions": {
            /* "baseUrl": "nowhere", */
            "paths": { "~schema": ["./src/schema.ts",], },
        },
    }"""
    write(tmp_path, {"tsconfig.json": text, "src/schema.ts": "export const a = 1;"})
    assert default_of(tmp_path, MAIN % "~schema") == 1


@pytest.mark.parametrize("specifier", ["lib2/x", "src/lib2/x"])
def test_base_url(tmp_path: Path, specifier: str) -> None:
    base = "./src" if specifier == "lib2/x" else "."
    write(
        tmp_path,
        {"tsconfig.json": f'{{"compilerOptions": {{"baseUrl": "{base}"}}}}', "src/lib2/x.ts": "export const a = 1;"},
    )
    assert default_of(tmp_path, MAIN % specifier) == 1


def test_paths_are_relative_to_the_base_url(tmp_path: Path) -> None:
    text = '{"compilerOptions": {"baseUrl": "src", "paths": {"#db": ["db/index"]}}}'
    write(tmp_path, {"tsconfig.json": text, "src/db/index.ts": "export const a = 1;"})
    assert default_of(tmp_path, MAIN % "#db") == 1


def test_extends(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "config/base.json": '{"compilerOptions": {"paths": {"@/*": ["../src/*"]}}}',
            "config/middle.json": '{"extends": "./base"}',
            "tsconfig.json": '{"extends": ["./config/middle.json"], "compilerOptions": {"strict": true}}',
            "src/x.ts": "export const a = 1;",
        },
    )
    assert default_of(tmp_path, MAIN % "@/x") == 1


def test_the_last_of_several_extended_configurations_wins(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "one.json": '{"compilerOptions": {"paths": {"@/*": ["./one/*"]}}}',
            "two.json": '{"compilerOptions": {"paths": {"@/*": ["./two/*"]}}}',
            "tsconfig.json": '{"extends": ["./one.json", "./two.json"]}',
            "one/x.ts": "export const a = 1;",
            "two/x.ts": "export const a = 2;",
        },
    )
    assert default_of(tmp_path, MAIN % "@/x") == 2


def test_a_configuration_that_extends_itself(tmp_path: Path) -> None:
    write(tmp_path, {"tsconfig.json": '{"extends": "./tsconfig.json", "compilerOptions": {"paths": {"@/*": ["./*"]}}}'})
    assert default_of(tmp_path, MAIN % "@/x", x_ts="export const a = 1;") == 1


def test_a_configuration_extended_from_a_package(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "node_modules/@acme/config/base.json": '{"compilerOptions": {"paths": {"@/*": ["${configDir}/src/*"]}}}',
            "tsconfig.json": '{"extends": "@acme/config/base.json"}',
            "src/x.ts": "export const a = 1;",
        },
    )
    assert default_of(tmp_path, MAIN % "@/x") == 1


def test_the_nearest_configuration_and_then_those_further_up(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "tsconfig.json": '{"compilerOptions": {"paths": {"@/*": ["./src/*"], "~/*": ["./src/*"]}}}',
            "convex/tsconfig.json": '{"compilerOptions": {"paths": {"@/*": ["./near/*"]}}}',
            "convex/near/x.ts": "export const a = 'near';",
            "src/x.ts": "export const a = 'far';",
            "convex/inner.ts": "import { a } from '@/x'; import { a as b } from '~/x'; export default [a, b];",
        },
    )
    assert default_of(tmp_path, "export { default } from './convex/inner'") == ["near", "far"]


def test_a_configuration_made_of_references(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "tsconfig.json": '{"files": [], "references": [{"path": "./tsconfig.app.json"}, {"path": "./tools"}]}',
            "tsconfig.app.json": '{"compilerOptions": {"paths": {"@/*": ["./src/*"]}}}',
            "tools/tsconfig.json": '{"compilerOptions": {"paths": {"tools/*": ["./*"]}}}',
            "src/x.ts": "export const a = 1;",
            "tools/y.ts": "export const b = 2;",
        },
    )
    program = "import { a } from '@/x'; import { b } from 'tools/y'; export default [a, b];"
    assert default_of(tmp_path, program) == [1, 2]


def test_the_most_exact_pattern_wins_and_every_target_is_tried(tmp_path: Path) -> None:
    paths = '{"*": ["./any/*"], "@/*": ["./one/*"], "@/deep/*": ["./gone/*", "./two/*"], "@/deep/x": ["./exact.ts"]}'
    write(
        tmp_path,
        {
            "tsconfig.json": f'{{"compilerOptions": {{"paths": {paths}}}}}',
            "one/deep/y.ts": "export const a = 'one';",
            "two/y.ts": "export const a = 'two';",
            "exact.ts": "export const a = 'exact';",
        },
    )
    program = "import { a } from '@/deep/x'; import { a as b } from '@/deep/y'; export default [a, b];"
    assert default_of(tmp_path, program) == ["exact", "two"]


def test_an_alias_to_a_missing_file_is_a_problem(tmp_path: Path) -> None:
    write(tmp_path, {"tsconfig.json": '{"compilerOptions": {"paths": {"@/*": ["./src/*"]}}}'})
    result = evaluated(tmp_path, MAIN % "@/gone")
    assert [problem.message for problem in result.problems] == ["“@/gone” is not found."]


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", '{"compilerOptions": 5, "extends": 7}', '{"compilerOptions": {"paths": {"@/*": "x", "b": [5]}}}'],
)
def test_a_broken_configuration_is_as_none(tmp_path: Path, text: str) -> None:
    write(tmp_path, {"tsconfig.json": text, "package.json": text})
    assert default_of(tmp_path, MAIN % "./x", x_ts="export const a = 1;") == 1
    assert evaluated(tmp_path, MAIN % "@acme/x").plain is ...


@pytest.mark.parametrize(
    ("imports", "specifier"),
    [
        ('{"#db": "./src/db.ts"}', "#db"),
        ('{"#src/*": "./src/*.ts"}', "#src/db"),
        ('{"#src/*": "./src/*"}', "#src/db.js"),
        ('{"#db": {"types": "./dist/db.d.ts", "node": {"default": "./src/db.js"}}}', "#db"),
        ('{"#db": ["./nowhere.ts", "./src/db.ts"]}', "#db"),
        ('{"#db": "./dist/db.js"}', "#db"),
        ('{"#db": "@acme/app/db"}', "#db"),
    ],
)
def test_imports_of_package_json(tmp_path: Path, imports: str, specifier: str) -> None:
    package = f'{{"name": "@acme/app", "imports": {imports}, "exports": {{"./db": "./src/db.ts"}}}}'
    write(tmp_path, {"package.json": package, "src/db.ts": "export const a = 1;"})
    assert default_of(tmp_path, MAIN % specifier) == 1


WORKSPACES = {
    "npm": {"package.json": '{"workspaces": ["packages/*"]}'},
    "yarn": {"package.json": '{"workspaces": {"packages": ["packages/db"]}}'},
    "pnpm": {
        "package.json": "{}",
        "pnpm-workspace.yaml": "packages:\n  # ours\n  - 'packages/**'\n  - '!packages/old'\n",
    },
}


@pytest.mark.parametrize("files", WORKSPACES.values(), ids=WORKSPACES)
@pytest.mark.parametrize(
    ("exports", "specifier"),
    [
        ('"exports": {"./tables": "./src/tables.ts"}', "@acme/db/tables"),
        ('"exports": {"./*": {"import": {"types": "./src/*.ts", "default": "./dist/*.js"}}}', "@acme/db/tables"),
        ('"exports": {"./*": "./dist/*.js"}', "@acme/db/tables"),
        ('"exports": "./src/tables.ts"', "@acme/db"),
        ('"exports": {"import": "./src/tables.ts"}', "@acme/db"),
        ('"exports": {".": [{"import": "./src/tables.ts"}]}', "@acme/db"),
        ('"main": "src/tables.ts"', "@acme/db"),
        ('"main": "./dist/tables.js"', "@acme/db"),
        ('"private": true', "@acme/db/src/tables"),
        ('"private": true', "@acme/db/tables"),
    ],
)
def test_packages_of_the_workspace(tmp_path: Path, files: dict[str, str], exports: str, specifier: str) -> None:
    write(tmp_path, files)
    write(
        tmp_path,
        {
            "packages/db/package.json": f'{{"name": "@acme/db", {exports}}}',
            "packages/db/src/tables.ts": "export const a = 1;",
            "packages/backend/package.json": '{"name": "backend"}',
            "packages/backend/convex/schema.ts": MAIN % specifier,
        },
    )
    result = evaluated(tmp_path, "export { default } from './packages/backend/convex/schema';")
    assert result.problems == []
    assert result.plain == 1


def test_a_package_names_itself(tmp_path: Path) -> None:
    write(
        tmp_path,
        {"package.json": '{"name": "app", "exports": {"./x": "./inner/x.ts"}}', "inner/x.ts": "export const a = 1;"},
    )
    assert default_of(tmp_path, MAIN % "app/x") == 1


def test_a_linked_package(tmp_path: Path) -> None:
    write(
        tmp_path, {"elsewhere/db/package.json": '{"name": "@acme/db"}', "elsewhere/db/index.ts": "export const a = 1;"}
    )
    (tmp_path / "app/node_modules/@acme").mkdir(parents=True)
    (tmp_path / "app/node_modules/@acme/db").symlink_to(tmp_path / "elsewhere/db")
    write(tmp_path, {"app/x.ts": MAIN % "@acme/db"})
    assert default_of(tmp_path, "export { default } from './app/x';") == 1


def test_downloaded_packages_are_not_read(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "node_modules/big/package.json": '{"name": "big", "main": "index.js"}',
            "node_modules/big/index.js": "export const a = 1;",
        },
    )
    result = evaluated(tmp_path, MAIN % "big")
    assert result.plain is ...
    assert result.files == ["main.ts"]


def test_places_outside_of_the_root_are_relative_to_it(tmp_path: Path) -> None:
    write(tmp_path, {"shared/x.ts": "export const a = <;\nexport const b = 1;"})
    root = tmp_path / "app"
    result = evaluated(root, "import { b } from '../shared/x'; export default b;")
    assert result.plain == 1
    assert [str(problem.place) for problem in result.problems] == ["../shared/x.ts:1"]


@pytest.mark.parametrize(
    "specifier",
    [
        "",
        "\\0",
        "x".ljust(5000, "y"),
        "./" + "a/" * 3000,
        "file:///etc/passwd",
        "https://example.com/x.ts",
        "node:fs",
        "/",
        "@",
        "#",
        ".",
    ],
)
def test_odd_names(tmp_path: Path, specifier: str) -> None:
    assert evaluated(tmp_path, (MAIN % specifier).replace("default a", "default [a]")).plain == [...]
