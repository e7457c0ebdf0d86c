"""The two tables that the model compares, in a database of their own, and the keys by which pairs are found.

What belongs here: turning people and records into comparable columns. What does not: the comparisons (`comparisons`),
the rules' own evidence (`evidence`), from whose tables these are made.

A pair is scored only when it shares a key, and a key that more than `WIDEST_KEY` people share is not used: so the work
grows with the records, whatever the number of people who are called the same.
"""

from __future__ import annotations

import csv

import duckdb
import polars as pl

from pipelines.identity.skeletons import skeleton
from pipelines.project_files import dbt_project

PERSON_SIDE, RECORD_SIDE = "person_side", "record_side"
WIDEST_KEY = 200


def fill_model_tables(connection: duckdb.DuckDBPyConnection, database: duckdb.DuckDBPyConnection) -> None:
    """Make the tables `person_side` and `record_side` in `database` from the evidence in `connection`.

    Both have `unique_id, owner` (the person's or the record's number), `forename, surname, parts, forename_variants,
    sound_forename, sound_surname, sound_name, sounds, birth, postcodes, sectors, ni_numbers, advisers, councils,
    care_claim, block_keys`.
    """
    _make_sounds(connection)
    _make_claims(connection)
    _make_traits(connection)
    for side, select in ((PERSON_SIDE, _PEOPLE), (RECORD_SIDE, _RECORDS)):
        connection.execute(f"create or replace temp table linkage_{side} as {select}")
        _add_sounds(connection, f"linkage_{side}")
    _make_keys(connection)
    for side in (PERSON_SIDE, RECORD_SIDE):
        arrow = connection.sql(f"select * from linkage_{side}_keyed order by unique_id").to_arrow_table()
        database.register("arrived", arrow)
        database.execute(f"create or replace table {side} as select * from arrived")
        database.unregister("arrived")


def _make_sounds(connection: duckdb.DuckDBPyConnection) -> None:
    """Make `linkage_sound (word, sound)` for every word of every name."""
    words = connection.execute(
        """
        select distinct unnest(parts) as word from linkage_name
        union
        select distinct unnest(parts) from linkage_record_detail
        order by word
        """
    ).fetchall()
    spoken = {"word": [word for (word,) in words], "sound": [skeleton(word) or word for (word,) in words]}
    connection.register("linkage_words", pl.DataFrame(spoken, {"word": pl.String, "sound": pl.String}))
    connection.execute("create or replace temp table linkage_sound as select * from linkage_words")
    connection.unregister("linkage_words")


def _make_claims(connection: duckdb.DuckDBPyConnection) -> None:
    """Make `linkage_claim (record, council, adviser, care_claim)`: what a record says of being in care, and where."""
    with (dbt_project() / "seeds" / "protocol" / "authority.csv").open(encoding="utf-8", newline="") as file:
        councils = [(row["gss_code"], row["authority"]) for row in csv.DictReader(file)]
    connection.register(
        "linkage_councils", pl.DataFrame(councils, {"gss": pl.String, "council": pl.String}, orient="row")
    )
    connection.execute(
        """
        create or replace temp table linkage_claim as
        with said as (
            select
                'lettings' as family, 'applications' as table_name, sender, application_ref as source_ref, authority,
                care_leaver_flag as flag, care_leaver_of_gss as of_gss, personal_adviser as adviser
            from landing.lettings__applications
            union all
            select 'homelessness', 'cases', sender, case_ref, authority, cast(null as boolean), care_leaver_of_gss, null
            from landing.homelessness__cases
        )
        select
            record, said.authority as council, nullif(fold_name(adviser), '') as adviser,
            case
                when councils.council is not null then councils.council
                when of_gss is not null then 'another council'
                when flag then 'leaver'
                when not flag then 'none'
            end as care_claim
        from said
        inner join linkage_record using (family, table_name, sender, source_ref)
        left join linkage_councils as councils on councils.gss = said.of_gss
        """
    )
    connection.unregister("linkage_councils")


def _make_traits(connection: duckdb.DuckDBPyConnection) -> None:
    """Make `linkage_trait (side, owner, trait, value)`: the lists of values, each value once."""
    connection.execute(
        """
        create or replace temp table linkage_trait as
        select distinct 'person' as side, person as owner, 'postcode' as trait, postcode as value
        from linkage_person_postcode
        union
        select 'record', record, 'postcode', postcode from linkage_record_postcode
        union
        select 'record', record, 'ni_number', ni_number from linkage_record_detail where ni_number is not null
        union
        select 'person', person, 'ni_number', ni_number
        from linkage_decision
        inner join linkage_record_detail using (record)
        where person is not null and ni_number is not null
        union
        select 'person', person, 'ni_number', ni_number
        from linkage_held_ni_number
        inner join linkage_person using (authority, person_id)
        union
        select 'person', linkage_person.person, 'adviser', fold_name(held.clea_care_leaver_personal_advisor)
        from linkage_held_adviser as held
        inner join linkage_person
            on linkage_person.authority = held.authority and linkage_person.person_id = held.clea_person_id
        where fold_name(held.clea_care_leaver_personal_advisor) <> ''
        union
        select 'record', record, 'adviser', adviser from linkage_claim where adviser is not null
        union
        select 'person', person, 'council', authority from linkage_person
        union
        select 'record', record, 'council', council from linkage_claim where council is not null
        """
    )


