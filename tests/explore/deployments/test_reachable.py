"""What one can switch to, against a stand-in for the management service."""

from __future__ import annotations

from pathlib import Path

from kitcn_repl.explore.deployments.reachable import Reach, reachable
from kitcn_repl.targets.target import TargetFlags
from tests.cli.workplace import At, at_work
from tests.support.control_plane import status
from tests.support.snapshots import snapshot_entries, users, write_snapshot


async def answers(at: At, env_file: str | None = None) -> list[Reach]:
    return [reach async for reach in reachable(at.place.variables(), at.folder, env_file=env_file)]


def flags(reach: Reach) -> dict[str, TargetFlags | None]:
    return {one.entry.name: one.flags for one in reach.found}


async def test_this_machine_first_and_then_all_of_the_cloud(tmp_path: Path) -> None:
    with at_work(tmp_path) as at:
        write_snapshot(at.folder / "backup.zip", snapshot_entries({"users": users(1)}))
        (at.folder / "notes.zip").write_bytes(b"no zip")
        (at.folder / "data.sqlite3").write_bytes(b"")
        first, last = await answers(at)
    assert not first.is_complete
    assert last.is_complete
    assert flags(first) == {
        "demo": TargetFlags(demo=True),
        "backup.zip": TargetFlags(snapshot=str(at.folder / "backup.zip")),
        "data.sqlite3": TargetFlags(deployment=f"sqlite:{at.folder / 'data.sqlite3'}"),
    }
    assert set(flags(first)) < set(flags(last))
    assert flags(last)["happy-otter-101"] == TargetFlags(), "what is selected here is opened as it was selected"
    assert flags(last)["brave-cat-103"] == TargetFlags(deployment="brave-cat-103")
    assert "wise-owl-301" in flags(last), "of other teams, too"
    assert last.failure is None
    assert not last.needs_login


async def test_a_local_deployment_is_there_although_the_service_refuses(tmp_path: Path) -> None:
    with at_work(tmp_path) as at:
        local = at.world.add(at.world.projects[0], "local-acme-chess", "local")
        at.place.local_state(local, port=1)
        at.plane.fail("/", status(403))
        first, last = await answers(at)
    for reach in (first, last):
        (one,) = [one for one in reach.found if one.entry.name == "local-acme-chess"]
        assert one.entry.state == "stopped"
        assert one.flags is not None
    assert last.failure is not None
    assert last.is_complete


async def test_without_a_login_it_says_so(tmp_path: Path) -> None:
    with at_work(tmp_path, token=None, env_local=None) as at:
        _, last = await answers(at)
    assert last.needs_login
    assert set(flags(last)) == {"demo"}


async def test_an_env_file_that_is_wrong_is_a_note(tmp_path: Path) -> None:
    with at_work(tmp_path) as at:
        first, last = await answers(at, env_file="missing.env")
    assert any("missing.env" in note for note in first.notes)
    assert last.is_complete
    assert last.failure is not None
