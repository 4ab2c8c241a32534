"""Items that no test shows, each with what happens instead. An item that is shown may not stand here."""

from __future__ import annotations

from collections.abc import Mapping

_PUSHING = "a usage error: `kitcn` pushes no code, `npx convex run` or `kitcn dev` does"
_IDENTITY_PROVIDER = "a usage error: it is for the makers of the genuine CLI"
_OF_VERCEL = "a usage error: a login by way of Vercel is `npx convex login`'s"
_NO_RECORD = "not found: data files hold no record of deployments and exports"
_NO_SEARCH = "refused, by name of the index: data files hold no search index"

GAPS: Mapping[tuple[str, str], str] = {
    ("cli", "--version"): "`kitcn --version` prints its own version; there is no `-V`",
    **{
        ("cli run", flag): _PUSHING
        for flag in ("--push", "--no-push", "--typecheck", "--typecheck-components", "--codegen",
                     "--live-component-sources")
    },
    ("cli login", "--login-flow"): "a usage error: `kitcn login` shows an address and a code, which works everywhere",
    ("cli login", "--link-deployments"): "a usage error: deployments of a device without a login are not adopted",
    ("cli login", "--accept-opt-ins"): "taken; not compared, since the tests' service asks nobody to accept terms",
    **{
        ("cli login", flag): _IDENTITY_PROVIDER
        for flag in ("--override-auth-username", "--override-auth-password", "--override-access-token",
                     "--dump-access-token", "--check-login")
    },
    ("cli login", "--vercel"): _OF_VERCEL,
    ("cli login", "--vercel-override"): _OF_VERCEL,
    ("operator", "query.withSearchIndex"): _NO_SEARCH,
    ("operator", "search.search"): _NO_SEARCH,
    ("operator", "search.eq"): _NO_SEARCH,
    ("system query", "frontend/modules:argsValidator"): "not found: `cli/modules:apiSpec` has all validators",
    **{
        ("system query", f"frontend/{name}"): _NO_RECORD
        for name in ("deploymentEvents:lastPushEvent", "paginatedDeploymentEvents", "listDeploymentEventsFromTime",
                     "latestExport:latestCloudExport", "latestExport:canExportFileStorage")
    },
}  # fmt: skip
