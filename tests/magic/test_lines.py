"""`%kitcn` in a real kernel: the card, the session's deployment, and the commands of the command line."""

from __future__ import annotations

import re

import pytest

from kitcn_repl.offline.demo import demo_dataset
from tests.magic.kernels import Kernel
from tests.support.served import served

PROD_KEY = "prod:happy-otter-123|0a1b2c3d4e5f"


def test_the_card_says_where_we_are_and_what_to_do(kernel: Kernel) -> None:
    ran = kernel.run("%kitcn")
    assert ran.plain.startswith("demo (")
    assert re.search(r"session +240\n", ran.plain)
    assert "%kitcn data session" in ran.plain
    assert "240" in ran.html
    assert ">%kitcn --help</code>" in ran.html


def test_data_commands_give_results(kernel: Kernel) -> None:
    ran = kernel.run("users = %kitcn data user --limit 3 --order asc")
    assert ran.status == "ok"
    assert "Showing the 3" in ran.text
    assert kernel.value("[user['name'] for user in users]") == "['Ada Abe', 'Bruno Haddad', 'Chiara Okafor']"
    assert kernel.value("str(users.to_pandas()['updatedAt'].dtype)") == "datetime64[us, UTC]"
    one = kernel.run("%kitcn get {users[0]['_id']}")
    assert "Ada Abe" in one.html
    assert "count" in kernel.run("%kitcn tables").html
    called = kernel.run("%kitcn run users:list '{limit: 2}'")
    assert "2 documents" in called.html


def test_other_commands_print_as_in_a_terminal(kernel: Kernel) -> None:
    for command, text in (
        ("schema user", "emailVerified  boolean"),
        ("relations user", "projects"),
        ("insights", "documentsReadLimit"),
        ("functions users", "users:byEmail"),
        ("deployment show", "demo"),
        ("data user --limit 1 --format csv", "_id,_creationTime"),
        ("env list", ""),
        ("--version", "kitcn "),
        ("--help", "Usage: kitcn [OPTIONS] [COMMAND] [ARGS]..."),
        ("data --help", "--where"),
    ):
        ran = kernel.run(f"%kitcn {command}")
        assert ran.status == "ok", (command, ran)
        assert ran.shown == []
        assert text in ran.text, (command, ran.text)


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("%kitcn data userr", "UnknownTableError: "),
        ("%kitcn dta", "UsageError: No such command 'dta'. Did you mean 'data'?"),
        ("%kitcn data user --limit none", "UsageError: --limit must be a whole number of at least 1, not 'none'."),
        ("%kitcn env default list", "UsageError: demo (--deployment) belongs to no project of Convex's cloud."),
        ("%kitcn use nonsense:x:y:z", ""),
        ("%kitcn use snapshot:missing.zip", "SnapshotMissingError: There is no file "),
        ("%kitcn tui", "UsageError: kitcn tui needs a terminal.\nHint: Run it in one, or start ipython there."),
        ("%kitcn data 'user", "UsageError: A quote is not closed: ' is missing."),
        ("%kitcn get {undefined_variable}", ""),
        ("%kitcn get {[1]}", "UsageError: {[1]} is a list; only texts and numbers can stand in a command."),
        ("%kitcn get {'--prod'}", "UsageError: {'--prod'} begins with '-' and would pass for a flag."),
        ("%kitcn dev", ""),
        ("%kitcn tables user", "UsageError: %kitcn tables lists all tables"),
    ],
    ids=range(13),
)
def test_failures_are_one_clean_error(kernel: Kernel, line: str, told: str) -> None:
    ran = kernel.run(line)
    assert ran.status == "error", ran
    assert "Traceback" not in ran.told
    assert ran.told.startswith(told)
    assert ran.text == ""


def test_a_failed_use_changes_nothing(kernel: Kernel) -> None:
    kernel.run("%kitcn use snapshot:missing.zip")
    assert kernel.run("%kitcn").plain.startswith("demo (")


def test_without_a_deployment_the_card_says_what_to_do(kernel: Kernel) -> None:
    kernel.run("%reload_ext kitcn_repl")
    ran = kernel.run("%kitcn")
    assert ran.status == "ok"
    assert "No deployment is named" in ran.plain
    assert "%kitcn use demo" in ran.html
    failed = kernel.run("%%kitcn\n1")
    assert failed.told.startswith("NoDeploymentError: No deployment is named.")
    assert kernel.run("%%kitcn --demo\n1").plain.startswith("1\n")
    kernel.run("%config KitcnMagics.deployment = 'demo'")
    assert kernel.run("%%kitcn\n2").plain.startswith("2\n")
    assert "user" in kernel.run("%kitcn tables").plain
    assert kernel.run("%unload_ext kitcn_repl").status == "ok"
    assert "not found" in kernel.run("%kitcn").text
    assert kernel.run("%reload_ext kitcn_repl").status == "ok"
    assert kernel.run("%%kitcn --demo\n3").plain.startswith("3\n")
    kernel.run("%kitcn use demo")


def test_prod_is_marked_in_every_output_and_its_key_in_none(kernel: Kernel) -> None:
    with served(demo_dataset(), admin_key=PROD_KEY) as server:
        kernel.run(f"import os\nos.environ['KEY'] = {PROD_KEY!r}")
        used = kernel.run(f"%kitcn use --url {server.url} --admin-key {{os.environ['KEY']}}")
        assert used.status == "ok", used
        outputs = [
            used,
            kernel.run('%%kitcn\nctx.db.query("user").take(1)'),
            kernel.run("%kitcn data user --limit 1"),
            kernel.run("%kitcn schema user"),
            kernel.run("%%kitcn\n5"),
        ]
        for ran in outputs:
            assert ran.status == "ok", ran
            told = ran.text + "".join(bundle["text/plain"] for bundle in ran.shown)
            assert "prod · happy-otter-123" in told
            for bundle in ran.shown:
                assert 'kitcn-prod">prod · happy-otter-123' in bundle["text/html"]
        failed = kernel.run("%%kitcn\nthrow new Error('x')")
        secret = PROD_KEY.partition("|")[2]
        assert secret not in repr([*outputs, failed])
    kernel.run("del os.environ['KEY']\n%kitcn use demo")
