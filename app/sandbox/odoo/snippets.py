"""The little Python that rules hold: a domain, or code that decides and runs another action.

Read as a syntax tree and walked, never given to `eval`: only the shapes below mean something.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Mapping
from typing import Final

from app.sandbox.odoo.faults import OdooError, user_error, value_error

COMPARE: Final[Mapping[type[ast.cmpop], Callable[[object, object], bool]]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Is: operator.is_,
    ast.IsNot: operator.is_not,
    ast.Lt: lambda left, right: float(str(left)) < float(str(right)),
    ast.Gt: lambda left, right: float(str(left)) > float(str(right)),
    ast.In: lambda left, right: left in right,  # type: ignore[operator]
    ast.NotIn: lambda left, right: left not in right,  # type: ignore[operator]
}
# What may be asked of the objects a snippet meets.
OPEN: Final = frozenset(
    {"context", "uid", "user", "id", "ids", "get", "browse", "with_context", "run", "sudo", "write", "_name", "exists"}
)


class UnreadableError(Exception):
    """A shape of code that the sandbox does not know."""


def evaluate(text: str, names: Mapping[str, object], *, version: int) -> object:
    """The value of one expression. Raises Odoo's ValueError for a name that is not there."""
    try:
        return _value(ast.parse(text.strip(), mode="eval").body, names)
    except NameError as error:
        raise _not_defined(text, error, version) from error


def execute(code: str, names: Mapping[str, object], *, version: int) -> None:
    try:
        _run(ast.parse(code).body, dict(names))
    except NameError as error:
        raise _not_defined(code, error, version) from error


def check_code(code: str) -> str | None:
    """Odoo's complaint about code that imports, at the time it is saved (automation_err_code_import)."""
    tree = ast.walk(ast.parse(code))
    if any(isinstance(node, (ast.Import, ast.ImportFrom)) for node in tree):
        return f"forbidden opcode(s) in {code!r}: IMPORT_NAME"
    return None


def _not_defined(text: str, error: NameError, version: int) -> OdooError:
    shown = f"NameError({str(error)!r})" if version >= 19 else f"<class 'NameError'>: {str(error)!r}"
    return value_error(f"{shown} while evaluating\n{text!r}")


def _run(statements: list[ast.stmt], names: dict[str, object]) -> None:
    for one in statements:
        if isinstance(one, ast.If):
            _run(one.body if _value(one.test, names) else one.orelse, names)
        elif isinstance(one, ast.For) and isinstance(one.target, ast.Name):
            for item in _value(one.iter, names):  # type: ignore[attr-defined]
                _run(one.body, {**names, one.target.id: item})
        elif isinstance(one, ast.Assign) and isinstance(one.targets[0], ast.Name):
            names[one.targets[0].id] = _value(one.value, names)
        elif isinstance(one, ast.Raise) and isinstance(one.exc, ast.Call):
            raise user_error(str(_value(one.exc.args[0], names)))
        elif isinstance(one, ast.Expr):
            _value(one.value, names)
        elif not isinstance(one, ast.Pass):
            raise UnreadableError(ast.unparse(one))


def _value(node: ast.expr, names: Mapping[str, object]) -> object:
    if isinstance(node, ast.Constant):
        return node.value
    if isinstance(node, ast.Name):
        if node.id not in names:
            raise NameError(f"name '{node.id}' is not defined")
        return names[node.id]
    if isinstance(node, (ast.List, ast.Tuple)):
        parts = [_value(one, names) for one in node.elts]
        return parts if isinstance(node, ast.List) else tuple(parts)
    if isinstance(node, ast.Dict):
        return {_value(key, names): _value(one, names) for key, one in zip(node.keys, node.values, strict=True) if key}
    if isinstance(node, (ast.BoolOp, ast.IfExp, ast.UnaryOp, ast.Compare)):
        return _logic(node, names)
    return _access(node, names)


def _logic(node: ast.expr, names: Mapping[str, object]) -> object:
    if isinstance(node, ast.IfExp):
        return _value(node.body if _value(node.test, names) else node.orelse, names)
    if isinstance(node, ast.BoolOp):
        value: object = None
        for one in node.values:
            value = _value(one, names)
            if bool(value) == isinstance(node.op, ast.Or):
                break
        return value
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        return not _value(node.operand, names)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return -float(str(_value(node.operand, names)))
    if isinstance(node, ast.Compare):
        left, right = _value(node.left, names), _value(node.comparators[0], names)
        return COMPARE[type(node.ops[0])](left, right)
    raise UnreadableError(ast.unparse(node))


def _access(node: ast.expr, names: Mapping[str, object]) -> object:
    if isinstance(node, ast.Attribute):
        target = _value(node.value, names)
        if node.attr not in OPEN and not hasattr(target, "read_field"):
            raise UnreadableError(ast.unparse(node))
        return getattr(target, node.attr) if node.attr in OPEN else target.read_field(node.attr)  # type: ignore[attr-defined]
    if isinstance(node, ast.Subscript):
        return _value(node.value, names)[_value(node.slice, names)]  # type: ignore[index]
    if isinstance(node, ast.Call):
        function = _value(node.func, names)
        args = [_value(one, names) for one in node.args]
        return function(*args, **{str(one.arg): _value(one.value, names) for one in node.keywords})  # type: ignore[operator]
    if isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Add, ast.Mod)):
        left, right = _value(node.left, names), _value(node.right, names)
        return operator.add(left, right) if isinstance(node.op, ast.Add) else operator.mod(left, right)
    raise UnreadableError(ast.unparse(node))
