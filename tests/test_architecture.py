"""Imports point one way, and the rules of the house hold in every file."""

from __future__ import annotations

import ast
import graphlib
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from bridge.source.registry import SOURCES as LEDGERS
from bridge.systems.registry import SYSTEMS

ROOT = Path(__file__).parents[1]
BRIDGE = ROOT / "bridge"

MAY_IMPORT = {
    "core": {"core", "errors"},
    "store": {"core", "errors", "files"},
    "report": {"core", "errors", "files", "report"},
    "source": {"core", "errors", "source"},
    "systems": {"core", "errors", "systems"},
    "pipeline": {"core", "errors", "store", "source", "systems", "report", "pipeline"},
    "sandbox": {"sandbox"},
    "daemon": {"clock", "daemon", "files", "source"},
}
MAY_IMPORT["store"] |= {"store"}
WINGS = ("", "mapping", "loan", "change", "tie_out")
"""The wings of `core/` in their order: each may use itself and those before it. "" is the ground,
where the words are that all of them speak."""
KNOWS_CONCRETE_CLASSES = {"wiring.py"}
LONGEST_MODULE = 400
LONGEST_FUNCTION = 70


def modules(folder: Path = BRIDGE) -> Iterator[Path]:
    yield from sorted(folder.rglob("*.py"))


