"""`kitcn deployment select`: another deployment from now on, and nothing else changed."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from kitcn_repl.errors import KitcnError
from kitcn_repl.project.selected import write_selection
from tests.cli.test_deployment import FAULTS
from tests.cli.workplace import DEV, At, at_work
from tests.support.control_plane import status
from tests.support.control_plane.small_world import PROJECT_KEY

ROOT = Path(__file__).parents[2]


@pytest.fixture
def at(tmp_path: Path) -> Iterator[At]:
    with at_work(tmp_path) as place:
        yield place


@contextmanager
def as_nobody(*owned: Path) -> Iterator[None]:
    """Root may write everywhere; for a while we are somebody else, to whom `owned` belongs."""
    if os.geteuid() != 0:
        yield
        return
    for folder in owned:
        for path in (folder, *folder.rglob("*")):
            os.chown(path, 65534, 65534)
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


def url(at: At, name: str) -> str:
    found = at.world.deployment(name)
    assert found is not None
    return found.url


def test_it_is_written_where_all_look_for_it(at: At) -> None:
    outcome = at("deployment", "select", "staging")
    assert (outcome.code, outcome.out) == (0, "")
    assert at.env_file.read_text() == (
        "CONVEX_DEPLOYMENT=dev:calm-cow-104 # team: acme, project: chess\n"
        f"\nCONVEX_URL={url(at, 'calm-cow-104')}\n"
        "\nCONVEX_SITE_URL=https://calm-cow-104.site.example\n"
    )
    assert (at.folder / ".gitignore").read_text() == "\n.env.local\n"
    assert outcome.lines == [
        "✔ Selected dev · staging · calm-cow-104 in acme:chess",
        "  .env.local: CONVEX_DEPLOYMENT, CONVEX_URL, CONVEX_SITE_URL",
        "  .gitignore: .env.local",
        "  http://localhost:6789/t/acme/chess/calm-cow-104",
    ]
    assert json.loads(at("deployment", "show", "--format", "json").out)["name"] == "calm-cow-104"


def test_a_second_time_nothing_is_written(at: At) -> None:
    at("deployment", "select", "staging")
    before = at.env_file.stat()
    outcome = at("deployment", "select", "staging")
    assert outcome.code == 0
    assert outcome.lines[0] == "✔ Selected already: dev · staging · calm-cow-104 in acme:chess"
    assert (at.env_file.stat().st_ino, at.env_file.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


@pytest.mark.parametrize(
    ("selector", "value", "project"),
    [
        ("dev", "dev:happy-otter-101", "acme, project: chess"),
        ("dev/bob", "dev:quick-fox-102", "acme, project: chess"),
        ("preview/pr-1", "preview:shy-bee-105", "acme, project: chess"),
        ("custom/load", "custom:odd-elk-106", "acme, project: chess"),
        ("go:dev", "dev:merry-hen-201", "acme, project: go"),
        ("umbrella:chess:dev/ada", "dev:wise-owl-301", "umbrella, project: chess"),
        ("quick-fox-102", "dev:quick-fox-102", "acme, project: chess"),
        ("dev:quick-fox-102", "dev:quick-fox-102", "acme, project: chess"),
    ],
)
def test_every_form_of_a_selector(selector: str, value: str, project: str, at: At) -> None:
    at.env_file.write_text("CONVEX_DEPLOYMENT=dev:calm-cow-104\n")
    assert at("deployment", "select", selector).code == 0
    assert at.env_file.read_text().startswith(f"CONVEX_DEPLOYMENT={value} # team: {project}\n")


def test_from_a_sub_directory_the_projects_file_is_written(at: At) -> None:
    deep = at.folder / "convex" / "deep"
    deep.mkdir()
    outcome = at("deployment", "select", "staging", cwd=deep)
    assert outcome.lines[1].startswith("  ../../.env.local: ")
    assert "calm-cow-104" in at.env_file.read_text()
    assert list(deep.iterdir()) == []


def test_errors_do_not_speak_of_flags_that_nobody_gave(at: At) -> None:
    at.env_file.unlink()
    for argv in (["select", "staging"], ["show", "staging"]):
        outcome = at("deployment", *argv)
        assert outcome.code == 3
        assert outcome.err == (
            "Error: 'staging' needs to know the project, and no CONVEX_DEPLOYMENT is set here. Name it too, as in"
            " TEAM:PROJECT:prod.\n"
        )
    outcome = at("deployment", "select", "staging", env={"CONVEX_DEPLOY_KEY": "dev:quick-fox-102|ey-secret"})
    assert outcome.code == 2
    assert outcome.err.startswith("Error: 'staging' cannot be used with CONVEX_DEPLOY_KEY in the environment")
    assert "ey-secret" not in outcome.err


def test_with_nothing_configured_a_whole_selector_is_needed(at: At) -> None:
    at.env_file.unlink()
    assert at("deployment", "select", "staging").code == 3
    assert not at.env_file.exists()
    assert at("deployment", "select", "acme:chess:staging").code == 0
    assert at.env_file.read_text().startswith(
        "# Deployment used by `npx convex dev`\nCONVEX_DEPLOYMENT=dev:calm-cow-104 # team: acme, project: chess\n"
    )


def test_all_else_in_the_file_stays_as_it_is(at: At) -> None:
    before = (
        "# mine\r\nCONVEX_DEPLOYMENT_TOKEN_OLD=t\r\nexport CONVEX_DEPLOYMENT='dev:happy-otter-101' # do not touch\r\n"
        'KEY="-----BEGIN\r\nCONVEX_DEPLOYMENT=inside\r\n-----END"\r\nVITE_CONVEX_URL=https://old # for vite\r\n'
        "CONVEX_DEPLOYMENT=dev:quick-fox-102\r\nLAST=1"
    )
    at.env_file.write_bytes(before.encode())
    at.env_file.chmod(0o640)
    assert at("deployment", "select", "staging").code == 0
    assert at.env_file.read_bytes().decode() == (
        "# mine\r\nCONVEX_DEPLOYMENT_TOKEN_OLD=t\r\n"
        "export CONVEX_DEPLOYMENT=dev:calm-cow-104 # team: acme, project: chess; do not touch\r\n"
        'KEY="-----BEGIN\r\nCONVEX_DEPLOYMENT=inside\r\n-----END"\r\n'
        f"VITE_CONVEX_URL={url(at, 'calm-cow-104')} # for vite\r\nLAST=1\r\n\r\n"
        "CONVEX_SITE_URL=https://calm-cow-104.site.example\r\n"
    )
    assert stat.S_IMODE(at.env_file.stat().st_mode) == 0o640


def test_a_link_stays_a_link(at: At) -> None:
    shared = at.folder.parent / "shared.env"
    at.env_file.rename(shared)
    at.env_file.symlink_to(shared)
    assert at("deployment", "select", "staging").code == 0
    assert at.env_file.is_symlink()
    assert "calm-cow-104" in shared.read_text()


@pytest.mark.parametrize(
    ("ignored", "added"),
    [
        ("node_modules\n", "node_modules\n\n.env.local\n"),
        ("node_modules", "node_modules\n.env.local\n"),
        ("dist\r\n", "dist\r\n\r\n.env.local\r\n"),
        (".env.local\n", None),
        (".env*.local  \r\n", None),
        ("*.local\n", None),
        (".env.*", None),
        ("#.env.local\n!.env.local\n", "#.env.local\n!.env.local\n\n.env.local\n"),
    ],
)
def test_git_ignores_the_file(ignored: str, added: str | None, at: At) -> None:
    path = at.folder / ".gitignore"
    path.write_bytes(ignored.encode())
    assert at("deployment", "select", "staging").code == 0
    assert path.read_bytes().decode() == (ignored if added is None else added)


@pytest.mark.parametrize(
    ("package", "name"),
    [
        ('{"dependencies": {"next": "*", "vite": "*"}}', "NEXT_PUBLIC_CONVEX_URL"),
        ('{"devDependencies": {"vite": "*"}}', "VITE_CONVEX_URL"),
        ('{"dependencies": {"expo": "*"}}', "EXPO_PUBLIC_CONVEX_URL"),
        ('{"dependencies": {"@sveltejs/kit": "*"}}', "PUBLIC_CONVEX_URL"),
        ('{"dependencies": {"react-scripts": "*"}}', "REACT_APP_CONVEX_URL"),
        ('{"dependencies": {"@tanstack/react-start": "*"}}', "VITE_CONVEX_URL"),
        ("{", "CONVEX_URL"),
    ],
)
def test_the_front_end_finds_the_address_under_its_name(package: str, name: str, at: At) -> None:
    (at.folder / "package.json").write_text(package)
    assert at("deployment", "select", "staging").code == 0
    text = at.env_file.read_text()
    assert f"\n{name}={url(at, 'calm-cow-104')}\n" in text
    assert f"\n{name.replace('_URL', '_SITE_URL')}=https://calm-cow-104.site.example\n" in text


@pytest.mark.parametrize(
    "text",
    ["VITE_CONVEX_URL=a\nCONVEX_URL=b\n", "CONVEX_URL=https://old\nAPI=https://old\n"],
)
def test_addresses_that_are_somebodys_business_are_left_alone(text: str, at: At) -> None:
    at.env_file.write_text(DEV + text)
    outcome = at("deployment", "select", "staging")
    assert outcome.code == 0
    assert at.env_file.read_text().endswith("project: chess\n" + text)
    assert "yourself" in outcome.lines[-1]


def test_prod_is_never_selected(at: At) -> None:
    for selector in ("prod", "production", "brave-cat-103", "go:prod"):
        outcome = at("deployment", "select", selector)
        assert (outcome.code, len(outcome.lines)) == (1, 1)
        assert "A prod deployment is never selected for good: give --deployment " in outcome.err
    assert at.files().keys() == {"package.json", ".env.local"}
    assert at.env_file.read_text() == DEV


@pytest.mark.parametrize("selector", ["demo", "snapshot:a.zip", "sqlite:x.sqlite3", "http://127.0.0.1:3210"])
def test_what_is_no_deployment_of_convex_is_not_selected(selector: str, at: At) -> None:
    outcome = at("deployment", "select", selector)
    assert (outcome.code, len(outcome.lines)) == (2, 1)
    assert at.env_file.read_text() == DEV


def test_wrong_usage(at: At) -> None:
    assert at("deployment", "select").code == 2
    assert at("--prod", "deployment", "select", "dev").code == 2
    assert at("deployment", "select", "a:b:c:d").code == 2
    keyed = at("deployment", "select", "dev:happy-otter-101|ey-secret")
    assert keyed.code == 2
    assert "secret" not in keyed.err


def test_what_would_contradict_it_is_taken_out_first(at: At) -> None:
    text = "CONVEX_SELF_HOSTED_URL=http://127.0.0.1:9\nCONVEX_SELF_HOSTED_ADMIN_KEY=mine|0123\n"
    at.env_file.write_text(text)
    outcome = at("deployment", "select", "acme:chess:staging")
    assert outcome.code == 2
    assert "CONVEX_SELF_HOSTED_URL in .env.local" in outcome.err
    assert at.env_file.read_text() == text
    assert at.plane.requests == []


def test_what_still_wins_is_told(at: At) -> None:
    outcome = at("deployment", "select", "staging", env={"CONVEX_DEPLOYMENT": "dev:quick-fox-102"})
    assert outcome.code == 0
    assert outcome.lines[-1].startswith("CONVEX_DEPLOYMENT in the environment still wins over .env.local")
    outcome = at("deployment", "select", "staging", env={"CONVEX_DEPLOY_KEY": PROJECT_KEY})
    assert outcome.code == 0
    assert "CONVEX_DEPLOY_KEY in the environment still wins" in outcome.err


def local(at: At, *, project_id: int | None = None) -> Path:
    found = at.world.add(at.world.projects[0], "local-acme-chess", "dev", creator=at.world.members[0], port=1)
    return at.place.local_state(found, project_id=project_id)


def test_the_local_deployment(at: At) -> None:
    path = local(at)
    outcome = at("deployment", "select", "local")
    assert outcome.code == 0, outcome.err
    assert at.env_file.read_text() == (
        "CONVEX_DEPLOYMENT=local:local-acme-chess # team: acme, project: chess\n\nCONVEX_URL=http://127.0.0.1:1\n"
    )
    assert json.loads(path.read_text())["cloudProjectId"] == at.world.projects[0].id


def test_a_local_deployment_moves_to_another_project(at: At) -> None:
    path = local(at, project_id=at.world.projects[0].id)
    before = json.loads(path.read_text())
    outcome = at("deployment", "select", "acme:go:local")
    assert outcome.code == 0, outcome.err
    assert "local-acme-chess was in acme:chess until now; it moves to acme:go." in outcome.err
    assert at.env_file.read_text().startswith("CONVEX_DEPLOYMENT=local:local-acme-go # team: acme, project: go\n")
    go = at.world.projects[1]
    assert json.loads(path.read_text()) == {**before, "deploymentName": "local-acme-go", "cloudProjectId": go.id}
    moved, old = at.world.deployment("local-acme-go"), at.world.deployment("local-acme-chess")
    assert moved is not None
    assert old is not None
    assert (moved.project, moved.is_active, old.is_active) == (go, True, False)


def test_there_is_no_local_deployment(at: At) -> None:
    outcome = at("deployment", "select", "local")
    assert (outcome.code, len(outcome.lines)) == (3, 1)
    assert at.env_file.read_text() == DEV


def test_an_anonymous_deployment(tmp_path: Path) -> None:
    with at_work(tmp_path, env_local=None, token=None) as at:
        anonymous = at.world.add(at.world.projects[0], "anonymous-chess", "dev", port=1, is_registered=False)
        at.place.local_state(anonymous)
        assert at("deployment", "select", "local").code == 0
        assert at.env_file.read_text() == (
            "# Deployment used by `npx convex dev`\nCONVEX_DEPLOYMENT=anonymous:anonymous-chess\n"
            "\nCONVEX_URL=http://127.0.0.1:1\n"
        )
        assert json.loads(at("deployment", "show", "--format", "json").out)["name"] == "anonymous-chess"


@pytest.mark.parametrize(("fault", "code", "says"), FAULTS, ids=[says for *_, says in FAULTS])
@pytest.mark.parametrize("after", [0, 1, 2, 3])
def test_whatever_goes_wrong_the_files_are_as_they_were(fault: Any, code: int, says: str, after: int, at: At) -> None:
    before = at.files()
    at.plane.fail("/", fault, after=after)
    outcome = at("deployment", "select", "staging")
    if outcome.code == 0:
        assert after == 3, "the whole selection takes three requests"
        return
    assert outcome.code in (code, 4)
    assert says in outcome.err
    assert len(outcome.lines) == 1
    assert at.files() == before


def test_a_deployment_that_is_down(at: At) -> None:
    cow = at.world.deployment("calm-cow-104")
    assert cow is not None
    cow.url = "http://127.0.0.1:1"
    before = at.files()
    outcome = at("deployment", "select", "staging")
    assert (outcome.code, len(outcome.lines)) == (4, 1)
    assert at.files() == before


def test_a_deployment_cannot_write_what_it_likes_into_the_file(at: At) -> None:
    cow = at.world.deployment("calm-cow-104")
    assert cow is not None
    cow.name = "calm-cow-104\nINJECTED=1"
    before = at.files()
    assert at("deployment", "select", "staging").code != 0
    assert at.files() == before
    with pytest.raises(KitcnError, match="nothing was written"):
        write_selection(at.folder, "dev:a", team="acme", project="x\nINJECTED=1", cloud_url="http://a", site_url=None)
    assert at.files() == before


def test_a_directory_that_cannot_be_written() -> None:
    with tempfile.TemporaryDirectory(dir="/tmp") as name, at_work(Path(name)) as at:
        Path(name).chmod(0o755)
        at.folder.chmod(0o555)
        before = at.files()
        with as_nobody(at.folder, at.place.home):
            outcome = at("deployment", "select", "staging")
        at.folder.chmod(0o755)
        assert (outcome.code, len(outcome.lines)) == (1, 1)
        assert outcome.err == f"Error: {at.env_file} cannot be written: the directory {at.folder} is read-only.\n"
        assert at.files() == before
        assert not at.plane.asked(), "nobody is asked for what cannot be used"


def test_a_directory_in_the_files_place(at: At) -> None:
    at.env_file.unlink()
    at.env_file.mkdir()
    outcome = at("deployment", "select", "acme:chess:staging")
    assert (outcome.code, outcome.err) == (1, f"Error: {at.env_file} cannot be written: it is a directory.\n")


def test_many_at_once_leave_a_whole_file(at: At) -> None:
    rest = "".join(f"LINE_{number}={number}\n" for number in range(200))
    at.env_file.write_text(DEV + rest)
    selectors = ["staging", "dev/bob", "preview/pr-1", "custom/load"] * 2

    def run(selector: str) -> int:
        return subprocess.run(
            [sys.executable, "-m", "kitcn_repl", "deployment", "select", f"acme:chess:{selector}"],
            cwd=at.folder,
            env={**at.place.variables(PATH=os.environ["PATH"], PYTHONPATH=str(ROOT))},
            stdin=subprocess.DEVNULL, capture_output=True, timeout=120, check=False,
        ).returncode  # fmt: skip

    with ThreadPoolExecutor(len(selectors)) as pool:
        assert set(pool.map(run, selectors)) == {0}
    text = at.env_file.read_text()
    lines = text.splitlines()
    assert [line for line in lines if line.startswith("LINE_")] == rest.splitlines()
    name = lines[0].removeprefix("CONVEX_DEPLOYMENT=").split()[0].partition(":")[2]
    assert text == (f"{lines[0]}\n{rest}\nCONVEX_URL={url(at, name)}\n\nCONVEX_SITE_URL=https://{name}.site.example\n")
    assert (at.folder / ".gitignore").read_text() == "\n.env.local\n"
    assert {path.name for path in at.folder.iterdir()} == {".env.local", ".gitignore", "convex", "package.json"}


def test_no_secret_is_ever_shown(at: At) -> None:
    secrets = [one.secret for one in at.world.deployments] + [token.value for token in at.world.tokens]
    for argv in (
        ["select", "staging"],
        ["select", "prod"],
        ["select", "nowhere"],
        ["list"],
        ["show"],
        ["show", "prod"],
    ):
        outcome = at("deployment", *argv, env={"KITCN_DEBUG": "1"})
        for secret in secrets:
            assert secret not in outcome.out + outcome.err
    at.plane.fail("/api", status(500))
    assert not any(secret in at("deployment", "select", "staging", env={"KITCN_DEBUG": "1"}).err for secret in secrets)
