"""A notebook in JupyterLab, in a real browser: `%%kitcn` runs, and its table is there to be read."""

from __future__ import annotations

import json
import secrets
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import nbformat

from tests.magic.browser import Tab, browser, chromium, until
from tests.magic.kernels import variables

CELLS = (
    "%load_ext kitcn_repl",
    '%%kitcn --demo -o sessions\nawait ctx.db.query("session").take(60)',
    "%%kitcn --demo --arg evil\n"
    "const nested = {inner: {evil}, tags: [1n, 2n]};\n"
    "return [{text: evil, math: '$x^2$ \\\\(y\\\\)', rtl: 'abc\\u202edef', nested, none: null}]",
    "print('all done')",
)
PANEL = "[...jupyterapp.shell.widgets('main')].find((widget) => widget.sessionContext)"
EVIL = "</td></table><script>window.pwned = 1</script><img src=x onerror='window.pwned = 2'>"


@contextmanager
def jupyter_lab(home: Path) -> Iterator[str]:
    """The address of a server that shows the notebooks in `home`, token and all."""
    token = secrets.token_hex(16)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = variables(home)
    command = [
        sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", "--ip=127.0.0.1", f"--port={port}",
        f"--IdentityProvider.token={token}", f"--ServerApp.root_dir={home}", "--LabApp.expose_app_in_browser=True",
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate", "--LabApp.news_url=None",
        "--LabApp.extension_manager=readonly",
    ]  # fmt: skip
    process = subprocess.Popen(command, cwd=home, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        runtime = Path(environment["JUPYTER_RUNTIME_DIR"])

        def told() -> dict[str, str] | None:
            assert process.poll() is None, "JupyterLab has ended"
            for path in runtime.glob("jpserver-*.json"):
                text = path.read_text()
                if text:
                    found: dict[str, str] = json.loads(text)
                    return found
            return None

        server = until(told, "JupyterLab")
        yield f"{server['url']}lab/tree/tour.ipynb?token={token}"
    finally:
        process.terminate()
        process.wait(60)


@contextmanager
def page(home: Path) -> Iterator[Tab]:
    """The notebook, run from top to bottom."""
    chromium()
    cells = [f"evil = {EVIL!r}", *CELLS]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    make: Any = nbformat.v4
    notebook = make.new_notebook(cells=[make.new_code_cell(cell) for cell in cells], metadata={"kernelspec": kernel})
    (home / "tour.ipynb").write_text(make.writes(notebook), encoding="utf-8")
    with jupyter_lab(home) as address, browser(home) as tab:
        tab.open(address)
        tab.until("Boolean(window.jupyterapp && document.querySelector('.jp-Notebook .jp-CodeCell'))")
        tab.until(f"{PANEL} && {PANEL}.sessionContext.kernelDisplayStatus === 'idle'")
        tab.ask(f"jupyterapp.shell.activateById({PANEL}.id)")
        tab.until("Boolean(jupyterapp.shell.currentWidget)")
        tab.ask("jupyterapp.commands.execute('notebook:run-all-cells').then(() => true)")
        tab.until(
            "document.body.innerText.includes('all done') && document.querySelectorAll('table.kitcn-table').length == 2"
        )
        yield tab


def test_a_notebook_in_a_browser(tmp_path: Path) -> None:
    """One test: a server, a kernel and a browser take long to start."""
    with page(tmp_path) as tab:
        the_table_is_there_to_be_read(tab)
        nothing_in_the_data_runs_or_breaks_out(tab)
        folded_values_open(tab)
        for theme in ("JupyterLab Dark", "JupyterLab Light"):
            text_stands_out(tab, theme)


def the_table_is_there_to_be_read(page: Tab) -> None:
    table = "document.querySelectorAll('table.kitcn-table')[0]"
    assert page.ask(f"{table}.querySelectorAll('tbody tr').length") == 50
    assert "showing 50 of 60 documents" in page.ask("document.body.innerText")
    assert "demo (--demo)" in page.ask("document.body.innerText")
    assert page.ask(f"{table}.querySelector('th').innerText").split() == ["_id", "id<session>"]
    assert page.ask(f"{table}.querySelector('td span.kitcn-id').title") == "session"
    assert page.ask(f"getComputedStyle({table}.querySelector('td')).textAlign") == "left"
    box = page.ask(f"{table}.getBoundingClientRect().toJSON()")
    assert box["width"] > 300
    assert box["height"] > 500


def nothing_in_the_data_runs_or_breaks_out(page: Tab) -> None:
    cell = "document.querySelectorAll('table.kitcn-table')[1]"
    assert page.ask("typeof window.pwned") == "undefined"
    assert page.ask(f"{cell}.querySelectorAll('script, img').length") == 0
    assert page.ask("document.querySelectorAll('.kitcn mjx-container, .kitcn .MathJax').length") == 0
    shown = page.ask(f"{cell}.textContent")
    assert EVIL in shown
    assert "$x^2$ \\(y\\)" in shown
    assert "abc\\u202edef" in shown


def folded_values_open(page: Tab) -> None:
    details = (
        "[...document.querySelectorAll('table.kitcn-table')[1].querySelectorAll('details')]"
        ".find((details) => details.querySelector('summary').textContent.startsWith('{inner'))"
    )
    inner = f"{details}.querySelector('.kitcn-items')"
    assert page.ask(f"{details}.open") is False
    assert page.ask(f"{inner}.checkVisibility()") is False
    page.ask(f"{details}.querySelector('summary').click()")
    assert page.ask(f"{inner}.checkVisibility()") is True


def text_stands_out(page: Tab, theme: str) -> None:
    page.ask(f"jupyterapp.commands.execute('apputils:change-theme', {{theme: {theme!r}}}).then(() => true)")
    wanted = "dark" if "Dark" in theme else "light"
    page.until(f"document.body.dataset.jpThemeLight === '{'false' if wanted == 'dark' else 'true'}'")
    colour = "(selector) => getComputedStyle(document.querySelector(selector)).color.match(/[\\d.]+/g).map(Number)"
    (paper,) = page.ask(
        "[getComputedStyle(document.querySelector('.jp-Notebook')).backgroundColor.match(/[\\d.]+/g).map(Number)]"
    )
    for selector in (".kitcn th", ".kitcn .kitcn-type", ".kitcn .kitcn-id", ".kitcn .kitcn-text", ".kitcn .kitcn-foot"):
        assert contrast(page.ask(f"({colour})({json.dumps(selector)})"), paper) > 3.0, selector


def contrast(one: list[float], other: list[float]) -> float:
    """As WCAG defines it; 3 is the least for large text and for what is not essential."""

    def luminance(colour: list[float]) -> float:
        parts = [part / 255 for part in colour[:3]]
        linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)
