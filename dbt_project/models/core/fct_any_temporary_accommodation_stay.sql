with {{ counted_stays(
    ref('fct_any_temporary_accommodation_placement'), ref('fct_any_temporary_accommodation_night'), 'protocol'
) }}

select * from counted_stays
