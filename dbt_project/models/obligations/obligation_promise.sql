{%- set obligations = [
    'pathway_plan_review',
    'housing_contact_before_leaving',
    'consent_recorded',
    'landlord_consent',
    'identity_documents',
    'tenancy_training',
    'adviser_at_viewing',
    'risk_meeting',
    'panel_at_16',
    'panel_before_release',
    'housing_options_meeting',
    'register_application',
    'both_registers',
    'host_authority_approached',
    'plan_shared',
    'register_renewed',
    'top_band',
    'duty_to_refer',
    'personal_housing_plan',
    'bnb_approval',
    'bnb_told_adviser',
    'bnb_move_on',
    'resettlement_review',
    'intentionality_notice',
    'spoc_named',
    'protocol_review',
] -%}

with promises as (
    {% for obligation in obligations -%}
        select * from {{ ref('obligation__' ~ obligation) }}
        {% if not loop.last -%}
            union all
        {% endif -%}
    {%- endfor %}
)

select
    promises.obligation_id,
    promises.authority,
    promises.person_key,
    promises.area_code,
    promises.clause,
    promises.trigger_date,
    promises.due_date,
    promises.met_date,
    promises.waived_reason,
    promises.quantity,
    promises.record_id,
    case
        when promises.met_date <= promises.due_date then 'in_time'
        when promises.due_date >= clock.as_at then 'not_yet_due'
        when promises.waived_reason is not null then 'waived'
        when promises.met_date is not null then 'late'
        else 'overdue'
    end as status
from promises
inner join {{ ref('dim_clock') }} as clock
    on promises.authority = clock.authority
