with {{ counted_stays(
    ref('fct_temporary_accommodation_placement'), ref('fct_temporary_accommodation_night'), 'protocol_or_due_to_leave'
) }}

select * from counted_stays
