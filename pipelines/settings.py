"""Typed settings and the folders of a home.

What belongs here: every setting that an installation may change, with its environment variable
(`LASTING_HOMES_…`), and the names of the folders of a home. What does not: facts of a protocol
(seeds) or of an extract (contracts).
"""

from __future__ import annotations

import os
import secrets
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from pipelines import formats
from pipelines.durable import PRIVATE

LONDON = ZoneInfo("Europe/London")
SECRET_BYTES = 32
# The name of a council in the lake, which is also that of a schema there and of a step in Dagster.
COUNCIL_NAME = "^[a-z][a-z0-9]*(_[a-z0-9]+)*$"


def _minutes_as_time(value: object) -> object:
    """Return minutes since midnight, which YAML makes of an unquoted 18:30, as the time that was meant."""
    return time(value // 60, value % 60) if isinstance(value, int) and 0 <= value < 24 * 60 else value


TimeOfDay = Annotated[time, BeforeValidator(_minutes_as_time)]
"""A time of day as people write it in YAML, with or without quotes."""


class SettingsError(Exception):
    """`config/settings.yml` of a home, or a variable of the environment, holds something that is no setting."""


class HomeNotFoundError(Exception):
    """The folder given as home was never initialised."""


class Home:
    """The folders of one data controller's home; see `docs/seams.md`."""

    def __init__(self, root: Path) -> None:
        self.root = root.resolve()
        self.config = self.root / "config"
        self.inbox = self.root / "inbox"
        self.archive = self.root / "archive"
        self.landing = self.root / "landing"
        self.rejects = self.root / "rejects"
        self.registry = self.root / "registry"
        self.ledger = self.root / "ledger"
        self.audit = self.root / "audit"
        self.builds = self.root / "builds"
        self.published = self.root / "published"
        self.packs = self.root / "packs"
        self.shares = self.root / "shares"
        self.dagster = self.root / "dagster"
        self.logs = self.root / "logs"

    @property
    def folders(self) -> tuple[Path, ...]:
        """Every folder that `initialise` makes, in the order in which data passes through them."""
        return (
            self.config,
            self.inbox,
            self.archive,
            self.landing,
            self.rejects,
            self.registry,
            self.ledger,
            self.audit,
            self.builds,
            self.packs,
            self.shares,
            self.dagster,
            self.logs,
        )

    @property
    def person_key_file(self) -> Path:
        """The secret that turns case-system ids into person keys."""
        return self.config / "person_key.secret"

    @property
    def database_key_file(self) -> Path:
        """The key of the restricted databases, unless the environment gives another."""
        return self.config / "database_key.secret"

    @property
    def erasure_key_file(self) -> Path:
        """The secret of tombstones, where it is another than the person key: in a home whose person key was changed."""
        return self.config / "erasure_key.secret"

    def initialise(self) -> None:
        """Make the folders (mode 0700), the person-key secret and the databases' key; leave what exists as it is."""
        self.root.mkdir(mode=PRIVATE, parents=True, exist_ok=True)
        self.root.chmod(PRIVATE)
        for folder in self.folders:
            new = not folder.exists()
            folder.mkdir(mode=PRIVATE, exist_ok=True)
            if new and folder.name in formats.CURRENT:
                formats.state_format(folder, formats.CURRENT[folder.name])
        if not self.person_key_file.exists():
            self.write_person_key(secrets.token_hex(SECRET_BYTES))
        self.make_database_key()

    def make_database_key(self) -> None:
        """Make the key of the restricted databases where there is none; builds from then on are encrypted."""
        if not self.database_key_file.exists():
            self._write_secret(self.database_key_file, secrets.token_hex(SECRET_BYTES))

    def write_person_key(self, digits: str) -> None:
        """Write the secret, given in hexadecimal, whole or not at all: half a secret would change every key."""
        self._write_secret(self.person_key_file, digits)

    def write_erasure_key(self, digits: str) -> None:
        """Write the secret by which those who were erased are recognised, given in hexadecimal."""
        self._write_secret(self.erasure_key_file, digits)

    def _write_secret(self, target: Path, digits: str) -> None:
        draft = target.with_suffix(".draft")
        draft.unlink(missing_ok=True)
        draft.touch(mode=0o600)
        with draft.open("w", encoding="ascii") as file:
            file.write(digits + "\n")
            file.flush()
            os.fsync(file.fileno())
        draft.replace(target)

    def person_key(self) -> bytes:
        """Return the person-key secret as bytes.

        Raises HomeNotFoundError when the home was not initialised, SettingsError when the secret is damaged.
        """
        if not self.person_key_file.exists():
            raise HomeNotFoundError(
                f"{self.root} is not a Lasting Homes home. Make one with: lasting-homes init --home {self.root}"
            )
        return self._secret(self.person_key_file, "with another secret every person key changes")

    def erasure_key(self) -> bytes:
        """Return the secret by which those who were erased are recognised; raises as `person_key` does."""
        if not self.erasure_key_file.exists():
            return self.person_key()
        return self._secret(self.erasure_key_file, "with another secret deliveries bring back who was erased")

    def _secret(self, path: Path, otherwise: str) -> bytes:
        try:
            secret = bytes.fromhex(path.read_text(encoding="ascii").strip())
        except ValueError:
            secret = b""
        if len(secret) != SECRET_BYTES:
            raise SettingsError(
                f"{path} is damaged: it must hold {SECRET_BYTES * 2} hexadecimal digits. Restore it from your backup; "
                f"{otherwise}."
            )
        return secret


class DisclosureRule(BaseModel):
    """How the public edition of one authority hides counts; see `pipelines.disclosure.rule.Rule`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    threshold: int = Field(default=5, ge=1, description="Counts from 1 up to below this are hidden.")
    round_to: int = Field(default=1, ge=1, description="Shown counts are rounded to multiples of this.")
    zeros: Literal["show", "hide"] = Field(default="show", description="Whether a count of none is shown.")
    sensitive: tuple[str, ...] = Field(default=(), description="Measures of which no count is shown.")
    exempt: tuple[str, ...] = Field(default=(), description="Measures of which every count is shown.")


class Settings(BaseSettings):
    """Settings of an installation; each can be given as `LASTING_HOMES_<NAME>` in the environment."""

    model_config = SettingsConfigDict(env_prefix="LASTING_HOMES_", extra="ignore")

    home: Path = Path("lasting-homes-home")
    as_known_at: datetime | None = Field(
        default=None, description="Use only what was received and decided by then; None is now."
    )
    generation: int | None = Field(
        default=None, ge=1, description="Read the landing as it stood in this generation; None is the newest."
    )
    settle_seconds: float = Field(default=10.0, ge=0, description="How long a file must have stood still.")
    suppression_threshold: int = Field(default=5, ge=1, description="Public counts from 1 up to below this are hidden.")
    disclosure: dict[Literal["public"], dict[str, DisclosureRule]] = Field(
        default={}, description="The rule of each authority by edition; `*` is that of all others."
    )
    link_threshold: float = Field(
        default=0.95, gt=0.5, le=1, description="From this probability on the model links a record to a person."
    )
    review_threshold: float = Field(
        default=0.2, ge=0.01, le=1, description="From this probability on, below the other, people are asked."
    )
    known_links: Path | None = Field(
        default=None, description="Links known to be right, against which each run's links are measured; never used."
    )
    builds_kept: int = Field(default=3, ge=2, description="How many good builds stay on disk.")
    arrivals_by: TimeOfDay = Field(
        default=time(18), description="From this time of London on, what has arrived is used without waiting for more."
    )

    refresh_every_hours: float = Field(default=26, gt=0, description="A good refresh older than this is told of.")
    alert_email_to: str | None = Field(default=None, description="Who gets alerts, separated by commas.")
    alert_email_from: str = Field(default="lasting-homes@localhost", description="The sender of alerts.")
    alert_webhook: str | None = Field(
        default=None, description="Where alerts are posted as JSON; begins with https://."
    )
    smtp_host: str = Field(default="localhost", description="The server that takes e-mail.")
    smtp_port: int = Field(default=25, ge=1, le=65535, description="Its port.")
    smtp_security: Literal["none", "starttls", "tls"] = Field(
        default="starttls", description="How the connection to it is protected; none only for this machine's own."
    )
    smtp_user: str | None = Field(default=None, description="The account there, where it wants one.")
    smtp_password_file: Path | None = Field(
        default=None, description="A file, readable by its owner, with its password."
    )

    spark_master: str | None = Field(
        default=None,
        description="Where Spark scores pairs and builds the models that run on any engine; None for DuckDB alone.",
    )
    spark_folder: Path | None = Field(
        default=None, description="A folder that every machine of that Spark sees, for rows of people while it works."
    )
    spark_memory: str = Field(default="2g", description="The memory of Spark's driver.")
    spark_partitions: int = Field(default=2, ge=1, description="The parts of a shuffle: two to three for each core.")
    spark_small: bool = Field(
        default=False, description="Plans are interpreted, which is sooner done where rows are few."
    )

    lake_catalogue: str | None = Field(
        default=None, description="The lake's PostgreSQL in libpq's words, without a password."
    )
    lake_data: Path | None = Field(default=None, description="The folder of files that all councils of a lake share.")
    lake_council: str | None = Field(
        default=None,
        pattern=COUNCIL_NAME,
        description="The name under which this home's tables stand in the lake.",
    )

    @classmethod
    def of_home(cls, home: Path | None = None, **given: object) -> Settings:
        """Return the settings of a home: what is given, else the environment, else the home's `config/settings.yml`.

        Args:
            home: The home; from the environment when None.
            given: Settings that overrule all others.

        Raises:
            SettingsError: A name is no setting or a value is out of range; the text says where.
        """
        try:
            environment = cls()
            root = home or environment.home
            written = cls._written(root / "config" / "settings.yml")
            from_environment = {name: getattr(environment, name) for name in environment.model_fields_set}
            return cls(**{**written, **from_environment, **given, "home": root})
        except ValidationError as error:
            wrong = "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors())
            raise SettingsError(f"A setting is wrong (environment or config/settings.yml): {wrong}.") from None

    @classmethod
    def _written(cls, path: Path) -> dict[str, Any]:
        if not path.exists():
            return {}
        document = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
        unknown = sorted(set(document) - set(cls.model_fields)) if isinstance(document, dict) else ["(not a mapping)"]
        if unknown:
            known = ", ".join(sorted(cls.model_fields))
            raise SettingsError(
                f"{path} holds {', '.join(map(str, unknown))}, which is no setting. There are: {known}."
            )
        return dict(document)

    @property
    def folders(self) -> Home:
        """The home's folders."""
        return Home(self.home)


def end_of_day_in_london(day: datetime) -> datetime:
    """Return the last microsecond of `day`'s date in Europe/London, in UTC.

    `as_known_at` = D uses what was received by the end of D (definitions page, section 1, three clocks).
    """
    return datetime.combine(day.date(), time.max, tzinfo=LONDON).astimezone(UTC)
