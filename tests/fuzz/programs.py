"""Fuzzing of the type eraser and of what wraps queries: many programs, judged in one Deno."""

from __future__ import annotations

from collections import Counter
from random import Random
from typing import Any

from kitcn_repl.errors import UsageError
from kitcn_repl.explore.inline.compile import CompiledQuery, compile_query
from kitcn_repl.explore.inline.erase import erase_types
from kitcn_repl.explore.inline.syntax import parse
from tests.fuzz import hostile
from tests.fuzz.erasing import body_of, check_erased, check_places, is_comparison, judged, tokens
from tests.fuzz.oracle import clear_line
from tests.fuzz.ts.pieces import Program
from tests.fuzz.ts.programs import Generator

_SOUP = (
    *"{}()[]<>`'\"/.,;:=!?@#\n\0é",
    "${",
    "=>",
    "...",
    "?.",
    "/*",
    "*/",
    "//",
    " as ",
    " satisfies ",
    "<T>",
    ": T",
    "!.",
    "export default query(",
    "const x",
    "type A = ",
    "interface I ",
    "enum E {",
    "namespace N {",
    "declare ",
    "abstract class ",
    "import type ",
    "async ",
    "await ",
    "return ",
    "function f",
    "class C ",
    "a",
    "b",
    "1",
    "'s'",
    "/r/",
    "\u2028",
    "\ufeff",
    "👩‍👧",
    "import('x')",
    "private ",
    "yield ",
)


_DEEP: tuple[str, ...] = ("(", "[", "{", "<", "a?", "!", "`${", "x as ", "async ")


def check_programs(random: Random, count: int) -> Counter[str]:
    """Generated programs: what is erased runs to the value of the untyped original, and every other character stays."""
    programs = [Generator(Random(random.getrandbits(48))).program() for _ in range(count)]
    ends: Counter[str] = Counter()
    queries = []
    for program in list(programs):
        try:
            queries.append(compile_query(program.text, measure=False))
        except UsageError as error:
            # The one type whose place blanks cannot take.
            assert "over several lines" in clear_line(error), _failed(program.text, error.message)
            ends["refused"] += 1
            programs.remove(program)
    for program, query in zip(programs, queries, strict=True):
        try:
            if query.is_valid:
                check_erased(program, erase_types(parse(program.text)))
            check_places(program.text, query)
        except AssertionError as error:
            raise _failed(program.text, str(error)) from None
    answers = judged(
        [(program.text, [program.untyped, body_of(query)]) for program, query in zip(programs, queries, strict=True)]
    )
    for program, query, answer in zip(programs, queries, answers, strict=True):
        ends[_compared(program, query, answer)] += 1
    return ends


def _compared(program: Program, query: CompiledQuery, answer: dict[str, Any]) -> str:
    wanted, found = answer["ran"]
    assert "syntax" not in wanted, _failed(
        program.text, f"the generator made no JavaScript: {wanted} {program.untyped}"
    )
    if not query.is_valid:
        # Not understood, and so sent as it is: it must fail there, not come to another value.
        assert "value" not in found or found == wanted, _failed(program.text, f"not understood, and it ran: {found}")
        return "not understood"
    assert found == wanted, _failed(program.text, f"the original gives {wanted}, erased it gives {found}")
    stripped = answer["stripped"].get("text")
    if stripped is None or is_comparison(program.text):
        return "run"
    erased = erase_types(parse(program.text))
    assert tokens(erased) == tokens(stripped), _failed(program.text, f"Deno leaves {stripped!r}, we {erased!r}")
    return "run, and stripped by Deno to the same"


def check_refused(random: Random, count: int) -> Counter[str]:
    """Programs with something in them that cannot be erased are refused, by line and name."""
    ends: Counter[str] = Counter()
    for _ in range(count):
        program = Generator(Random(random.getrandbits(48))).refused()
        assert program.refused is not None
        line, construct = program.refused
        try:
            query = compile_query(program.text, measure=False)
        except UsageError as error:
            message = clear_line(error)
            assert construct in message and error.hint, _failed(program.text, message)
            assert message.startswith(f"Line {line}:"), _failed(program.text, f"line {line} expected: {message}")
            ends[construct] += 1
        else:
            assert not query.is_valid, _failed(program.text, f"the {construct} went through")
            ends["not understood"] += 1
    return ends


def check_texts(random: Random, count: int) -> Counter[str]:
    """Any text: compiled or refused in one line. What Deno strips and we erase is the same."""
    texts = [_text(Random(random.getrandbits(48))) for _ in range(count)]
    kept: list[str] = []
    ends: Counter[str] = Counter()
    for text in texts:
        try:
            query = compile_query(text, measure=False)
        except UsageError as error:
            clear_line(error)
            ends["refused"] += 1
        except Exception as error:
            raise _failed(text, repr(error)) from error
        else:
            if query.is_valid and not is_comparison(text):
                kept.append(text)
            ends["compiled" if query.is_valid else "not understood"] += 1
    for text, answer in zip(kept, judged([(text, []) for text in kept]), strict=True):
        stripped = answer["stripped"].get("text")
        syntax = parse(text)
        if stripped is None or not syntax.is_valid:
            continue
        erased = erase_types(syntax)
        assert tokens(erased) == tokens(stripped), _failed(text, f"Deno leaves {stripped!r}, we {erased!r}")
        ends["stripped by Deno to the same"] += 1
    return ends


def _text(random: Random) -> str:
    kind = random.randrange(4)
    if kind == 0:
        return "".join(random.choices(_SOUP, k=random.randrange(1, 40)))
    generator = Generator(random)
    text = generator.refused().text if kind == 1 and random.random() < 0.3 else generator.program().text
    if random.random() < 0.1:
        deep = random.choice(_DEEP) * random.choice((100, 3000))
        return f"{deep}{text}"
    if random.random() < 0.5:
        at = random.randrange(len(text))
        return f"{text[:at]}{random.choice((*_SOUP, ''))}{text[at + random.choice((0, 0, 1)) :]}"
    return hostile.mutated_text(random, text, _SOUP if random.random() < 0.8 else hostile.TEXTS)


def _failed(text: str, why: str) -> AssertionError:
    return AssertionError(f"{why}\nprogram: {text!r}")
