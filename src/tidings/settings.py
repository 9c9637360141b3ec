"""Every setting, in one frozen tree; read from `TIDINGS_*` by bootstrap, never at import.

`TIDINGS_DATABASE_URL` is `settings.database.url`: the first word names the group, the rest the field.
"""

import re
from typing import Annotated, Final, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

_WEB_ADDRESS: Final = re.compile(r"https?://[^\s/?#]+(?:/[^\s?#]*)?")


class _Group(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


def _url_of(*schemes: str) -> AfterValidator:
    """A URL of one of these schemes; refused without quoting it, because there may be a password in it."""

    def check(value: SecretStr) -> SecretStr:
        try:
            parts = urlsplit(value.get_secret_value())
            # Reading the port fails where a password with `/`, `?` or `#` in it has cut the URL short.
            is_one = parts.scheme in schemes and parts.port != 0
        except ValueError:
            is_one = False
        if not is_one:
            message = f"must be a URL that starts with {schemes[0]}://, special characters of a password as %…"
            raise ValueError(message)
        return value

    return AfterValidator(check)


PostgresUrl = Annotated[SecretStr, _url_of("postgresql", "postgres", "postgresql+asyncpg")]
RedisUrl = Annotated[SecretStr, _url_of("redis", "rediss", "unix")]


class DatabaseSettings(_Group):
    """Postgres, 15 or later: the only store of truth."""

    url: PostgresUrl | None = Field(
        None, description="postgresql://… as role tidings_app; empty: `tidings dev` starts one"
    )
    worker_url: PostgresUrl | None = Field(None, description="The same as role tidings_worker; empty: `url`")
    retention_url: PostgresUrl | None = Field(
        None, description="The same as role tidings_retention, for the worker; empty: nothing is deleted or erased"
    )
    migration_url: PostgresUrl | None = Field(None, description="The same as role tidings_owner; empty: `url`")
    pool_size: int = Field(10, ge=1, le=200, description="Connections kept open by each process")
    pooler: bool = Field(default=False, description="True behind PgBouncer in transaction mode")


class RedisSettings(_Group):
    """Redis or Valkey: doorbell and arq's schedule, never the only copy of anything."""

    url: RedisUrl | None = Field(None, description="redis://…; empty: `tidings dev` starts a Valkey")


class PublicSettings(_Group):
    """How the outside world reaches this deployment."""

    url: str = Field("http://127.0.0.1:8080", description="Base of callback URLs and links, as providers see it")

    @field_validator("url")
    @classmethod
    def _leads_somewhere(cls, value: str) -> str:
        if _WEB_ADDRESS.fullmatch(value) is None:
            message = "must be an address that starts with https:// or http://, without ? and #"
            raise ValueError(message)
        return value


class ApiSettings(_Group):
    """The HTTP side."""

    host: str = Field("127.0.0.1", description="Address to listen on")
    port: int = Field(8080, ge=0, le=65535, description="Port to listen on")
    max_body_bytes: int = Field(1_048_576, ge=1, description="Larger bodies are answered 413")
    max_batch_bytes: int = Field(10_485_760, ge=1, description="The same for /v1/orders/batch")
    requests_per_minute: int = Field(60_000, ge=1, description="Per API key; over it 429")
    key_cache_seconds: float = Field(5, ge=0, description="How long a revoked key may still work in a running process")
    idempotency_hours: int = Field(48, ge=24, description="How long Idempotency-Keys are remembered")
    idempotency_wait_seconds: float = Field(5, ge=0, description="How long a repeat waits for the first request to end")


class WorkerSettings(_Group):
    """The worker's drain loop."""

    concurrency: int = Field(500, ge=1, description="Sends under way at once in one worker")
    connection_concurrency: int = Field(50, ge=1, description="The same for one connection")
    claim_batch: int = Field(200, ge=1, le=1000, description="Rows claimed at once")
    lease_seconds: float = Field(60, gt=0, description="How long a claimed row is nobody else's")
    provider_timeout_seconds: float = Field(20, gt=0, description="Longest wait for a provider; well below the lease")
    sweep_seconds: float = Field(2, gt=0, description="Looks for due work this often, with or without Redis")
    grace_seconds: float = Field(25, ge=0, description="After SIGTERM, time to finish what has left already")
    unsent_alarm_seconds: float = Field(
        300, ge=0, description="Owed this long and not tried: counted by the alarm metric"
    )
    metrics_port: int = Field(0, ge=0, le=65535, description="Port of the worker's own /metrics; 0: none")

    @model_validator(mode="after")
    def _time_out_within_lease(self) -> Self:
        if self.provider_timeout_seconds > self.lease_seconds * 0.75:
            message = "worker.provider_timeout_seconds must leave a margin: at most 3/4 of worker.lease_seconds"
            raise ValueError(message)
        return self


class SecretsSettings(_Group):
    """Keys that encrypt the secrets of connections and webhook endpoints."""

    keys: Annotated[tuple[SecretStr, ...], NoDecode] = Field(
        (), description="Fernet keys, comma-separated: the first encrypts, all decrypt (`tidings keys generate`)"
    )

    @field_validator("keys", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value


class RecordsSettings(_Group):
    """How the audit trail is sealed."""

    keys: Annotated[tuple[SecretStr, ...], NoDecode] = Field(
        (), description="Ed25519 keys, comma-separated: the first signs, the others endorse it (`tidings records key`)"
    )
    heads_file: str | None = Field(None, description="If set, each worker appends the heads that it signs to this file")

    @field_validator("keys", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value


class DocumentsSettings(_Group):
    """Where documents are made and kept."""

    processes: int = Field(1, ge=1, le=64, description="Processes of each worker that print documents")
    link_days: int = Field(90, ge=1, le=546, description="How long links to documents work")
    s3_bucket: str | None = Field(None, description="Keep files in this bucket (tidings[s3]); empty: in the database")
    s3_endpoint: str | None = Field(None, description="https://… of an S3-compatible store; empty: AWS")
    s3_region: str = Field("us-east-1", description="The bucket's region")
    s3_access_key_id: str | None = Field(None, description="Empty: as S3 clients find it (environment, instance)")
    s3_secret_access_key: SecretStr | None = Field(None, description="The same")


class GuardSettings(_Group):
    """For copies of production: nobody outside is ever written to, and no event is posted to shops' own systems."""

    allow: Annotated[tuple[str, ...], NoDecode] = Field(
        (), description="If set, only these recipients (full address, or `@domain`, or `+49` prefix) are written to"
    )
    redirect_email: str | None = Field(
        None, description="If set, every e-mail goes here instead, with a banner; what has no redirect stays"
    )
    redirect_phone: str | None = Field(
        None, description="If set, every SMS and call goes here instead, with a banner; what has no redirect stays"
    )

    @field_validator("allow", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value


class LogSettings(_Group):
    """What is written to standard output."""

    level: Literal["debug", "info", "warning", "error"] = Field("info", description="Least level that is written")
    format: Literal["json", "console"] = Field("json", description="json for machines, console for eyes")


class TraceSettings(_Group):
    """OpenTelemetry."""

    endpoint: str | None = Field(None, description="OTLP/HTTP endpoint for traces; empty: none are sent")
    sample: float = Field(1.0, ge=0, le=1, description="Share of orders that are traced")


class DevSettings(_Group):
    """What only `tidings dev` switches on."""

    enabled: bool = Field(
        default=False, description="Sandbox inbox page, and plain-HTTP or loopback provider addresses"
    )


class Settings(BaseSettings):
    """The whole tree."""

    model_config = SettingsConfigDict(
        env_prefix="TIDINGS_",
        env_nested_delimiter="_",
        env_nested_max_split=1,
        # As compose files hand on what nobody has set.
        env_ignore_empty=True,
        frozen=True,
        extra="forbid",
    )

    database: DatabaseSettings = DatabaseSettings()
    redis: RedisSettings = RedisSettings()
    public: PublicSettings = PublicSettings()
    api: ApiSettings = ApiSettings()
    worker: WorkerSettings = WorkerSettings()
    secrets: SecretsSettings = SecretsSettings()
    records: RecordsSettings = RecordsSettings()
    documents: DocumentsSettings = DocumentsSettings()
    guard: GuardSettings = GuardSettings()
    log: LogSettings = LogSettings()
    trace: TraceSettings = TraceSettings()
    dev: DevSettings = DevSettings()
