"""Links taken from a file, for tests that must not depend on linkage and for the comparison with the oracle.

What belongs here: reading `truth/links.parquet` as decisions. What does not: judging them (`quality`).
"""

from pathlib import Path

import duckdb


class GivenLinks:
    """A linker that believes a file.

    Args:
        links: A Parquet file with the columns `authority, family, table, sender, source_ref, person`; `person` is null
            for a record of somebody whom neither county knows.

    A case-system id that the file does not list is a person of its own; a record whose person has no id in landing is
    unlinked. Every decision has the method `given` and no probability.
    """

    name = "given_links"

    def __init__(self, links: Path) -> None:
        self._links = links

    def same_person(self, connection: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyRelation:
        """Return the pairs of ids that the file gives to one person; see `Linker.same_person`."""
        return connection.sql(
            """
            with given as (
                select authority, source_ref as person_id, person
                from read_parquet($links)
                where family = 'case_system' and "table" = 'ssd_person' and person is not null
            ),
            seen as (
                select given.* from given
                inner join linkage_case_id using (authority, person_id)
            )
            select one.authority, one.person_id, other.authority as other_authority, other.person_id as other_person_id
            from seen as one
            inner join seen as other on one.person = other.person
            where (one.authority, one.person_id) < (other.authority, other.person_id)
            """,
            params={"links": str(self._links)},
        )

    def decide(self, connection: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyRelation:
        """Return the file's person of each record; see `Linker.decide`."""
        return connection.sql(
            """
            with given as (select * from read_parquet($links)),
            known as (
                select given.person as given_person, min(linkage_person.person) as person
                from given
                inner join linkage_person
                    on linkage_person.authority = given.authority and linkage_person.person_id = given.source_ref
                where given.family = 'case_system' and given."table" = 'ssd_person' and given.person is not null
                group by given.person
            )
            select record.record, known.person, 'given' as method, cast(null as double) as probability
            from linkage_record as record
            inner join given
                on given.family = record.family
                and given."table" = record.table_name
                and given.sender = record.sender
                and given.source_ref = record.source_ref
            left join known on known.given_person = given.person
            """,
            params={"links": str(self._links)},
        )
