"""What there is to say of a function, a route or a cron job, above its arguments."""

from __future__ import annotations

from collections.abc import Iterator

from textual.content import Content

from kitcn_repl.explore.procedures.model import Cron, Procedure
from kitcn_repl.render.documents import creation_time
from kitcn_repl.render.procedures import STANDINGS, fared, meta_text, signature
from kitcn_repl.render.text import visible
from kitcn_repl.schema.validators import describe

Part = str | tuple[str, str]
_MUTED = "dim"
_KIND_STYLES = {"query": "$text-success", "mutation": "$text-warning", "action": "$text-accent", "http": ""}


def about(item: Procedure | Cron) -> Content:
    """Lines: the name and what it is; then, each named, what else is known."""
    lines = list(_cron(item) if isinstance(item, Cron) else _procedure(item))
    return Content("\n").join(Content.assemble(*line) for line in lines)


def refusal(item: Procedure) -> Content:
    """Why it is not run here."""
    article = "An" if item.kind == "action" else "A"
    return Content.assemble(
        (f"{article} {item.kind} may write, and this tool only reads: it is not run here.", "$text-warning"),
    )


def _procedure(item: Procedure) -> Iterator[list[Part]]:
    kind = "HTTP route" if item.kind == "http" else item.kind
    internal = "internal " if item.visibility == "internal" else ""
    yield [(visible(item.name), "bold"), "  ", (f"{internal}{kind}", _KIND_STYLES[item.kind])]
    facts = [
        ("kitcn", meta_text(item)),
        ("standing", STANDINGS[item.standing]),
        ("source", "" if item.place is None else str(item.place)),
        ("route of", str(item.meta.get("name", "")) if item.kind == "http" else ""),
        ("returns", _returned(item)),
    ]
    if item.kind == "http":
        facts = [fact for fact in facts if fact[0] != "kitcn"]
    if item.kind in ("mutation", "action"):
        facts.append(("takes", signature(item.args)))
    for name, text in facts:
        if text:
            yield [(f"{name:<11}", _MUTED), visible(text)]
    if item.metrics is not None:
        yield list(_fared(item))


def _returned(item: Procedure) -> str:
    if not isinstance(item.returns, dict) or item.returns.get("type") == "any":
        return ""
    return describe(item.returns)


def _fared(item: Procedure) -> Iterator[Part]:
    assert item.metrics is not None
    yield (f"{'last hour':<11}", _MUTED)
    told = fared(item.metrics)
    if not item.metrics.calls:
        yield "not called"
        return
    for at, (name, text) in enumerate(told):
        is_bad = name == "errors" and item.metrics.errors > 0
        yield (" · " if at else "", _MUTED)
        yield (f"{text} {name}", "$text-error bold" if is_bad else "")


def _cron(item: Cron) -> Iterator[list[Part]]:
    yield [(visible(item.name), "bold"), "  ", ("cron job", "")]
    times = [
        ("runs", visible(item.function)),
        ("schedule", visible(item.schedule)),
        ("last run", _last(item)),
        ("next run", "" if item.next_run is None else f"{creation_time(item.next_run)} UTC"),
        ("source", "" if item.place is None else visible(str(item.place))),
    ]
    for name, text in times:
        if text:
            yield [(f"{name:<11}", _MUTED), text]


def _last(item: Cron) -> str:
    if item.last_run is None:
        return ""
    status = f", {visible(item.last_status)}" if item.last_status else ""
    return f"{creation_time(item.last_run)} UTC{status}"
