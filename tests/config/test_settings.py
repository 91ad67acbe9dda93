"""Settings: one look tells everything that is wrong, and production takes no shortcuts."""

import os
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
from dotenv import dotenv_values

from config.env import PROJECT_DIR, UnknownEnvironment, environment_name
from config.rules import DEVELOPMENT_SECRET, warnings_of
from config.settings import Settings, SettingsInvalid, build_settings
from config.smtp import SmtpServer

PRODUCTION = {
    "APP_ENV": "production",
    "PUBLIC_URL": "https://marquee.example",
    "SECRET_KEY": "0123456789abcdef0123456789abcdef",
    "DATABASE_URL": "postgresql://marquee:word@db:5432/marquee",
    "SMTP_URL": "smtp://marquee:postword@mail:587",
    "MAIL_FROM": "Marquee <mail@marquee.example>",
}


def _problems(variables: Mapping[str, str]) -> str:
    with pytest.raises(SettingsInvalid) as caught:
        build_settings(variables)
    return "\n".join(caught.value.problems)


@pytest.mark.parametrize(
    ("variables", "name"),
    [
        ({}, "development"),
        ({"NODE_ENV": "production"}, "production"),
        ({"NODE_ENV": "test"}, "test"),
        ({"APP_ENV": "test", "NODE_ENV": "production"}, "test"),
        ({"APP_ENV": "", "NODE_ENV": "production"}, "production"),
    ],
)
def test_app_env_else_node_env_else_development_picks_the_environment(variables: dict[str, str], name: str) -> None:
    assert environment_name(variables) == name


@pytest.mark.parametrize("variable", ["APP_ENV", "NODE_ENV"])
def test_an_environment_of_another_name_is_refused_with_the_names_that_exist(variable: str) -> None:
    with pytest.raises(UnknownEnvironment, match="'staging'; it must be one of development, production, test"):
        environment_name({variable: "staging"})


def test_development_needs_no_variable_at_all() -> None:
    settings = build_settings({"APP_ENV": "development"})

    assert settings.sqlalchemy_url == f"sqlite:///{PROJECT_DIR}/var/marquee.db"
    assert (settings.redis_url, settings.signup_mode, settings.public_index) == (None, "open", True)


def test_everything_wrong_is_told_at_once() -> None:
    problems = _problems(
        {
            "APP_ENV": "production",
            "PORT": "seventy",
            "SIGNUP_MODE": "sometimes",
            "DEBUG": "on",
            "CORS_ORIGINS": "*",
            "SECRET_KEY": "short",
            "DATABASE_URL": "postgresql://pool/marquee?pgbouncer=true",
            "JOB_LEASE_S": "5",
            "JOB_HEARTBEAT_S": "4",
        }
    )

    for name in ("PORT", "SIGNUP_MODE", "DEBUG", "CORS_ORIGINS", "SECRET_KEY", "PUBLIC_URL", "DIRECT_URL"):
        assert name in problems
    assert "JOB_HEARTBEAT_S must be at most half of JOB_LEASE_S." in problems


def test_no_problem_shows_the_value_that_is_wrong() -> None:
    assert "sesame" not in _problems({**PRODUCTION, "SECRET_KEY": "sesame", "PORT": "sesame"})


