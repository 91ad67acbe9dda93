"""Schemathesis over the whole API document: examples, coverage, fuzzing and stateful runs, as somebody."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

import schemathesis
from flask import Flask
from schemathesis import AuthContext, Case, SerializationContext
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import events, from_schema
from schemathesis.engine.recorder import ScenarioRecorder

from app.http.captions import CAPTION_TYPES
from app.http.routing import BodyKind

CHECKS: Final = (
    *("not_a_server_error", "status_code_conformance", "content_type_conformance", "response_schema_conformance"),
    *(
        "response_headers_conformance",
        "unsupported_method",
        "allow_header_conformance",
    ),
    *("use_after_free", "ensure_resource_availability", "missing_required_header", "negative_data_rejection"),
)
REFUSALS: Final = [*map(str, (400, 401, 403, 404, 405, 406, 409, 412, 413, 414, 415, 422, 429, 431))]
"""What may say that a request is wrong; tus asks for its version first, by 412."""
ENDLESS: Final = "sse.events"
"""An answer without an end; the realtime tests read it."""
Credentials = Callable[[], dict[str, str]]
_LONGEST_S: Final = 60


@dataclass
class Findings:
    """What a run has done and what it found, each kind of finding once, with the request that shows it."""

    calls: int = 0
    by_phase: dict[str, int] = field(default_factory=dict)
    statuses: dict[int, int] = field(default_factory=dict)
    failures: dict[str, str] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)

    def report(self) -> str:
        """Every finding with the request that shows it."""
        return "\n\n".join([*(f"{kind}\n{example}" for kind, example in self.failures.items()), *self.errors])

    def summary(self) -> str:
        """In a line: how many calls of each phase, and how they were answered."""
        phases = ", ".join(f"{count} {phase}" for phase, count in self.by_phase.items())
        answers = ", ".join(f"{count} x {status}" for status, count in sorted(self.statuses.items()))
        return f"{self.calls} calls ({phases}); {answers}"


@schemathesis.serializer(BodyKind.PIECE, *CAPTION_TYPES)
def _piece(_context: SerializationContext, value: object) -> bytes:
    """The bytes of a part of a file; a value of another type as its text."""
    data = getattr(value, "data", value)
    return data if isinstance(data, bytes) else str(data).encode("utf-8", "replace")


def fuzz(target: Flask | str, credentials: Credentials, *, seconds: int, seed: int) -> Findings:
    """Runs every phase for so long at most, against the application in this process or at an address.

    `credentials` are asked for before each call, for a session may end. A machine that is too busy for a single call
    in that time gets twice as long.
    """
    findings = _fuzzed(target, credentials, seconds, seed)
    is_done = findings.calls or findings.errors or seconds >= _LONGEST_S
    return findings if is_done else fuzz(target, credentials, seconds=seconds * 2, seed=seed)


def _fuzzed(target: Flask | str, credentials: Credentials, seconds: int, seed: int) -> Findings:
    config = _config(seconds, seed)
    if isinstance(target, str):
        schema = schemathesis.openapi.from_url(f"{target}/openapi.json", config=config)
    else:
        schema = schemathesis.openapi.from_wsgi("/openapi.json", target, config=config)
    described = schema.exclude(operation_id=ENDLESS)
    described.auth(refresh_interval=None)(_provider(credentials))
    findings = Findings()
    for event in from_schema(described).execute():
        if isinstance(event, events.ScenarioFinished):
            _count(findings, event.phase.value, event.recorder)
        elif isinstance(event, events.NonFatalError):
            findings.errors.append(f"{event.label}: {event.info.title}: {event.info.message}"[:2000])
    return findings


def _config(seconds: int, seed: int) -> SchemathesisConfig:
    checks: dict[str, Any] = {"enabled": False} | {name: {"enabled": True} for name in CHECKS}
    checks["negative_data_rejection"]["expected-statuses"] = REFUSALS
    return SchemathesisConfig.from_dict(
        {
            "seed": seed,
            "max-time": seconds,
            "continue-on-failure": True,
            "checks": checks,
            "generation": {"database": "none", "no-shrink": True},
        }
    )


def _provider(credentials: Credentials) -> type:
    class Provider:
        """Schemathesis asks it before each call."""

        def get(self, _case: Case[Any], _context: AuthContext) -> dict[str, str]:
            return credentials()

        def set(self, case: Case[Any], data: dict[str, str], _context: AuthContext) -> None:
            # The client of the application in this process undoes no coding.
            case.headers.update({"Accept-Encoding": "identity", **data})

    return Provider


def _count(findings: Findings, phase: str, recorder: ScenarioRecorder) -> None:
    findings.calls += len(recorder.interactions)
    findings.by_phase[phase] = findings.by_phase.get(phase, 0) + len(recorder.interactions)
    for interaction in recorder.interactions.values():
        status = interaction.response.status_code if interaction.response else 0
        findings.statuses[status] = findings.statuses.get(status, 0) + 1
    for kind, example in _failures(recorder):
        findings.failures.setdefault(kind, example)


def _failures(recorder: ScenarioRecorder) -> Iterator[tuple[str, str]]:
    for case_id, nodes in recorder.checks.items():
        for node in nodes:
            if node.failure_info is None:
                continue
            interaction = recorder.interactions.get(case_id)
            status = interaction.response.status_code if interaction and interaction.response else 0
            failure = node.failure_info.failure
            body = interaction.response.content[:500] if interaction and interaction.response else b""
            example = f"{failure.title}: {failure.message}\n{node.failure_info.code_sample[:1500]}\n{body!r}"
            operation = recorder.cases[case_id].value.operation.label
            yield f"{node.name} {operation} {status}", example
