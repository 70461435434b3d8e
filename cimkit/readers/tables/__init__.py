"""Tables: CSV, Excel workbooks, Parquet."""
