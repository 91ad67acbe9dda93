"""Prints at the end of a run how many cases the generated tests have tried."""

import pytest

LINES = {
    "matrix_cases": "access matrix: {} cases, 0 leaks",
    "hostile_cases": "hostile input: {} requests, 0 failures",
    "fuzzed_calls": "API document: {} generated calls, 0 failures",
}

SAID = "fuzzed_as"
"""What a test has to tell besides."""


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    reports = terminalreporter.getreports("passed")
    for name, line in LINES.items():
        count = sum(int(str(value)) for report in reports for key, value in report.user_properties if key == name)
        if count:
            terminalreporter.write_line(line.format(count))
    for report in reports:
        for name, value in report.user_properties:
            if name == SAID:
                terminalreporter.write_line(f"  {value}")
