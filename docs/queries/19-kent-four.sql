-- The four measures of section 11, by district, over four quarters.
-- Board questions: 39, 41.
-- The headline is people; people of districts do not add up to the county.
pivot (
    select authority, area_name, measure_id, people
    from figure_wide
    where measure_id in ('private_sector_moves', 'supported_moves', 'social_moves', 'homeless_presentations')
        and period_kind = 'rolling_4q' and breakdown = 'total' and periods_ago = 0
) on measure_id using max(people)
order by authority, area_name;
