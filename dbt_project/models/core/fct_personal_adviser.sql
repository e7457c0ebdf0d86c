-- An involvement that a later file no longer holds ended with that file.
select
    alias.authority,
    alias.person_key,
    {{ record_id('ssd_involvements', ['involvement.authority', 'involvement.involvement_id']) }} as record_id,
    involvement.start_date,
    case
        when involvement.end_date is null then involvement.vanished_on
        when involvement.vanished_on < involvement.end_date then involvement.vanished_on
        else involvement.end_date
    end as end_date,
    involvement.load_id,
    involvement.row_number
from {{ ref('stg_case_system__ssd_involvements') }} as involvement
inner join {{ ref('stg_identity__person_alias') }} as alias
    on
        involvement.authority = alias.authority
        and involvement.person_id = alias.person_id
where involvement.professional_role = 'personal_adviser'
