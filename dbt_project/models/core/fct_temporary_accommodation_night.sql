{{ nights_in_scope(ref('fct_temporary_accommodation_placement'), 'protocol_or_due_to_leave') }}
