"""A nation's landing without its files: `national` runs this in a process of its own, in a copy of the program.

The generator writes lives and rows as ever (`pipelines.synthetic.nation`); what is left out is putting the rows into
CSV and workbooks and reading them back. The truth says of every row what landing makes of it (a test of landing holds
it to that), so the schemas `landing` and `identity` are made from the truth's accepted rows, by the code that makes
them of a home's, on the true links.

Usage: `python benchmarks/nation_landing.py --people N --months M --every E --truth FOLDER --database WAREHOUSE`; N is
the number of each authority aged 17 to 24 on the last day. A truth that is there already is taken, and
so is what was landed of it before. With `--copies C` every person stands C times in their authority, with the same life
under keys of their own, sex and ethnicity drawn anew; rows about districts stand once. Prints how many people and rows
the database holds.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
from collections.abc import Sequence
from datetime import UTC
from functools import partial
from hashlib import sha256
from pathlib import Path

import duckdb
import polars as pl

from pipelines.contracts import Contract, Contracts, load_contracts
from pipelines.identity import GivenLinks, link
from pipelines.landing.as_known import make_current_rows
from pipelines.landing.model import Load, load_id_of
from pipelines.landing.senders import authority_of
from pipelines.progress import to_standard_error
from pipelines.synthetic.files import Delivery, Outbox
from pipelines.synthetic.layouts import Layout
from pipelines.synthetic.nation import generate_nation
from pipelines.synthetic.tables import Table
from pipelines.synthetic.truth import META, truth_name

KEY = b"a benchmark's people are nobody"


class NoFiles(Outbox):
    """An outbox that states what landing makes of each row and writes no file."""

    def put(self, layout: Layout, frame: pl.DataFrame, delivery: Delivery) -> None:
        """State the rows of what would be one file; see `Outbox.put`."""
        frame = self.spoilt(layout, frame, delivery)
        self.put_made(layout.table, layout.sender, frame, delivery, b"", header_row=layout.header_row)

    def put_made(  # noqa: PLR0913 - as it is inherited
        self, table: Table, sender: str, frame: pl.DataFrame, delivery: Delivery, content: bytes, *, header_row: int
    ) -> None:
        """State the rows; `content` goes nowhere."""
        self.state(table, sender, frame, delivery, header_row=header_row)


def loads_of(truth: Path, contracts: Contracts) -> list[Load]:
    """Return a load for each file that the truth lists; the bytes that are not there are named by the file's name."""
    files = pl.read_parquet(truth / "files.parquet")
    hashes = {contract.name: contract.contract_hash for contract in contracts}
    loads = []
    for row in files.iter_rows(named=True):
        family, table, sender, day = row["family"], row["table"], row["sender"], row["data_date"]
        sha = sha256(f"{family}/{sender}/{row['file_name']}".encode()).hexdigest()
        loads.append(
            Load(
                load_id=load_id_of(family, sender, table, day, sha),
                family=family,
                table=table,
                sender=sender,
                authority=authority_of(family, sender),
                file_name=row["file_name"],
                file_sha256=sha,
                data_date=day,
                received_at=row["received_at"].astimezone(UTC),
                rows_read=row["rows"],
                rows_accepted=row["rows"],
                rows_rejected=0,
                cells_refused=0,
                contract_hash=hashes[f"{family}__{table}"],
            )
        )
    return sorted(loads, key=lambda load: (load.name, load.sender, load.data_date, load.received_at, load.load_id))


def accepted_rows(truth: Path, contract: Contract, loads: Sequence[Load]) -> str:
    """Return a query for the accepted rows of the loads in the truth, as `pipelines.landing.as_known` wants them."""
    columns = ", ".join(
        f"emitted.{truth_name(name)} as {name}" if truth_name(name) in META or name in META else f"emitted.{name}"
        for name in (column.name for column in contract.columns)
    )
    chosen = ", ".join(f"'{load.load_id}'" for load in loads)
    return (
        "select load.load_id, emitted.row_number, emitted.data_date, "
        f"cast(emitted.received_at at time zone 'UTC' as timestamp) as received_at, {columns} "
        f"from read_parquet('{truth}/emitted/{contract.name}.parquet') as emitted "
        f"inner join landing.load as load on load.family = '{contract.family}' and load.\"table\" = '{contract.table}' "
        "and load.sender = emitted.sender and load.file_name = emitted.file_name "
        "and load.data_date = emitted.data_date "
        f"where emitted.outcome = 'accepted' and load.load_id in ({chosen})"
    )