def test_production_starts_with_what_it_needs_and_stays_closed() -> None:
    settings = build_settings(PRODUCTION)

    assert (settings.signup_mode, settings.personal_organizations) == ("invite", False)
    assert (settings.public_index, settings.require_verified_email) == (False, True)
    assert settings.log_format == "json"


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("SECRET_KEY", DEVELOPMENT_SECRET, "SECRET_KEY must be set"),
        ("SECRET_KEY", "x" * 31, "at least 32"),
        ("SECRET_KEY", "change-me" * 4, "SECRET_KEY still holds the placeholder"),
        ("METRICS_TOKEN", "change-me", "METRICS_TOKEN still holds the placeholder"),
        ("DATABASE_URL", "postgresql://marquee:change-me@db/marquee", "DATABASE_URL still holds"),
        ("SECRET_KEY", "abcd" * 16, "SECRET_KEY must be set"),
        ("METRICS_TOKEN", "sesame", "METRICS_TOKEN must have at least 16"),
        ("DEBUG", "true", "DEBUG must be off"),
        ("FLASK_DEBUG", "1", "FLASK_DEBUG must be off"),
        ("CORS_ORIGINS", "https://a.example,*", "exact origins"),
        ("CORS_ORIGINS", "http://a.example", "CORS_ORIGINS must be https"),
        ("CORS_ORIGINS", "https://change-me.example", "CORS_ORIGINS still holds"),
        ("ALLOWED_HOSTS", "*", "ALLOWED_HOSTS must be names"),
        ("TRUSTED_PROXIES", "0.0.0.0/0", "TRUSTED_PROXIES must name your proxies"),
        ("TRUSTED_PROXIES", "::/0", "TRUSTED_PROXIES must name your proxies"),
        ("PUBLIC_URL", "", "PUBLIC_URL must be set"),
        ("PUBLIC_URL", "http://marquee.example", "must be https"),
        ("SECRET_KEYS_OLD", "short,0123456789abcdef0123456789abcdef", "SECRET_KEYS_OLD must hold"),
        ("SMTP_URL", "", "SMTP_URL (or SMTP_HOST) must be set"),
        ("SMTP_URL", "http://mail", "SMTP_URL must be smtp://"),
        ("SMTP_URL", "smtp://mail:seventy", "Port could not be cast"),
        ("MAIL_FROM", "", "MAIL_FROM must be"),
        ("FRONT_END_URL", "http://marquee.example", "FRONT_END_URL must be https"),
    ],
)
def test_production_refuses_defaults_placeholders_and_open_doors(name: str, value: str, reason: str) -> None:
    assert reason in _problems({**PRODUCTION, name: value})


@pytest.mark.parametrize(
    "origin",
    [
        *("*", "null", "https://*.example.org", "example.org", "https://example.org/path", "https://u:p@example.org"),
        *("https://Example.org", "ftp://example.org", "https://example.org:port", "https://example.org?x", "https://"),
        *(r"https://.*\.example\.org", "https://exämple.org", "https://example.org#", "https://example.org:"),
    ],
)
def test_an_origin_is_exact_or_refused_everywhere(origin: str) -> None:
    assert "CORS_ORIGINS must name exact origins" in _problems({"CORS_ORIGINS": f"https://fine.example,{origin}"})


def test_exact_origins_hosts_and_networks_are_taken() -> None:
    variables = {
        "CORS_ORIGINS": "http://localhost:3000, https://example.org/, https://[::1]:8443",
        "ALLOWED_HOSTS": "API.example.org, *.example.org, 10.0.0.7, ::1",
        "TRUSTED_PROXIES": "127.0.0.1, 10.0.0.0/8, ::1",
    }

    settings = build_settings(variables)

    assert settings.cors_origins == ("http://localhost:3000", "https://example.org", "https://[::1]:8443")
    assert settings.allowed_hosts == ("api.example.org", "*.example.org", "10.0.0.7", "::1")
    assert [str(network) for network in settings.trusted_proxies] == ["127.0.0.1/32", "10.0.0.0/8", "::1/128"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("TRUSTED_PROXIES", value) for value in ("10.0.0.1/8", "my-proxy", "*")),
        *(("ALLOWED_HOSTS", value) for value in ("https://api.example.org", "api.example.org:443", "*", "a b")),
        *(("PUBLIC_URL", value) for value in ("https://example.org/app", "example.org", "https://u@example.org")),
    ],
)
def test_an_address_that_is_none_is_refused_everywhere(name: str, value: str) -> None:
    assert name in _problems({name: value})


def test_what_is_weak_but_allowed_is_told_at_start() -> None:
    weak = {**PRODUCTION, "DATABASE_URL": "", "RATE_LIMIT_SCALE": "0", "MEDIA_JAIL": "none"}

    assert [warning.split()[0] for warning in warnings_of(build_settings(weak))] == [
        *("DATABASE_URL", "RATE_LIMIT_SCALE", "MEDIA_JAIL"),
    ]
    assert warnings_of(build_settings(PRODUCTION)) == []
    assert warnings_of(build_settings({})) == []


def test_production_needs_no_mail_server_where_nobody_gets_mail() -> None:
    closed = {**PRODUCTION, "SMTP_URL": "", "SIGNUP_MODE": "closed", "REQUIRE_VERIFIED_EMAIL": "off"}

    assert build_settings(closed).smtp is None


