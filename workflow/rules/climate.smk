"""Monthly values of stations -> fitted monthly surfaces -> annual climate of the study grid.

Inputs   <study>/stations/monthly.csv, <study>/{grid,dem}.tif
Outputs  <study>/climate/<variable>{.tif,_fit.npz},
         <study>/tables/<variable>_{fit,minima,evaluation,floored}.csv
"""


rule fit_climate:
    input:
        monthly="<study>/stations/monthly.csv",
        grid="<study>/grid.tif",
        weights=file_of_weights,
        code=code_of("climate/fit_climate.py"),
    output:
        fit="<study>/climate/{variable}_fit.npz",
        table="<study>/tables/{variable}_fit.csv",
        minima="<study>/tables/{variable}_minima.csv",
    log:
        "<logs>/{study}/fit_climate/{variable}.log",
    conda:
        "../../envs/geo.yaml"
    resources:
        mem_mb=by_attempt(2000),
        runtime=by_size(30),
    params:
        years=lookup(within=STUDIES, dpath="{study}/years"),
        model=lookup(within=STUDIES, dpath="{study}/climate/model"),
        exaggeration=lookup(within=STUDIES, dpath="{study}/climate/elevation_exaggeration"),
        order=lookup(within=STUDIES, dpath="{study}/climate/order"),
        smoothing=lookup(within=STUDIES, dpath="{study}/climate/smoothing"),
        smoothing_value=lookup(
            within=STUDIES, dpath="{study}/climate/smoothing_value/{variable}", default=None
        ),
        common_smoothing=lookup(within=STUDIES, dpath="{study}/climate/common_smoothing"),
        weights_column=lookup(within=STUDIES, dpath="{study}/climate/weights_column"),
        close_km=lookup(within=STUDIES, dpath="{study}/climate/close_stations_km"),
        block_km=lookup(within=STUDIES, dpath="{study}/climate/block_km"),
        length_scale_km=lookup(within=STUDIES, dpath="{study}/climate/length_scale_km"),
        transformation=lookup(within=STUDIES, dpath="{study}/climate/transformation/{variable}"),
        minimum_stations=lookup(within=STUDIES, dpath="{study}/climate/minimum_stations"),
    message:
        "{wildcards.study}: monthly surfaces of {wildcards.variable}."
    script:
        "../scripts/climate/fit_climate.py"


rule define_evaluation:
    input:
        fit="<study>/climate/{variable}_fit.npz",
        dem="<study>/dem.tif",
        grid="<study>/grid.tif",
        code=code_of("climate/define_evaluation.py"),
    output:
        table="<study>/tables/{variable}_evaluation.csv",
    log:
        "<logs>/{study}/define_evaluation/{variable}.log",
    conda:
        "../../envs/geo.yaml"
    resources:
        mem_mb=by_attempt(1500),
        runtime=by_size(15),
    params:
        evaluator=lookup(within=STUDIES, dpath="{study}/climate/evaluator"),
        tolerance=lookup(within=STUDIES, dpath="{study}/climate/tolerance/{variable}"),
        bias_correction=lookup(within=STUDIES, dpath="{study}/climate/bias_correction"),
    message:
        "{wildcards.study}: how surfaces of {wildcards.variable} are evaluated."
    script:
        "../scripts/climate/define_evaluation.py"


rule interpolate_climate:
    input:
        fit="<study>/climate/{variable}_fit.npz",
        evaluation="<study>/tables/{variable}_evaluation.csv",
        dem="<study>/dem.tif",
        grid="<study>/grid.tif",
        code=code_of("climate/interpolate_climate.py"),
    output:
        cube="<study>/climate/{variable}.tif",
        table="<study>/tables/{variable}_floored.csv",
    log:
        "<logs>/{study}/interpolate_climate/{variable}.log",
    wildcard_constraints:
        study=any_of(STATION_STUDIES),
    conda:
        "../../envs/geo.yaml"
    threads: 2
    resources:
        mem_mb=by_attempt(2000),
        runtime=by_size(60),
    params:
        years=lookup(within=STUDIES, dpath="{study}/years"),
        bias_correction=lookup(within=STUDIES, dpath="{study}/climate/bias_correction"),
    message:
        "{wildcards.study}: annual {wildcards.variable} on the study grid."
    script:
        "../scripts/climate/interpolate_climate.py"
