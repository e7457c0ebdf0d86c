{{ snapshot_runs('in_touch') }}
