"""Run folders and results.

    claims       what an experiment says, beside what was published
    results      those of many runs, side by side
    run_folder   configuration, versions, metrics, figures and results of one run
    tables       tables on a narrow terminal
    runs         run folders seen from outside: list, compare, throw away

Everything that shows results reads `result.json`; nothing types a number by hand.
"""

from photonn.report import results as results
from photonn.report import runs as runs
from photonn.report import tables as tables
from photonn.report.claims import Claim as Claim
from photonn.report.claims import table as table
from photonn.report.run_folder import RunFolder as RunFolder