@pytest.mark.parametrize(
    ("variables", "server"),
    [
        ({"SMTP_URL": "smtps://a%40b:c@mail"}, SmtpServer("mail", 465, "a@b", "c", "tls")),
        ({"SMTP_URL": "smtp://mail:25", "SMTP_STARTTLS": "off"}, SmtpServer("mail", 25, None, None, "none")),
        ({"SMTP_HOST": "mail", "SMTP_USER": "a", "SMTP_PASSWORD": "c"}, SmtpServer("mail", 587, "a", "c", "starttls")),
    ],
)
def test_the_mail_server_is_one_url_or_single_settings(variables: dict[str, str], server: SmtpServer) -> None:
    assert build_settings({"MAIL_FROM": "mail@example.org", **variables}).smtp == server


def test_production_without_a_secret_does_not_fall_back_to_the_development_one() -> None:
    variables = {name: value for name, value in PRODUCTION.items() if name != "SECRET_KEY"}

    assert "SECRET_KEY" in _problems(variables)


def test_the_committed_production_file_can_not_be_used_as_it_stands() -> None:
    file = dotenv_values(PROJECT_DIR / ".env.production.local")
    variables = {name: value for name, value in file.items() if value}

    problems = _problems({**variables, "APP_ENV": "production"})

    assert all(name in problems for name in ("SECRET_KEY", "DATABASE_URL", "REDIS_URL", "PUBLIC_URL"))


@pytest.mark.parametrize(
    ("given", "used"),
    [
        ("postgres://u@h/d", "postgresql+psycopg://u@h/d"),
        ("postgresql://u@h:5433/d?sslmode=require", "postgresql+psycopg://u@h:5433/d?sslmode=require"),
        ("postgresql:///d?host=/run/postgresql", "postgresql+psycopg:///d?host=%2Frun%2Fpostgresql"),
        ("sqlite:////srv/marquee.db", "sqlite:////srv/marquee.db"),
        ("sqlite:///marquee.db", "sqlite:///marquee.db"),
    ],
)
def test_the_usual_database_urls_are_taken(given: str, used: str) -> None:
    assert build_settings({"DATABASE_URL": given}).sqlalchemy_url == used


def test_migrations_go_past_the_pooler() -> None:
    settings = build_settings({"DATABASE_URL": "postgresql://pool/d?pgbouncer=true", "DIRECT_URL": "postgresql://db/d"})

    assert settings.behind_pgbouncer
    assert settings.sqlalchemy_url == "postgresql+psycopg://pool/d"
    assert settings.migration_url == "postgresql+psycopg://db/d"


def test_no_secret_is_shown_when_the_settings_are_printed() -> None:
    printed = repr(build_settings({**PRODUCTION, "METRICS_TOKEN": "a-token-for-metrics"}))

    for secret in (PRODUCTION["SECRET_KEY"], "marquee:word", "a-token-for-metrics", "postword"):
        assert secret not in printed


def test_a_process_that_can_not_be_configured_ends_with_every_reason() -> None:
    result = _python("import config", APP_ENV="test", PORT="0", WEB_CONCURRENCY="0")

    assert result.returncode == 1
    assert "Marquee can't start with this configuration:" in result.stderr
    assert "PORT" in result.stderr
    assert "WEB_CONCURRENCY" in result.stderr
    assert "Traceback" not in result.stderr


def test_an_unknown_environment_ends_the_process_in_one_sentence() -> None:
    result = _python("import config", NODE_ENV="staging")

    assert result.returncode == 1
    assert "'staging'" in result.stderr
    assert "Traceback" not in result.stderr


def test_the_page_of_settings_names_each_and_no_other() -> None:
    rows = (PROJECT_DIR / "docs" / "settings.md").read_text(encoding="utf-8").splitlines()
    named = {name for row in rows if row.startswith("| `") for name in re.findall(r"`([A-Z0-9_]+)`", row.split("|")[1])}

    assert named == {name.upper() for name in Settings.model_fields} - {"FLASK_DEBUG"}  # Flask's own, refused


def test_the_real_environment_wins_over_the_file() -> None:
    show = "from config import settings; print(settings.public_index, settings.personal_organizations)"

    result = _python(show, NODE_ENV="development", PUBLIC_INDEX="off")

    assert result.stdout.split() == ["False", "True"]


def _python(code: str, **variables: str) -> "subprocess.CompletedProcess[str]":
    path = os.environ["PATH"]  # noqa: TID251 - the child's own environment is the test's subject
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=Path(PROJECT_DIR),
        env={"PATH": path, **variables},
        capture_output=True,
        text=True,
        check=False,
    )
