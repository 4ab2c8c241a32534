"""Row level security (kitcn.md 4.1): `rlsPolicy` and `rlsRole`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kitcn_repl.schema.model import Place, Policy
from kitcn_repl.schema.source.values import UNDEFINED, Array, Call, Host, Value
from kitcn_repl.schema.source.vocabulary.extra_config import Extra, named
from kitcn_repl.schema.source.vocabulary.hosts import MOST_DEEP, Builtin, Opaque, property_of, report_unknown, text
from kitcn_repl.schema.source.vocabulary.table import KitcnTable
from kitcn_repl.schema.source.vocabulary.texts import text_of_property


@dataclass(frozen=True, slots=True, eq=False)
class Role(Host):
    """`rlsRole(name)`."""

    name: str

    def member(self, name: str, place: Place) -> Value:
        if name == "name":
            return self.name
        return Builtin(lambda call: self) if name == "existing" else UNDEFINED


@dataclass(slots=True, eq=False)
class PolicyItem(Extra):
    """`rlsPolicy(name, config)`. A policy that is linked belongs to that table, wherever it is listed."""

    policy: Policy
    place: Place
    linked: KitcnTable | None = None

    def member(self, name: str, place: Place) -> Value:
        return Builtin(self._link) if name == "link" else UNDEFINED

    def _link(self, call: Call) -> Value:
        table = call.argument(0)
        if isinstance(table, KitcnTable):
            self.linked = table
        else:
            report_unknown(call.evaluator, f"the table of the policy {self.policy.name}", table)
        return self

    def apply(self, table: KitcnTable) -> None:
        (self.linked or table).policies.append(self.policy)


def _policy(call: Call) -> Value:
    config = call.argument(1)
    config_text = call.texts[1] if len(call.texts) > 1 else ""
    report_unknown(call.evaluator, "a policy", config)
    policy = Policy(
        name=named(call, "a policy") or "",
        operation=text(property_of(config, "for")) or "all",
        kind=text(property_of(config, "as")) or "permissive",
        to=tuple(_roles(property_of(config, "to"))),
        using=text_of_property(config, config_text, "using"),
        with_check=text_of_property(config, config_text, "withCheck"),
        place=call.place,
    )
    return PolicyItem(policy, call.place)


def _roles(value: Value, depth: int = MOST_DEEP) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Role):
        yield value.name
    elif isinstance(value, Array) and depth > 0:
        for item in value.items:
            yield from _roles(item, depth - 1)


def _role(call: Call) -> Value:
    return Role(named(call, "a role") or "")


_OPERATORS = (
    "and or not eq ne gt gte lt lte like ilike inArray notInArray between notBetween isNull isNotNull startsWith"
    " endsWith contains fieldRef asc desc"
)

POLICIES: dict[str, Value] = {
    "rlsPolicy": Builtin(_policy),
    "rlsRole": Builtin(_role),
    **{operator: Opaque(operator) for operator in _OPERATORS.split()},
}
"""The exports of `kitcn/orm` for row level security, with the operators of conditions."""
