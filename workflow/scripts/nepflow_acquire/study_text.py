"""A commented study file for a new region."""

TEXT = """\
# {title}: written by `make init`. Change what is yours; other keys stand in config/defaults.yaml.

title: {title}
citation: who, where, doi       # what the report quotes
period: [{first}, {last}]           # MOD17A3HGF 061 has {npp_years}, MCD12Q1 061 {landcover_years}
tiles: [{tiles}]   # {n_tiles} tiles touch the area (sinusoidal formula)

grid:
  # equal-area, centred on the region; a coarse cell first: the whole workflow then takes minutes
  crs: "{crs}"
  resolution_m: {resolution_m}         # 500 is the products' own

area:
  file: {file}           # below {raw}/{name}/
  name_field: {name_field}
  buffer_km: 100                # stations up to here count; wider where they are sparse

climate:
  variables: [temperature, precipitation, radiation]   # without radiation: two drivers, no POWER
  # station_format: gsod        # for files of an archive that you bring yourself (docs/data.md)

landcover:
  transitions: [{first}, {last_landcover}]
{substitutes}
# What the download rules bring when config/config.yaml says `acquire: true`; none: you bring it.
acquire:
  tiles: earthdata              # needs an Earthdata login (docs/data.md)
  stations: gsod                # gsod | ghcn_daily
  radiation: nasa_power
  dem: copernicus_glo90         # copernicus_glo30 has cells of 30 m and eight times the size

zones:
  - {{name: region, kind: area}}
  - {{name: landcover, kind: landcover}}
  - {{name: sink, kind: sink, cuts: [0, 200, 400]}}

figures:
  - name: study_area
    kind: study_area
    title: Study area
    caption: Elevation, regions and weather stations.
  - name: nep_mean
    kind: map
    layer: pixel/nep/mean
    palette: carbon
    title: Mean NEP
    caption: Mean of the years with data; negative values are carbon sources.
  - name: nep_series
    kind: series
    quantity: nep
    zones: region
    title: Net ecosystem productivity
    caption: Annual means with their Theil-Sen lines.
  - name: nep_trend
    kind: classes
    layer: pixel/nep/trend_class
    title: Trend of NEP
    caption: Sign of the Theil-Sen slope by Mann-Kendall significance.

# Where a paper's input is restricted, name what stands for it; the report then says so.
# substitutes:
#   - {{input: stations, instead_of: CMA daily data, by: GSOD, reason: CMA data are not public}}

# Expected, roughly: {gb_in:.1f} GB of downloads; at {resolution_m} m {gb_out:.1f} GB of results and
# {hours:.1f} h of computing on 2 cores, at 500 m {gb_fine:.1f} GB and {hours_fine:.1f} h.
"""
SUBSTITUTE = """\
  substitute:                   # years that the product does not have, by choice
{lines}
"""


def span(years):
    """Return first and last year of a dataset as text."""
    first, last = years
    return f"{first}-" if last is None else f"{first}-{last}"


def substitutes(first, last, landcover_years):
    """Return the section on years without land cover, empty where every year has it."""
    begin, end = landcover_years
    lines = [
        f"    - {{year: {year}, by: {min(max(year, begin), end)}}}"
        for year in range(first, last + 1)
        if not begin <= year <= end
    ]
    return SUBSTITUTE.format(lines="\n".join(lines)) if lines else ""
