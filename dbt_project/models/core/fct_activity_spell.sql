{{ snapshot_runs('activity') }}
