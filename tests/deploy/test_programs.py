"""Programs of no registry: taken where they are, unpacked or built where not, or a sentence."""

from dataclasses import replace
from pathlib import Path

import pytest

from deploy import programs
from deploy.programs import Missing, Program

GO = """#!/bin/sh
for word; do case $word in -o=*) out=${word#-o=};; esac; done
[ "$(cat go.mod)" = "module it" ] || exit 3
echo "#!/bin/sh" > "$out"; echo "$@" > asked
"""


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Program:
    source, tools = tmp_path / "source", tmp_path / "tools"
    source.mkdir()
    tools.mkdir()
    (source / "go.mod").write_text("module it")
    (source / "go.sum").write_text("")
    monkeypatch.setattr(programs, "LOCAL", tmp_path / "local")
    monkeypatch.setenv("PATH", f"{tools}:/usr/bin:/bin")
    return Program("judge-of-ours", "example.com/it", source, tags="small")


def put(tmp_path: Path, name: str, text: str) -> Path:
    tool = tmp_path / "tools" / name
    tool.write_text(text)
    tool.chmod(0o755)
    return tool


def test_it_is_built_once_from_what_is_pinned(program: Program, tmp_path: Path) -> None:
    go = put(tmp_path, "go", GO)
    made = program.made()
    assert made == program.place == tmp_path / "local" / "judge-of-ours" / "judge-of-ours"
    asked = (made.parent / "asked").read_text().split()
    assert asked[:3] == ["build", "-mod=mod", "-tags=small"]
    assert asked[-1] == "example.com/it"
    go.write_text("#!/bin/sh\nexit 1\n")
    assert program.made() == made


def test_one_of_the_machine_is_taken(program: Program, tmp_path: Path) -> None:
    there = put(tmp_path, "judge-of-ours", "#!/bin/sh\n")
    assert program.found() == program.made() == there


def test_a_build_that_fails_leaves_nothing(program: Program, tmp_path: Path) -> None:
    put(tmp_path, "go", "#!/bin/sh\necho half > x.part; exit 1\n")
    with pytest.raises(Missing, match="judge-of-ours cannot be built"):
        program.made()
    assert program.found() is None


def test_without_go_a_sentence_says_what_to_do(
    program: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path / "tools"))
    with pytest.raises(
        Missing, match=r"Go is not on the PATH: install .* from https://go\.dev/dl/"
    ):
        program.made()


APT = '#!/bin/sh\n[ "$1 $2" = "download it" ] && : > it_1_amd64.deb\n'
NOTHING, FAILS = "#!/bin/sh\n", "#!/bin/sh\nexit 100\n"
DPKG = '#!/bin/sh\nmkdir -p usr/bin && echo "#!/bin/sh" > usr/bin/judge-of-ours\n'


def test_debians_is_taken_before_one_is_built(program: Program, tmp_path: Path) -> None:
    put(tmp_path, "apt-get", APT)
    put(tmp_path, "dpkg-deb", DPKG)
    made = replace(program, debian="it").made()
    assert made == program.place
    assert made.read_text() == "#!/bin/sh\n"
    assert [path.name for path in made.parent.iterdir()] == ["judge-of-ours"]


@pytest.mark.parametrize(
    ("apt", "dpkg"),
    [
        ("#!/bin/sh\nexit 100\n", DPKG),
        ("#!/bin/sh\n", DPKG),
        (APT, "#!/bin/sh\n"),
        (APT, "#!/bin/sh\nexit 2\n"),
    ],
)
def test_where_debian_has_none_it_is_built(
    program: Program, tmp_path: Path, apt: str, dpkg: str
) -> None:
    put(tmp_path, "apt-get", apt)
    put(tmp_path, "dpkg-deb", dpkg)
    put(tmp_path, "go", GO)
    assert (replace(program, debian="it").made().parent / "asked").exists()
