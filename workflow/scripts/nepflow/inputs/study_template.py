"""A commented study file for a new region."""

TEXT = """\
# {title}: written by `make init`. Change what is yours; other keys stand in config/defaults.yaml.

title: "{title}"
citation: who, where, doi       # what the report quotes
period: [{first}, {last}]{years}
{tiles}
grid:
  # equal-area, centred on the region; a coarse cell first: the whole workflow then takes minutes.
  # Above two cells of a product it is given their mean, or their commonest class
  crs: "{crs}"
  resolution_m: {resolution_m}         # 500 is the products' own

area:
  file: {file}           # below {raw}/{name}/
  name_field: {name_field}
  buffer_km: 100                # stations up to here count; wider where they are sparse

{sources}
zones:
  - {{name: {zones}, kind: area}}{landcover_zones}
  - {{name: sink, kind: sink, cuts: [0, 200, 400]}}

figures:
  - name: study_area
    kind: study_area
    title: Study area
    caption: {study_area}.
  - name: nep_mean
    kind: map
    layer: pixel/nep_mean
    palette: carbon
    title: Mean NEP
    caption: Mean of the years with data; negative values are carbon sources.
  - name: nep_series
    kind: series
    quantity: nep
    zones: {zones}
    title: Net ecosystem productivity
    caption: Annual means with their Theil-Sen lines.
  - name: nep_trend
    kind: classes
    layer: pixel/nep_trend_class
    title: Trend of NEP
    caption: Sign of the Theil-Sen slope by Mann-Kendall significance.

# Where a paper's input is restricted, name what stands for it; the report then says so.
# substitutes:
#   - {{input: stations, instead_of: CMA daily data, by: GSOD, reason: CMA data are not public}}

# Expected, roughly: {gb_in:.1f} GB of downloads; at {resolution_m} m {gb_out:.1f} GB of results and
# {hours:.1f} h of computing on 2 cores, at 500 m {gb_fine:.1f} GB and {hours_fine:.1f} h.
"""
YEARS = "           # MOD17A3HGF 061 has {npp_years}, MCD12Q1 061 {landcover_years}"
TILES = """\
tiles: [{tiles}]   # {count} tiles touch the area (sinusoidal formula)
"""
LANDCOVER_ZONES = "\n  - {name: landcover, kind: landcover}"
# Where NPP and land cover come from tiles, climate from stations
OF_TILES = """\
climate:
  variables: [temperature, precipitation, radiation]   # without radiation: two drivers, no POWER
  # station_format: gsod        # for files of an archive that you bring yourself (docs/data.md)

{landcover}# What download rules bring when config/config.yaml says `acquire: true`; none: you.
acquire:
  tiles: earthdata              # needs an Earthdata login (docs/data.md)
  # ghcn_daily: its stations report 0 on dry days. gsod has more stations in some regions, but many
  # of them report no amount on dry days, which are then told from the observed weather alone
  # (climate.unreported_rain). Of either, read tables/station_dry_days.csv before you use the rain.
  stations: ghcn_daily          # ghcn_daily | gsod
  radiation: nasa_power
  dem: copernicus_glo90         # copernicus_glo30 has cells of 30 m and eight times the size
"""
# Where NPP and climate come from rasters of one's own; files lie below the raw folder
OF_RASTERS = """\
# No MODIS tile is read, so the study names none. Zones or figures of land cover would need `tiles`.
npp:
  source: rasters               # a raster a year; scale, offset, fill, layer, crs: docs/data.md
  rasters: {{file: "npp_{{year}}.tif", unit: g C m-2 yr-1}}

climate:
  source: grids                 # a band a month, from January {first} to December {last}
  variables: [temperature, precipitation]
  grids:
    - {{variable: temperature, file: temperature.tif, unit: degC, first_month: {first}-01}}
    - {{variable: precipitation, file: rain.tif, unit: mm month-1, first_month: {first}-01}}

# What the download rules bring when config/config.yaml says `acquire: true`; none: you.
acquire:
  dem: copernicus_glo90         # copernicus_glo30 has cells of 30 m and eight times the size
"""
TRANSITIONS = "  transitions: [{first}, {last}]\n"
SUBSTITUTE = """\
  substitute:                   # years that the product does not have, by choice
{lines}
"""


def span(years):
    """Return first and last year of a dataset as text."""
    first, last = years
    return f"{first}-" if last is None else f"{first}-{last}"


def landcover(first, last, landcover_years):
    """Return the section on land cover: years to compare, and years that the product lacks.

    Empty where it would say nothing.
    """
    begin, end = landcover_years
    start, stop = max(first, begin), min(last, end)
    text = TRANSITIONS.format(first=start, last=stop) if start < stop else ""
    lines = [
        f"    - {{year: {year}, by: {min(max(year, begin), end)}}}"
        for year in range(first, last + 1)
        if not begin <= year <= end
    ]
    text += SUBSTITUTE.format(lines="\n".join(lines)) if lines else ""
    return f"landcover:\n{text}\n" if text else ""
