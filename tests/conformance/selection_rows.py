"""The selection matrix (control-plane.md 1.3 to 1.8): surroundings, flags, and the deployment that is reached.

In texts, `<url NAME>`, `<key NAME>` and `<secret NAME>` stand for those of a deployment of the stand-in's small world.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from tests.support.control_plane.small_world import ACCESS_TOKEN, PREVIEW_DEPLOY_KEY, PROJECT_KEY

OTTER, FOX, CAT, COW, BEE, ELK = (
    "happy-otter-101", "quick-fox-102", "brave-cat-103", "calm-cow-104", "shy-bee-105", "odd-elk-106",
)  # fmt: skip
HEN, RAM, OWL, YAK = "merry-hen-201", "grand-ram-202", "wise-owl-301", "stern-yak-302"
LOCAL, ANONYMOUS = "local-acme-chess", "anonymous-chess"

DEV = f"CONVEX_DEPLOYMENT=dev:{OTTER} # team: acme, project: chess\n"


@dataclass(frozen=True)
class Row:
    """`reaches` is the deployment that ours asks, None if it refuses. Where the genuine CLI ends up elsewhere on
    purpose, `genuine` says where and `because` why. `cwd` is below the project's folder.

    `home` and `files` are files by path: in the home directory's configuration folder, and in the project's folder.
    """

    name: str
    reaches: str | None
    flags: str = ""
    env_local: str | None = DEV
    dotenv: str | None = None
    variables: Mapping[str, str] = field(default_factory=dict)
    login: Literal["override", "stored", "none"] = "override"
    files: Mapping[str, str] = field(default_factory=dict)
    home: Mapping[str, str] = field(default_factory=dict)
    cwd: str = "."
    genuine: str | None = "same"
    because: str = ""

    @property
    def genuine_reaches(self) -> str | None:
        return self.reaches if self.genuine == "same" else self.genuine


def _key(value: str, name: str = "CONVEX_DEPLOY_KEY") -> Mapping[str, str]:
    return {name: value}


def _state(name: str, project: str = "chess") -> str:
    identity = "" if name == ANONYMOUS else f', "cloudProjectId": <project {project}>'
    return (
        f'{{"ports": {{"cloud": <port {name}>, "site": 3211}}, "backendVersion": "v", "adminKey": "<key {name}>",'
        f' "deploymentName": "{name}"{identity}}}'
    )


_HOSTED = {"CONVEX_SELF_HOSTED_URL": f"<url {COW}>", "CONVEX_SELF_HOSTED_ADMIN_KEY": f"<key {COW}>"}
_HOSTED_TEXT = "".join(f"{name}={value}\n" for name, value in _HOSTED.items())
_CONFIG = ".convex/local/default/config.json"
_HERE = {_CONFIG: _state(LOCAL)}

CONFIGURED = (
    Row("CONVEX_DEPLOYMENT", OTTER),
    Row("CONVEX_DEPLOYMENT without a type", OTTER, env_local=f"CONVEX_DEPLOYMENT={OTTER}\n"),
    Row("CONVEX_DEPLOYMENT of type prod", CAT, env_local=f"CONVEX_DEPLOYMENT=prod:{CAT}\n"),
    Row("CONVEX_DEPLOYMENT of type preview", BEE, env_local=f"CONVEX_DEPLOYMENT=preview:{BEE}\n"),
    Row("CONVEX_DEPLOYMENT of type custom", ELK, env_local=f"CONVEX_DEPLOYMENT=custom:{ELK}\n"),
    Row("CONVEX_DEPLOYMENT of nothing", None, env_local="CONVEX_DEPLOYMENT=dev:no-such-999\n"),
    Row("CONVEX_DEPLOYMENT of another team", YAK, env_local=f"CONVEX_DEPLOYMENT='dev:{YAK}'\n"),
    Row("the environment beats the files", FOX, variables={"CONVEX_DEPLOYMENT": f"dev:{FOX}"}),
    Row(".env alone", FOX, env_local=None, dotenv=f"CONVEX_DEPLOYMENT=dev:{FOX}\n"),
    Row(".env.local beats .env", OTTER, dotenv=f"CONVEX_DEPLOYMENT=dev:{FOX}\n"),
    Row("an empty variable hides the files", None, variables={"CONVEX_DEPLOYMENT": ""}),
    Row("the last assignment counts", FOX, env_local=f'{DEV}export CONVEX_DEPLOYMENT = "dev:{FOX}"\n'),
    Row("nothing", None, env_local=None),
    Row("nothing, in a build", None, env_local=None, variables={"VERCEL": "1"}),
    Row("nothing, and nobody logged in", None, env_local=None, login="none"),
)

LOGINS = (
    Row("a stored login", OTTER, login="stored"),
    Row("the override beats the stored login", None, login="stored", variables={"CONVEX_OVERRIDE_ACCESS_TOKEN": "no"}),
    Row("the override in .env.local", OTTER, login="none",
        env_local=f"{DEV}CONVEX_OVERRIDE_ACCESS_TOKEN={ACCESS_TOKEN}\n"),
    Row("nobody logged in", None, login="none"),
    Row("a login file that is broken", None, login="none", home={"config.json": "{"}),
    Row("a login file without a token", None, login="none", home={"config.json": '{"accessToken": ""}'}),
)  # fmt: skip

FLAGS = (
    Row("--prod", CAT, "--prod"),
    Row("--preview-name", BEE, "--preview-name pr-1"),
    Row("--preview-name of nothing", None, "--preview-name pr-9"),
    Row("--deployment-name", FOX, f"--deployment-name {FOX}"),
    Row("--deployment-name in another project", HEN, f"--deployment-name {HEN}"),
    Row("--deployment-name and nothing configured", FOX, f"--deployment-name {FOX}", env_local=None),
    Row("--prod and nothing configured", None, "--prod", env_local=None),
    Row("--prod beside a prod deployment", CAT, "--prod", env_local=f"CONVEX_DEPLOYMENT=prod:{CAT}\n"),
)

SELECTORS = (
    Row("a name", FOX, f"--deployment {FOX}"),
    Row("a name in another team", OWL, f"--deployment {OWL}"),
    Row("a name of nothing", None, "--deployment no-such-999"),
    Row("a name, nothing configured", FOX, f"--deployment {FOX}", env_local=None),
    Row("a reference", COW, "--deployment staging"),
    Row("a reference with a slash", FOX, "--deployment dev/bob"),
    Row("a preview's reference", BEE, "--deployment preview/pr-1"),
    Row("a reference of nothing", None, "--deployment nowhere"),
    Row("a reference, nothing configured", None, "--deployment staging", env_local=None),
    Row("a reference, nobody logged in", None, "--deployment staging", login="none"),
    Row("dev", OTTER, "--deployment dev", env_local=f"CONVEX_DEPLOYMENT=dev:{FOX}\n"),
    Row("dev beside prod", OTTER, "--deployment dev", env_local=f"CONVEX_DEPLOYMENT=prod:{CAT}\n"),
    Row("prod", CAT, "--deployment prod"),
    Row("project:reference", HEN, "--deployment go:dev/ada"),
    Row("project:dev", HEN, "--deployment go:dev"),
    Row("project:prod", RAM, "--deployment go:prod"),
    Row("project of nothing", None, "--deployment nowhere:dev"),
    Row("project without a dev deployment", None, "--deployment bare:dev"),
    Row("team:project:reference", OWL, "--deployment umbrella:chess:dev/ada"),
    Row("team:project:dev", OWL, "--deployment umbrella:chess:dev", env_local=None),
    Row("team:project:prod", YAK, "--deployment umbrella:chess:prod", env_local=None),
    Row("team of nothing", None, "--deployment nobody:chess:dev"),
    Row("four parts", None, "--deployment a:b:c:d"),
)

KEYS = (
    Row("a dev key", FOX, variables=_key(f"<key {FOX}>")),
    Row("a prod key", CAT, variables=_key(f"<key {CAT}>"), login="none"),
    Row("a preview deployment's key", BEE, variables=_key(f"<key {BEE}>"), login="none"),
    Row("a custom key", ELK, variables=_key(f"<key {ELK}>"), login="none"),
    Row("a key without a type", FOX, variables=_key(f"{FOX}|<secret {FOX}>"), login="none"),
    Row("a key in .env.local", FOX, env_local=f"{DEV}CONVEX_DEPLOY_KEY=<key {FOX}>\n"),
    Row("the other name of the key", FOX, variables=_key(f"<key {FOX}>", "CONVEX_DEPLOYMENT_TOKEN")),
    Row("both names of the key", COW,
        variables={"CONVEX_DEPLOY_KEY": f"<key {COW}>", "CONVEX_DEPLOYMENT_TOKEN": f"<key {FOX}>"}),
    Row("a key that opens nothing", None, variables=_key(f"dev:{FOX}|eyWrong="), login="none"),
    Row("a key of an old form", None, variables=_key("eyOldKey=")),
    Row("a key to be ignored", OTTER, variables=_key("<ignore_deploy_key>")),
    Row("a key that is missing", None, variables=_key("<missing_deploy_key:ask Ada for it>")),
    Row("a key beats the self-hosted pair", FOX, variables={**_key(f"<key {FOX}>"), **_HOSTED}, env_local=None),
    Row("a prod key and --prod", CAT, "--prod", variables=_key(f"<key {CAT}>")),
    Row("a key and a reference", None, "--deployment staging", variables=_key(f"<key {FOX}>")),
    Row("a key and another project", None, "--deployment go:dev", variables=_key(f"<key {FOX}>")),
    Row("a key and a name", FOX, f"--deployment {FOX}", variables=_key(f"<key {FOX}>"), login="none"),
    Row("a key and the name of another", None, f"--deployment {CAT}", variables=_key(f"<key {FOX}>"), login="none"),
    Row("a login, a key and team:project:reference", COW, "--deployment acme:chess:staging",
        variables=_key(f"<key {FOX}>")),
    Row("a preview deploy key", OTTER, variables=_key(PREVIEW_DEPLOY_KEY), login="none"),
    Row("a preview deploy key and --preview-name", BEE, "--preview-name pr-1", variables=_key(PREVIEW_DEPLOY_KEY),
        login="none"),
    Row("a preview deploy key and a login", BEE, "--preview-name pr-1", variables=_key(PREVIEW_DEPLOY_KEY),
        login="stored"),
    Row("a preview deploy key and --prod", CAT, "--prod", variables=_key(PREVIEW_DEPLOY_KEY)),
    Row("a preview deploy key and a reference", COW, "--deployment staging", variables=_key(PREVIEW_DEPLOY_KEY)),
    Row("a project key", OTTER, variables=_key(PROJECT_KEY), login="none"),
    Row("a project key beats a stored login", OTTER, variables=_key(PROJECT_KEY), login="stored"),
    Row("a project key and --prod", CAT, "--prod", variables=_key(PROJECT_KEY), login="none"),
    Row("a project key and --preview-name", None, "--preview-name pr-1", variables=_key(PROJECT_KEY), login="none"),
    Row("a project key and --deployment-name", None, f"--deployment-name {FOX}", variables=_key(PROJECT_KEY),
        login="none"),
    Row("a project key and prod", CAT, "--deployment prod", variables=_key(PROJECT_KEY), login="none"),
    Row("a project key and a name", FOX, f"--deployment {FOX}", variables=_key(PROJECT_KEY), login="none"),
    Row("a project key and team:project:dev", OTTER, "--deployment acme:chess:dev", variables=_key(PROJECT_KEY),
        login="none"),
)  # fmt: skip

SELF_HOSTED = (
    Row("the self-hosted pair", COW, env_local=None, variables=_HOSTED, login="none"),
    Row("the self-hosted pair in .env.local", COW, env_local=_HOSTED_TEXT, login="none"),
    Row("the self-hosted pair in two files", COW, login="none", env_local=_HOSTED_TEXT.splitlines()[0],
        dotenv=_HOSTED_TEXT.splitlines()[1]),
    Row("the self-hosted pair and CONVEX_DEPLOYMENT", None, variables=_HOSTED),
    Row("half of the self-hosted pair", None, env_local=_HOSTED_TEXT.splitlines()[0]),
    Row("half of the pair and CONVEX_DEPLOYMENT", None, env_local=DEV + _HOSTED_TEXT.splitlines()[0]),
    Row("the self-hosted pair and --prod", None, "--prod", env_local=_HOSTED_TEXT),
    Row("the self-hosted pair and --deployment-name", None, f"--deployment-name {FOX}", env_local=_HOSTED_TEXT),
    Row("the self-hosted pair and a reference", None, "--deployment staging", env_local=_HOSTED_TEXT),
    Row("the self-hosted pair and a name", FOX, f"--deployment {FOX}", env_local=_HOSTED_TEXT),
    Row("--url and --admin-key", BEE, f"--url <url {BEE}> --admin-key <key {BEE}>"),
    Row("--url and --admin-key beside a key", BEE, f"--url <url {BEE}> --admin-key <key {BEE}>", login="none",
        variables=_key(f"<key {FOX}>")),
)  # fmt: skip

ENV_FILES = (
    Row("--env-file", FOX, "--env-file other.env", files={"other.env": f"CONVEX_DEPLOYMENT=dev:{FOX}\n"}),
    Row("--env-file with a key", CAT, "--env-file other.env", files={"other.env": f"CONVEX_DEPLOY_KEY=<key {CAT}>\n"},
        login="none"),
    Row("--env-file with the self-hosted pair", COW, "--env-file other.env", files={"other.env": _HOSTED_TEXT}),
    Row("--env-file and --prod", RAM, "--env-file other.env --prod",
        files={"other.env": f"CONVEX_DEPLOYMENT=dev:{HEN}\n"}),
    Row("--env-file and a reference", COW, "--env-file other.env --deployment staging",
        files={"other.env": f"CONVEX_DEPLOYMENT=dev:{FOX}\n"}, env_local=None),
    Row("--env-file that says nothing", None, "--env-file other.env", files={"other.env": "A=1\n"}),
    Row("--env-file that does not exist", None, "--env-file other.env"),
)  # fmt: skip

LOCALS = (
    Row("a local deployment", LOCAL, env_local=f"CONVEX_DEPLOYMENT=local:{LOCAL}\n", files=_HERE),
    Row("local", LOCAL, "--deployment local", files=_HERE),
    Row("team:project:local", LOCAL, "--deployment acme:chess:local", files=_HERE, env_local=None),
    Row("team:project:local of another project", None, "--deployment acme:go:local", files=_HERE),
    Row("project:local of another project", None, "--deployment go:local", files=_HERE),
    Row("local beside another project", None, "--deployment local", files=_HERE,
        env_local=f"CONVEX_DEPLOYMENT=dev:{HEN}\n"),
    Row("local and there is none", None, "--deployment local"),
    Row("a local deployment and --prod", CAT, "--prod", env_local=f"CONVEX_DEPLOYMENT=local:{LOCAL}\n", files=_HERE),
    Row("a local deployment and dev", OTTER, "--deployment dev", env_local=f"CONVEX_DEPLOYMENT=local:{LOCAL}\n",
        files=_HERE),
    Row("a local deployment in the home directory", LOCAL, env_local=f"CONVEX_DEPLOYMENT=local:{LOCAL}\n",
        home={f"convex-backend-state/{LOCAL}/config.json": _state(LOCAL)}),
    Row("a local deployment without files", None, env_local=f"CONVEX_DEPLOYMENT=local:{LOCAL}\n"),
    Row("an anonymous deployment", ANONYMOUS, env_local=f"CONVEX_DEPLOYMENT=anonymous:{ANONYMOUS}\n",
        files={_CONFIG: _state(ANONYMOUS)}, login="none"),
    Row("an anonymous deployment in the home directory", ANONYMOUS, login="none",
        env_local=f"CONVEX_DEPLOYMENT=anonymous:{ANONYMOUS}\n",
        home={f"anonymous-convex-backend-state/{ANONYMOUS}/config.json": _state(ANONYMOUS)}),
    Row("anonymous deployments forbidden", None, env_local=f"CONVEX_DEPLOYMENT=anonymous:{ANONYMOUS}\n", login="none",
        files={_CONFIG: _state(ANONYMOUS)}, variables={"CONVEX_ALLOW_ANONYMOUS": "false"}),
)  # fmt: skip

DIFFERENCES = (
    Row("--prod --deployment dev", None, "--prod --deployment dev", genuine=OTTER,
        because="flags that contradict each other are an error; the genuine CLI takes the first by a hidden rank"),
    Row("--prod --deployment-name", None, f"--prod --deployment-name {FOX}", genuine=FOX,
        because="flags that contradict each other are an error"),
    Row("--url and --admin-key and --prod", None, f"--url <url {BEE}> --admin-key <key {BEE}> --prod", genuine=BEE,
        because="flags that contradict each other are an error; the genuine CLI warns and ignores --prod"),
    Row("--url alone", None, f"--url <url {BEE}>", genuine=OTTER,
        because="--url needs --admin-key; the genuine CLI ignores the flag and uses another deployment"),
    Row("--admin-key alone", None, f"--admin-key <key {OTTER}>", genuine=OTTER,
        because="--admin-key needs --url; the genuine CLI sends it to whatever is configured"),
    Row("--url and --env-file", None, f"--url <url {BEE}> --admin-key <key {BEE}> --env-file other.env", genuine=BEE,
        files={"other.env": f"CONVEX_DEPLOYMENT=dev:{FOX}\n"},
        because="both name a deployment; the genuine CLI ignores --env-file"),
    Row("a dev key and --prod", None, "--prod", variables=_key(f"<key {FOX}>"), genuine=FOX,
        because="prod was asked for and the key opens dev; the genuine CLI warns and uses dev"),
    Row("a key and --preview-name", None, "--preview-name pr-1", variables=_key(f"<key {FOX}>"), genuine=FOX,
        because="a preview was asked for and the key opens another; the genuine CLI warns and uses that"),
    Row("a key and --deployment-name", None, f"--deployment-name {COW}", variables=_key(f"<key {FOX}>"), genuine=FOX,
        because="another deployment was asked for; the genuine CLI warns and uses the key's"),
    Row("a project key and dev", OTTER, "--deployment dev", variables=_key(PROJECT_KEY), login="none", genuine=None,
        because="the key's project is known to the service, so dev can be found"),
    Row("a project key and a reference", COW, "--deployment staging", variables=_key(PROJECT_KEY), login="none",
        genuine=None, because="the key's project is known to the service, so the reference can be found"),
    Row("an anonymous deployment and --prod", None, "--prod", login="none", genuine=ANONYMOUS,
        env_local=f"CONVEX_DEPLOYMENT=anonymous:{ANONYMOUS}\n", files={_CONFIG: _state(ANONYMOUS)},
        because="an anonymous deployment has no prod beside it; the genuine CLI ignores the flag"),
    Row("a local deployment and a reference", COW, "--deployment staging", files=_HERE, genuine=None,
        env_local=f"CONVEX_DEPLOYMENT=local:{LOCAL}\n",
        because="the service knows no local deployments where the genuine CLI names one as the project"),
    Row("a local deployment and nobody logged in", LOCAL, files=_HERE, login="none", genuine=None,
        env_local=f"CONVEX_DEPLOYMENT=local:{LOCAL}\n",
        because="its key and its data are on this machine; asking the service adds nothing"),
    Row("local without a login", LOCAL, "--deployment local", files=_HERE, login="none", genuine=None,
        because="the project cannot be checked without a login, and opening what is here needs none"),
    Row("local when an anonymous one is here", ANONYMOUS, "--deployment local", login="none", genuine=None,
        files={_CONFIG: _state(ANONYMOUS)}, env_local=None,
        because="it is the local deployment of this folder; the genuine CLI asks the service for it, in vain"),
    Row("local by its name", LOCAL, f"--deployment {LOCAL}", files=_HERE, genuine=None,
        because="deployment list shows it by this name, so the name works"),
    Row("as CONVEX_DEPLOYMENT has it", FOX, f"--deployment dev:{FOX}", genuine=None,
        because="no reference looks like a name, so this can only be pasted from CONVEX_DEPLOYMENT"),
    Row("a sub-directory", OTTER, cwd="src/deep", genuine=None,
        because="the project's folder is looked for upwards"),
    Row("a workspace root", OTTER, cwd="..", genuine=None,
        because="the one project of a workspace is looked for downwards"),
)  # fmt: skip

ROWS = (
    *CONFIGURED, *LOGINS, *FLAGS, *SELECTORS, *KEYS, *SELF_HOSTED, *ENV_FILES, *LOCALS, *DIFFERENCES,
)  # fmt: skip
