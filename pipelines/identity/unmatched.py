"""Care leavers by a housing office's word whom no case system here knows: another council's, or missed matches.

What belongs here: the count by district, with the likely reason. What does not: linking.
"""

from __future__ import annotations

import csv

import duckdb
import polars as pl

from pipelines.project_files import dbt_project

# The likely reasons, in the order in which they are asked; each says what would settle the matter.
REASONS = {
    "another_council": "The office names another council as responsible: ask that council.",
    "waits_for_review": "Somebody here is alike: decide with `lasting-homes review`.",
    "out_of_age": "Older than the case systems keep care leavers, or too young to be one: the flag is likely old.",
    "no_birthday": "Without a date of birth nobody can be found: ask the office for it.",
    "ours_by_their_word": "The office names one of our councils, yet nobody is alike: likely a missed match, or "
    "a person whose record has left the case system.",
    "responsible_council_not_said": "Nobody here is alike, and the office does not say whose care leaver it is.",
}
FEWEST_YEARS, MOST_YEARS = 16, 25


def count_flagged_unmatched(connection: duckdb.DuckDBPyConnection) -> None:
    """Write `identity.flagged_unmatched (authority, area_code, family, reason, records)`.

    One row per district (its GSS code; the sender's where the record names none), kind of record and likely reason, of
    records that bear a care-leaver flag or name a responsible council and are not linked. Counts only.
    """
    with (dbt_project() / "seeds" / "protocol" / "authority.csv").open(encoding="utf-8", newline="") as file:
        ours = [row["gss_code"] for row in csv.DictReader(file)]
    connection.register("linkage_our_councils", pl.DataFrame({"gss": ours}, {"gss": pl.String}))
    connection.execute(
        f"""
        create or replace table identity.flagged_unmatched as
        with flagged as (
            select
                'lettings' as family, 'applications' as table_name, sender, application_ref as source_ref, authority,
                coalesce(local_authority_gss, sender) as area_code, care_leaver_of_gss as of_gss, date_of_birth as born,
                data_date
            from landing.lettings__applications
            where care_leaver_flag or care_leaver_of_gss is not null
            union all
            select
                'homelessness', 'cases', sender, case_ref, authority, coalesce(local_authority_gss, sender),
                care_leaver_of_gss, date_of_birth, data_date
            from landing.homelessness__cases
            where care_leaver_of_gss is not null
        ),
        unmatched as (
            select
                flagged.*, link.outcome, of_gss in (select gss from linkage_our_councils) as said_ours,
                datesub('year', born, data_date) as years
            from flagged
            inner join identity.person_link as link using (family, table_name, sender, source_ref)
            where link.person_key is null
        )
        select
            authority, area_code, family,
            case
                when not said_ours then 'another_council'
                when outcome = 'review' then 'waits_for_review'
                when years not between {FEWEST_YEARS} and {MOST_YEARS} then 'out_of_age'
                when born is null then 'no_birthday'
                when said_ours then 'ours_by_their_word'
                else 'responsible_council_not_said'
            end as reason,
            count(*) as records
        from unmatched
        group by all
        order by all
        """
    )
    connection.unregister("linkage_our_councils")
