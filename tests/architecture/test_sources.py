"""Rules about the source that no linter checks for us."""

import ast
import re
import subprocess
import sys

from config.env import PROJECT_DIR
from tests.architecture.sources import Source, sources

MAX_FUNCTION_LINES = 50
MAX_FILE_LINES = 400
MAX_NESTING = 3
KNOWS_THE_REQUEST = ("app/routes/", "app/middlewares/", "app/controllers/", "app/http/", "app/realtime/")
ENQUEUES = {"delay", "apply_async", "send_task"}
KEEPS_LEASES = ("app/models/job.py", "app/services/job_", "app/services/relay_service.py", "workers/")
HOST_CLOCKS = {"app.utils.times.now", "app.utils.times", "time.time"}
_NESTING = (ast.If, ast.For, ast.While, ast.Try, ast.Match)  # a `with` is a scope, not a branch


def test_a_module_says_in_one_line_what_it_is_for() -> None:
    said = {source.name: ast.get_docstring(source.tree) or "" for source in sources()}

    assert [name for name, docstring in said.items() if not docstring.strip()] == []
    assert [name for name, docstring in said.items() if "\n" in docstring.split("\n\n")[0]] == []


def test_a_file_stays_short() -> None:
    assert [source.name for source in sources() if len(source.text.splitlines()) > MAX_FILE_LINES] == []


def test_functions_stay_short_and_flat() -> None:
    functions = [
        (source.name, node)
        for source in sources()
        for node in ast.walk(source.tree)
        if isinstance(node, ast.FunctionDef)
    ]

    long = [(name, node.name) for name, node in functions if _lines(node) > MAX_FUNCTION_LINES]
    deep = [(name, node.name) for name, node in functions if _depth(node) > MAX_NESTING]

    assert (long, deep) == ([], [])


def _lines(function: ast.FunctionDef) -> int:
    return (function.end_lineno or function.lineno) - function.lineno + 1


def _depth(node: ast.AST) -> int:
    """How deep blocks nest; an `elif` is no deeper than its `if`."""
    depths = [0]
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.ClassDef):
            continue
        is_elif = isinstance(node, ast.If) and child in node.orelse and isinstance(child, ast.If)
        depths.append(_depth(child) + (isinstance(child, _NESTING) and not is_elif))
    return max(depths)


def test_only_transaction_commits() -> None:
    assert [source.name for source in sources() if "commit" in _method_calls(source)] == ["app/database.py"]


def test_nothing_in_app_calls_celery() -> None:
    assert [source.name for source in sources("app") if ENQUEUES & _method_calls(source)] == []
    assert _importing({"celery", "workers"}, "app") == []


def test_only_the_http_side_knows_the_request() -> None:
    known = {
        source.name for source in sources("app") if {"flask.request", "flask.g", "flask.session"} & _imported(source)
    }

    assert {name for name in known if not name.startswith(KNOWS_THE_REQUEST)} == set()
    assert known != set()


def test_config_imports_nothing_of_ours() -> None:
    assert _importing({"app", "workers", "tests"}, "config") == []


def _imported(source: Source) -> set[str]:
    return set(source.imported_names())


def _importing(packages: set[str], folder: str) -> list[str]:
    return [
        source.name
        for source in sources(folder)
        if packages & {imported.split(".")[0] for imported in _imported(source)}
    ]


def test_gunicorn_s_settings_import_config_only() -> None:
    (source,) = [source for source in sources() if source.name == "gunicorn.conf.py"]

    assert not [name for name in source.imported_names() if name.split(".")[0] in {"app", "workers"}]


def test_controllers_make_calls_and_no_decisions() -> None:
    forbidden = (ast.Try, ast.While)

    found = [
        f"{source.name}:{node.lineno}"
        for source in sources("app/controllers")
        for node in ast.walk(source.tree)
        if isinstance(node, forbidden)
    ]
    touches_database = [
        source.name for source in sources("app/controllers") if "app.database.db" in source.imported_names()
    ]

    assert (found, touches_database) == ([], [])


def test_leases_know_no_clock_but_the_database_s() -> None:
    """Hosts may differ by minutes. `time.monotonic` is fine: it measures, and says nothing to another host."""
    keepers = [source for source in sources("app", "workers") if source.name.startswith(KEEPS_LEASES)]

    reading = [
        source.name
        for source in keepers
        if HOST_CLOCKS & set(source.imported_names())
        or {"now", "utcnow", "today"} & _method_calls(source)
        or "time.time(" in source.text
    ]

    assert len(keepers) >= 6
    assert reading == []


def test_only_the_audit_service_writes_the_audit_log() -> None:
    """The database refuses changes; an organization's end takes its lines along by the foreign key."""
    naming = {source.name for source in sources("app", "workers") if re.search(r"\bAuditEntry\b", source.text)}

    assert naming == {
        *("app/models/__init__.py", "app/models/audit_entry.py", "app/services/audit_service.py"),
        "app/access.py",  # the predicate for reading it
    }


def test_only_the_storage_client_knows_where_files_lie() -> None:
    """All else names keys, or borrows a path for as long as a block runs: an object store can stand in its place."""
    calling = {source.name for source in sources("app", "workers") if "path_of" in _method_calls(source)}
    naming = {source.name for source in sources("app", "workers") if re.search(r"\bstorage_dir\b", source.text)}
    appending = {
        source.name for source in sources("app", "workers") if "app.clients.appending" in source.imported_names()
    }

    assert calling == {"app/clients/storage.py"}
    assert naming == {"app/clients/stores.py"}
    assert appending == {"app/clients/storage.py"}


def test_imports_point_one_way() -> None:
    command = "from importlinter.cli import lint_imports; raise SystemExit(lint_imports())"

    result = subprocess.run(
        [sys.executable, "-c", command], cwd=PROJECT_DIR, capture_output=True, text=True, check=False
    )

    assert result.returncode == 0, result.stdout + result.stderr


def _method_calls(source: Source) -> set[str]:
    return {call.func.attr for call in source.calls() if isinstance(call.func, ast.Attribute)}