def _of(side: str, owner: str) -> str:
    """Return the common table expressions that gather a side's lists of values and forename variants."""
    return f"""
    lists as (
        select
            owner,
            list(value order by value) filter (where trait = 'postcode') as postcodes,
            list(value order by value) filter (where trait = 'ni_number') as ni_numbers,
            list(value order by value) filter (where trait = 'adviser') as advisers,
            list(value order by value) filter (where trait = 'council') as councils
        from linkage_trait
        where side = '{side}'
        group by owner
    ),
    variants as (
        select forename, list(variant order by variant) as forename_variants
        from linkage_forename_variant
        group by forename
    ),
    written as (
        select
            {owner} as owner, named.forename, named.surname, named.parts, named.birth,
            coalesce(forename_variants, []) as forename_variants,
            coalesce(postcodes, []) as postcodes,
            coalesce(ni_numbers, []) as ni_numbers,
            coalesce(advisers, []) as advisers,
            coalesce(councils, []) as councils
        from named
        left join lists on lists.owner = {owner}
        left join variants using (forename)
    )
    """


_PEOPLE = f"""
with named as (select person, birth, forename, surname, parts from linkage_name),
{_of("person", "named.person")}
select row_number() over (order by owner, birth, surname, forename) as unique_id, *, cast(null as varchar) as care_claim
from written
"""
_RECORDS = f"""
with named as (select record, birth, forename, surname, parts from linkage_record_detail),
{_of("record", "named.record")}
select row_number() over (order by owner) as unique_id, written.*, care_claim
from written
left join linkage_claim on linkage_claim.record = owner
"""


def _add_sounds(connection: duckdb.DuckDBPyConnection, table: str) -> None:
    """Add the sounds of each name, and the sectors of the postcodes, to a side's table."""
    connection.execute(
        f"""
        create or replace temp table {table} as
        with spoken as (
            select
                unique_id,
                list(sound order by place) filter (where column_name = 'forename') as of_forename,
                list(sound order by place) filter (where column_name = 'surname') as of_surname,
                list(sound order by sound) as sounds
            from (
                select unique_id, column_name, unnest(words) as word, generate_subscripts(words, 1) as place
                from (
                    select unique_id, 'forename' as column_name, string_split(forename, ' ') as words from {table}
                    union all
                    select unique_id, 'surname', string_split(surname, ' ') from {table}
                )
            )
            inner join linkage_sound using (word)
            group by unique_id
        )
        select
            {table}.*,
            coalesce(array_to_string(of_forename, ' '), '') as sound_forename,
            coalesce(array_to_string(of_surname, ' '), '') as sound_surname,
            coalesce(sounds, []) as sounds,
            coalesce(array_to_string(sounds, ' '), '') as sound_name,
            list_distinct(list_transform(postcodes, lambda postcode: postcode[:-3])) as sectors
        from {table}
        left join spoken using (unique_id)
        """
    )


# Each key names what must agree; between them a pair is found although any one of name, birthday or home is wrong.
# Whoever has no birthday, in a case system or in a record, is found by the whole name, which everybody else then needs
# as a key too: each of the two keys meets only where one of the two sides lacks the birthday.
_KEYS = """
select unique_id, 'birth and a part of the name|' || birth || '|' || unnest(sounds) as key from {table}
union all
select unique_id, 'birth and postcode|' || birth || '|' || unnest(postcodes) from {table}
union all
select unique_id, 'postcode and a part of the name|' || postcode || '|' || unnest(sounds)
from (select unique_id, unnest(postcodes) as postcode, sounds from {table})
union all
select unique_id, 'name and year|' || sound_name || '|' || year(birth) from {table} where len(sounds) >= 2
union all
select unique_id, 'name and day|' || sound_name || '|' || strftime(birth, '%m%d') from {table} where len(sounds) >= 2
union all
select unique_id, 'name, person without birthday|' || sound_name from {table}
where len(sounds) >= 2 and ({is_record} or birth is null)
union all
select unique_id, 'name, record without birthday|' || sound_name from {table}
where len(sounds) >= 2 and (not {is_record} or birth is null)
union all
select unique_id, 'NI number|' || unnest(ni_numbers) from {table}
"""


def _make_keys(connection: duckdb.DuckDBPyConnection) -> None:
    """Add `block_keys` to both sides, without the keys that too many people share."""
    for side in (PERSON_SIDE, RECORD_SIDE):
        keys = _KEYS.format(table=f"linkage_{side}", is_record=str(side == RECORD_SIDE).lower())
        connection.execute(
            f"create or replace temp table linkage_{side}_key as "
            f"select distinct unique_id, hash(key) as key from ({keys}) where key is not null"
        )
    connection.execute(
        f"""
        create or replace temp table linkage_usable_key as
        select key from linkage_{PERSON_SIDE}_key group by key having count(*) <= {WIDEST_KEY}
        """
    )
    for side in (PERSON_SIDE, RECORD_SIDE):
        connection.execute(
            f"""
            create or replace temp table linkage_{side}_keyed as
            with keys as (
                select unique_id, list(key order by key) as block_keys
                from linkage_{side}_key
                semi join linkage_usable_key using (key)
                group by unique_id
            )
            select linkage_{side}.*, coalesce(block_keys, []) as block_keys
            from linkage_{side}
            left join keys using (unique_id)
            """
        )
