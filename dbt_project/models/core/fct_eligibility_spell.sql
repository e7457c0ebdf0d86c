{{ snapshot_runs('eligibility') }}
