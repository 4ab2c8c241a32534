"""What somebody asked before, kept for each project."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from kitcn_repl.errors import UsageError
from kitcn_repl.explore.recall import QueryHistory, SavedQueries, recall_folder, saved_queries
from kitcn_repl.explore.recall.history import MOST
from kitcn_repl.explore.recall.secrets import without_secrets
from kitcn_repl.explore.workspace import Surroundings

_ROOT = Path(__file__).parents[3]


def _texts(history: QueryHistory, like: str | None = None) -> list[str]:
    return [query.text for query in history.recent(100, like)]


def test_history_is_kept_newest_first_each_text_once(tmp_path: Path) -> None:
    history = QueryHistory(tmp_path / "recall")
    for text in ("a", "b", "  a\n", "", "c\nd"):
        history.add(text, deployment="demo", failed=text == "b", at=5.0)
    history.close()
    again = QueryHistory(tmp_path / "recall")
    assert _texts(again) == ["c\nd", "a", "b"]
    oldest = again.recent(10)[-1]
    assert (oldest.failed, oldest.deployment, oldest.at) == (True, "demo", 5.0)
    assert [query.text for query in again.recent(2)] == ["c\nd", "a"]
    again.forget("a")
    assert _texts(again) == ["c\nd", "b"]
    again.clear()
    assert _texts(again) == []
    again.close()


def test_search_takes_all_words_in_any_case_and_no_wildcards() -> None:
    history = QueryHistory(None)
    for text in ('ctx.db.query("user").take(5)', 'ctx.db.query("session")', "100% of x_y"):
        history.add(text)
    assert _texts(history, "QUERY user") == ['ctx.db.query("user").take(5)']
    assert _texts(history, "%") == ["100% of x_y"]
    assert _texts(history, "x_y") == ["100% of x_y"]
    assert _texts(history, "xay") == []
    history.close()


def test_only_the_owner_can_read_it(tmp_path: Path) -> None:
    folder = tmp_path / "state" / "recall"
    history = QueryHistory(folder)
    history.add("a")
    saved = SavedQueries(folder)
    saved.save("one", "1")
    modes = {path.name: path.stat().st_mode & 0o777 for path in folder.rglob("*")}
    history.close()
    assert folder.stat().st_mode & 0o777 == 0o700
    assert modes.pop("queries") == 0o700
    assert modes
    assert set(modes.values()) == {0o600}


def test_history_is_bounded() -> None:
    history = QueryHistory(None)
    for number in range(MOST + 250):
        history.add(f"query {number}")
    kept = history.recent(MOST * 2)
    assert MOST <= len(kept) < MOST + 100
    assert kept[0].text == f"query {MOST + 249}"
    assert kept[-1].text != "query 0"
    history.add("x" * 200_000)
    assert history.recent(1)[0].text == f"query {MOST + 249}"
    history.close()


def test_several_processes_at_once(tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from kitcn_repl.explore.recall import QueryHistory\n"
        "history = QueryHistory(Path(sys.argv[1]))\n"
        "for number in range(50): history.add(f'{sys.argv[2]} {number}')\n"
    )
    running = [
        subprocess.Popen([sys.executable, "-c", program, str(tmp_path), name], cwd=_ROOT) for name in ("a", "b", "c")
    ]
    assert [process.wait() for process in running] == [0, 0, 0]
    history = QueryHistory(tmp_path)
    assert set(_texts(history)) <= {f"{name} {number}" for name in "abc" for number in range(50)}
    assert len(history.recent(1000)) == 150
    history.close()


def test_a_file_that_is_none_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "history.sqlite3").write_bytes(b"nonsense " * 1000)
    history = QueryHistory(tmp_path)
    history.add("a")
    assert _texts(history) == ["a"]
    assert history.problem is None
    history.close()


def test_where_no_file_can_be_the_history_lasts_as_long_as_the_session(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    history = QueryHistory(tmp_path / "file" / "recall")
    history.add("a")
    assert _texts(history) == ["a"]
    assert history.problem is not None
    assert "not remembered" in history.problem
    history.close()


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        (".use https://a.convex.cloud --admin-key prod:happy-otter-1|0123456789abcdef0123", "--admin-key ***"),
        ("--admin-key='x y'", "--admin-key=***"),
        ("convex-self-hosted|01b9c8d7e6f5a4b3c2d1e0", "convex-self-hosted|***"),
        (
            'const k = "prod:happy-otter-123|eyJ2MiI6IjAxMjM0NTY3ODlhYmNkZWYifQ=="',
            'const k = "prod:happy-otter-123|***"',
        ),
        ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc-def_123", "***"),
        ("Authorization: Bearer abcdef0123456789abcdef", "Authorization: Bearer ***"),
        ("CONVEX_DEPLOY_KEY=anything-at-all", "CONVEX_DEPLOY_KEY=***"),
        (".env set STRIPE_SECRET sk_live_1", ".env set STRIPE_SECRET ***"),
        (".env default set --type dev", ".env default set --type ***"),
        ("env set A=b c", "env set A=***"),
        ('ctx.db.query("user").filter(q => q.eq(q.field("token"), t))', None),
        ("a|b || c | d1234567", None),
        ("flags|SOME_VERY_LONG_CONSTANT", None),
        ('const key = "k571w5g9e3d5q8t4"', None),
    ],
)
def test_keys_and_tokens_are_never_kept(text: str, kept: str | None) -> None:
    masked = without_secrets(text)
    if kept is None:
        assert masked == text
    else:
        assert kept in masked
        assert masked.count("***") >= 1


@pytest.mark.parametrize("piece", ["x", "a|", "KEY", "A_", "--token ", "eyJ", "env set ", "9+/", "Bearer "])
def test_masking_takes_linear_time(piece: str) -> None:
    def seconds(length: int) -> float:
        text = piece * (length // len(piece))
        started = time.process_time()
        without_secrets(text)
        return time.process_time() - started

    # Twenty times the text: twenty times the work, where four hundred times would be its square.
    assert min(seconds(100_000) for _ in range(3)) < 150 * max(min(seconds(5_000) for _ in range(3)), 0.0005)


def test_masked_before_it_is_written(tmp_path: Path) -> None:
    history = QueryHistory(tmp_path)
    history.add("--admin-key topsecretvalue")
    history.close()
    assert all(b"topsecretvalue" not in path.read_bytes() for path in tmp_path.iterdir())


def test_saved_queries_are_plain_files(tmp_path: Path) -> None:
    saved = SavedQueries(tmp_path)
    assert saved.all() == []
    saved.save("newest users", 'ctx.db.query("user")\n  .take(5)\n\n')
    saved.save("B", "1")
    assert (tmp_path / "queries" / "newest users.js").read_text(
        encoding="utf-8"
    ) == 'ctx.db.query("user")\n  .take(5)\n'
    assert [query.name for query in saved.all()] == ["B", "newest users"]
    saved.save("B", "2")
    assert saved.get("B").text == "2\n"
    saved.rename("B", "b2")
    with pytest.raises(UsageError, match="already"):
        saved.rename("b2", "newest users")
    saved.remove("newest users")
    assert [query.name for query in saved.all()] == ["b2"]
    with pytest.raises(UsageError, match=r"There is no saved query 'b22'\.") as raised:
        saved.get("b22")
    assert raised.value.hint == "Did you mean 'b2'?"


@pytest.mark.parametrize("name", ["", "../x", "a/b", ".hidden", " a", "a ", "x" * 81, "a\nb", "_"])
def test_names_that_are_no_file_names_are_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError, match="cannot name a query"):
        SavedQueries(tmp_path).save(name, "1")


def test_each_project_has_its_own_and_may_share_saved_ones(tmp_path: Path) -> None:
    variables = {"KITCN_STATE_DIR": str(tmp_path / "state")}
    one, other = (tmp_path / name for name in ("one", "other"))
    for folder in (one, other):
        folder.mkdir()
        (folder / ".env.local").write_text("CONVEX_DEPLOYMENT=dev:happy-otter-123\n", encoding="utf-8")
    first = recall_folder(Surroundings(one, variables))
    assert first != recall_folder(Surroundings(other, variables))
    assert first.is_relative_to(tmp_path / "state")
    assert saved_queries(Surroundings(one, variables)).folder == first / "queries"
    (one / ".kitcn" / "queries").mkdir(parents=True)
    assert saved_queries(Surroundings(one, variables)).folder == one / ".kitcn" / "queries"
