"""Everything an operator can set, from the environment or `.env`. Each one acts; the table in README is made from here.

Times are seconds and say so in their names. Secrets are `SecretStr`, so that printing a settings object shows none.
"""

from __future__ import annotations

from enum import StrEnum
from functools import cached_property
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Annotated, Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

SAMPLE_SECRETS = frozenset({"changeme", "change-me", "secret", "password", "example", "sandbox-secret"})


class Environment(StrEnum):
    DEVELOPMENT = "development"
    PRODUCTION = "production"


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_file=".env", env_file_encoding="utf-8", extra="ignore", frozen=True)

    environment: Environment = Field(
        Environment.DEVELOPMENT, description="`production` refuses sample secrets and a missing `SECRET_KEYS`."
    )
    database_url: str | None = Field(
        None, description="PostgreSQL, `postgresql://user:password@host/name`. Empty: an embedded one under `DATA_DIR`."
    )
    redis_url: str | None = Field(None, description="Redis, `redis://host:6379/0`. Empty: an embedded one.")
    data_dir: Path = Field(Path(".data"), description="Where the embedded databases and the generated key live.")
    secret_keys: SecretStr | None = Field(
        None,
        description=(
            "Keys that seal credentials, comma-separated, each 32 bytes in base64; the first seals, all open. "
            "Empty outside production: one is made under `DATA_DIR`."
        ),
    )
    host: str = Field("127.0.0.1", description="Address the API listens on.")
    port: int = Field(8000, ge=1, le=65535, description="Port the API listens on.")
    log_level: str = Field("INFO", description="`DEBUG`, `INFO`, `WARNING` or `ERROR`.")
    log_json: bool = Field(True, description="JSON log lines; `false` prints them for people.")

    database_pool_size: int = Field(10, ge=2, le=200, description="Database connections per process.")
    max_body_bytes: int = Field(1_048_576, ge=1024, description="Larger webhook bodies are refused with 413.")
    link_cache_s: float = Field(
        1.0, ge=0, description="How long a process may use a link's settings before reading anew."
    )
    rate_limit_anonymous: int = Field(
        100, ge=1, description="Requests per client address per 60 s that carry no valid secret or token."
    )
    rate_limit_link: int = Field(6000, ge=1, description="Webhooks per link per 60 s with a valid secret.")
    allowed_ips: Annotated[tuple[str, ...], NoDecode] = Field(
        (), description="Addresses or networks that may post webhooks, comma-separated. Empty: all."
    )
    trusted_proxies: Annotated[tuple[str, ...], NoDecode] = Field(
        (), description="Proxies whose `X-Forwarded-For` is believed, comma-separated addresses or networks."
    )

    odoo_settle_s: float = Field(
        1.0, ge=0, description="How long a hint of Odoo waits before its record is read: one save posts several."
    )
    public_url: str | None = Field(
        None,
        description=(
            "Where Odoo and the shops reach this service, `https://sync.example.com`; `shopsync odoo install` and the "
            "webhooks of WooCommerce need it."
        ),
    )
    webhook_check_s: float = Field(
        300.0, ge=5, description="How often the webhooks that a shop may switch off (WooCommerce) are put right."
    )

    worker_slots: int = Field(4, ge=1, le=64, description="Batches a worker process works on at once.")
    batch_size: int = Field(100, ge=1, le=100, description="Most jobs in one batch.")
    lease_s: float = Field(60.0, ge=1, description="A job of a worker that stops renewing is rescued after this long.")
    idle_scan_s: float = Field(1.0, gt=0, description="How often an idle worker looks for jobs without being woken.")
    max_attempts: int = Field(12, ge=1, description="Attempts before a job is `failed` and waits for a person.")
    retry_base_s: float = Field(2.0, gt=0, description="First retry delay; doubles with each attempt.")
    retry_cap_s: float = Field(900.0, gt=0, description="Longest retry delay.")
    shutdown_grace_s: float = Field(20.0, ge=0, description="How long SIGTERM lets work in flight finish.")
    retention_days: int = Field(30, ge=1, description="Finished rows and logs older than this leave in batches.")

    worker_metrics_port: int | None = Field(
        None,
        ge=1,
        le=65535,
        description="Port of `HOST` on which `shopsync worker` serves its Prometheus metrics. Empty: none.",
    )

    otel_exporter_otlp_endpoint: str | None = Field(
        None,
        description=(
            "Where traces are sent by OTLP over HTTP, `http://collector:4318`; needs the extra `tracing`. Empty: "
            "nowhere."
        ),
    )
    otel_service_name: str = Field("odoo-shop-sync", description="What the traces are of.")
    otel_traces_sampler_arg: float = Field(
        1.0,
        ge=0,
        le=1,
        description="Share of the traces that begin here that is kept; a sender's decision goes before.",
    )

    peer_timeout_s: float = Field(30.0, gt=0, description="Longest wait for one answer of Odoo or a shop.")
    peer_width: int = Field(4, ge=1, le=32, description="Calls to one shop or Odoo at once, per process.")
    debug_mirror_url: str | None = Field(
        None, description="Where a copy of each operation's result is posted, for debugging. Empty: nowhere."
    )

    @field_validator(
        "database_url",
        "redis_url",
        "secret_keys",
        "debug_mirror_url",
        "worker_metrics_port",
        "public_url",
        "otel_exporter_otlp_endpoint",
        mode="before",
    )
    @classmethod
    def _empty_is_unset(cls, value: object) -> object:
        return None if value == "" else value

    @field_validator("redis_url")
    @classmethod
    def _can_be_read(cls, value: str | None) -> str | None:
        """The library's own words for it would show the piece of the password that it took for a port."""
        try:
            _ = None if value is None else urlsplit(value).port
        except ValueError:
            raise ValueError("is no address; percent-encode what its password has of / : @ ? and #") from None
        return value

    @field_validator("allowed_ips", "trusted_proxies", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value

    @field_validator("allowed_ips", "trusted_proxies")
    @classmethod
    def _are_networks(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for part in value:
            ip_network(part, strict=False)
        return value

    @field_validator("log_level")
    @classmethod
    def _known_level(cls, value: str) -> str:
        if value.upper() not in {"DEBUG", "INFO", "WARNING", "ERROR"}:
            raise ValueError("must be DEBUG, INFO, WARNING or ERROR")
        return value.upper()

    @model_validator(mode="after")
    def _production_is_strict(self) -> Self:
        if self.environment is not Environment.PRODUCTION:
            return self
        if self.secret_keys is None:
            raise ValueError("SECRET_KEYS must be set in production; make one with `shopsync key`")
        if self.database_url is None or self.redis_url is None:
            raise ValueError("DATABASE_URL and REDIS_URL must be set in production")
        return self

    @cached_property
    def allowed_networks(self) -> tuple[IPv4Network | IPv6Network, ...]:
        return tuple(ip_network(part, strict=False) for part in self.allowed_ips)

    @cached_property
    def trusted_networks(self) -> tuple[IPv4Network | IPv6Network, ...]:
        return tuple(ip_network(part, strict=False) for part in self.trusted_proxies)


def is_sample_secret(secret: str) -> bool:
    return secret.strip().lower() in SAMPLE_SECRETS or len(secret) < 8
