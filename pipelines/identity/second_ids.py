"""One person under two ids of the case systems: which pairs are joined, and which are for a person to look at.

What belongs here: the rule for two ids. What does not: housing records (`rules`, `rules_then_model`), grouping pairs
into people (`linking`), decisions that people have taken (`decisions`).

An id is given a second time when a referral is not recognised: from then on, new rows stand under the new id. So two
ids of one person have the same name and birthday and take turns, whereas two people of one name and birthday live
their lives side by side. Nobody lives in two places at once: that is what tells them apart, because a second id
seldom repeats an address of the first.
"""

import duckdb

from pipelines.identity.evidence import make_case_postcodes
from pipelines.identity.names import make_name_macros

# A stay that began while the last had not been closed is late paperwork, not a second life.
DAYS_OF_LATE_PAPERWORK = 31


def compare_ids(connection: duckdb.DuckDBPyConnection) -> None:
    """Make `linkage_id_pair (authority, person_id, other_authority, other_person_id, verdict, reason)`.

    One row per two ids of one full name and birthday, of those ever held. `verdict` is

    * `same`: a postcode in common, or inside one authority two lives that take turns;
    * `different`: two sexes, two dates of death, or two places to live at one time for more than a month;
    * `review`: nothing speaks against it and nothing but the name and birthday for it (two authorities without a
      common address, two ethnic groups, two advisers at one time, places without
      dates, an id that takes turns with two people).
    """
    make_name_macros(connection)
    make_case_postcodes(connection)
    _make_namesakes(connection)
    _make_lives(connection)
    connection.execute(
        f"""
        create or replace temp table linkage_id_pair as
        with side_by_side as (
            select pair.pair,
                max(datediff('day', greatest(one.start, other.start), least(one.until, other.until))) as days
            from linkage_namesakes as pair
            inner join linkage_stay as one
                on one.authority = pair.authority and one.person_id = pair.person_id
            inner join linkage_stay as other
                on other.authority = pair.other_authority and other.person_id = pair.other_person_id
            where one.postcode is distinct from other.postcode
            group by pair.pair
        ),
        shared as (
            select distinct pair.pair
            from linkage_namesakes as pair
            inner join linkage_case_postcode as one
                on one.authority = pair.authority and one.person_id = pair.person_id
            inner join linkage_case_postcode as other
                on other.authority = pair.other_authority and other.person_id = pair.other_person_id
                and other.postcode = one.postcode
        ),
        -- Both have places to live and one has no dates: whether they take turns cannot be seen.
        housed as (select distinct authority, person_id from linkage_case_postcode),
        dated as (select distinct authority, person_id from linkage_stay),
        undated as (
            select pair.pair
            from linkage_namesakes as pair
            semi join housed using (authority, person_id)
            semi join housed as other
                on other.authority = pair.other_authority and other.person_id = pair.other_person_id
            where (pair.authority, pair.person_id) not in (select (authority, person_id) from dated)
                or (pair.other_authority, pair.other_person_id) not in (select (authority, person_id) from dated)
        ),
        advisers as (
            select pair.pair, bool_or(one.adviser <> other.adviser) as two_at_one_time
            from linkage_namesakes as pair
            inner join linkage_advised as one
                on one.authority = pair.authority and one.person_id = pair.person_id
            inner join linkage_advised as other
                on other.authority = pair.other_authority and other.person_id = pair.other_person_id
                and other.data_date = one.data_date
            group by pair.pair
        ),
        judged as (
            select
                pair.*,
                case
                    when sexes > 1 then 'two sexes'
                    when deaths > 1 then 'two dates of death'
                    when shared.pair is not null then 'a postcode in common'
                    when coalesce(side_by_side.days, 0) > {DAYS_OF_LATE_PAPERWORK} then 'two places at one time'
                    when ethnic_groups > 1 then 'two ethnic groups'
                    when two_at_one_time then 'two advisers at one time'
                    when undated.pair is not null then 'places without dates'
                    when pair.authority <> pair.other_authority then 'two authorities'
                    else 'lives that take turns'
                end as seen
            from linkage_namesakes as pair
            left join shared using (pair)
            left join side_by_side using (pair)
            left join advisers using (pair)
            left join undated using (pair)
        ),
        -- An id without a stay of its own takes turns with everybody: with two people who differ, it says nothing.
        both_ways as (
            select pair, authority, person_id, other_authority, other_person_id, seen from judged
            union all
            select pair, other_authority, other_person_id, authority, person_id, seen from judged
        ),
        undecided as (
            select one.pair
            from both_ways as one
            inner join both_ways as other
                on other.authority = one.authority and other.person_id = one.person_id and other.pair <> one.pair
            inner join both_ways as across
                on across.authority = one.other_authority and across.person_id = one.other_person_id
                and across.other_authority = other.other_authority and across.other_person_id = other.other_person_id
            where one.seen = 'lives that take turns'
                and other.seen in ('lives that take turns', 'a postcode in common')
                and across.seen not in ('lives that take turns', 'a postcode in common')
        ),
        reasoned as (
            select
                judged.* exclude (seen),
                case when pair in (select pair from undecided) then 'turns with two people' else seen end as reason
            from judged
        )
        select
            authority, person_id, other_authority, other_person_id, reason,
            case
                when reason in ('a postcode in common', 'lives that take turns') then 'same'
                when reason in ('two sexes', 'two dates of death', 'two places at one time') then 'different'
                else 'review'
            end as verdict
        from reasoned
        order by authority, person_id, other_authority, other_person_id
        """
    )


