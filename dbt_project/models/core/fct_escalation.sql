with stages as (
    {{ person_form('escalation', [
        'recorded_on', 'dispute_id', 'raised_on', 'stage', 'resolved_on', 'district_gss', 'form_record_id'
    ]) }}
),

disputes as (
    select
        authority,
        person_key,
        record_id,
        coalesce(dispute_id, form_record_id) as dispute,
        case when dispute_id is null then 1 else 0 end as stands_alone,
        district_gss,
        load_id,
        row_number,
        row_number() over (
            partition by
                authority,
                coalesce(dispute_id, form_record_id),
                case when dispute_id is null then 1 else 0 end
            order by recorded_on desc, record_id asc
        ) as place,
        min(raised_on) over (
            partition by
                authority,
                coalesce(dispute_id, form_record_id),
                case when dispute_id is null then 1 else 0 end
        ) as raised_on,
        max(stage) over (
            partition by
                authority,
                coalesce(dispute_id, form_record_id),
                case when dispute_id is null then 1 else 0 end
        ) as stage_reached,
        min(resolved_on) over (
            partition by
                authority,
                coalesce(dispute_id, form_record_id),
                case when dispute_id is null then 1 else 0 end
        ) as resolved_on
    from stages
)

select
    authority,
    person_key,
    record_id,
    dispute,
    district_gss,
    raised_on,
    stage_reached,
    resolved_on,
    load_id,
    row_number
from disputes
where place = 1
