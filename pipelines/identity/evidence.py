"""What the exact rules look at: how a record and a person agree.

What belongs here: the temporary tables that hold names, birthdays, postcodes and NI numbers in comparable form, and the
table of pairs that agree on enough to be asked about. What does not: deciding (`rules`, `exact_rules`).

All of them are temporary tables of the connection: nothing with a name in it is ever stored beside the links.
"""

import duckdb

from pipelines.identity.names import make_name_macros, make_nickname_table

RECORD_TABLES = (("lettings", "applications", "application_ref"), ("homelessness", "cases", "case_ref"))

# A number of the form TN + birthday + sex is a stand-in that offices make up, and says nothing new about the person.
NI_NUMBER = r"^[A-Z]{2}[0-9]{6}[A-D]?$"
STAND_IN_NI_NUMBER = "TN%"


def gather_evidence(connection: duckdb.DuckDBPyConnection) -> None:
    """Make `linkage_evidence` and the tables under it from `landing`, `linkage_person` and `linkage_record`.

    `linkage_evidence` has `record, person, name_agreement ('same' | 'reordered' | 'nickname' | 'broad_nickname' |
    'part'), birth_agreement ('same' | 'day_month_swapped'), postcode_agrees`. A broad nickname is short for several
    names. A pair may stand in it more than once, with different agreements. `linkage_record_detail` has the records'
    own `forename, surname, parts, birth, ni_number`. Pairs that people have decided to be two people are left out
    (`linkage_barred`), and all pairs of records about which they could not tell (`linkage_open`).
    """
    make_name_macros(connection)
    make_nickname_table(connection)
    _make_person_names(connection)
    _make_person_postcodes(connection)
    _make_record_details(connection)
    _make_record_postcodes(connection)
    _make_forename_variants(connection)
    _make_evidence(connection)
    connection.execute(
        """
        delete from linkage_evidence
        where (record, person) in (select (record, person) from linkage_barred)
            or record in (select record from linkage_open)
        """
    )


def _make_person_names(connection: duckdb.DuckDBPyConnection) -> None:
    """One row per person, name and birthday ever held: a former name or a corrected birthday is still the person's.

    `birth` is null for people of whom no birthday was ever held, and for nobody else: a name without a birthday would
    hide that the person's known one differs.
    """
    connection.execute(
        """
        create or replace temp table linkage_name as
        with held as (
            select distinct authority, pers_person_id, pers_forename, pers_surname, pers_dob
            from linkage_held_person
            union
            select authority, pers_person_id, pers_forename, pers_surname, pers_dob
            from landing.case_system__ssd_person
        ),
        keyed as (
            select
                linkage_person.person, held.pers_dob as birth,
                name_key(held.pers_forename) as forename, name_key(held.pers_surname) as surname
            from held
            inner join linkage_person
                on linkage_person.authority = held.authority and linkage_person.person_id = held.pers_person_id
        )
        select distinct
            person, birth, forename, surname,
            list_sort(list_filter(string_split(forename || ' ' || surname, ' '), lambda part: part <> '')) as parts
        from keyed
        where birth is not null or person not in (select person from keyed where birth is not null)
        """
    )


def make_case_postcodes(connection: duckdb.DuckDBPyConnection) -> None:
    """Make `linkage_case_postcode`: every postcode at which a case system or a form has placed a case-system id."""
    connection.execute(
        """
        create or replace temp table linkage_case_postcode as
        with held as (
            select authority, addr_person_id as person_id, addr_address_postcode as postcode
            from landing.case_system__ssd_address
            union
            select authority, clap_person_id, clap_cla_placement_postcode from landing.case_system__ssd_cla_placement
            union
            select authority, child, pl_post from landing.case_system__ssda903_episodes
            union
            select authority, child_unique_id, placement_postcode from landing.case_system__annex_a_list_8__history
            union
            select authority, person_id, postcode from landing.protocol_forms__accommodation
            union
            select authority, person_id, postcode from landing.protocol_forms__person_index
        )
        select authority, person_id, postcode from held where postcode is not null
        """
    )


def _make_person_postcodes(connection: duckdb.DuckDBPyConnection) -> None:
    """Every postcode of any of the person's ids."""
    make_case_postcodes(connection)
    connection.execute(
        """
        create or replace temp table linkage_person_postcode as
        select distinct linkage_person.person, linkage_case_postcode.postcode
        from linkage_case_postcode
        inner join linkage_person using (authority, person_id)
        """
    )


