"""Every setting of the product, typed; everything wrong is reported at once, at start."""

import os
from collections.abc import Mapping
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from pydantic import (
    AliasGenerator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    model_validator,
)
from pydantic_core import PydanticCustomError

from config.env import PROJECT_DIR
from config.rules import DEVELOPMENT_SECRET, problems_in_production, problems_of_addresses
from config.smtp import SUBMISSION_PORT, SmtpServer, smtp_from_url


def _split_list(value: object) -> object:
    if isinstance(value, str):
        return tuple(part.strip().rstrip("/") for part in value.split(",") if part.strip())
    return value


def _split(value: object) -> object:
    return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value


def _empty_is_unset(value: object) -> object:
    return None if value == "" else value


def _project_path(value: object) -> object:
    return PROJECT_DIR / str(value) if isinstance(value, (str, Path)) else value


WordList = Annotated[tuple[str, ...], BeforeValidator(_split_list)]
LowerList = Annotated[tuple[Annotated[str, StringConstraints(to_lower=True)], ...], BeforeValidator(_split_list)]
NetworkList = Annotated[tuple[IPv4Network | IPv6Network, ...], BeforeValidator(_split)]
SecretList = Annotated[tuple[str, ...], BeforeValidator(_split)]
OptionalText = Annotated[str | None, BeforeValidator(_empty_is_unset)]
OptionalFolder = Annotated[Annotated[str, Field(pattern=r"^/([\w.-]+/)+$")] | None, BeforeValidator(_empty_is_unset)]
ProjectPath = Annotated[Path, BeforeValidator(_project_path)]
Switch = bool


def usable_cores() -> int:
    """How many cores this process may run on (a container's cpuset counts, its quota does not)."""
    affinity = getattr(os, "sched_getaffinity", None)  # absent on macOS
    return len(affinity(0)) if affinity else os.cpu_count() or 1


