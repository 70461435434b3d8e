"""3D Tiles 1.0 and 1.1: tilesets, subtrees, schemas, contents and packages as facts."""