def _make_record_details(connection: duckdb.DuckDBPyConnection) -> None:
    """One row per record, with its present name, birthday and NI number in comparable form."""
    records = " union all ".join(
        f"""
        select '{family}' as family, '{table}' as table_name, sender, {ref} as source_ref,
            forename, surname, date_of_birth, ni_number
        from landing.{family}__{table}
        """
        for family, table, ref in RECORD_TABLES
    )
    connection.execute(
        f"""
        create or replace temp table linkage_record_detail as
        with landed as ({records}),
        keyed as (
            select
                linkage_record.record, landed.date_of_birth as birth,
                name_key(landed.forename) as forename, name_key(landed.surname) as surname,
                upper(regexp_replace(landed.ni_number, '[^A-Za-z0-9]', '', 'g')) as ni_number
            from landed
            inner join linkage_record using (family, table_name, sender, source_ref)
        )
        select
            record, birth, forename, surname,
            list_sort(list_filter(string_split(forename || ' ' || surname, ' '), lambda part: part <> '')) as parts,
            case
                when regexp_matches(ni_number, '{NI_NUMBER}') and ni_number not like '{STAND_IN_NI_NUMBER}'
                    -- The last letter is often left off, and never tells two people apart.
                    then ni_number[1:8]
            end as ni_number,
            case
                when day(birth) <= 12 and day(birth) <> month(birth)
                    then make_date(year(birth), day(birth), month(birth))
            end as swapped_birth
        from keyed
        """
    )


def _make_record_postcodes(connection: duckdb.DuckDBPyConnection) -> None:
    """Every postcode that a record has shown, an application's earlier ones included."""
    connection.execute(
        """
        create or replace temp table linkage_record_postcode as
        with shown as (
            select 'lettings' as family, 'applications' as table_name, sender, application_ref as source_ref, postcode
            from landing.lettings__applications__history
            union
            select 'lettings', 'applications', sender, application_ref, postcode from landing.lettings__applications
            union
            select 'homelessness', 'cases', sender, case_ref, postcode from landing.homelessness__cases
        )
        select distinct linkage_record.record, shown.postcode
        from shown
        inner join linkage_record using (family, table_name, sender, source_ref)
        where shown.postcode is not null
        """
    )


def _make_forename_variants(connection: duckdb.DuckDBPyConnection) -> None:
    """The forename itself and every full form of its first part; two forenames agree when they share one.

    `full_forms` is how many full forms the forename has: "Sam" is short for several names, "Bill" for one.
    """
    connection.execute(
        """
        create or replace temp table linkage_forename_variant as
        with forenames as (
            select distinct forename from linkage_name where forename <> ''
            union
            select distinct forename from linkage_record_detail where forename <> ''
        ),
        full_forms as (
            select forenames.forename, linkage_nickname.full_form as variant
            from forenames
            inner join linkage_nickname on linkage_nickname.short_form = string_split(forenames.forename, ' ')[1]
        ),
        variants as (
            select forename, forename as variant from forenames
            union
            select forename, variant from full_forms
        )
        select variants.forename, variants.variant, count(full_forms.variant) as full_forms
        from variants
        left join full_forms using (forename)
        group by variants.forename, variants.variant
        """
    )


def _make_evidence(connection: duckdb.DuckDBPyConnection) -> None:
    """Pairs by agreement of name and birthday, each join on equal keys so that the cost grows with the records."""
    connection.execute(
        """
        create or replace temp table linkage_evidence as
        with by_name as (
            select record.record, name.person, 'same' as name_agreement, 'same' as birth_agreement
            from linkage_record_detail as record
            inner join linkage_name as name using (forename, surname, birth)
            where record.forename <> '' and record.surname <> ''
            union
            select record.record, name.person, 'same', 'day_month_swapped'
            from linkage_record_detail as record
            inner join linkage_name as name
                on name.forename = record.forename
                and name.surname = record.surname
                and name.birth = record.swapped_birth
            where record.forename <> '' and record.surname <> ''
            union
            select record.record, name.person, 'reordered', 'same'
            from linkage_record_detail as record
            inner join linkage_name as name using (parts, birth)
            where len(record.parts) >= 2
            union
            select
                record.record, name.person,
                case
                    when greatest(record_forename.full_forms, person_forename.full_forms) > 1
                        then 'broad_nickname'
                    else 'nickname'
                end,
                'same'
            from linkage_record_detail as record
            inner join linkage_forename_variant as record_forename on record_forename.forename = record.forename
            inner join linkage_forename_variant as person_forename on person_forename.variant = record_forename.variant
            inner join linkage_name as name
                on name.forename = person_forename.forename
                and name.surname = record.surname
                and name.birth = record.birth
            where record.surname <> ''
        ),
        same_postcode as (
            select distinct by_name.record, by_name.person
            from by_name
            inner join linkage_record_postcode using (record)
            inner join linkage_person_postcode using (person, postcode)
        ),
        part_of_name as (
            select distinct record.record, name.person
            from linkage_record_detail as record
            inner join linkage_record_postcode using (record)
            inner join linkage_person_postcode using (postcode)
            inner join linkage_name as name
                on name.person = linkage_person_postcode.person and name.birth = record.birth
            where least(len(record.parts), len(name.parts)) >= 2
                and (list_has_all(record.parts, name.parts) or list_has_all(name.parts, record.parts))
        )
        select by_name.*, same_postcode.record is not null as postcode_agrees
        from by_name
        left join same_postcode using (record, person)
        union all
        select record, person, 'part', 'same', true from part_of_name
        """
    )
