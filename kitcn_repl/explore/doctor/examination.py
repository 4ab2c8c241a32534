"""Applies the rules to whatever there is: source, deployment, data."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from kitcn_repl.deployment.errors import DeploymentError
from kitcn_repl.deployment.protocol import Deployment
from kitcn_repl.explore.doctor import code, components, deployed, documents, files, plugins
from kitcn_repl.explore.doctor import schema as schema_rules
from kitcn_repl.explore.doctor.model import LEVELS, Finding, Group, Report, Skipped
from kitcn_repl.explore.doctor.references import orphan_references
from kitcn_repl.explore.doctor.rules import RULES
from kitcn_repl.explore.doctor.sampling import SAMPLE, sample_tables
from kitcn_repl.explore.doctor.uniqueness import duplicate_values
from kitcn_repl.explore.knowledge import Knowledge, know
from kitcn_repl.explore.procedures.listing import list_procedures
from kitcn_repl.explore.state.aggregates import aggregate_states
from kitcn_repl.explore.state.emails import email_queue
from kitcn_repl.explore.state.migrations import migration_state
from kitcn_repl.explore.state.ratelimits import rate_limits
from kitcn_repl.explore.state.scheduled import scheduled_jobs
from kitcn_repl.project.layout import Project
from kitcn_repl.schema.model import Schema

_MOST_JOBS = 500
_MOST_LIMITS = 1000


@dataclass(slots=True)
class _Notebook:
    """What was found so far, of the rules that were asked for."""

    wanted: frozenset[str]
    findings: list[Finding] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def wants(self, *rules: str) -> bool:
        return not self.wanted.isdisjoint(rules)

    def add(self, found: Iterable[Finding]) -> None:
        self.findings += [each for each in found if each.rule in self.wanted]

    def skip(self, group: Group, why: str) -> None:
        rules = tuple(rule.id for rule in RULES.values() if rule.group == group and rule.id in self.wanted)
        if rules:
            self.skipped.append(Skipped(rules, why, group))

    def skip_rules(self, rules: Iterable[str], why: str) -> None:
        known = {rule for each in self.skipped for rule in each.rules}
        left = tuple(rule for rule in rules if rule in self.wanted and rule not in known)
        if left:
            self.skipped.append(Skipped(left, why))


async def examine(
    deployment: Deployment | None,
    project: Project | None,
    *,
    source: Path | None = None,
    rules: Collection[str] = (),
    data: bool = True,
    sample: int = SAMPLE,
) -> Report:
    """Apply all rules, or those of `rules`. `source` is a schema file; by default the project's.

    The deployment is only read: at most `sample` documents of every table, and single documents that they refer to.
    """
    book = _Notebook(frozenset(rules or RULES))
    source = source or (None if project is None else project.schema_path)
    knowledge = await know(deployment, source=source, sample=data and deployment is not None)
    if project is None:
        book.skip("project", "no project folder was looked at")
    else:
        await asyncio.to_thread(_project, book, project, knowledge.source)
    if knowledge.source is None:
        book.skip("schema", "there is no schema source")
    else:
        _schema(book, knowledge.source)
    if deployment is None:
        book.skip("deployment", "no deployment was asked")
        book.skip("data", "no deployment was asked")
    else:
        if not data:
            book.skip("data", "--no-data")
        for rules_beyond, why in _beyond(knowledge, project):
            book.skip_rules(rules_beyond, why)
        await _deployment(book, deployment, knowledge, project)
        if data:
            await _data(book, deployment, knowledge, sample)
    skipped = {rule for group in book.skipped for rule in group.rules}
    order = list(RULES)
    reasons = list(dict.fromkeys(each.why for each in book.skipped))
    return Report(
        tuple(sorted(book.findings, key=lambda each: (LEVELS.index(each.level), order.index(each.rule)))),
        tuple(rule for rule in order if rule in book.wanted and rule not in skipped),
        tuple(sorted(book.skipped, key=lambda each: reasons.index(each.why))),
        tuple(dict.fromkeys(book.notes)),
    )


def _project(book: _Notebook, project: Project, schema: Schema | None) -> None:
    book.add(files.broken_configuration(project))
    book.add(files.missing_generated_files(project))
    book.add(files.generated_by_hand(project))
    book.add(plugins.half_installed_plugins(project, schema))
    if book.wants("lazy-import", "auth-before-setup", "component-unregistered"):
        parsed = list(code.convex_code(project))
        book.add(code.lazy_imports(parsed))
        book.add(code.auth_before_setup(project, parsed))
        book.add(components.unregistered_components(project, parsed))


def _schema(book: _Notebook, schema: Schema) -> None:
    book.add(schema_rules.created_at_in_indexes(schema))
    book.add(schema_rules.keys_that_differ_from_names(schema))
    book.add(schema_rules.wrong_source(schema))
    book.add(schema_rules.triggers_on_themselves(schema))
    book.add(schema_rules.unindexed_foreign_keys(schema))
    book.add(schema_rules.unindexed_relations(schema))
    book.add(schema_rules.relations_without_inverse(schema))


async def _deployment(book: _Notebook, deployment: Deployment, knowledge: Knowledge, project: Project | None) -> None:
    if knowledge.deployed is not None:
        if knowledge.source is not None and _has_schema(knowledge.deployed):
            book.add(deployed.schema_differences(knowledge.source, knowledge.deployed))
        book.add(deployed.indexes_not_ready(knowledge.deployed))
    for rules, work in (
        (("aggregate-not-ready", "aggregate-definition", "aggregate-counts", "aggregate-orphan"), _aggregates),
        (("migration-pending", "migration-drift", "migration-failed"), _migrations),
        (("functions-not-deployed",), _functions),
        (("scheduled-failed",), _scheduled),
        (("email-failed",), _emails),
        (("ratelimit-stale",), _rate_limits),
    ):
        if book.wants(*rules):
            try:
                book.add(await work(deployment, knowledge, project))
            except DeploymentError as error:
                book.skip_rules(rules, error.message)


async def _aggregates(deployment: Deployment, knowledge: Knowledge, _project: Project | None) -> Iterable[Finding]:
    return deployed.aggregates(await aggregate_states(deployment, knowledge.source) or ())


async def _migrations(deployment: Deployment, _knowledge: Knowledge, project: Project | None) -> Iterable[Finding]:
    found = await migration_state(deployment, project)
    return () if found is None else deployed.migrations(found)


async def _functions(deployment: Deployment, _knowledge: Knowledge, project: Project | None) -> Iterable[Finding]:
    if project is None:
        return ()
    found = await list_procedures(deployment, project)
    # Nothing deployed at all (a snapshot, an empty deployment) says nothing about single functions.
    if not any(item.standing in ("both", "only deployed") for item in found.functions):
        return ()
    return deployed.functions_not_deployed(found)


async def _scheduled(deployment: Deployment, _knowledge: Knowledge, _project: Project | None) -> Iterable[Finding]:
    return deployed.failed_jobs(await scheduled_jobs(deployment, _MOST_JOBS))


async def _emails(deployment: Deployment, _knowledge: Knowledge, _project: Project | None) -> Iterable[Finding]:
    found = await email_queue(deployment, _MOST_JOBS)
    return () if found is None else deployed.undelivered_emails(found)


async def _rate_limits(deployment: Deployment, _knowledge: Knowledge, _project: Project | None) -> Iterable[Finding]:
    found = await rate_limits(deployment, _MOST_LIMITS)
    return () if found is None else deployed.stale_rate_limits(found)


def _beyond(knowledge: Knowledge, project: Project | None) -> Iterator[tuple[tuple[str, ...], str]]:
    """Rules about a deployment that cannot be told from what there is, and why."""
    has_schema = _has_schema(knowledge.deployed)
    if knowledge.source is None:
        yield ("schema-differs", "aggregate-definition", "aggregate-orphan"), "there is no schema source"
    elif not has_schema:
        yield ("schema-differs",), "the deployment has no schema"
    if project is None:
        yield ("migration-pending", "migration-drift", "functions-not-deployed"), "no project folder was looked at"
    if knowledge.source is None and not has_schema:
        yield ("duplicate-unique", "invalid-document"), "there is neither a schema source nor a deployed schema"


def _has_schema(schema: Schema | None) -> bool:
    return schema is not None and any("deployment" in table.origins for table in schema.tables.values())


async def _data(book: _Notebook, deployment: Deployment, knowledge: Knowledge, size: int) -> None:
    of_data = [rule.id for rule in RULES.values() if rule.group == "data"]
    if not book.wants(*of_data):
        return
    samples = await sample_tables(deployment, knowledge.schema, size)
    book.notes += samples.failures
    by_table = samples.by_table
    partly = sorted(name for name, sample in by_table.items() if not sample.complete)
    if partly:
        book.notes.append(f"{_named(partly)} looked at in part, {size:,} documents each; --sample N looks at more.")
    if book.wants("orphan-reference"):
        found, notes = await orphan_references(deployment, knowledge, by_table)
        book.add(found)
        book.notes += notes
    if book.wants("duplicate-unique"):
        found, notes = await duplicate_values(deployment, knowledge, by_table)
        book.add(found)
        book.notes += notes
    book.add(documents.invalid_documents(knowledge, by_table))
    book.add(documents.large_documents(by_table))
    book.add(documents.disagreeing_clocks(knowledge.source, by_table))


def _named(names: Sequence[str]) -> str:
    shown = ", ".join(names[:5])
    return f"{shown} and {len(names) - 5} more tables were" if len(names) > 5 else f"{shown} {_were(names)}"


def _were(names: Sequence[str]) -> str:
    return "was" if len(names) == 1 else "were"
