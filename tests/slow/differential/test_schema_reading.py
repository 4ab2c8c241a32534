"""kitcn's schemas, each written down in ten ways: what is read is what the schema was made of, each time."""

from __future__ import annotations

from random import Random

import pytest

from tests.schema.random_schemas import expected, facts, random_abstract, without_part
from tests.schema.rendering import Abstract, Style, read_files, render, without_places
from tests.support.shrinking import shrunk
from tests.support.suites import Cases

PARTS = 4
MODELS = 250
VARIANTS = 10


@pytest.mark.parametrize("part", range(PARTS))
def test_every_way_of_writing_reads_the_same(cases: Cases, part: int) -> None:
    for _ in range(MODELS):
        abstract = random_abstract(cases.random)
        files = render(abstract, Style.plain())
        plain = read_files(files)
        assert (plain.problems, plain.dynamic) == ((), ()), f"--seed {cases.seed}: {shown(files)}"
        assert facts(plain) == expected(abstract), f"--seed {cases.seed}: {shown(files)}"
        wanted = without_places(plain)
        for _ in range(VARIANTS):
            seed = cases.random.getrandbits(64)
            if without_places(read_files(written(abstract, seed))) != wanted:
                pytest.fail(f"--seed {cases.seed}: {explained(abstract, seed)}")
    cases.passed(MODELS * VARIANTS, f"ways of writing {MODELS} kitcn schemas, read as what they were made of")


def written(abstract: Abstract, seed: int) -> dict[str, str]:
    return render(abstract, Style.random(Random(seed)))


def explained(abstract: Abstract, seed: int) -> str:
    """A variant that is read otherwise, of as small a schema as can be found."""

    def differs(one: Abstract) -> bool:
        plain = read_files(render(one, Style.plain()))
        return bool(without_places(read_files(written(one, seed))) != without_places(plain))

    small = shrunk(abstract, without_part, lambda some: [differs(one) for one in some])
    files = written(small, seed)
    read = read_files(files)
    return (
        f"{shown(files)}\nread as\n{facts(read)}\nnot as\n{expected(small)}\n"
        f"problems: {read.problems}\ndynamic: {read.dynamic}"
    )


def shown(files: dict[str, str]) -> str:
    return "\n".join(f"// {name}\n{text}" for name, text in files.items())
