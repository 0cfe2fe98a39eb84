"""Damaged inputs are read right or refused by name, and soon: the same ones each time.

`make fuzz` draws others, a hundred times as many; `survey.py` counts.
"""

from fuzzing import damage_test
from kinds_of_inputs import KINDS

test_tiles = damage_test(KINDS["tiles"])
test_rasters = damage_test(KINDS["rasters"])
test_vector_files = damage_test(KINDS["vector files"])
test_tables = damage_test(KINDS["tables"])
test_station_files = damage_test(KINDS["station files"])
test_study_files = damage_test(KINDS["study files"])
