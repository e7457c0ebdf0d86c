"""Twenty wrong ways to count, each one change of a model's compiled SQL, and running one on a built warehouse.

What belongs here: the changes, and building what follows from one beside the warehouse, which stays as it is. What does
not: judging the result, which is the back-test's comparison with the oracle.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from pipelines.protection.encryption import attach

# What the comparison with the oracle reads.
COMPARED = ("identity.person_alias", "marts.measure_event", "marts.obligation_status", "marts.measure_observation")


@dataclass(frozen=True)
class Mutation:
    """One wrong way to count.

    Attributes:
        name: What is done wrongly.
        model: The dbt model that does it.
        right: Text of its compiled SQL; every occurrence is replaced.
        wrong: What stands there instead.
        figures: Whether only the figures can show it, not events and obligations.
    """

    name: str
    model: str
    right: str
    wrong: str
    figures: bool = False


class Warehouse:
    """A built warehouse of which single models can be made anew."""

    def __init__(self, warehouse: Path, compiled: Path, manifest: Mapping[str, Any]) -> None:
        """Take a warehouse that is closed, the folder of its models' compiled SQL, and dbt's manifest."""
        self._warehouse = warehouse
        self._sql = {path.stem: path.read_text(encoding="utf-8") for path in compiled.rglob("*.sql")}
        self._schema: dict[str, str] = {}
        self._parents: dict[str, set[str]] = {}
        for node in manifest["nodes"].values():
            if node["resource_type"] == "model":
                self._schema[node["name"]] = node["schema"]
                self._parents[node["name"]] = {
                    parent.rsplit(".", 1)[-1] for parent in node["depends_on"]["nodes"] if parent.startswith("model.")
                }

    def with_mutation(self, mutation: Mutation, path: Path) -> Path:
        """Make the model wrongly and all that follows from it, and write what is compared to a new database.

        Raises ValueError when the model's SQL does not hold the text to replace: then the mutation is out of date.
        """
        wrong = self._sql[mutation.model].replace(mutation.right, mutation.wrong)
        if wrong == self._sql[mutation.model]:
            raise ValueError(f"{mutation.model} does not hold {mutation.right!r}: the mutation would change nothing.")
        anew = list(self._anew(mutation))
        with duckdb.connect(str(path), config={"threads": "1"}) as connection:
            attach(connection, self._warehouse, "built", read_only=True)
            connection.execute("attach ':memory:' as warehouse")
            relations = connection.execute(
                "select schema_name, table_name from duckdb_tables() where database_name = 'built' "
                "union select schema_name, view_name from duckdb_views() where database_name = 'built' and not internal"
            ).fetchall()
            for schema in sorted({schema for schema, _ in relations}):
                connection.execute(f"create schema if not exists warehouse.{schema}")
            changed = {f"{self._schema[model]}.{model}" for model in anew}
            for schema, table in relations:
                if f"{schema}.{table}" not in changed:
                    connection.execute(
                        f'create view warehouse.{schema}."{table}" as select * from built.{schema}."{table}"'
                    )
            for model in anew:
                sql = wrong if model == mutation.model else self._sql[model]
                connection.execute(f"create table warehouse.{self._schema[model]}.{model} as ({sql}\n)")
            for table in COMPARED:
                connection.execute(f"create schema if not exists {table.split('.')[0]}")
                connection.execute(f"create table {table} as select * from warehouse.{table}")
        return path

    def _anew(self, mutation: Mutation) -> Iterator[str]:
        """Give the mutated model and what follows from it up to what is compared, parents before children."""
        wanted = {"measure_event", "obligation_status", *(["measure_observation"] if mutation.figures else [])}
        needed = set(wanted)
        todo: Sequence[str] = list(wanted)
        while todo:
            todo = [parent for model in todo for parent in self._parents[model] if parent not in needed]
            needed.update(todo)
        affected = {mutation.model}
        given: set[str] = set()
        while len(given) < len(needed):
            for model in sorted(needed - given):
                parents = self._parents[model] & needed
                if parents <= given:
                    given.add(model)
                    if model in affected or parents & affected:
                        affected.add(model)
                        yield model


MUTATIONS = (
    Mutation(
        "a stay that ends on the very day of the limit has passed it",
        "measure__bnb_over_limit",
        "(entry_date + 3) < exit_date",
        "(entry_date + 3) <= exit_date",
    ),
    Mutation("41 days for six weeks", "measure__bnb_over_limit", "(entry_date + 42)", "(entry_date + 41)"),
    Mutation(
        "four days to move on from bed and breakfast instead of three",
        "obligation__bnb_move_on",
        "(stay.entry_date + 3)",
        "(stay.entry_date + 4)",
    ),
    Mutation(
        "overlapping stays are not united",
        "fct_temporary_accommodation_placement",
        "when taken_until is null or entry_date > taken_until then entry_date",
        "when true then entry_date",
    ),
    Mutation(
        "placements that touch are two stays",
        "fct_temporary_accommodation_placement",
        "entry_date > taken_until then",
        "entry_date >= taken_until then",
    ),
    Mutation(
        "a year of stays leaves out its own first day",
        "fct_temporary_accommodation_stay",
        "and earlier.entry_date >= ",
        "and earlier.entry_date > ",
    ),
    Mutation(
        "nights are counted with the day of leaving",
        "measure__bnb_nights",
        "datediff('day', start_date, end_date)",
        "datediff('day', start_date, end_date) + 1",
    ),
    Mutation(
        "the scope is not asked",
        "measure__presenters_without_adviser",
        "and events.valued_on < scope.end_date",
        "or events.valued_on < scope.end_date",
    ),
    Mutation(
        "an adviser who leaves on the day is still there",
        "measure__presenters_without_adviser",
        "cast('9999-12-31' as date)) > presentation.application_on",
        "cast('9999-12-31' as date)) >= presentation.application_on",
    ),
    Mutation(
        "people of 21 present without an adviser and are left out",
        "measure__presenters_without_adviser",
        "between 21 and 24",
        "between 22 and 24",
    ),
    Mutation(
        "eleven months are settled",
        "measure__settled_12_months",
        "to_months(-12)",
        "to_months(-11)",
    ),
    Mutation(
        "contact eight weeks ago is not within eight weeks",
        "measure__in_touch",
        "between 0 and 56",
        "between 0 and 55",
    ),
    Mutation(
        "scope ends at the 24th birthday",
        "fct_scope",
        "(scope_age_to + 1)",
        "(scope_age_to + 0)",
    ),
    Mutation(
        "those who died stay in scope",
        "fct_scope",
        "least(end_date, death_date, ",
        "least(end_date, ",
    ),
    Mutation(
        "a reopened case is another presentation",
        "fct_homelessness_presentation",
        "reopened.case_ref is null",
        "true",
    ),
    Mutation(
        "of the homes of a day the one that began first holds",
        "fct_home_in_force",
        "residences.start_date desc",
        "residences.start_date asc",
    ),
    Mutation("27 days for 28 between two records of a move", "fct_move", "<= 28", "<= 27"),
    Mutation(
        "the form's second approval counts instead of the first",
        "obligation__bnb_approval",
        "min(approved_on)",
        "max(approved_on)",
    ),
    Mutation(
        "where somebody of 17 hopes to live is what was said first, not last",
        "measure__turning_18",
        "order by recorded_on desc",
        "order by recorded_on asc",
    ),
    Mutation(
        "days without a contact: what two people cover counts twice",
        "obligation__spoc_named",
        "from covered_spans",
        "from covers",
    ),
    Mutation(
        "a quarter ends a day early",
        "dim_period",
        "+ to_months(3)",
        "+ to_months(3) - interval 1 day",
        figures=True,
    ),
    Mutation(
        "events are counted for people",
        "measure_observation",
        "count(distinct person_number)",
        "count(person_number)",
        figures=True,
    ),
)
