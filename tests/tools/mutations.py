"""Each single thing that keeps somebody out, as a change to the source that lets them in."""

import ast
import copy
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

TRUE: Final = '__import__("sqlalchemy").true()'
_ASSERTIONS: Final = frozenset({"must", "must_be_verified", "assert_own", "assert_own_origin", "assert_may_follow"})
_PREDICATES: Final = frozenset({"owned_by", "readable_by", "_public", "in_force", "_in_force"})
_STARRED: Final = _PREDICATES | {"_own"}
_REFUSALS: Final = frozenset({"NotFound", "NotAuthenticated", "NotPermitted", "RateLimited", "Refused"})
_NOT_THERE: Final = re.compile(r"[\w.]+ is None")
"""Whether a row was found: what decides that is the query, whose conditions are tried one by one."""
_CONDITIONS: Final = ("and_", "or_", "where", "filter_by", "join", "outerjoin")
_COLUMN_QUESTIONS: Final = frozenset({"in_", "not_in", "is_", "is_not"})
_ACCESS_COLUMNS: Final = re.compile(
    r"\b(organization_id|user_id|author_id|session_id|api_key_id|suspended_at|revoked_at|disabled_at|expires_at|used_at"
    r"|publication|visibility|role|(Membership|Session|User|ApiKey|Video|Post|Job|Upload|Organization)\.id)\b"
)
_KEEPS_APART: Final = frozenset({"_is_personal"})
"""Functions whose `True` keeps one caller's answer from the others."""
_LOOSER: Final = {"SIGNED_IN": "ANYONE", "IN_PERSON": "SIGNED_IN"}


@dataclass(frozen=True)
class Mutation:
    """An expression of a file that another takes the place of; its name outlives a change of other lines."""

    file: str
    function: str
    what: str
    node: ast.expr
    replacement: str
    number: int = 1
    """Which of several of its function that read the same."""
    looser: str = ""
    """Of a route: for whom it is declared instead."""

    @property
    def name(self) -> str:
        same = f" ({self.number})" if self.number > 1 else ""
        return f"{self.file}:{self.function}: {self.what}{same}"


def mutations_of(file: Path, root: Path) -> list[Mutation]:
    """All of a file's, one for each place."""
    return _Finder(str(file.relative_to(root)), ast.parse(file.read_bytes())).all()


def instrumented(file: Path, root: Path, switch: str) -> str:
    """The source with each mutation behind `switch(name)`, so that one process can try them all.

    Routes are declared when the application is loaded: they are handed to `<switch>_of_route(name, route, access)`.
    """
    finder = _Finder(str(file.relative_to(root)), ast.parse(file.read_bytes()))
    wanted = {id(one.node): one for one in finder.all()}
    return ast.unparse(ast.fix_missing_locations(_Switching(wanted, switch).visit(finder.tree)))


def mutated(file: Path, root: Path, name: str) -> str:
    """The source with one mutation made."""
    finder = _Finder(str(file.relative_to(root)), ast.parse(file.read_bytes()))
    wanted = {id(one.node): one for one in finder.all() if one.name == name}
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
        if mutation.looser:
            arguments = [ast.Constant(mutation.name), original, _access(mutation.looser)]
            return ast.Call(ast.Name(f"{self._switch}_of_route", ast.Load()), arguments, [])
        question = ast.parse(f"{self._switch}({mutation.name!r})", mode="eval").body
        return ast.IfExp(question, other, original)


class _Finder:
    def __init__(self, name: str, tree: ast.Module) -> None:
        self._name = name
        self.tree = tree
        self._starred = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Starred)}
        self._refusing = _REFUSALS | {
            node.name
            for node in ast.walk(tree)
            if isinstance(node, ast.FunctionDef) and _name_of(node.returns) in _REFUSALS
        }
        self._functions = {
            id(inner): node.name
            for node in ast.walk(tree)
            if isinstance(node, ast.FunctionDef)
            for inner in ast.walk(node)
        }

    def all(self) -> list[Mutation]:
        """One for each place and replacement, in the order of the file."""
        places = {
            (one.node.lineno, one.node.col_offset, one.node.end_col_offset, one.replacement): one
            for one in self._find()
        }
        same: Counter[str] = Counter()
        found = []
        for _place, one in sorted(places.items(), key=lambda item: item[0][:3]):
            same[one.name] += 1
            found.append(replace(one, number=same[one.name]))
        return found

    def _find(self) -> Iterator[Mutation]:
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
            yield from self._separations(node)

    def _routes(self, node: ast.AST) -> Iterator[Mutation]:
        """A route that is declared open to more people."""
        if isinstance(node, ast.Call) and _name_of(node.func) == "Route":
            for position, argument in enumerate(node.args):
                if looser := _LOOSER.get(_name_of(argument)):
                    changed = copy.deepcopy(node)
                    changed.args[position] = _access(looser)
                    what = f"{ast.unparse(node.args[0])} {ast.unparse(node.args[1])} for {looser}"
                    yield replace(self._replace(node, ast.unparse(changed), what), looser=looser)

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
            parts = [part for part in node.value.elts if _is_condition(part)]
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

    def _separations(self, node: ast.AST) -> Iterator[Mutation]:
        """A reason to treat a caller apart that does not count."""
        if isinstance(node, ast.FunctionDef) and node.name in _KEEPS_APART:
            for inner in ast.walk(node):
                if isinstance(inner, ast.If):
                    parts = inner.test.values if isinstance(inner.test, ast.BoolOp) else [inner.test]
                    for part in parts:
                        yield self._replace(part, "False", f"{node.name} overlooks: {ast.unparse(part)}")

    def _refuses(self, node: ast.stmt) -> bool:
        if not (isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call)):
            return False
        return _name_of(node.exc.func) in self._refusing

    def _replace(self, node: ast.expr, replacement: str, what: str) -> Mutation:
        function = self._functions.get(id(node), "module")
        return Mutation(self._name, function, " ".join(what.split()), node, replacement)


def _access(name: str) -> ast.expr:
    return ast.Attribute(ast.Name("Access", ast.Load()), name, ast.Load())


def _is_condition(part: ast.expr) -> bool:
    """Whether a part of a returned tuple asks something of a column."""
    return isinstance(part, ast.Compare) or (isinstance(part, ast.Call) and _name_of(part.func) in _COLUMN_QUESTIONS)


def _name_of(node: ast.AST | None) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""
