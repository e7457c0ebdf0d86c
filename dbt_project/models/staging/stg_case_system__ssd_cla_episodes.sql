select
    sender as authority,
    clae_cla_episode_id as episode_id,
    clae_person_id as person_id,
    clae_cla_episode_start_date as start_date,
    clae_cla_episode_ceased_date as end_date,
    data_date,
    load_id,
    row_number
from {{ source('landing', 'case_system__ssd_cla_episodes') }}
