"""What can go wrong with a run, done to it on purpose.

    python -m tests.faults --kills 50     a fit, killed at random instants until it is done
    python -m tests.faults --damage       every file of a checkpoint and a run, damaged

Both print a table and end with 1 if anything was lost or wrong.
"""
