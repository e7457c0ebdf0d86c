-- From any event the file and row that it came from can be found.
select
    events.measure_id,
    events.record_id
from {{ ref('measure_event') }} as events
left join {{ ref('record_source') }} as source
    on events.record_id = source.record_id
where source.record_id is null
