"""Where a project is found from, and what its configuration says."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from kitcn_repl.project.layout import Project, SeveralProjectsError, find_project, project_at
from kitcn_repl.values import JsonValue

WITH_CONVEX: dict[str, JsonValue] = {"dependencies": {"convex": "1.44.0"}}


def write(path: Path, content: JsonValue = "") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content if isinstance(content, str) else json.dumps(content, indent=2), encoding="utf-8")
    return path


def found(start: Path) -> Project:
    project = find_project(start)
    assert project is not None
    return project


@pytest.fixture
def scaffold(tmp_path: Path) -> Path:
    """What `kitcn init` leaves."""
    write(tmp_path / "package.json", WITH_CONVEX)
    write(tmp_path / "convex.json", {"functions": "convex/functions"})
    write(tmp_path / "kitcn.json", {"paths": {"lib": "convex/lib", "shared": "convex/shared"}})
    write(tmp_path / "convex/functions/schema.ts")
    write(tmp_path / "convex/lib/crpc.ts")
    write(tmp_path / "src/app/page.tsx")
    return tmp_path


@pytest.mark.parametrize("start", ["", "convex", "convex/functions", "convex/lib/crpc.ts", "src/app", "not/there"])
def test_found_from_everywhere_in_it(scaffold: Path, start: str) -> None:
    project = found(scaffold / start)
    assert project.root == scaffold
    assert project.found_by == "kitcn.json"
    assert project.functions_dir == scaffold / "convex/functions"
    assert project.schema_path == scaffold / "convex/functions/schema.ts"
    assert project.lib_dir == scaffold / "convex/lib"
    assert project.shared_api_path == scaffold / "convex/shared/api.ts"
    assert project.backend_env_path == scaffold / "convex/.env"
    assert project.uses_kitcn
    assert not project.problems
    assert project.relative(scaffold / "convex/lib/crpc.ts") == "convex/lib/crpc.ts"


def test_own_paths(tmp_path: Path) -> None:
    write(tmp_path / "convex.json", {"functions": "./backend/functions/"})
    write(tmp_path / "kitcn.json", {"paths": {"lib": "backend/lib", "shared": "src/shared", "env": "backend/env.ts"}})
    project = found(tmp_path)
    assert project.functions_dir == tmp_path / "backend/functions"
    assert project.schema_path is None
    assert project.shared_api_path == tmp_path / "src/shared/api.ts"
    assert project.lib_dir == tmp_path / "backend/lib"
    assert project.env_module == tmp_path / "backend/env.ts"


def test_a_relative_start(scaffold: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(scaffold / "convex" / "functions")
    assert found(Path()).root == scaffold
    assert found(Path("../lib/../lib")).root == scaffold


@pytest.mark.parametrize("group", ["dependencies", "devDependencies", "peerDependencies"])
@pytest.mark.parametrize("functions", ["convex", "convex/functions"])
def test_package_json_with_convex(tmp_path: Path, group: str, functions: str) -> None:
    write(tmp_path / "package.json", {group: {"convex": "1"}})
    write(tmp_path / functions / "schema.ts")
    project = found(tmp_path / functions)
    assert (project.root, project.found_by) == (tmp_path, "package.json")
    assert project.functions_dir == tmp_path / functions


def test_a_backend_without_schema_is_one(tmp_path: Path) -> None:
    write(tmp_path / "package.json", WITH_CONVEX)
    write(tmp_path / ".env.local", "# by convex\nexport CONVEX_DEPLOYMENT=dev:happy-otter-123\n")
    write(tmp_path / "web/package.json", WITH_CONVEX)
    assert found(tmp_path / "web").root == tmp_path


def test_functions_alone(tmp_path: Path) -> None:
    write(tmp_path / "convex/schema.ts")
    project = found(tmp_path / "convex")
    assert (project.root, project.found_by) == (tmp_path, "convex")
    assert not project.uses_kitcn


def test_functions_that_a_configuration_further_up_claims(tmp_path: Path) -> None:
    write(tmp_path / "convex.json", {"functions": "src/convex"})
    write(tmp_path / "src/convex/schema.ts")
    assert found(tmp_path / "src/convex").root == tmp_path


def test_functions_that_nothing_further_up_claims(tmp_path: Path) -> None:
    write(tmp_path / "convex.json", {"functions": "convex"})
    write(tmp_path / "templates/small/convex/schema.ts")
    assert found(tmp_path / "templates/small/convex").root == tmp_path / "templates/small"


def test_react_scripts_default(tmp_path: Path) -> None:
    write(tmp_path / "package.json", {"dependencies": {"convex": "1", "react-scripts": "5"}})
    write(tmp_path / "src/convex/tasks.ts")
    assert project_at(tmp_path).functions_dir == tmp_path / "src/convex"


def test_nothing_there(tmp_path: Path) -> None:
    write(tmp_path / "package.json", {"dependencies": {"react": "19"}})
    assert find_project(tmp_path) is None


@pytest.mark.parametrize(
    "workspaces",
    [{"workspaces": ["apps/*", "packages/*"]}, {"workspaces": {"packages": ["./packages/**"]}}, None],
    ids=["list", "object", "pnpm"],
)
def test_workspace_root_with_one_backend(tmp_path: Path, workspaces: dict[str, JsonValue] | None) -> None:
    write(tmp_path / "package.json", workspaces or {})
    if workspaces is None:
        write(
            tmp_path / "pnpm-workspace.yaml", "packages:\n  - 'apps/*'  # clients\n  - packages/*\ncatalog:\n  - no\n"
        )
    write(tmp_path / "packages/backend/package.json", WITH_CONVEX)
    write(tmp_path / "packages/backend/convex/functions/schema.ts")
    write(tmp_path / "apps/web/package.json", WITH_CONVEX)
    write(tmp_path / "packages/ui/package.json", {})
    write(tmp_path / "packages/backend/node_modules/x/convex.json", {})
    for start in ("", "apps/web", "packages/ui"):
        project = found(tmp_path / start)
        assert project.root == tmp_path / "packages/backend"
        assert project.workspace == tmp_path
    assert found(tmp_path / "packages/backend/convex").workspace is None


def test_a_convex_json_that_is_a_tsconfig_is_no_project(tmp_path: Path) -> None:
    write(tmp_path / "package.json", {"workspaces": ["packages/*"]})
    write(tmp_path / "packages/tsconfig/package.json", {})
    write(tmp_path / "packages/tsconfig/convex.json", {"extends": "./base.json", "compilerOptions": {}})
    write(tmp_path / "packages/backend/package.json", WITH_CONVEX)
    write(tmp_path / "packages/backend/convex/schema.ts")
    assert found(tmp_path).root == tmp_path / "packages/backend"


@pytest.mark.parametrize(
    ("files", "kitcn", "codegen"),
    [
        ({"kitcn.json": "{}"}, True, True),
        ({"package.json": '{"dependencies": {"convex": "1", "kitcn": "1"}}'}, True, True),
        ({"package.json": '{"dependencies": {"convex": "1", "better-convex": "0.5"}}'}, True, False),
        ({"convex/schema.ts": "import { text } from 'kitcn/orm';"}, True, True),
        ({"convex/schema.ts": 'import { text } from "better-convex/orm";'}, True, False),
        ({"convex/schema.ts": 'import { defineSchema } from "convex/server";'}, False, False),
    ],
    ids=["config", "package", "old-package", "import", "old-import", "convex"],
)
def test_who_uses_kitcn(tmp_path: Path, files: dict[str, str], kitcn: bool, codegen: bool) -> None:
    write(tmp_path / "convex/schema.ts")
    for name, text in files.items():
        write(tmp_path / name, text)
    project = found(tmp_path)
    assert (project.uses_kitcn, project.uses_codegen) == (kitcn, codegen)


def test_workspace_with_several_backends(tmp_path: Path) -> None:
    write(tmp_path / "package.json", {"workspaces": ["packages/*", "!packages/old"]})
    for name in ("a", "b", "old"):
        write(tmp_path / "packages" / name / "package.json", WITH_CONVEX)
        write(tmp_path / "packages" / name / "convex/schema.ts")
    with pytest.raises(SeveralProjectsError) as error:
        find_project(tmp_path)
    assert error.value.candidates == (tmp_path / "packages/a", tmp_path / "packages/b")
    assert "packages/a, packages/b" in error.value.message
    assert error.value.hint is not None
    assert found(tmp_path / "packages/b/convex").root == tmp_path / "packages/b"


def test_a_package_of_a_workspace_means_the_backend_that_it_depends_on(tmp_path: Path) -> None:
    write(tmp_path / "package.json", {"workspaces": ["packages/*", "apps/*"]})
    for name in ("shop", "blog"):
        write(tmp_path / "packages" / name / "package.json", {**WITH_CONVEX, "name": f"@all/{name}"})
        write(tmp_path / "packages" / name / "convex/schema.ts")
    write(tmp_path / "apps/web/package.json", {"devDependencies": {"@all/blog": "*", "convex": "1"}})
    write(tmp_path / "apps/both/package.json", {"dependencies": {"@all/blog": "*", "@all/shop": "*"}})
    write(tmp_path / "apps/none/package.json", {"dependencies": {"convex": "1"}})
    write(tmp_path / "apps/web/src/app.ts")
    assert found(tmp_path / "apps/web/src").root == tmp_path / "packages/blog"
    for start in ("", "apps/both", "apps/none"):
        with pytest.raises(SeveralProjectsError):
            find_project(tmp_path / start)


def test_a_folder_of_a_client_called_convex_is_no_second_backend(tmp_path: Path) -> None:
    write(tmp_path / "package.json", {"workspaces": ["packages/*", "apps/*"]})
    write(tmp_path / "packages/backend/package.json", WITH_CONVEX)
    write(tmp_path / "packages/backend/convex/schema.ts")
    write(tmp_path / "apps/web/package.json", WITH_CONVEX)
    write(tmp_path / "apps/web/convex/provider.tsx")
    assert found(tmp_path).root == tmp_path / "packages/backend"
    (tmp_path / "packages/backend/convex/schema.ts").unlink()
    (tmp_path / "packages/backend/convex").rmdir()
    assert found(tmp_path).root == tmp_path / "apps/web"


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("kitcn.json", '{\n  "paths": {\n    "lib": 5\n  }\n}', 'kitcn.json:3: "paths.lib" is not a path.'),
        ("kitcn.json", '{\n  "paths": "x"\n}', 'kitcn.json:2: "paths" is not an object.'),
        ("convex.json", '{\n\n  "functions": ""\n}', 'convex.json:3: "functions" is not a path.'),
        ("convex.json", '{"functions": "a\\u0000b"}', 'convex.json:1: "functions" is not a path.'),
        ("convex.json", '{"functions": "a\\ud800b"}', 'convex.json:1: "functions" is not a path.'),
        ("convex.json", '{"functions": "' + "a" * 256 + '"}', 'convex.json:1: "functions" is not a path.'),
        ("convex.json", '{"functions": "' + "a/" * 513 + '"}', 'convex.json:1: "functions" is not a path.'),
        ("convex.json", '{\n  "functions" "x"\n}', "convex.json:2: This is not JSON: Expecting ':' delimiter."),
        ("convex.json", "[]", "convex.json:1: The file does not hold a JSON object."),
        ("convex.json", "[" * 100_000, "convex.json:1: This is not JSON: too deeply nested."),
        ("package.json", "", "package.json:1: This is not JSON: Expecting value."),
    ],
    ids=["key", "object", "empty", "null", "surrogate", "long-name", "long", "syntax", "list", "deep", "nothing"],
)
def test_broken_configuration_is_told_and_its_default_taken(tmp_path: Path, name: str, text: str, message: str) -> None:
    write(tmp_path / name, text)
    write(tmp_path / "convex/schema.ts")
    project = found(tmp_path)
    assert message in [problem.message for problem in project.problems]
    assert project.functions_dir == tmp_path / "convex"
    assert project.lib_dir == tmp_path / "convex/lib"


def test_comments_are_understood_and_told(tmp_path: Path) -> None:
    text = '\ufeff{\n  // ours\n  "functions": "back//end", /* so */\n}\n'
    write(tmp_path / "convex.json", text)
    project = found(tmp_path)
    assert project.functions_dir == tmp_path / "back/end"
    assert [problem.line for problem in project.problems] == [2]


def test_not_utf8(tmp_path: Path) -> None:
    (tmp_path / "kitcn.json").write_bytes(b'{"paths": "\xff"}')
    assert [problem.message for problem in found(tmp_path).problems] == ["kitcn.json:1: The file is not UTF-8 text."]


def test_imports_stay_light() -> None:
    code = (
        "import sys, kitcn_repl.project.layout; print([n for n in ('pydantic', 'click', 'rich') if n in sys.modules])"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


def test_a_pattern_that_no_file_system_takes(tmp_path: Path) -> None:
    write(tmp_path / "package.json", {"workspaces": ["x" * 5000, "p" * 300 + "/*", "**/" + "y" * 400]})
    assert find_project(tmp_path) is None