class Settings(BaseModel):
    """The settings table: each field is an environment variable of the same name in capitals."""

    model_config = ConfigDict(
        alias_generator=AliasGenerator(validation_alias=str.upper),
        extra="ignore",
        validate_by_name=True,
        hide_input_in_errors=True,
        validate_default=True,
    )

    app_env: Literal["development", "production", "test"] = "development"
    debug: Switch = False
    flask_debug: OptionalText = None
    # Where it listens and what it is called outside.
    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=1, le=65535)] = 8000
    public_url: OptionalText = None
    web_concurrency: Annotated[int, Field(ge=1, le=64)] = 2
    cors_origins: WordList = ()
    allowed_hosts: LowerList = ()
    trusted_proxies: NetworkList = ()
    # Where it keeps things.
    data_dir: ProjectPath = Path("var")
    database_url: OptionalText = Field(default=None, repr=False)
    direct_url: OptionalText = Field(default=None, repr=False)
    redis_url: OptionalText = Field(default=None, repr=False)
    database_pool_size: Annotated[int, Field(ge=1, le=200)] = 10
    database_pool_wait_s: Annotated[float, Field(ge=0.1, le=60)] = 5
    # How long the web waits for slow clients.
    request_header_s: Annotated[float, Field(ge=0.1, le=120)] = 15
    client_min_bytes_per_s: Annotated[float, Field(ge=1)] = 1024
    client_grace_s: Annotated[float, Field(ge=0.1, le=600)] = 30
    answer_stall_s: Annotated[float, Field(ge=0.1, le=3600)] = 120
    accel_path: OptionalFolder = None
    edge_cache_bytes: Annotated[int, Field(ge=0)] = 0
    # Secrets.
    secret_key: str = Field(default=DEVELOPMENT_SECRET, repr=False)
    secret_keys_old: SecretList = Field(default=(), repr=False)
    metrics_token: OptionalText = Field(default=None, repr=False)
    sentry_dsn: OptionalText = Field(default=None, repr=False)
    # Who may do what on this instance.
    signup_mode: Literal["open", "invite", "closed"] = "open"
    personal_organizations: Switch = True
    public_index: Switch = True
    require_verified_email: Switch = False
    rate_limit_scale: Annotated[float, Field(ge=0, le=1_000_000, allow_inf_nan=False)] = 1
    cookie_samesite: Literal["Lax", "Strict", "None"] = "Lax"
    access_token_s: Annotated[int, Field(ge=60, le=3600)] = 600
    session_s: Annotated[int, Field(ge=3600)] = 30 * 86400
    refresh_replay_s: Annotated[float, Field(ge=0, le=60)] = 10
    post_url: OptionalText = None
    # Mail. Without a server, letters land in DATA_DIR/outbox (refused in production where mail is needed).
    front_end_url: OptionalText = None
    mail_from: OptionalText = None
    smtp_url: OptionalText = Field(default=None, repr=False)
    smtp_host: OptionalText = None
    smtp_port: Annotated[int, Field(ge=1, le=65535)] = SUBMISSION_PORT
    smtp_user: OptionalText = None
    smtp_password: OptionalText = Field(default=None, repr=False)
    smtp_starttls: Switch = True
    smtp_timeout_s: Annotated[float, Field(ge=0.1, le=60)] = 10
    # Live connections, in each web process.
    realtime_connections: Annotated[int, Field(ge=1)] = 8000
    realtime_address_connections: Annotated[int, Field(ge=1)] = 1000
    realtime_user_connections: Annotated[int, Field(ge=1)] = 50
    realtime_sign_in_s: Annotated[float, Field(ge=1, le=300)] = 45
    # Logs.
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    log_format: Literal["pretty", "json"] = "pretty"
    # Video.
    ffmpeg_binary: OptionalText = None
    media_jail: Literal["auto", "none"] = "auto"
    max_upload_bytes: Annotated[int, Field(ge=1)] = 20 * 1024**3
    max_image_bytes: Annotated[int, Field(ge=1)] = 20 * 1024**2
    # Decoded, a picture takes four bytes a pixel, a few times over; phones send 50 million.
    max_image_pixels: Annotated[int, Field(ge=1, le=150_000_000)] = 64_000_000
    upload_expiry_s: Annotated[int, Field(ge=1)] = 24 * 3600
    post_revisions_kept: Annotated[int, Field(ge=1, le=10_000)] = 100
    mp4_kept_days: Annotated[int, Field(ge=1)] = 14
    disk_reserve_bytes: Annotated[int, Field(ge=0)] = 256 * 1024**2
    # What an organization may use unless the operator gave it limits of its own; 0: without limit.
    quota_storage_bytes: Annotated[int, Field(ge=0)] = 100 * 1024**3
    quota_video_minutes: Annotated[int, Field(ge=0)] = 6000
    quota_uploads: Annotated[int, Field(ge=0)] = 50
    # Jobs. Leases are seconds of the database's clock.
    worker_cores: Annotated[int, Field(ge=1, le=256)] = Field(default_factory=usable_cores)
    job_lease_s: Annotated[float, Field(ge=1, le=600)] = 15
    job_heartbeat_s: Annotated[float, Field(ge=0.2, le=200)] = 5
    job_time_limit_s: Annotated[float, Field(gt=0)] | None = None
    job_memory_bytes: Annotated[int, Field(ge=256 * 1024**2)] = 2 * 1024**3
    relay_tick_s: Annotated[float, Field(ge=0.05, le=5)] = 1
    # How long a writer waits for another one of the embedded SQLite.
    sqlite_wait_s: Annotated[float, Field(ge=0, le=60)] = 5

    @model_validator(mode="after")
    def _rules_across_fields(self) -> Self:
        problems = [*self._database_problems(), *self._mail_problems(), *problems_of_addresses(self)]
        problems += problems_in_production(self) if self.is_production else []
        if self.job_heartbeat_s * 2 > self.job_lease_s:
            problems.append("JOB_HEARTBEAT_S must be at most half of JOB_LEASE_S.")
        if problems:
            raise PydanticCustomError("settings", "{problems}", {"problems": "\n".join(problems)})
        return self

    def _database_problems(self) -> list[str]:
        if self.behind_pgbouncer and not self.direct_url:
            return ["DATABASE_URL says pgbouncer=true, so DIRECT_URL (for `flask db`) must be set."]
        return []

    def _mail_problems(self) -> list[str]:
        try:
            has_server = self.smtp is not None
        except ValueError as error:
            return [str(error)]
        if has_server and "@" not in (self.mail_from or ""):
            return ["MAIL_FROM must be the address that mail comes from, such as Marquee <mail@example.org>."]
        if self.is_production and self.needs_mail and not has_server:
            problem = (
                "SMTP_URL (or SMTP_HOST) must be set in production: people verify their address and are invited "
                "by mail. Only with REQUIRE_VERIFIED_EMAIL=off and SIGNUP_MODE=closed it may be left out."
            )
            return [problem]
        return []

    @property
    def is_production(self) -> bool:
        return self.app_env == "production"

    @property
    def is_development(self) -> bool:
        return self.app_env == "development"

    @property
    def behind_pgbouncer(self) -> bool:
        query = urlsplit(self.database_url or "").query
        return ("pgbouncer", "true") in parse_qsl(query)

    @property
    def sqlalchemy_url(self) -> str:
        """The URL of app and workers: PostgreSQL by psycopg 3, else the embedded SQLite file."""
        return _sqlalchemy_url(self.database_url, self.data_dir)

    @property
    def migration_url(self) -> str:
        """The URL of `flask db`: `DIRECT_URL` where a pooler stands before the database."""
        return _sqlalchemy_url(self.direct_url or self.database_url, self.data_dir)

    @property
    def base_url(self) -> str:
        """Where clients reach this instance, without a trailing slash."""
        return (self.public_url or f"http://localhost:{self.port}").rstrip("/")

    @property
    def links_url(self) -> str:
        """Where the links of mails lead: the front end, else this instance's own small pages."""
        return (self.front_end_url or self.base_url).rstrip("/")

    @property
    def needs_mail(self) -> bool:
        return self.require_verified_email or self.signup_mode != "closed"

    @property
    def smtp(self) -> SmtpServer | None:
        """The mail server; None where letters land in the outbox."""
        if self.smtp_url:
            return smtp_from_url(self.smtp_url, starttls=self.smtp_starttls)
        if not self.smtp_host:
            return None
        security: Literal["starttls", "none"] = "starttls" if self.smtp_starttls else "none"
        return SmtpServer(self.smtp_host, self.smtp_port, self.smtp_user, self.smtp_password, security)

    @property
    def outbox_dir(self) -> Path:
        return self.data_dir / "outbox"

    @property
    def run_dir(self) -> Path:
        return self.data_dir / "run"

    @property
    def metrics_dirs(self) -> tuple[Path, Path]:
        """Where the web processes and the workers of this host share their metrics."""
        return self.run_dir / "metrics" / "web", self.run_dir / "metrics" / "workers"

    @property
    def storage_dir(self) -> Path:
        return self.data_dir / "storage"

    @property
    def worker_slots(self) -> int:
        """Jobs a worker runs at once: two slots stay free of heavy work for probes, mail and publishing."""
        return self.worker_cores + 2


