"""The science of nepflow: pure functions, file access and drawing."""

import os

# GDAL takes a twentieth of the machine's memory otherwise, whatever a job may have
os.environ.setdefault("GDAL_CACHEMAX", "400")  # MB