ABOUT_NOBODY = ("action_log", "commentary", "partner_return", "protocol_review", "spoc")
OF_THE_FILE = ("load_id", "invo_professional_id", "invo_professional_role_id")
DRAWN_ANEW = ("pers_sex", "pers_ethnicity")
ROWS_BETWEEN_COPIES = 100_000_000


def copy_people(connection: duckdb.DuckDBPyConnection, copies: int) -> None:
    """Let every person of `landing` and `identity` stand `copies` times, under keys of their own."""
    for (table,) in connection.execute(
        "select table_name from duckdb_tables() where schema_name = 'landing' "
        "and regexp_matches(table_name, '^(case_system|homelessness|lettings|protocol_forms)__')"
    ).fetchall():
        if not table.endswith(ABOUT_NOBODY):
            columns = [row[0] for row in connection.execute(f"describe landing.{table}").fetchall()]
            values = ", ".join(_of_copy(column, table) for column in columns)
            _add_copies(connection, f"landing.{table}", values, copies)
    key = "left(md5(person_key || '-' || copy), 20)"
    _add_copies(connection, "identity.person_alias", f"authority, person_id || '-' || copy, {key}", copies)
    link = f"family, table_name, sender, source_ref || '-' || copy, {key}, outcome, method, probability"
    _add_copies(connection, "identity.person_link", link, copies)


def _of_copy(column: str, table: str) -> str:
    """Return what a column of a copied row holds; `drawn` lists the values of a column that is drawn anew."""
    if column == "row_number":
        return f"row_number + copy * {ROWS_BETWEEN_COPIES}"
    if column in DRAWN_ANEW:
        values = f"(select list({column} order by row_number) from landing.{table})"
        return f"list_extract({values}, 1 + cast(hash(pers_person_id, copy) % 1000 as integer))"
    if column.endswith(("_id", "_ref", "reopened_from")) and column not in OF_THE_FILE:
        return f"{column} || '-' || copy"
    return column


def _add_copies(connection: duckdb.DuckDBPyConnection, table: str, values: str, copies: int) -> None:
    connection.execute(f"insert into {table} select {values} from {table}, range(2, {copies} + 1) as copied (copy)")


def land(contracts: Contracts, truth: Path, database: Path, copies: int) -> None:
    """Make the schemas `landing` and `identity` of the truth; a database that is there is whole."""
    unfinished = database.with_suffix(".unfinished")
    unfinished.unlink(missing_ok=True)
    with duckdb.connect(str(unfinished), config={"memory_limit": "6GiB", "threads": 2}) as connection:
        loads = loads_of(truth, contracts)
        make_current_rows(connection, contracts, loads, partial(accepted_rows, truth))
        link(connection, linker=GivenLinks(truth / "links.parquet"), key=KEY)
        if copies > 1:
            copy_people(connection, copies)
    unfinished.replace(database)


def main() -> int:
    """Generate, and make the two schemas that dbt starts from."""
    parser = argparse.ArgumentParser(description="Make a nation's landing for a benchmark.")
    parser.add_argument("--people", type=int, required=True)
    parser.add_argument("--months", type=int, default=120)
    parser.add_argument("--every", type=int, default=3)
    parser.add_argument("--copies", type=int, default=1)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--truth", type=Path, required=True)
    parser.add_argument("--database", type=Path, required=True)
    given = parser.parse_args()
    contracts = load_contracts()
    if not (given.truth / "files.parquet").exists():
        generate_nation(
            given.truth / "no_inbox",
            given.truth,
            people=given.people,
            seed=given.seed,
            months=given.months,
            every=given.every,
            exports=1,
            outbox_of=NoFiles,
            progress=to_standard_error(),
        )
    landed = given.truth / f"landed_{given.copies}.duckdb"
    if not landed.exists():
        land(contracts, given.truth, landed, given.copies)
    shutil.copyfile(landed, given.database)
    with duckdb.connect(str(given.database), read_only=True) as connection:
        people, rows = connection.execute(
            """
            select
                (select count(distinct person_key) from identity.person_alias),
                sum(estimated_size) filter (where schema_name = 'landing')
            from duckdb_tables()
            """
        ).fetchall()[0]
    print(json.dumps({"people": people, "rows": int(rows)}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
