"""Small wrongs that a program can have, one at a time: each is a mutant of one module."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_COMPARED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
_COUNTED: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.FloorDiv: ast.Mult,
    ast.Div: ast.Mult,
}
_CALLED = {"min": "max", "max": "min", "any": "all", "all": "any"}
_SILENT = {"assert_never", "info", "debug", "warning", "event"}
"""Calls that leave nothing behind but a line for a log."""


@dataclass(frozen=True, slots=True)
class Mutant:
    """One wrong in one place. `function` is the outermost one that it is in; empty: in none."""

    path: str
    function: str
    first_line: int
    """Of the function, its decorators left out: how the compiled one is known."""
    nth: int
    """Which it is of those in the function."""
    lines: tuple[int, int]
    what: str
    node: int
    variant: int

    @property
    def id(self) -> str:
        return f"{self.path}:{self.function or '<module>'}:{self.nth}"


def mutants_of(path: Path, root: Path) -> list[Mutant]:
    """Every mutant of a module, in the order of its syntax tree."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    inside = dict(_functions(tree))
    left_out = _left_out(tree)
    counts: dict[str, int] = {}
    found: list[Mutant] = []
    for number, node in enumerate(ast.walk(tree)):
        if id(node) in left_out:
            continue
        for variant, (what, _) in enumerate(_variants(node)):
            function, first = inside.get(id(node), ("", 0))
            counts[function] = counts.get(function, 0) + 1
            found.append(
                Mutant(
                    path=path.relative_to(root).as_posix(),
                    function=function,
                    first_line=first,
                    nth=counts[function],
                    lines=_lines(node),
                    what=what,
                    node=number,
                    variant=variant,
                )
            )
    return found


def planted(mutant: Mutant, root: Path) -> ast.Module:
    """The module with this one wrong in it."""
    tree = ast.parse((root / mutant.path).read_text(encoding="utf-8"))
    nodes = list(ast.walk(tree))
    target = nodes[mutant.node]
    _, wrong = list(_variants(target))[mutant.variant]
    ast.copy_location(wrong, target)
    for parent in nodes:
        for name, value in ast.iter_fields(parent):
            if value is target:
                setattr(parent, name, wrong)
            elif isinstance(value, list):
                value[:] = [wrong if each is target else each for each in value]
    return ast.fix_missing_locations(tree)


def _variants(node: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    match node:
        case ast.Compare(left=left, ops=[op, *others], comparators=several):
            wrong = _COMPARED[type(op)]()
            yield f"{_sign(op)} → {_sign(wrong)}", ast.Compare(left, [wrong, *others], several)
            if others:
                last = _COMPARED[type(others[-1])]()
                changed = [op, *others[:-1], last]
                yield f"{_sign(others[-1])} → {_sign(last)}", ast.Compare(left, changed, several)
        case ast.BoolOp(op=op, values=values):
            other = ast.Or() if isinstance(op, ast.And) else ast.And()
            yield "and ↔ or", ast.BoolOp(other, values)
            for at, value in enumerate(values):
                rest = [each for each in values if each is not value]
                left = rest[0] if len(rest) == 1 else ast.BoolOp(op, rest)
                yield f"part {at + 1} left out", left
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            yield "not left out", operand
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            yield "sign left out", operand
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _COUNTED:
            if not any(isinstance(side, ast.JoinedStr) for side in (left, right)):
                wrong_op = _COUNTED[type(op)]()
                yield f"{_sign(op)} → {_sign(wrong_op)}", ast.BinOp(left, wrong_op, right)
        case ast.Constant(value=bool() as value):
            yield f"{value} → {not value}", ast.Constant(not value)
        case ast.Constant(value=int() as value):
            yield f"{value} → {value + 1}", ast.Constant(value + 1)
        case ast.Call(func=ast.Name(id=name), args=args, keywords=more) if name in _CALLED:
            other_name = ast.Name(_CALLED[name], ast.Load())
            ast.copy_location(other_name, node)
            yield f"{name} → {_CALLED[name]}", ast.Call(other_name, args, more)
        case ast.If(body=body, orelse=orelse):
            yield "condition always", ast.If(ast.Constant(True), body, orelse)
            yield "condition never", ast.If(ast.Constant(False), body, orelse)
        case ast.Expr(value=ast.Call() as call) if _name(call) not in _SILENT:
            yield "call left out", ast.Pass()
        case ast.AugAssign():
            yield "change left out", ast.Pass()
        case ast.Continue():
            yield "continue → break", ast.Break()
        case ast.Break():
            yield "break → continue", ast.Continue()


def _sign(op: ast.AST) -> str:
    if isinstance(op, ast.cmpop):
        made: ast.expr = ast.Compare(ast.Name("a"), [op], [ast.Name("b")])
    else:
        assert isinstance(op, ast.operator)
        made = ast.BinOp(ast.Name("a"), op, ast.Name("b"))
    return ast.unparse(made)[1:-1].strip()


def _name(call: ast.Call) -> str:
    return getattr(call.func, "attr", getattr(call.func, "id", ""))


def _lines(node: ast.AST) -> tuple[int, int]:
    """Where its code stands; of a whole `if`, the condition."""
    if isinstance(node, ast.If):
        node = node.test
    assert isinstance(node, ast.expr | ast.stmt)
    return node.lineno, node.end_lineno or node.lineno


def _functions(node: ast.AST, names: tuple[str, ...] = ()) -> Iterator[tuple[int, tuple[str, int]]]:
    """id of a node → the outermost function that it is in."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef):
            place = (".".join((*names, child.name)), child.lineno)
            for statement in child.body:
                for each in ast.walk(statement):
                    yield id(each), place
        elif isinstance(child, ast.ClassDef):
            yield from _functions(child, (*names, child.name))
        else:
            yield from _functions(child, names)


def _left_out(tree: ast.Module) -> set[int]:
    """ids of nodes that are no behaviour: assertions of our own, annotations, keyword-only marks,
    `TYPE_CHECKING` and what stands for itself in a class."""
    found: set[int] = set()
    for node in ast.walk(tree):
        gone: list[ast.AST | None] = []
        match node:
            case ast.Assert():
                gone = [node]
            case ast.AnnAssign(annotation=annotation) | ast.arg(annotation=annotation):
                gone = [annotation]
            case ast.FunctionDef(returns=returns):
                gone = [returns]
            case ast.ClassDef(keywords=keywords, decorator_list=decorators):
                gone = [*keywords, *decorators]
            case ast.FormattedValue(format_spec=spec):
                gone = [spec]
        for each in gone:
            if each is not None:
                found.update(id(inner) for inner in ast.walk(each))
    return found
