"""The linker that decides by written rules only.

What belongs here: who is the same person in two case-system ids, asking the rules of `rules` in order, and what a
shared NI number adds or takes away. What does not: the wording of the rules, and how names are compared (`evidence`).

Precision comes before recall: a wrong link puts one young person's homelessness on another's record.
"""

import duckdb

from pipelines.identity.evidence import gather_evidence, make_case_postcodes
from pipelines.identity.names import make_name_macros
from pipelines.identity.rules import RULES, SHARED_NI_BIRTH, SHARED_NI_NAME

AMBIGUOUS = "ambiguous"
CONTRADICTED = "contradicted"


class ExactRules:
    """A linker of exact rules; see `rules.RULES` for what is asked and in which order.

    Methods of a decision are the rule's name, or for a record left unlinked `ambiguous` (the first rule that anybody
    meets is met by several people), `contradicted` (its NI number belongs to another person, or the person has another
    number) or `no_match`. `probability` is always null: a rule does not estimate one.

    Twins share a surname, a birthday and postcodes, so no rule does without the forename. The care-leaver flag is not
    asked for: a quarter of the true ones lack it.
    """

    name = "exact_rules"

    def same_person(self, connection: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyRelation:
        """Return pairs of ids with one full name, one birthday and a postcode that both have lived at.

        Addresses, placements and accommodation forms all say where an id has lived; two ids of one person seldom hold
        the same address rows, and without a postcode in common a namesake cannot be told from a second id.
        The same rule holds inside one authority and across the two. Where ids of one name and birthday show different
        sexes or different dates of death, somebody shares a name and a birthday with somebody else, and none of them
        are joined. See `Linker.same_person`.
        """
        make_name_macros(connection)
        make_case_postcodes(connection)
        return connection.sql(
            """
            with held as (
                select distinct authority, pers_person_id as person_id, pers_forename, pers_surname, pers_dob, pers_sex,
                    pers_death_date
                from linkage_held_person
                where pers_dob is not null
            ),
            keyed as (
                select
                    authority, person_id, pers_dob as birth, pers_sex, pers_death_date,
                    name_key(pers_forename) as forename, name_key(pers_surname) as surname
                from held
            ),
            namesakes as (
                select forename, surname, birth
                from keyed
                where forename <> '' and surname <> ''
                group by forename, surname, birth
                having count(distinct (authority, person_id)) > 1
                    and count(distinct pers_sex) filter (where pers_sex in ('m', 'f')) <= 1
                    and count(distinct pers_death_date) <= 1
            ),
            candidates as (
                select distinct authority, person_id, forename, surname, birth, postcode
                from keyed
                inner join namesakes using (forename, surname, birth)
                inner join linkage_case_postcode using (authority, person_id)
            )
            select distinct
                one.authority, one.person_id, other.authority as other_authority, other.person_id as other_person_id
            from candidates as one
            inner join candidates as other using (forename, surname, birth, postcode)
            where (one.authority, one.person_id) < (other.authority, other.person_id)
            """
        )

    def decide(self, connection: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyRelation:
        """Return each record's person by the first rule that anybody meets; see `Linker.decide`."""
        gather_evidence(connection)
        ask_the_rules(connection)
        withdraw_contradicted(connection)
        confirm_by_ni_number(connection)
        return connection.sql("select record, person, method, probability from linkage_decision")


def ask_the_rules(connection: duckdb.DuckDBPyConnection) -> None:
    """Make `linkage_decision (record, person, method, probability, by_postcode)` from the evidence."""
    met = " union all ".join(
        f"select record, person, {order} as rule_order from linkage_evidence where {rule.condition}"
        for order, rule in enumerate(RULES)
    )
    listed = ", ".join(f"({order}, '{rule.name}', {rule.by_postcode})" for order, rule in enumerate(RULES))
    connection.execute(
        f"""
        create or replace temp table linkage_decision as
        with rules (rule_order, rule_name, by_postcode) as (values {listed}),
        met as ({met}),
        first_met as (select record, min(rule_order) as rule_order from met group by record),
        hits as (
            select record, rule_order, count(distinct person) as people, min(person) as person
            from met
            inner join first_met using (record, rule_order)
            group by record, rule_order
        )
        select
            record,
            case when people = 1 then person end as person,
            case when people = 1 then rule_name else '{AMBIGUOUS}' end as method,
            cast(null as double) as probability,
            people = 1 and by_postcode as by_postcode
        from hits
        inner join rules using (rule_order)
        """
    )


def withdraw_contradicted(connection: duckdb.DuckDBPyConnection) -> None:
    """Unlink what an NI number speaks against.

    A person has one number and a number has one person. A link without a shared postcode is withdrawn when its number
    stands on a postcode link of somebody else, or when its person has another number and no postcode link confirms its
    own. Links by postcode stay: beside name, birthday and postcode a mistyped number is the likelier mistake.
    """
    connection.execute(
        f"""
        update linkage_decision set person = null, method = '{CONTRADICTED}'
        where record in (
            with numbered as (
                select record, person, ni_number, by_postcode
                from linkage_decision
                inner join linkage_record_detail using (record)
                where person is not null and ni_number is not null
                union all
                select null, person, ni_number, true
                from linkage_held_ni_number
                inner join linkage_person using (authority, person_id)
            ),
            weak as (select * from numbered where not by_postcode),
            confirmed as (select distinct person, ni_number from numbered where by_postcode),
            with_rival_number as (
                select weak.record
                from weak
                inner join numbered on numbered.person = weak.person and numbered.ni_number <> weak.ni_number
                anti join confirmed on confirmed.person = weak.person and confirmed.ni_number = weak.ni_number
            ),
            of_somebody_else as (
                select weak.record
                from weak
                inner join confirmed on confirmed.ni_number = weak.ni_number and confirmed.person <> weak.person
            )
            select record from with_rival_number
            union
            select record from of_somebody_else
        )
        """
    )


def confirm_by_ni_number(connection: duckdb.DuckDBPyConnection) -> None:
    """Link records that share an NI number with records of exactly one person, and a birthday or a name besides."""
    connection.execute(
        f"""
        create or replace temp table linkage_confirmed as
        with owned as (
            select ni_number, person, birth, parts
            from linkage_decision
            inner join linkage_record_detail using (record)
            where person is not null and ni_number is not null
            union all
            select ni_number, person, birth, parts
            from linkage_held_ni_number
            inner join linkage_person using (authority, person_id)
            inner join linkage_name using (person)
        ),
        owners as (
            select ni_number, min(person) as person
            from owned
            group by ni_number
            having count(distinct person) = 1
        )
        select
            detail.record, owners.person,
            bool_or(owned.birth = detail.birth) as same_birth,
            bool_or(len(owned.parts) >= 2 and owned.parts = detail.parts) as same_name
        from linkage_record_detail as detail
        inner join owners using (ni_number)
        inner join owned using (ni_number)
        left join linkage_decision using (record)
        where linkage_decision.person is null and linkage_decision.method is distinct from '{CONTRADICTED}'
            and (detail.record, owners.person) not in (select (record, person) from linkage_barred)
            and detail.record not in (select record from linkage_open)
        group by detail.record, owners.person
        """
    )
    for rule in (SHARED_NI_BIRTH, SHARED_NI_NAME):
        connection.execute(
            f"""
            insert into linkage_decision
            select record, person, '{rule.name}', null, false from linkage_confirmed
            where {rule.condition} and record not in (select record from linkage_decision where person is not null)
            """
        )
    connection.execute(
        """
        delete from linkage_decision
        where person is null and record in (select record from linkage_decision where person is not null)
        """
    )
