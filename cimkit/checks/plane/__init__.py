"""Checks of plane geometry: of features, between them, and of where layers lie. GEOS through shapely does the work."""