def _sqlalchemy_url(url: str | None, data_dir: Path) -> str:
    if not url:
        return f"sqlite:///{data_dir / 'marquee.db'}"
    if url.startswith("sqlite:"):
        return url  # urlunsplit would drop the slashes of an absolute path
    parts = urlsplit(url)
    scheme = "postgresql+psycopg" if parts.scheme in {"postgres", "postgresql"} else parts.scheme
    query = urlencode([pair for pair in parse_qsl(parts.query) if pair[0] != "pgbouncer"])
    rebuilt = urlunsplit(parts._replace(scheme=scheme, query=query))
    # urlunsplit drops an empty authority, as in postgresql:///name?host=… and sqlite:////path.
    return rebuilt if "://" in rebuilt else rebuilt.replace(":", "://", 1)


class SettingsInvalid(Exception):
    """The environment cannot be used; `problems` are sentences, all of them."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


def build_settings(variables: Mapping[str, str]) -> Settings:
    """Validates the variables. Raises `SettingsInvalid` with every problem at once.

    Outside production a missing `SECRET_KEY` falls back to the development key.
    """
    values = {**_defaults(variables.get("APP_ENV")), **variables}
    problems: list[str] = []
    while True:
        try:
            settings = Settings.model_validate(values)
        except ValidationError as error:
            problems += _sentences(error)
            unusable = {str(problem["loc"][0]).upper() for problem in error.errors() if problem["loc"]}
            if not unusable:
                raise SettingsInvalid(problems) from None
            # The rules across fields run once each field stands by itself: look again without the bad ones.
            values = {name: value for name, value in values.items() if name not in unusable}
        else:
            break
    if problems:
        raise SettingsInvalid(problems)
    return settings


def _defaults(app_env: str | None) -> dict[str, str]:
    if app_env == "test":
        return {"RATE_LIMIT_SCALE": "0"}
    if app_env != "production":
        return {}
    return {
        "SIGNUP_MODE": "invite",
        "PERSONAL_ORGANIZATIONS": "off",
        "PUBLIC_INDEX": "off",
        "REQUIRE_VERIFIED_EMAIL": "on",
        "LOG_FORMAT": "json",
        "WEB_CONCURRENCY": str(usable_cores()),
    }


def _sentences(error: ValidationError) -> list[str]:
    sentences: list[str] = []
    for problem in error.errors(include_url=False, include_input=False):
        if problem["loc"]:
            sentences.append(f"{str(problem['loc'][0]).upper()}: {problem['msg']}.")
        else:
            sentences.extend(problem["msg"].split("\n"))
    return sentences
