"""Each single thing that keeps somebody out, as a change to the source that lets them in."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

TRUE: Final = '__import__("sqlalchemy").true()'
_ASSERTIONS: Final = frozenset({"must", "must_be_verified", "assert_own", "assert_may_follow"})
_PREDICATES: Final = frozenset({"owned_by", "readable_by", "_public", "in_force", "_in_force"})
_STARRED: Final = _PREDICATES | {"_own"}
_REFUSALS: Final = frozenset({"NotFound", "NotAuthenticated", "NotPermitted", "RateLimited", "Refused"})
_NOT_THERE: Final = re.compile(r"[\w.]+ is None")
"""Whether a row was found: what decides that is the query, whose conditions are tried one by one."""
_CONDITIONS: Final = ("and_", "or_", "where", "filter_by", "join", "outerjoin")
_ACCESS_COLUMNS: Final = re.compile(
    r"\b(organization_id|user_id|author_id|session_id|api_key_id|suspended_at|revoked_at|disabled_at|expires_at|used_at"
    r"|publication|visibility|role|(Membership|Session|User|ApiKey|Video|Post|Job|Upload|Organization)\.id)\b"
)
_LOOSER: Final = {"SIGNED_IN": "ANYONE", "IN_PERSON": "SIGNED_IN"}


@dataclass(frozen=True)
class Mutation:
    """An expression of a file that another takes the place of."""

    file: str
    what: str
    node: ast.expr
    replacement: str

    @property
    def name(self) -> str:
        return f"{self.file}:{self.node.lineno}: {self.what}"

    @property
    def is_of_route(self) -> bool:
        """Routes are declared when the application is loaded, so they can't be exchanged later."""
        return "/routes/" in self.file


def mutations_of(file: Path, root: Path) -> list[Mutation]:
    """All of a file's, one for each place."""
    found = _Finder(str(file.relative_to(root)), ast.parse(file.read_bytes())).find()
    places = {(one.node.lineno, one.node.col_offset, one.node.end_col_offset, one.replacement): one for one in found}
    return list(places.values())


def instrumented(file: Path, root: Path, switch: str) -> str:
    """The source with each mutation behind `switch(name)`, so that one process can try them all."""
    finder = _Finder(str(file.relative_to(root)), ast.parse(file.read_bytes()))
    wanted = {id(one.node): one for one in finder.find() if not one.is_of_route}
    return ast.unparse(ast.fix_missing_locations(_Switching(wanted, switch).visit(finder.tree)))


def mutated(file: Path, root: Path, name: str) -> str:
    """The source with one mutation made."""
    finder = _Finder(str(file.relative_to(root)), ast.parse(file.read_bytes()))
    wanted = {id(one.node): one for one in finder.find() if one.name == name}
    return ast.unparse(ast.fix_missing_locations(_Switching(wanted, None).visit(finder.tree)))


class _Switching(ast.NodeTransformer):
    """Puts the other expression beside the original, or without a switch in its place."""

    def __init__(self, wanted: dict[int, Mutation], switch: str | None) -> None:
        self._wanted = wanted
        self._switch = switch

    def visit(self, node: ast.AST) -> ast.AST:
        mutation = self._wanted.get(id(node))
        original = self.generic_visit(node)
        if mutation is None or not isinstance(original, ast.expr):
            return original
        other = ast.parse(mutation.replacement, mode="eval").body
        if self._switch is None:
            return other
        question = ast.parse(f"{self._switch}({mutation.name!r})", mode="eval").body
        return ast.IfExp(question, other, original)


