"""Rasters and tables -> figures, one rule a kind.

Inputs   <study>/{grid,dem}.tif, zones/outlines.gpkg, layers that the study names, tables/*.csv
Outputs  <study>/figures/*.{png,pdf}
"""


rule draw_map:
    input:
        layers=figure_layers,
        grid="<study>/grid.tif",
        outlines="<study>/zones/outlines.gpkg",
        code=code_of("figures/draw_map.py"),
    output:
        png=report(
            "<study>/figures/{figure}.png",
            caption="../report/map.rst",
            category="{study}",
            labels={"figure": "{figure}"},
        ),
        pdf="<study>/figures/{figure}.pdf",
    log:
        "<logs>/{study}/draw_map/{figure}.log",
    wildcard_constraints:
        figure=figure_names("map"),
    conda:
        "../../envs/geo.yaml"
    resources:
        mem_mb=by_attempt(2000),
        runtime=by_size(15),
    params:
        figure=figure_entry,
        layers=figure_layer_names,
        marks=built_in_marks,
    message:
        "{wildcards.study}: map {wildcards.figure}."
    script:
        "../scripts/figures/draw_map.py"


rule draw_classes:
    input:
        layer=figure_layer,
        persistence=figure_persistence,
        grid="<study>/grid.tif",
        outlines="<study>/zones/outlines.gpkg",
        code=code_of("figures/draw_classes.py"),
    output:
        png=report(
            "<study>/figures/{figure}.png",
            caption="../report/classes.rst",
            category="{study}",
            labels={"figure": "{figure}"},
        ),
        pdf="<study>/figures/{figure}.pdf",
    log:
        "<logs>/{study}/draw_classes/{figure}.log",
    wildcard_constraints:
        figure=figure_names("classes"),
    conda:
        "../../envs/geo.yaml"
    resources:
        mem_mb=by_attempt(3000),
        runtime=by_size(15),
    params:
        figure=figure_entry,
        marks=built_in_marks,
    message:
        "{wildcards.study}: map of classes {wildcards.figure}."
    script:
        "../scripts/figures/draw_classes.py"


rule draw_series:
    input:
        series=figure_table("series"),
        trends=figure_table("trends"),
        grid="<study>/grid.tif",
        code=code_of("figures/draw_series.py"),
    output:
        png=report(
            "<study>/figures/{figure}.png",
            caption="../report/series.rst",
            category="{study}",
            labels={"figure": "{figure}"},
        ),
        pdf="<study>/figures/{figure}.pdf",
    log:
        "<logs>/{study}/draw_series/{figure}.log",
    wildcard_constraints:
        figure=figure_names("series"),
    conda:
        "../../envs/geo.yaml"
    resources:
        mem_mb=by_attempt(1000),
        runtime=by_size(10),
    params:
        figure=figure_entry,
    message:
        "{wildcards.study}: series {wildcards.figure}."
    script:
        "../scripts/figures/draw_series.py"


rule draw_study_area:
    input:
        dem="<study>/dem.tif",
        grid="<study>/grid.tif",
        outlines="<study>/zones/outlines.gpkg",
        stations=if_stations("stations/sites.csv"),
        monthly=if_stations("stations/monthly.csv"),
        code=code_of("figures/draw_study_area.py"),
    output:
        png=report(
            "<study>/figures/{figure}.png",
            caption="../report/study_area.rst",
            category="{study}",
            labels={"figure": "{figure}"},
        ),
        pdf="<study>/figures/{figure}.pdf",
    log:
        "<logs>/{study}/draw_study_area/{figure}.log",
    wildcard_constraints:
        figure=figure_names("study_area"),
    conda:
        "../../envs/geo.yaml"
    resources:
        mem_mb=by_attempt(3000),
        runtime=by_size(15),
    params:
        figure=figure_entry,
    message:
        "{wildcards.study}: study area {wildcards.figure}."
    script:
        "../scripts/figures/draw_study_area.py"
