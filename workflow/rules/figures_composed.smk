"""Rasters and tables -> figures of several layers or of land-cover change, one rule a kind.

Inputs   <study>/grid.tif, zones/outlines.gpkg, layers that the study names, tables/*.csv
Outputs  <study>/figures/*.{png,pdf}
"""


rule draw_panels:
    input:
        layers=figure_layers,
        series=figure_tables("series"),
        trends=figure_tables("trends"),
        persistence=figure_persistence,
        outlines="<study>/zones/outlines.gpkg",
        grid="<study>/grid.tif",
        code=code_of("figures/draw_panels.py"),
    output:
        png=report(
            "<study>/figures/{figure}.png",
            caption="../report/panels.rst",
            category="{study}",
            labels={"figure": "{figure}"},
        ),
        pdf="<study>/figures/{figure}.pdf",
    log:
        "<logs>/{study}/draw_panels/{figure}.log",
    wildcard_constraints:
        figure=figure_names("panels"),
    conda:
        "../../envs/geo.yaml"
    resources:
        mem_mb=by_attempt(3000),
        runtime=by_size(15),
    params:
        figure=figure_entry,
        layers=figure_layer_names,
        zones=figure_zones,
        marks=built_in_marks,
    message:
        "{wildcards.study}: panels {wildcards.figure}."
    script:
        "../scripts/figures/draw_panels.py"


rule draw_sankey:
    input:
        transitions="<study>/tables/transitions.csv",
        grid="<study>/grid.tif",
        code=code_of("figures/draw_sankey.py"),
    output:
        png=report(
            "<study>/figures/{figure}.png",
            caption="../report/sankey.rst",
            category="{study}",
            labels={"figure": "{figure}"},
        ),
        pdf="<study>/figures/{figure}.pdf",
    log:
        "<logs>/{study}/draw_sankey/{figure}.log",
    wildcard_constraints:
        figure=figure_names("sankey"),
    conda:
        "../../envs/geo.yaml"
    resources:
        mem_mb=by_attempt(1000),
        runtime=by_size(15),
    params:
        figure=figure_entry,
        classes=lookup(within=STUDIES, dpath="{study}/landcover_classes"),
        substitutes=substituted_dates,
    message:
        "{wildcards.study}: flows between classes {wildcards.figure}."
    script:
        "../scripts/figures/draw_sankey.py"


rule draw_matrix:
    input:
        transitions="<study>/tables/transitions.csv",
        grid="<study>/grid.tif",
        code=code_of("figures/draw_matrix.py"),
    output:
        png=report(
            "<study>/figures/{figure}.png",
            caption="../report/matrix.rst",
            category="{study}",
            labels={"figure": "{figure}"},
        ),
        pdf="<study>/figures/{figure}.pdf",
    log:
        "<logs>/{study}/draw_matrix/{figure}.log",
    wildcard_constraints:
        figure=figure_names("matrix"),
    conda:
        "../../envs/geo.yaml"
    resources:
        mem_mb=by_attempt(1000),
        runtime=by_size(15),
    params:
        figure=figure_entry,
        substitutes=substituted_dates,
    message:
        "{wildcards.study}: transition matrix {wildcards.figure}."
    script:
        "../scripts/figures/draw_matrix.py"


rule draw_specification:
    input:
        specification="<study>/tables/specification.csv",
        grid="<study>/grid.tif",
        code=code_of("figures/draw_specification.py"),
    output:
        png=report(
            "<study>/figures/{figure}.png",
            caption="../report/specification.rst",
            category="{study}",
            labels={"figure": "{figure}"},
        ),
        pdf="<study>/figures/{figure}.pdf",
    log:
        "<logs>/{study}/draw_specification/{figure}.log",
    wildcard_constraints:
        figure=figure_names("specification"),
    conda:
        "../../envs/geo.yaml"
    resources:
        mem_mb=by_attempt(1000),
        runtime=by_size(15),
    params:
        figure=figure_entry,
    message:
        "{wildcards.study}: specification curve {wildcards.figure}."
    script:
        "../scripts/figures/draw_specification.py"
