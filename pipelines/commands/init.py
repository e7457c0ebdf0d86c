"""`lasting-homes init`: make a home.

What belongs here: the folders, the explained configuration and Dagster's own. What does not: any extract.
"""

# The command line must answer at once, so what is heavy is imported where it is used.
# ruff: noqa: PLC0415

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.commands.outcome import Outcome

if TYPE_CHECKING:
    from pipelines.settings import Home

SETTINGS = """\
# Settings of this home. A line without # counts; LASTING_HOMES_<NAME> in the environment overrules it.

# How long a file in the inbox must have stood still before it is read, in seconds.
# settle_seconds: 10

# Public counts from 1 up to below this are hidden.
# suppression_threshold: 5

# From which probability on the model links a housing record to a person, and from which on people are asked.
# docs/identity.md shows what other thresholds would give.
# link_threshold: 0.95
# review_threshold: 0.2

# How many good builds stay on disk.
# builds_kept: 3

# From this time of London on, what has arrived is used without waiting for more senders (deliveries.yml).
# arrivals_by: "18:00"

# A good refresh older than this is told of.
# refresh_every_hours: 26

# Where alerts go: e-mail, several addresses separated by commas; a web hook, which gets JSON with a `text`.
# alert_email_to: operator@council.example
# alert_email_from: lasting-homes@council.example
# smtp_host: localhost
# smtp_port: 25
# smtp_security: starttls
# smtp_user: lasting-homes
# smtp_password_file: /etc/lasting-homes/smtp.password
# alert_webhook: https://chat.council.example/hooks/lasting-homes
"""

DELIVERIES = """\
# Who delivers when. A sender that is not in by then is late: told once, and shown by `lasting-homes status`.
# every: day, working_day, week (day: monday), month (day: 5) or quarter (day: 15).
# by: a time in London, 18:00 where nothing is said.
# A line with sender "*" stands for every sender of the family, with `of` only for those of one authority.

deliveries: []
#  - {family: case_system, sender: kent, every: day, by: "01:30"}
#  - {family: lettings, sender: "*", of: kent, every: week, day: monday}
#  - {family: homelessness, sender: E07000108, every: month, day: 5}
"""

CONFIG_README = """\
# What may be configured in this home

- `settings.yml`: waiting time for files, suppression threshold, thresholds of linkage, how many builds are
  kept, where alerts go.
- `deliveries.yml`: which sender delivers when; who is late is told by name.
- `contracts/<family>/<table>.yml`: adds to the packaged contract of an extract: headers that a sender uses, tolerances.
- `contracts/spellings/<list>.csv`: adds spellings of codes that a sender uses.
- `person_key.secret`: turns case-system ids into person keys. Back it up apart from the data and show it to nobody:
  whoever has it and a case-system id can find a person in the figures' database. Without it, person keys change.

Extracts go to `inbox/<family>/<sender>/`, for example `inbox/case_system/kent/`, `inbox/lettings/kent_homechoice/`,
`inbox/homelessness/E07000106/`, `inbox/protocol_forms/lancashire/`. A file is recognised by its headers. Its data date
comes from its name or from a file `<its name>.meta.yml` beside it: `data_date: 2026-09-30`.
"""

DAGSTER = """\
# Dagster's own configuration for this home (DAGSTER_HOME is this folder). History is kept in SQLite files here.

# Nothing calls home.
telemetry:
  enabled: false

# The history in SQLite, as Dagster keeps it, but with files that stay open. For PostgreSQL put Dagster's own
# `storage: postgres:` here instead.
event_log_storage:
  module: pipelines.event_storage
  class: OpenEventStorage
  config:
    dagster_home:
      env: DAGSTER_HOME

# What libraries print is not kept: it could quote a value of an extract. Events and their counts are kept.
compute_logs:
  module: dagster._core.storage.noop_compute_log_manager
  class: NoOpComputeLogManager

# One writer at a time; the home's own lock says the same to the command line.
concurrency:
  pools:
    granularity: run
    default_limit: 1

# A run whose process died is marked as failed, so that the next one may start, and is tried again twice. One that
# failed by itself is not: it would fail again.
run_monitoring:
  enabled: true
run_retries:
  enabled: true
  max_retries: 0
  retry_on_asset_or_op_failure: false
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """`init` has no options of its own."""


def run(options: argparse.Namespace) -> Outcome:
    """Make the home, or complete it; what exists is left as it is."""
    from pipelines.settings import Settings

    home = Settings.of_home(options.home).folders
    new = not home.config.exists()
    make(home)
    text = (
        f"{'Made' if new else 'Completed'} the home {home.root}.\n"
        f"Put extracts into {home.inbox}/<family>/<sender>/ and run: lasting-homes refresh --home {home.root}\n"
        f"What may be configured is explained in {home.config / 'README.md'}."
    )
    return Outcome(text, {"home": str(home.root), "created": new, "inbox": str(home.inbox)})


def make(home: Home) -> None:
    """Make folders, secret and configuration files; leave what exists as it is."""
    home.initialise()
    _write_once(home.config / "settings.yml", SETTINGS)
    _write_once(home.config / "deliveries.yml", DELIVERIES)
    _write_once(home.config / "README.md", CONFIG_README)
    _write_once(home.dagster / "dagster.yaml", DAGSTER)


def _write_once(path: Path, text: str) -> None:
    if not path.exists():
        path.write_text(text, encoding="utf-8")
