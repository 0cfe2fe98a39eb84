"""Fitted surfaces -> what their residuals and standard errors say of them.

Inputs   <study>/climate/<variable>_fit.npz, <study>/tables/<variable>_{fit,minima}.csv
Outputs  <study>/climate/<variable>_residuals.parquet,
         <study>/climate/<variable>_standard_error_<year>.tif,
         <study>/tables/<variable>_{ranked,suspects}.csv, <study>/tables/<variable>_fit.txt,
         <study>/figures/<figure>.{png,pdf} of the kind residuals
"""


rule summarise_residuals:
    input:
        fit="<study>/climate/{variable}_fit.npz",
        table="<study>/tables/{variable}_fit.csv",
        minima="<study>/tables/{variable}_minima.csv",
        grid="<study>/grid.tif",
        code=code_of("climate/summarise_residuals.py"),
    output:
        residuals="<study>/climate/{variable}_residuals.parquet",
        ranked="<study>/tables/{variable}_ranked.csv",
        suspects="<study>/tables/{variable}_suspects.csv",
        log="<study>/tables/{variable}_fit.txt",
    log:
        "<logs>/{study}/summarise_residuals/{variable}.log",
    conda:
        "../../envs/geo.yaml"
    resources:
        mem_mb=by_attempt(1500),
        runtime=by_size(10),
    params:
        smoothing=lookup(within=STUDIES, dpath="{study}/climate/smoothing"),
        common_smoothing=lookup(within=STUDIES, dpath="{study}/climate/common_smoothing"),
        suspect_limit=lookup(within=STUDIES, dpath="{study}/climate/suspect_limit"),
    message:
        "{wildcards.study}: residuals of {wildcards.variable}."
    script:
        "../scripts/climate/summarise_residuals.py"


rule estimate_standard_error:
    input:
        fit="<study>/climate/{variable}_fit.npz",
        dem="<study>/dem.tif",
        grid="<study>/grid.tif",
        code=code_of("climate/estimate_standard_error.py"),
    output:
        standard_error="<study>/climate/{variable}_standard_error_{year}.tif",
    log:
        "<logs>/{study}/estimate_standard_error/{variable}_{year}.log",
    conda:
        "../../envs/geo.yaml"
    threads: 2
    resources:
        mem_mb=by_attempt(2000),
        runtime=by_size(60),
    params:
        kind=lookup(within=STUDIES, dpath="{study}/climate/standard_error"),
        evaluator=lookup(within=STUDIES, dpath="{study}/climate/evaluator"),
    message:
        "{wildcards.study}: standard error of {wildcards.variable} in {wildcards.year}."
    script:
        "../scripts/climate/estimate_standard_error.py"


rule draw_residuals:
    input:
        residuals=residuals_of_figure,
        grid="<study>/grid.tif",
        outlines="<study>/zones/outlines.gpkg",
        code=code_of("figures/draw_residuals.py"),
    output:
        png=report(
            "<study>/figures/{figure}.png",
            caption="../report/residuals.rst",
            category="{study}",
            labels={"figure": "{figure}"},
        ),
        pdf="<study>/figures/{figure}.pdf",
    log:
        "<logs>/{study}/draw_residuals/{figure}.log",
    wildcard_constraints:
        figure=figure_names("residuals"),
    conda:
        "../../envs/geo.yaml"
    resources:
        mem_mb=by_attempt(2000),
        runtime=by_size(15),
    params:
        figure=figure_entry,
    message:
        "{wildcards.study}: residuals {wildcards.figure}."
    script:
        "../scripts/figures/draw_residuals.py"
