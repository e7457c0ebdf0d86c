"""What a linker must decide, whatever way it decides it.

What belongs here: the protocol that `link` calls, with the shapes it expects back. What does not: any way of deciding.
"""

from typing import Protocol

import duckdb


class Linker(Protocol):
    """Decides which ids are one person and whose each housing record is.

    `link` makes the temporary tables that a linker may rely on:

    * before `same_person`: `linkage_case_id (authority, person_id)`, one row per case-system id ever seen;
    * before `decide`: `linkage_person (authority, person_id, person)`, the same rows with the number of the person,
      `linkage_record (record, family, table_name, sender, source_ref)`, one row per application and homelessness case,
      and `linkage_barred (record, person)`, the pairs that people have decided against or could not tell.

    A linker may add rows to `linkage_candidate (record, person, place, weight, probability)`, whom it thought of and
    how likely (place 1 is the likeliest), to `linkage_reason (record, person, step, comparison,
    level, weight)`, why, to
    `linkage_parameter (comparison, level, rank, m, u, weight)`, the model it used, and to `linkage_id_candidate
    (authority, person_id, other_authority, other_person_id, reason)`, pairs of ids for people to look at. `link` keeps
    them in the schema `identity`.

    Both methods read the schema `landing` of the same connection and must give the same answer on every run.
    """

    @property
    def name(self) -> str:
        """How reports call this linker."""
        ...

    def same_person(self, connection: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyRelation:
        """Return pairs of ids that are one person: `authority, person_id, other_authority, other_person_id`.

        The pairs need not be closed: `link` adds what follows from two pairs that share an id.
        """
        ...

    def decide(self, connection: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyRelation:
        """Return `record, person, method, probability`: at most one row per record.

        `person` is null for a record left unlinked, and `method` then says why; the method `review` asks people to
        decide. A record without a row is unlinked with method `no_match`. `probability` (0 to 1) is null unless a
        model estimated one.
        """
        ...
