"""`kitcn env diff`: variables side by side, without showing them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from kitcn_repl.cli.click_parts import HelpOnOurStdout, session_of
from kitcn_repl.cli.env_parts import announce, read_stdin
from kitcn_repl.cli.options import OWN_FORMATS, format_option, target_options
from kitcn_repl.cli.session import Session

if TYPE_CHECKING:
    from kitcn_repl.explore.environment.comparison import Compared
    from kitcn_repl.explore.environment.sides import Operand, Side

_DIFFERENT = 1
_NAMING = ("deployment", "prod", "preview_name", "deployment_name", "url", "admin_key", "demo", "snapshot")


@click.command(
    cls=HelpOnOurStdout,
    epilog="""
    kitcn env diff dev prod
    kitcn env diff prod default         prod and the defaults for prod
    kitcn env diff default:dev default:preview
    kitcn env diff .env.convex          the selected deployment and the file
    kitcn env diff staging prod --exit-code -q || echo 'not the same'
    """,
)
@click.argument("sides", nargs=-1, metavar="A [B]")
@click.option("--all", "show_all", is_flag=True, help="Also what is the same on both sides.")
@click.option("--show", is_flag=True, help="Show the values, in every format.")
@click.option("--exit-code", is_flag=True, help="End with 1 if there are differences.")
@format_option("How to print; by default a table.", OWN_FORMATS)
@target_options
@click.pass_context
def diff(
    context: click.Context, sides: tuple[str, ...], show_all: bool, show: bool, exit_code: bool, format_: str | None
) -> int:
    """Compare the environment variables of A and B; without B, of the selected deployment and A.

    A and B are each a deployment (dev, prod, a name or reference, TEAM:PROJECT:REFERENCE, demo, sqlite:FILE ...);
    default:TYPE or default:[TEAM:]PROJECT:TYPE, the defaults for new deployments of a type, where default alone stands
    for those of the deployment beside it; or a dotenv file: file:PATH, a path that begins with ., / or ~, or - for
    stdin.

    Values are masked: equal ones have the same fingerprint, which is another one in every run.
    """
    from kitcn_repl.explore.environment.sides import OfDeployment, parse_operand

    if not 1 <= len(sides) <= 2:
        raise click.UsageError(
            "Give what to compare: kitcn env diff A B, or A alone for the selected deployment and A."
        )
    session = session_of(context)
    operands: list[Operand] = [parse_operand(text) for text in sides]
    if len(operands) == 1:
        operands.insert(0, OfDeployment())
    elif given := [name for name in _NAMING if name in session.flags]:
        raise click.UsageError(f"--{given[0].replace('_', '-')} names a deployment; A and B do that already.")
    return session.run(lambda: _diff(session, operands[0], operands[1], show_all, show, exit_code, format_))


async def _diff(
    session: Session, a: Operand, b: Operand, show_all: bool, show: bool, exit_code: bool, format_: str | None
) -> int:
    from kitcn_repl.explore.environment.comparison import compare
    from kitcn_repl.explore.environment.sides import Reader
    from kitcn_repl.targets.target import TargetFlags

    environment = session.environment
    reader = Reader(TargetFlags(**session.flags), environment.variables, environment.cwd, lambda: read_stdin(session))
    sides = await reader.read(a, b)
    for letter, side in zip("AB", sides, strict=True):
        _announce(session, letter, side)
    compared = compare(sides[0].values, sides[1].values)
    differing = [row for row in compared if row.state != "same"]
    _write(session, compared if show_all else differing, sides, show, format_)
    _summarize(session, compared, show_all=show_all)
    return _DIFFERENT if exit_code and differing else 0


def _announce(session: Session, letter: str, side: Side) -> None:
    announce(session, f"{letter}: {side.title}", is_prod=side.is_prod)
    if side.left_out:
        session.aside(f"   left out, since they only say which deployment is used: {', '.join(side.left_out)}")
    for notice in side.notices:
        session.advise(notice)


def _write(session: Session, rows: list[Compared], sides: tuple[Side, Side], show: bool, format_: str | None) -> None:
    from kitcn_repl.explore.environment.comparison import Fingerprints
    from kitcn_repl.render.environment import comparison_row, draw_comparison

    fingerprints = Fingerprints()
    if format_ not in (None, "table"):
        from kitcn_repl.cli.output import write_rows

        assert format_ is not None
        columns = ("name", "state", "a", "b")
        write_rows(session, [comparison_row(row, fingerprints, show=show) for row in rows], format_, columns=columns)
        return
    if not rows:
        return
    from kitcn_repl.cli.output import note_missing

    environment = session.environment
    width = environment.width if environment.stdout_is_tty else None
    headings = (sides[0].heading, sides[1].heading)
    drawing = draw_comparison(rows, headings, fingerprints, environment.out_style, width, show=show)
    session.drawn("".join(line + "\n" for line in drawing.lines))
    if show:
        note_missing(session, drawing.cut_cells, drawing.left_out)


def _summarize(session: Session, compared: list[Compared], *, show_all: bool) -> None:
    counts = {state: sum(row.state == state for row in compared) for state in ("different", "only in A", "only in B")}
    same = len(compared) - sum(counts.values())
    if same == len(compared):
        session.aside(f"No differences: {same} the same." if same else "No variables on either side.")
        return
    told = ", ".join(f"{number} {state}" for state, number in counts.items() if number)
    hidden = " (--all shows them)" if same and not show_all else ""
    session.aside(f"{told}, {same} the same{hidden}")
