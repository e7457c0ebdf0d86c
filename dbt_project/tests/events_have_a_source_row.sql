-- From any event the file and row that it came from can be found; that a district did nothing stands in no file.
select
    events.measure_id,
    events.record_id
from {{ ref('measure_event') }} as events
inner join {{ ref('dim_measure') }} as measures
    on
        events.measure_id = measures.measure_id
        and measures.about <> 'district'
left join {{ ref('record_source') }} as source
    on events.record_id = source.record_id
where source.record_id is null
