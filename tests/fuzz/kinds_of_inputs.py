"""All kinds of inputs that are damaged."""

from fuzz_rasters import RASTERS
from fuzz_stations import STATIONS
from fuzz_studies import STUDY_FILES
from fuzz_tables import TABLES
from fuzz_tiles import TILES
from fuzz_vectors import VECTORS

KINDS = {kind.name: kind for kind in (TILES, RASTERS, VECTORS, TABLES, STATIONS, STUDY_FILES)}
