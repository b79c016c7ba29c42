"""The floors of the house: who may import what. Read from the source, so nothing can slip in."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
COURSE = ROOT / "course"

# floor → (floors of ours it may import, packages from outside it may import)
FLOORS: dict[str, tuple[set[str], set[str]]] = {
    "core": (set(), set()),
    "questions": ({"core", "seams"}, set()),
    "library": ({"core", "questions"}, {"markdown", "markdown_it", "nh3", "pysqlite3", "ruamel"}),
    "measure": ({"core"}, {"fsrs", "numpy"}),
    "store": ({"core", "config"}, {"sqlalchemy", "flask_sqlalchemy", "alembic", "pysqlite3"}),
    "web": (
        {"core", "questions", "library", "measure", "store", "clock", "config", "mail"},
        {
            *("flask", "wtforms", "werkzeug", "markupsafe", "itsdangerous", "flask_compress", "jinja2", "brotli"),
            *("argon2", "zxcvbn", "email_validator"),
        },
    ),
    "config": (set(), set()),
    "mail": ({"config"}, set()),
    "clock": (set(), set()),
    "seams": (set(), set()),
    "hearing": (set(), {"granian"}),
    "serving": ({"config", "hearing"}, {"granian"}),
    "cli": (
        {"core", "questions", "library", "store", "web", "config", "clock", "seams", "serving"},
        {"click", "flask"},
    ),
    "__init__": (
        {"core", "questions", "library", "store", "web", "config", "clock", "seams", "cli"},
        {"flask", "werkzeug"},
    ),
}
PURE = {"core", "questions", "measure"}
NOT_IN_PURE = {"datetime.now", "time.time", "open", "random.random", "random.choice", "random.shuffle"}


def floor_of(file: Path) -> str:
    parts = file.relative_to(COURSE).parts
    return parts[0] if len(parts) > 1 else parts[0].removesuffix(".py")


def sources() -> list[Path]:
    return sorted(COURSE.rglob("*.py"))


def imports(tree: ast.AST) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"a relative import in line {node.lineno}"
            if node.module == "course":
                yield from ((node.lineno, f"course.{alias.name}") for alias in node.names)
            else:
                yield node.lineno, node.module or ""


def calls(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func)


@pytest.mark.parametrize("file", sources(), ids=lambda file: str(file.relative_to(ROOT)))
def test_a_file_imports_only_what_its_floor_may(file: Path) -> None:
    floor = floor_of(file)
    assert floor in FLOORS, f"{floor} is no floor of the house"
    ours, outside = FLOORS[floor]
    for line, name in imports(ast.parse(file.read_text())):
        top, _, rest = name.partition(".")
        if top == "course":
            target = rest.partition(".")[0]
            assert target == floor or target in ours, f"{file}:{line} imports {name}"
        elif top not in sys.stdlib_module_names:
            assert top in outside, f"{file}:{line} imports {name}"


@pytest.mark.parametrize("floor", sorted(PURE))
def test_pure_floors_read_no_clock_no_file_and_no_global_chance(floor: str) -> None:
    for file in (COURSE / floor).rglob("*.py"):
        used = set(calls(ast.parse(file.read_text())))
        assert used.isdisjoint(NOT_IN_PURE), f"{file} calls {used & NOT_IN_PURE}"


def test_only_the_clock_reads_the_clock() -> None:
    for file in sources():
        if file.name != "clock.py":
            found = [call for call in calls(ast.parse(file.read_text())) if call.endswith(("datetime.now", "utcnow"))]
            assert not found, f"{file} reads the clock"


def test_pages_and_commands_write_no_queries() -> None:
    for file in [*(COURSE / "web").rglob("*.py"), COURSE / "cli.py"]:
        assert "select" not in set(calls(ast.parse(file.read_text()))), f"{file} writes a query"


SUBJECT = re.compile(
    r"\b(?:ITIL|HVIT|DevOps|PeopleCert|[Oo]nboard|[Oo]ffboard|[Cc]o-create|[Pp]rovider|[Cc]onsumer)\b", re.ASCII
)
SCRIPT_COMMENT = re.compile(r"/\*.*?\*/|//[^\n]*", re.DOTALL)


def test_the_engine_knows_no_word_of_its_subject() -> None:
    engine = [*sources(), *(ROOT / "templates").rglob("*.html"), *(COURSE / "static" / "js").rglob("*.js")]
    for file in engine:
        assert SUBJECT.search(code_of(file)) is None, f"{file} knows the subject"


def code_of(file: Path) -> str:
    """A file without docstrings and comments, which may give examples."""
    if file.suffix == ".js":
        return SCRIPT_COMMENT.sub("", file.read_text())
    if file.suffix != ".py":
        return file.read_text()
    tree = ast.parse(file.read_text())
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        first = body[0] if isinstance(body, list) and body else None
        if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
            first.value.value = ""
    return ast.unparse(tree)
