-- A target that waits for a law is in force from that law's day, which may not be known yet.
select
    target.measure_id,
    target.authority,
    target.breakdown,
    target.breakdown_value,
    target.statistic,
    target.target,
    target.floor,
    target.better,
    target.kind,
    target.is_alert,
    target.clause,
    target.source,
    coalesce(policy.in_force_from, target.valid_from) as in_force_from,
    target.valid_to,
    target.policy is not null and policy.in_force_from is null as is_awaited
from {{ ref('target') }} as target
left join {{ ref('policy_date') }} as policy
    on target.policy = policy.policy
