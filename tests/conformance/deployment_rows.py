"""Commands that change which deployment is used, and where ours does otherwise than the genuine CLI on purpose."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

DEV = "CONVEX_DEPLOYMENT=dev:happy-otter-101 # team: acme, project: chess\n"
PACKAGE = '{"name": "project", "dependencies": {"convex": "*"}}\n'


@dataclass(frozen=True)
class Row:
    """What is run where. `because` says why the two differ on purpose; `differs` is how: in the files that are left, in
    what the service knows then, or in whether the command succeeds."""

    name: str
    command: str
    env_local: str | None = DEV
    files: Mapping[str, str] = field(default_factory=dict)
    variables: Mapping[str, str] = field(default_factory=dict)
    differs: frozenset[str] = frozenset()
    because: str = ""

    @property
    def title(self) -> str:
        return f"{self.command.split()[0]}: {self.name}"


def _package(*names: str) -> Mapping[str, str]:
    listed = ", ".join(f'"{name}": "*"' for name in ("convex", *names))
    return {"package.json": f'{{"dependencies": {{{listed}}}}}'}


def _state(name: str, project: str | None) -> Mapping[str, str]:
    identity = "" if project is None else f', "cloudProjectId": <project {project}>'
    return {
        ".convex/local/default/config.json": '{"ports": {"cloud": 3999, "site": 3998}, "backendVersion": "v",'
        f' "adminKey": "{name}|0123"{identity}, "deploymentName": "{name}"}}'
    }


_FUNCTIONS = {"convex.json": '{"functions": "backend/convex"}'}
LOCAL = "local-acme-chess"

SELECT = (
    Row("a reference", "select staging"),
    Row("dev", "select dev", "CONVEX_DEPLOYMENT=dev:calm-cow-104\n"),
    Row("a name", "select quick-fox-102"),
    Row("a preview", "select preview/pr-1"),
    Row("a custom one", "select custom/load"),
    Row("another team", "select umbrella:chess:dev"),
    Row("nothing configured", "select acme:chess:staging", None),
    Row("what is selected already", "select happy-otter-101"),
    Row("a file of other things", "select staging", f"A=1\n{DEV}# note\nB='x y'\n"),
    Row("no newline at the end", "select staging", "A=1"),
    Row("an empty file", "select umbrella:chess:dev", ""),
    Row("in quotes", "select staging", 'CONVEX_DEPLOYMENT="dev:happy-otter-101"\n'),
    Row("addresses are there", "select staging", f"{DEV}CONVEX_SITE_URL=b\n\nCONVEX_URL=a\n"),
    Row("an address of another name", "select staging", f"{DEV}VITE_CONVEX_URL=a\n"),
    Row("two addresses", "select staging", f"{DEV}VITE_CONVEX_URL=a\nCONVEX_URL=b\n"),
    Row("an address twice", "select staging", f"{DEV}CONVEX_URL=a\nAPI=a\n"),
    Row("an empty address", "select staging", f"{DEV}CONVEX_URL=\nAPI=\n"),
    Row("for Next.js", "select staging", files=_package("next")),
    Row("for Vite", "select staging", files=_package("vite")),
    Row("for Expo", "select staging", files=_package("expo")),
    Row("for SvelteKit", "select staging", files=_package("@sveltejs/kit", "vite")),
    Row("for TanStack Start", "select staging", files=_package("@tanstack/react-start")),
    Row("for Create React App", "select staging", files={**_package("react-scripts"), "src/a.ts": ""}),
    Row("for Remix", "select staging", files={**_package("@remix-run/dev"), ".env": "A=1\n"}),
    Row("git ignores it", "select staging", files={".gitignore": "*.local\n"}),
    Row("git ignores other things", "select staging", files={".gitignore": "dist"}),
    Row("functions elsewhere", "select staging", files={**_FUNCTIONS, "backend/a.ts": ""}),
    Row("prod", "select prod"),
    Row("nothing of that name", "select nowhere"),
    Row("nothing of that team", "select nobody:chess:dev"),
    Row("a deploy key of a project", "select dev/bob", variables={"CONVEX_DEPLOY_KEY": "<project key>"},
        differs=frozenset({"files", "succeeds"}), because="A project key knows its project; the genuine one gives up."),
    Row("the local one", "select local", files=_state(LOCAL, "chess")),
    Row("the local one, without a project", "select local", files=_state(LOCAL, None)),
    Row("the local one moves", "select acme:go:local", files=_state(LOCAL, "chess")),
    Row("no local one", "select local"),
)  # fmt: skip

IMPROVED = (
    Row("another project", "select go:dev/ada",
        differs=frozenset({"files"}), because="The comment behind the name says the project before."),
    Row("functions in a folder to be made", "select staging", files=_FUNCTIONS,
        differs=frozenset({"files", "succeeds"}), because="It fails with half of the variables written."),
    Row("a variable with a longer name", "select staging", f"CONVEX_DEPLOYMENT_NAME=t\n{DEV}",
        differs=frozenset({"files"}), because="The other variable is written over."),
    Row("two assignments", "select staging", f"{DEV}CONVEX_DEPLOYMENT=dev:quick-fox-102\n",
        differs=frozenset({"files"}), because="The second assignment stays, and wins."),
    Row("exported", "select staging", f"export {DEV}",
        differs=frozenset({"files"}), because="An exported variable is not written at all."),
    Row("line ends of Windows", "select staging", DEV.replace("\n", "\r\n"),
        differs=frozenset({"files"}), because="New lines end otherwise than those of the file."),
    Row("a comment behind the value", "select staging", "CONVEX_DEPLOYMENT=dev:happy-otter-101 # mine\n",
        differs=frozenset({"files"}), because="The user's own comment is gone."),
    Row("a comment behind an address", "select staging", f"{DEV}CONVEX_URL=a # mine\n",
        differs=frozenset({"files"}), because="The user's own comment is gone."),
    Row("a line within a value", "select staging", f'X="\nCONVEX_DEPLOYMENT=in\n"\n{DEV}',
        differs=frozenset({"files"}), because="A line within another variable's value is written over."),
    Row("no package.json", "select staging", files={"package.json": ""},
        differs=frozenset({"files", "succeeds"}), because="It fails with half of the variables written."),
    Row("self-hosted", "select acme:chess:staging",
        "CONVEX_SELF_HOSTED_URL=http://127.0.0.1:9\nCONVEX_SELF_HOSTED_ADMIN_KEY=a|b\n",
        differs=frozenset({"files", "succeeds"}), because="What is left contradicts itself, and no command works."),
    Row("the local one, anonymous", "select local", None, files=_state("anonymous-chess", None),
        differs=frozenset({"files", "succeeds"}), because="An anonymous deployment can be selected too."),
)  # fmt: skip

CREATE = (
    Row("a dev deployment", "create dev/mine --type dev"),
    Row("a preview", "create preview/pr-7 --type preview --expiration none"),
    Row("with an end", "create mine --type preview --expiry none"),
    Row("with an end by its third name", "create mine --type preview --expires none"),
    Row("in another project", "create umbrella:chess:mine --type dev --region eu"),
    Row("with a class", "create mine --type dev --class s256"),
    Row("a second default", "create mine --type dev --default"),
    Row("a first default", "create --type dev --default", "CONVEX_DEPLOYMENT=prod:stern-yak-302\n"),
    Row("made and selected", "create mine --type dev --select"),
    Row("made and selected, in another team", "create umbrella:chess:mine --type preview --select --expiration none"),
    Row("made and selected, nothing configured", "create acme:go:mine --type dev --select", None),
    Row("a reference that is taken", "create staging --type dev"),
    Row("a name", "create happy-otter-9 --type dev"),
    Row("an alias", "create dev --type dev"),
    Row("without a type", "create mine"),
    Row("without a reference", "create --type dev"),
    Row("a region that there is not", "create mine --type dev --region mars"),
    Row("a prod deployment", "create mine --type prod",
        differs=frozenset({"state", "succeeds"}), because="Nothing of prod changes without --yes."),
    Row("prod, selected", "create mine --type prod --select",
        differs=frozenset({"state"}), because="It is made, and then not selected; ours refuses first."),
)  # fmt: skip

ROWS = (*SELECT, *IMPROVED, *CREATE)
