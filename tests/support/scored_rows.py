"""Makes the rows of a job's result the way the runner does, without a warehouse."""

import pandas as pd

from customer_trends.scoring.job_rows import Frames, RowsHere
from python_ml.job import JobResult, RowScores, RowSummary


def make_tables(result: JobResult, relations: Frames) -> dict[str, pd.DataFrame]:
    """Make all rows of all tables from the relations that the job read."""
    rows, tables = RowsHere(relations), {}
    for name, given in result.tables.items():
        if isinstance(given, RowScores):
            made = rows.gather(given.relations, given)
            if isinstance(given, RowSummary):
                made = given.finish(made, given.model)
            tables[name] = made
        else:
            frames = [given] if isinstance(given, pd.DataFrame) else [*given]
            tables[name] = pd.concat(frames, ignore_index=True)
    return tables
