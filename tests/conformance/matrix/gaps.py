"""Items that no test shows, each with what happens instead. An item that is shown may not stand here."""

from __future__ import annotations

from collections.abc import Mapping

_PUSHING = "refused, with who does it: `npx convex run` or `kitcn dev`"
_IDENTITY_PROVIDER = "a usage error: it is for the makers of the genuine CLI"
_OF_VERCEL = "refused, with who does it: `npx convex login --vercel`, whose login `kitcn` then uses"
_NO_RECORD = "not found: data files hold no record of deployments and exports"
_NO_SEARCH = "refused, by name of the index: data files hold no search index"

GAPS: Mapping[tuple[str, str], str] = {
    ("cli", "--version"): "`kitcn --version` prints its own version; there is no `-V`",
    **{
        ("cli run", flag): _PUSHING
        for flag in ("--push", "--typecheck", "--typecheck-components", "--codegen", "--live-component-sources")
    },
    ("cli login", "--login-flow"): "refused, with what is done: `kitcn login` shows an address and a code",
    ("cli login", "--link-deployments"): "refused, with who does it: `npx convex login --link-deployments`",
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
