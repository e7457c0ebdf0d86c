{{ nights_in_scope(ref('fct_any_temporary_accommodation_placement'), 'protocol') }}
