"""Border lines, territories and regions, and the basemap that maps draw."""