class _Finder:
    def __init__(self, name: str, tree: ast.Module) -> None:
        self._name = name
        self.tree = tree
        self._starred = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Starred)}

    def find(self) -> Iterator[Mutation]:
        is_route_table = "/routes/" in self._name
        for node in ast.walk(self.tree):
            if is_route_table:
                yield from self._routes(node)
                continue
            yield from self._assertions(node)
            yield from self._predicates(node)
            yield from self._conditions(node)
            yield from self._refusals(node)
            yield from self._questions(node)

    def _routes(self, node: ast.AST) -> Iterator[Mutation]:
        """A route that is declared open to more people."""
        if isinstance(node, ast.Call) and _name_of(node.func) == "Route":
            for argument in node.args:
                name = _name_of(argument)
                if name in _LOOSER:
                    path = ast.unparse(node.args[0]) + " " + ast.unparse(node.args[1])
                    yield self._replace(argument, f"Access.{_LOOSER[name]}", f"{path} for {_LOOSER[name]}")

    def _assertions(self, node: ast.AST) -> Iterator[Mutation]:
        """A permission call that is left out."""
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            name = _name_of(node.value.func)
            if name in _ASSERTIONS or name.startswith("_assert"):
                yield self._replace(node.value, "None", f"without {ast.unparse(node)}")

    def _predicates(self, node: ast.AST) -> Iterator[Mutation]:
        """A predicate that is always true."""
        if isinstance(node, ast.Starred) and isinstance(node.value, ast.Call):
            if _name_of(node.value.func) in _STARRED:
                yield self._replace(node.value, "()", f"without {ast.unparse(node)}")
        elif isinstance(node, ast.Call) and _name_of(node.func) in _PREDICATES and id(node) not in self._starred:
            yield self._replace(node, TRUE, f"without {ast.unparse(node)}")

    def _conditions(self, node: ast.AST) -> Iterator[Mutation]:
        """One of several conditions of a query that is always true."""
        parts: list[ast.expr] = []
        if isinstance(node, ast.Call) and _name_of(node.func) in _CONDITIONS:
            parts = [part for part in node.args if isinstance(part, ast.Compare | ast.Call)]
        elif isinstance(node, ast.Return) and isinstance(node.value, ast.Tuple):
            parts = [part for part in node.value.elts if isinstance(part, ast.Compare | ast.Call)]
        for part in parts:
            text = ast.unparse(part)
            if _ACCESS_COLUMNS.search(text) and not text.startswith(("and_(", "or_(", "select(")):
                yield self._replace(part, TRUE, f"{text} is always true")

    def _refusals(self, node: ast.AST) -> Iterator[Mutation]:
        """A refusal that does not happen, and each of its reasons that does not count."""
        if not (isinstance(node, ast.If) and any(self._refuses(child) for child in node.body)):
            return
        if _NOT_THERE.fullmatch(ast.unparse(node.test)):
            return
        yield self._replace(node.test, "False", f"never refused: {ast.unparse(node.test)}")
        if isinstance(node.test, ast.BoolOp) and isinstance(node.test.op, ast.Or):
            for part in node.test.values:
                yield self._replace(part, "False", f"no reason to refuse: {ast.unparse(part)}")

    def _questions(self, node: ast.AST) -> Iterator[Mutation]:
        """`actor.may(…)` that is always so, and each operand of an answer that permits something."""
        if isinstance(node, ast.Call) and _name_of(node.func) == "may":
            yield self._replace(node, "True", f"always: {ast.unparse(node)}")
        if isinstance(node, ast.FunctionDef) and _name_of(node.returns) == "bool":
            for inner in ast.walk(node):
                if isinstance(inner, ast.BoolOp) and isinstance(inner.op, ast.And):
                    for part in inner.values:
                        yield self._replace(part, "True", f"{node.name} does not ask: {ast.unparse(part)}")

    def _refuses(self, node: ast.stmt) -> bool:
        if not (isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call)):
            return False
        return _name_of(node.exc.func) in _REFUSALS

    def _replace(self, node: ast.expr, replacement: str, what: str) -> Mutation:
        return Mutation(self._name, " ".join(what.split()), node, replacement)


def _name_of(node: ast.AST | None) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""
