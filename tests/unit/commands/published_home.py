"""A home whose published build holds only what the commands read: a few rows of seeds, core and marts."""

from __future__ import annotations

from pathlib import Path

import duckdb

from pipelines.settings import Home

BUILD = "20260930T060000000Z-00000000"
TABLES = """
create schema seeds; create schema core; create schema marts; create schema landing;
create table seeds.authority as from (values
    ('kent', 'E10000016', 'Kent'), ('lancashire', 'E10000017', 'Lancashire')
) as t (authority, gss_code, authority_name);
create table seeds.area as from (values
    ('E07000105', 'Ashford', 'kent'), ('E07000108', 'Dover', 'kent'), ('E07000123', 'Preston', 'lancashire'),
    ('E06000035', 'Medway', null)
) as t (area_code, area_name, authority);
create table seeds.scheme as from (values ('kent_homechoice', 'kent'), ('select_move', 'lancashire'))
    as t (scheme, authority);
create table seeds.measures as from (values
    ('bnb_nights', 'Nights in bed and breakfast', 'L15', 'Nights.', '1', date '2023-10-01', date '2024-10-01', 'nights',
     'nights', 'lower_is_better', 'case_system homelessness'),
    ('bnb_nights', 'Nights in bed and breakfast', 'L15', 'Nights, otherwise.', '2', date '2024-10-01', null, 'nights',
     'nights', 'lower_is_better', 'case_system homelessness'),
    ('on_register', 'On the register', 'K6.1, L7', 'Applications.', '1', date '2023-10-01', null, 'stock',
     'applications', 'neutral', 'case_system lettings:applications')
) as t (measure_id, title, clause, definition, definition_version, valid_from, valid_to, counted_as, unit,
        polarity, sources_needed);
create table seeds.obligations as from (values
    ('risk_meeting', 'Meeting after a tenancy at risk', 'K9.3', 'A meeting.', '1', date '2023-10-01',
     cast(null as date),
     'case_system protocol_forms:tenancy_event', '5 working days', 'person')
) as t (obligation_id, title, clause, definition, definition_version, valid_from, valid_to, sources_needed,
        project_figure, about);
create table core.dim_target as from (values
    ('bnb_nights', '*', 'age_band', '16_17', 'nights', 0e0, 0e0, 'lower', 'law', 'Guidance', null, false),
    ('bnb_nights', 'kent', 'total', 'total', 'nights', 30e0, 60e0, 'lower', 'council', 'Board paper 7',
     date '2026-04-01', false),
    ('on_register', '*', 'total', 'total', 'events', 5e0, null, 'lower', 'law', 'An Act', null, true),
    ('obligation', '*', 'total', 'total', 'share', 1e0, null, 'higher', 'protocol', 'Each time', null, false),
    ('obligation_of_district', '*', 'total', 'total', 'share', 1e0, null, 'higher', 'protocol', 'Elsewhere', null,
     false)
) as t (measure_id, authority, breakdown, breakdown_value, statistic, target, floor, better, kind, source,
        in_force_from, is_awaited);
alter table core.dim_target add column valid_to date;
create table core.dim_extract as from (values
    ('case_system', 'care_leavers', 'kent'), ('case_system', 'care_leavers', 'lancashire'),
    ('homelessness', 'cases', 'E07000105'), ('homelessness', 'cases', 'E07000123'),
    ('homelessness', 'placements', 'E07000108'), ('lettings', 'offers', 'select_move'),
    ('protocol_forms', 'tenancy_event', 'kent')
) as t (family, extract_name, sender);
create table core.dim_clock as from (values
    ('kent', date '2026-09-30'), ('lancashire', date '2026-08-31')
) as t (authority, as_at);
create table core.dim_area as from (values
    ('kent', 'E10000016', 'county'), ('kent', 'E07000105', 'district'), ('kent', 'unknown', 'unknown'),
    ('lancashire', 'E07000123', 'district')
) as t (authority, area_code, area_type);
create table core.dim_measure as from (values
    ('bnb_nights', 'nights'), ('bnb_people', 'span'), ('days_to_home', 'duration'), ('risk_meeting', 'share')
) as t (measure_id, counted_as);
create table core.record_member (entity varchar, record_id varchar, member_record_id varchar);
create table core.record_source as from (values
    ('alert_1', 'load_1', 7), ('alert_2', 'load_1', 8), ('alert_3', 'load_1', 9)
) as t (record_id, load_id, row_number);
create table landing.load as from (values
    ('load_1', 'protocol_forms', 'kent', 'events.csv', date '2026-09-30')
) as t (load_id, family, sender, file_name, data_date);
create table marts.obligation_status as from (values
    ('risk_meeting', 'kent', 'p', 'E07000105', date '2026-09-01', date '2026-09-08', date '2026-09-04', null, 'alert_1',
     'in_time'),
    ('risk_meeting', 'kent', 'q', 'unknown', date '2026-09-02', date '2026-09-09', null, null, 'alert_2', 'overdue'),
    ('risk_meeting', 'kent', 'q', 'unknown', date '2026-06-10', date '2026-06-17', null, 'died', 'alert_3', 'waived')
) as t (obligation_id, authority, person_key, area_code, trigger_date, due_date, met_date, waived_reason, record_id,
        status);
create table marts.measure_event as select
    obligation_id as measure_id, authority, person_key, area_code, due_date as start_date,
    cast(null as date) as end_date, 1 as quantity, record_id, cast(null as varchar) as counted_from,
    cast(null as varchar) as months_after,
    case status when 'in_time' then true when 'overdue' then false end as in_numerator
from marts.obligation_status;
insert into marts.measure_event values
    ('days_to_home', 'kent', 'p', 'unknown', date '2026-09-01', null, 30, 'alert_1', 'registration', null, null),
    ('days_to_home', 'kent', 'p', 'unknown', date '2026-09-01', null, 10, 'alert_1', 'ready', null, null),
    ('bnb_people', 'kent', 'p', 'unknown', date '2026-06-29', date '2026-07-03', 4, 'alert_1', null, null, null);
create table marts.measure_observation as from (values
    ('risk_meeting', 'kent', 'E10000016', 'quarter', '2026-27-Q2', 'total', 'total', 'share', 0.5e0),
    ('risk_meeting', 'kent', 'E10000016', 'quarter', '2026-27-Q2', 'total', 'total', 'events', 2e0),
    ('days_to_home', 'kent', 'E10000016', 'quarter', '2026-27-Q2', 'counted_from', 'ready', 'median', 10e0),
    ('days_to_home', 'kent', 'E10000016', 'quarter', '2026-27-Q2', 'counted_from', 'ready', 'events', 1e0)
) as t (measure_id, authority, area_code, period_kind, period_label, breakdown, breakdown_value, statistic, value);
create table marts.obligation_due as from (values
    ('kent', date '2026-10-01', 1, 'not_yet_due', 'risk_meeting', 'K9.3', 'p', 'E07000105', 'supported', 'a1', 'r1'),
    ('kent', date '2026-10-31', 31, 'not_yet_due', 'risk_meeting', 'K9.3', 'p', 'E07000105', 'supported', 'a1', 'r2'),
    ('kent', date '2026-10-30', 30, 'not_yet_due', 'risk_meeting', 'K9.3', 'q', 'unknown', 'not_known', null, 'r3'),
    ('kent', date '2026-09-09', -21, 'overdue', 'risk_meeting', 'K9.3', 'q', 'unknown', 'not_known', null, 'alert_2'),
    ('lancashire', date '2026-09-10', 10, 'not_yet_due', 'risk_meeting', 'K9.3', 's', 'E07000123', 'supported', 'a2',
     'r4')
) as t (authority, due_date, days_to_go, status, obligation_id, clause, person_key, area_code, kind_of_home, adviser,
        record_id);
"""


def published_home(root: Path) -> Home:
    """Return a new home with the hand-made build published."""
    home = Home(root)
    home.initialise()
    folder = home.builds / BUILD
    folder.mkdir()
    with duckdb.connect(str(folder / "warehouse.duckdb")) as warehouse:
        warehouse.execute(TABLES)
    home.published.symlink_to(folder)
    return home
