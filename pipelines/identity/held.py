"""What is held of a case-system id, whichever extract says it: names, birthday, sex, advisers, NI number.

What belongs here: uniting `ssd_person` and `ssd_care_leavers` with what stands in for them where a county sends Annex A
or the SSDA903, which have no names: the form `person_index`. What does not: making names comparable (`names`), places
(`evidence.make_case_postcodes`).

All of them are temporary tables of the connection, dropped with the others when the links are written.
"""

import duckdb

from pipelines.identity.evidence import NI_NUMBER, STAND_IN_NI_NUMBER


def make_held(connection: duckdb.DuckDBPyConnection) -> None:
    """Make `linkage_held_person`, `linkage_held_adviser` and `linkage_held_ni_number` from the schema `landing`.

    * `linkage_held_person`: one row per version of an id's name, with the columns of ssd_person that linkage reads and
      `data_date`. Names of person_index stand beside every birthday that Annex A or the SSDA903 have of the id, if the
      form has none, and with the sex and ethnicity that these have last.
    * `linkage_held_adviser`: one row per id, snapshot and adviser named, in the columns of ssd_care_leavers.
    * `linkage_held_ni_number (authority, person_id, ni_number)`: the form's, in the comparable form of the records'.
    """
    connection.execute(
        r"""
        create or replace temp table linkage_held_person as
        with told as (
            select authority, child_unique_id as person_id, sex, ethnicity, date_of_birth as birth, data_date
            from landing.case_system__annex_a_list_9__history
            union
            select authority, child_unique_id, sex, ethnicity, date_of_birth, data_date
            from landing.case_system__annex_a_list_8__history
            union
            select authority, child, sex, ethnic, dob, data_date from landing.case_system__ssda903_header__history
            union
            select authority, child, null, null, dob, data_date from landing.case_system__ssda903_oc3__history
        ),
        births as (select distinct authority, person_id, birth from told where birth is not null),
        traits as (
            select authority, person_id, arg_max(sex, data_date) as sex, arg_max(ethnicity, data_date) as ethnicity
            from told
            group by authority, person_id
        ),
        other_names as (
            select authority, person_id, surname, date_of_birth, trim(name) as name
            from (
                select authority, person_id, surname, date_of_birth, unnest(string_split(other_names, ';')) as name
                from landing.protocol_forms__person_index
            )
            where trim(name) <> ''
        ),
        -- Another name of two words or more is a whole name, its last word the surname; else it is a forename.
        index_names as (
            select authority, person_id, forename, surname, date_of_birth
            from landing.protocol_forms__person_index
            union
            select
                authority, person_id,
                case when name like '% %' then regexp_replace(name, '\s+\S+$', '') else name end,
                case when name like '% %' then regexp_extract(name, '\S+$') else surname end,
                date_of_birth
            from other_names
        )
        select
            authority, pers_person_id, pers_forename, pers_surname, pers_sex, pers_ethnicity, pers_dob,
            pers_death_date, data_date
        from landing.case_system__ssd_person__history
        union all
        select
            named.authority, named.person_id, named.forename, named.surname, traits.sex, traits.ethnicity,
            coalesce(named.date_of_birth, births.birth), null, null
        from index_names as named
        left join births
            on named.date_of_birth is null and births.authority = named.authority and births.person_id = named.person_id
        left join traits on traits.authority = named.authority and traits.person_id = named.person_id
        """
    )
    connection.execute(
        """
        create or replace temp table linkage_held_adviser as
        select authority, clea_person_id, data_date, clea_care_leaver_personal_advisor
        from landing.case_system__ssd_care_leavers__history
        union all
        select authority, child_unique_id, data_date, allocated_personal_advisor
        from landing.case_system__annex_a_list_9__history
        """
    )
    connection.execute(
        f"""
        create or replace temp table linkage_held_ni_number as
        select distinct authority, person_id, ni_number[1:8] as ni_number
        from (
            select authority, person_id, upper(regexp_replace(ni_number, '[^A-Za-z0-9]', '', 'g')) as ni_number
            from landing.protocol_forms__person_index
        )
        where regexp_matches(ni_number, '{NI_NUMBER}') and ni_number not like '{STAND_IN_NI_NUMBER}'
        """
    )
