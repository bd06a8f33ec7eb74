"""Loads `in.csv` with dlt into an SQLite database of this folder: merged on the external id, 100,000 rows a batch."""

import dlt
import pyarrow.csv as csv


@dlt.resource(name="people", primary_key="external_id", write_disposition="merge")
def people():
    with csv.open_csv(
        "in.csv",
        read_options=csv.ReadOptions(block_size=16 << 20),
        convert_options=csv.ConvertOptions(column_types={name: "string" for name in header()}),
    ) as batches:
        for batch in batches:
            yield batch


def header():
    with open("in.csv", encoding="utf-8") as file:
        return file.readline().strip().split(",")


pipeline = dlt.pipeline(
    pipeline_name="people",
    pipelines_dir="dlt",
    destination=dlt.destinations.sqlalchemy("sqlite:///dlt.db", create_primary_keys=True),
    dataset_name="main",
)
pipeline.run(people()).raise_on_failed_jobs()
