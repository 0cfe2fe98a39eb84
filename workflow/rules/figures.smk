"""Layers and tables -> figures.

Inputs   <study>/{grid,dem}.tif, zones/outlines.gpkg, layers that the study names, tables/*.csv
         <study>/grid.tif, zones/outlines.gpkg, layers that the study names, tables/*.csv
         <study>/tables/detector_*.csv, <study>/grid.tif
Outputs  <study>/figures/*.{png,pdf}
         <study>/figures/*.{png,pdf}
         <study>/figures/*.{png,pdf}
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


rule draw_detector:
    input:
        table=detector_figure_table("factors"),
        grid="<study>/grid.tif",
        code=code_of("figures/draw_detector.py"),
    output:
        png=report(
            "<study>/figures/{figure}.png",
            caption="../report/detector.rst",
            category="{study}",
            labels={"figure": "{figure}"},
        ),
        pdf="<study>/figures/{figure}.pdf",
    log:
        "<logs>/{study}/draw_detector/{figure}.log",
    wildcard_constraints:
        figure=figure_names("detector"),
    conda:
        "../../envs/geo.yaml"
    resources:
        mem_mb=by_attempt(1000),
        runtime=by_size(15),
    params:
        figure=figure_entry,
        level=lookup(within=STUDIES, dpath="{study}/detector/significance_p"),
    message:
        "{wildcards.study}: factors {wildcards.figure}."
    script:
        "../scripts/figures/draw_detector.py"


rule draw_interaction:
    input:
        table=detector_figure_table("interactions"),
        grid="<study>/grid.tif",
        code=code_of("figures/draw_interaction.py"),
    output:
        png=report(
            "<study>/figures/{figure}.png",
            caption="../report/interaction.rst",
            category="{study}",
            labels={"figure": "{figure}"},
        ),
        pdf="<study>/figures/{figure}.pdf",
    log:
        "<logs>/{study}/draw_interaction/{figure}.log",
    wildcard_constraints:
        figure=figure_names("interaction"),
    conda:
        "../../envs/geo.yaml"
    resources:
        mem_mb=by_attempt(1000),
        runtime=by_size(15),
    params:
        figure=figure_entry,
    message:
        "{wildcards.study}: interactions {wildcards.figure}."
    script:
        "../scripts/figures/draw_interaction.py"