def imports(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


@pytest.mark.parametrize("layer", sorted(MAY_IMPORT))
def test_imports_point_one_way(layer: str) -> None:
    assert list(modules(BRIDGE / layer)), f"bridge/{layer} is gone"
    for path in modules(BRIDGE / layer):
        ours = {n.split(".")[1] for n in imports(path) if n.startswith("bridge.")}
        ours -= {"__file__"}
        assert ours <= MAY_IMPORT[layer], f"{path} imports {sorted(ours - MAY_IMPORT[layer])}"


def test_the_wings_of_core_use_only_those_before_them() -> None:
    folders = {path.name for path in (BRIDGE / "core").iterdir() if path.is_dir()}
    assert folders - {"__pycache__"} == {*WINGS} - {""}
    for number, wing in enumerate(WINGS):
        allowed = WINGS[: number + 1]
        for path in (BRIDGE / "core" / wing).glob("*.py"):
            for name in imports(path):
                parts = name.split(".")
                if parts[:2] == ["bridge", "core"] and len(parts) > 2:
                    used = parts[2] if parts[2] in WINGS else ""
                    assert used in allowed, f"{path} imports {name}"


def test_no_import_runs_in_a_circle() -> None:
    """Imports inside functions count too: a circle is one, however late it closes."""
    files = {
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
        for folder in ("bridge", "bench", "tests")
        for path in modules(ROOT / folder)
    }
    uses = {name: modules_used(path, files) - {name} for name, path in files.items()}
    try:
        graphlib.TopologicalSorter(uses).prepare()
    except graphlib.CycleError as error:
        raise AssertionError(" uses ".join(error.args[1])) from None


def modules_used(path: Path, files: Mapping[str, Path]) -> set[str]:
    """The modules among `files` that this one imports by name: of a package only what is asked."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            inside = {alias.name: f"{node.module}.{alias.name}" for alias in node.names}
            found |= {full if full in files else node.module for full in inside.values()}
    return found & {*files}


def test_a_word_of_core_names_one_thing() -> None:
    """What two modules both call by one name is read as one thing by whoever meets it."""
    found: dict[str, list[str]] = {}
    for path in modules(BRIDGE / "core"):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            named = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
            if named and not node.name.startswith("_"):
                found.setdefault(node.name, []).append(str(path.relative_to(ROOT)))
    twice = {name: where for name, where in found.items() if len(where) > 1}
    assert found
    assert not twice


def test_no_module_of_tests_is_imported_by_another() -> None:
    """What several need is in a module named for what it holds. A whole suite may be run again by
    who puts a system of his own under it."""
    runs_a_suite_again = "tests/test_new_ones.py"
    assert imports(ROOT / runs_a_suite_again) >= {"tests.conformance.test_posting"}
    for path in modules(ROOT / "tests"):
        here = path.relative_to(ROOT).as_posix()
        if here == runs_a_suite_again:
            continue
        for name in sorted(imports(path)):
            of_tests = [part for part in name.split(".") if part.startswith("test_")]
            assert not (name.startswith("tests.") and of_tests), f"{here} imports {name}"


def test_core_touches_neither_network_nor_disk_nor_clock() -> None:
    banned = {"requests", "socket", "sqlite3", "sqlalchemy", "sqlmodel", "pathlib", "os", "random"}
    banned |= {"time", "logging", "subprocess", "threading", "io"}
    for path in modules(BRIDGE / "core"):
        roots = {name.split(".")[0] for name in imports(path)}
        assert not roots & banned, f"{path} imports {sorted(roots & banned)}"


def test_core_and_pipeline_know_no_vendor() -> None:
    vendors = re.compile("|".join([*SYSTEMS, "intuit"]), re.IGNORECASE)
    for layer in ("core", "pipeline"):
        for path in modules(BRIDGE / layer):
            code = ast.unparse(_without_docstrings(ast.parse(path.read_text(encoding="utf-8"))))
            assert not vendors.search(code), f"{path} names a vendor"


def test_only_the_wiring_knows_concrete_adapters_and_sources() -> None:
    systems, ledgers = "|".join(SYSTEMS), "|".join(LEDGERS)
    concrete = re.compile(rf"bridge\.(systems\.({systems})|source\.({ledgers}))\b")
    for path in modules():
        inside = path.relative_to(BRIDGE).parts[0]
        if inside in ("systems", "source") or path.name in KNOWS_CONCRETE_CLASSES:
            continue
        assert not any(concrete.match(name) for name in imports(path)), path


def test_only_the_clock_reads_the_time() -> None:
    reads = re.compile(r"datetime\.now\(|date\.today\(|time\.time\(|utcnow\(|time\.sleep\(")
    allowed = {BRIDGE / "clock.py", BRIDGE / "sandbox" / "clock.py"}
    for path in modules():
        if path in allowed or "sandbox" in path.parts:
            continue
        assert not reads.search(path.read_text(encoding="utf-8")), path


def test_nothing_is_printed_outside_the_command_line() -> None:
    for path in modules():
        if "cli" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            is_print = isinstance(node, ast.Call) and ast.unparse(node.func) == "print"
            assert not is_print, f"{path}:{node.lineno}"  # type: ignore[attr-defined]


def test_no_float_is_made_near_money() -> None:
    for layer in ("core", "source", "store", "pipeline", "report"):
        for path in modules(BRIDGE / layer):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                made = isinstance(node, ast.Call) and ast.unparse(node.func) == "float"
                assert not made, f"{path}:{node.lineno}"  # type: ignore[attr-defined]


def test_modules_and_functions_stay_small() -> None:
    for path in modules():
        text = path.read_text(encoding="utf-8")
        assert text.count("\n") <= LONGEST_MODULE, path
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef):
                length = (node.end_lineno or 0) - node.lineno + 1
                assert length <= LONGEST_FUNCTION, f"{path}: {node.name} has {length} lines"


def test_nothing_is_left_to_do_in_the_code() -> None:
    leftovers = re.compile(r"\b(TODO|FIXME)\b")
    for path in modules():
        lines = path.read_text(encoding="utf-8").splitlines()
        for number, line in enumerate(lines, start=1):
            assert not leftovers.search(line), f"{path}:{number}"


def test_a_docstring_begins_with_what_it_is_about() -> None:
    """Who reads "what that one undid" first must guess what thing it is about: the noun comes
    first, or "Whether" and then the noun."""
    riddle = re.compile(
        r"(What|Who|Whose|Where|Of|As|From|To|It|Its|That|They|Them|Those|These|The same|One whose|"
        r"So (much|many)|How \w+|Whether (it|its|they|what))\b"
    )
    kinds = (ast.Module, ast.ClassDef, ast.FunctionDef)
    for path in modules():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            told = (isinstance(node, kinds) and ast.get_docstring(node)) or ""
            assert not riddle.match(told), f"{path}: {told.splitlines()[0]}"


def test_the_recomputation_of_the_books_has_nothing_of_the_bridge() -> None:
    """What proves the bridge's figures must not have its mistakes: only Python itself."""
    found = {name.split(".")[0] for name in imports(ROOT / "tests/recount/recomputation.py")}
    assert found <= {*sys.stdlib_module_names}, sorted(found - {*sys.stdlib_module_names})


def _without_docstrings(tree: ast.AST) -> ast.AST:
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if isinstance(body, list):
            node.body = [  # type: ignore[attr-defined]
                child
                for child in body
                if not (
                    isinstance(child, ast.Expr)
                    and isinstance(child.value, ast.Constant)
                    and isinstance(child.value.value, str)
                )
            ] or [ast.Pass()]
    return tree