def _make_namesakes(connection: duckdb.DuckDBPyConnection) -> None:
    """Make `linkage_namesakes`: every two ids that have ever held one full name with one birthday."""
    connection.execute(
        """
        create or replace temp table linkage_namesakes as
        with held as (
            select distinct
                authority, pers_person_id as person_id, pers_dob as birth,
                name_key(pers_forename) as forename, name_key(pers_surname) as surname
            from linkage_held_person
            where pers_dob is not null
        ),
        traits as (
            select
                authority, pers_person_id as person_id,
                list_distinct(list(pers_sex) filter (where pers_sex in ('m', 'f'))) as sexes,
                list_distinct(list(pers_death_date)) as deaths,
                arg_max(pers_ethnicity, coalesce(data_date, date '1900-01-01'))
                    filter (where pers_ethnicity not in ('NOBT', 'REFU')) as ethnicity
            from linkage_held_person
            group by authority, pers_person_id
        ),
        pairs as (
            select distinct one.authority, one.person_id, other.authority as other_authority,
                other.person_id as other_person_id
            from held as one
            inner join held as other using (forename, surname, birth)
            where one.forename <> '' and one.surname <> ''
                and (one.authority, one.person_id) < (other.authority, other.person_id)
        )
        select
            row_number() over (order by pairs.authority, pairs.person_id, other_authority, other_person_id) as pair,
            pairs.*,
            len(list_distinct(list_concat(coalesce(one.sexes, []), coalesce(other.sexes, [])))) as sexes,
            len(list_distinct(list_concat(coalesce(one.deaths, []), coalesce(other.deaths, [])))) as deaths,
            case when one.ethnicity <> other.ethnicity then 2 else 1 end as ethnic_groups
        from pairs
        inner join traits as one on one.authority = pairs.authority and one.person_id = pairs.person_id
        inner join traits as other
            on other.authority = pairs.other_authority and other.person_id = pairs.other_person_id
        """
    )


def _make_lives(connection: duckdb.DuckDBPyConnection) -> None:
    """Make `linkage_stay` (where each of these ids lived, and when) and `linkage_advised` (who advised them, when)."""
    connection.execute(
        """
        create or replace temp table linkage_stay as
        with ids as (
            select authority, person_id from linkage_namesakes
            union
            select other_authority, other_person_id from linkage_namesakes
        ),
        stays as (
            select authority, addr_person_id as person_id, addr_address_postcode as postcode,
                addr_address_start_date as start, addr_address_end_date as ended
            from landing.case_system__ssd_address
            union all
            select authority, clap_person_id, clap_cla_placement_postcode, clap_cla_placement_start_date,
                clap_cla_placement_end_date
            from landing.case_system__ssd_cla_placement
            union all
            select authority, child, pl_post, decom, dec from landing.case_system__ssda903_episodes
        )
        select stays.authority, stays.person_id, postcode, start, coalesce(ended, date '2100-01-01') as until
        from stays
        semi join ids using (authority, person_id)
        where start is not null
        """
    )
    connection.execute(
        """
        create or replace temp table linkage_advised as
        select distinct authority, clea_person_id as person_id, data_date,
            fold_name(clea_care_leaver_personal_advisor) as adviser
        from linkage_held_adviser
        where fold_name(clea_care_leaver_personal_advisor) <> ''
        """
    )
