"""S3M (Spatial 3D Model, T/CAGIS 1-2019): a description (.scp) and its tiles (.s3mb)."""
