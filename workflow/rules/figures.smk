"""Layers and tables -> figures.

Inputs   <study>/{grid,dem}.tif, zones/outlines.gpkg, layers that the study names, tables/*.csv
         <study>/grid.tif, zones/outlines.gpkg, layers that the study names, tables/*.csv
         <study>/tables/detector_*.csv, <study>/grid.tif
Outputs  <study>/figures/*.{png,pdf}
"""

from nepflow.study import climate, figures, landcover


rule draw_map:
    input:
        layers=of_study(figures.layer_files, "figure"),
        grid="<study>/grid.tif",
        outlines="<study>/zones/outlines.gpkg",
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
        figure=figures.pattern(STUDIES, "map"),
    conda:
        "../../envs/geo.yaml"
    resources:
        mem_mb=by_attempt(2000),
        runtime=by_size(15),
    params:
        figure=of_study(figures.entry, "figure"),
        layers=of_study(figures.layer_names, "figure"),
        marks=of_study(figures.shared_input_marks, "figure"),
    message:
        "{wildcards.study}: map {wildcards.figure}."
    script:
        "../scripts/figures/draw_map.py"


rule draw_classes:
    input:
        layer=of_study(figures.layer_file, "figure"),
        persistence=of_study(figures.persistence, "figure"),
        grid="<study>/grid.tif",
        outlines="<study>/zones/outlines.gpkg",
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
        figure=figures.pattern(STUDIES, "classes"),
    conda:
        "../../envs/geo.yaml"
    resources:
        mem_mb=by_attempt(3000),
        runtime=by_size(15),
    params:
        figure=of_study(figures.entry, "figure"),
        marks=of_study(figures.shared_input_marks, "figure"),
    message:
        "{wildcards.study}: map of classes {wildcards.figure}."
    script:
        "../scripts/figures/draw_classes.py"


rule draw_series:
    input:
        series=of_study(figures.zone_table, "figure", table="series"),
        trends=of_study(figures.zone_table, "figure", table="trends"),
        grid="<study>/grid.tif",
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
        figure=figures.pattern(STUDIES, "series"),
    conda:
        "../../envs/geo.yaml"
    resources:
        mem_mb=by_attempt(1000),
        runtime=by_size(10),
    params:
        figure=of_study(figures.entry, "figure"),
    message:
        "{wildcards.study}: series {wildcards.figure}."
    script:
        "../scripts/figures/draw_series.py"


rule draw_study_area:
    input:
        dem="<study>/dem.tif",
        grid="<study>/grid.tif",
        outlines="<study>/zones/outlines.gpkg",
        stations=of_study(climate.if_stations, file="stations/sites.csv"),
        monthly=of_study(climate.if_stations, file="stations/monthly.csv"),
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
        figure=figures.pattern(STUDIES, "study_area"),
    conda:
        "../../envs/geo.yaml"
    resources:
        mem_mb=by_attempt(3000),
        runtime=by_size(15),
    params:
        figure=of_study(figures.entry, "figure"),
    message:
        "{wildcards.study}: study area {wildcards.figure}."
    script:
        "../scripts/figures/draw_study_area.py"


rule draw_panels:
    input:
        layers=of_study(figures.layer_files, "figure"),
        series=of_study(figures.zone_tables, "figure", table="series"),
        trends=of_study(figures.zone_tables, "figure", table="trends"),
        persistence=of_study(figures.persistence, "figure"),
        outlines="<study>/zones/outlines.gpkg",
        grid="<study>/grid.tif",
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
        figure=figures.pattern(STUDIES, "panels"),
    conda:
        "../../envs/geo.yaml"
    resources:
        mem_mb=by_attempt(3000),
        runtime=by_size(15),
    params:
        figure=of_study(figures.entry, "figure"),
        layers=of_study(figures.layer_names, "figure"),
        zones=of_study(figures.zone_names, "figure"),
        marks=of_study(figures.shared_input_marks, "figure"),
    message:
        "{wildcards.study}: panels {wildcards.figure}."
    script:
        "../scripts/figures/draw_panels.py"


rule draw_sankey:
    input:
        transitions="<study>/tables/transitions.csv",
        grid="<study>/grid.tif",
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
        figure=figures.pattern(STUDIES, "sankey"),
    conda:
        "../../envs/geo.yaml"
    resources:
        mem_mb=by_attempt(1000),
        runtime=by_size(15),
    params:
        figure=of_study(figures.entry, "figure"),
        classes=setting("landcover_classes"),
        substitutes=of_study(landcover.substituted),
    message:
        "{wildcards.study}: flows between classes {wildcards.figure}."
    script:
        "../scripts/figures/draw_sankey.py"


rule draw_matrix:
    input:
        transitions="<study>/tables/transitions.csv",
        grid="<study>/grid.tif",
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
        figure=figures.pattern(STUDIES, "matrix"),
    conda:
        "../../envs/geo.yaml"
    resources:
        mem_mb=by_attempt(1000),
        runtime=by_size(15),
    params:
        figure=of_study(figures.entry, "figure"),
        substitutes=of_study(landcover.substituted),
    message:
        "{wildcards.study}: transition matrix {wildcards.figure}."
    script:
        "../scripts/figures/draw_matrix.py"


rule draw_specification:
    input:
        specification="<study>/tables/specification.csv",
        grid="<study>/grid.tif",
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
        figure=figures.pattern(STUDIES, "specification"),
    conda:
        "../../envs/geo.yaml"
    resources:
        mem_mb=by_attempt(1000),
        runtime=by_size(15),
    params:
        figure=of_study(figures.entry, "figure"),
    message:
        "{wildcards.study}: specification curve {wildcards.figure}."
    script:
        "../scripts/figures/draw_specification.py"


rule draw_detector:
    input:
        table=of_study(figures.detector_table, "figure", table="factors"),
        grid="<study>/grid.tif",
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
        figure=figures.pattern(STUDIES, "detector"),
    conda:
        "../../envs/geo.yaml"
    resources:
        mem_mb=by_attempt(1000),
        runtime=by_size(15),
    params:
        figure=of_study(figures.entry, "figure"),
        level=setting("detector/significance_p"),
    message:
        "{wildcards.study}: factors {wildcards.figure}."
    script:
        "../scripts/figures/draw_detector.py"


rule draw_interaction:
    input:
        table=of_study(figures.detector_table, "figure", table="interactions"),
        grid="<study>/grid.tif",
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
        figure=figures.pattern(STUDIES, "interaction"),
    conda:
        "../../envs/geo.yaml"
    resources:
        mem_mb=by_attempt(1000),
        runtime=by_size(15),
    params:
        figure=of_study(figures.entry, "figure"),
    message:
        "{wildcards.study}: interactions {wildcards.figure}."
    script:
        "../scripts/figures/draw_interaction.py"
