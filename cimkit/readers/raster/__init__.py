"""Rasters: GeoTIFF elevation models and orthophotos."""
