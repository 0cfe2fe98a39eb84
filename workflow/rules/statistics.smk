"""Annual cubes -> stability and persistence of every pixel.

Inputs   <study>/nep/nep.tif and the other cubes
Outputs  <study>/pixel/<variable>/{sd,cv,cv_class,hurst,coupling}.tif,
         <study>/tables/{cv_breaks,persistence}_<variable>.csv
"""


rule estimate_stability:
    input:
        cube=cube_of,
        code=code_of("pixel/estimate_stability.py"),
    output:
        sd="<study>/pixel/{variable}/sd.tif",
        cv="<study>/pixel/{variable}/cv.tif",
    log:
        "<logs>/{study}/estimate_stability/{variable}.log",
    conda:
        "../../envs/geo.yaml"
    resources:
        mem_mb=by_attempt(2000),
        runtime=by_size(30),
    params:
        minimum_years=lookup(within=STUDIES, dpath="{study}/minimum_years"),
        stability=lookup(within=STUDIES, dpath="{study}/stability"),
    message:
        "{wildcards.study}: variation of {wildcards.variable}."
    script:
        "../scripts/pixel/estimate_stability.py"


rule classify_variation:
    input:
        cv="<study>/pixel/{variable}/cv.tif",
        grid="<study>/grid.tif",
        code=code_of("pixel/classify_variation.py"),
    output:
        cv_class="<study>/pixel/{variable}/cv_class.tif",
        breaks="<study>/tables/cv_breaks_{variable}.csv",
    log:
        "<logs>/{study}/classify_variation/{variable}.log",
    conda:
        "../../envs/geo.yaml"
    resources:
        mem_mb=by_attempt(2000),
        runtime=by_size(30),
    params:
        stability=lookup(within=STUDIES, dpath="{study}/stability"),
    message:
        "{wildcards.study}: classes of variation of {wildcards.variable}."
    script:
        "../scripts/pixel/classify_variation.py"


rule estimate_persistence:
    input:
        cube=cube_of,
        slope="<study>/pixel/{variable}/sen_slope.tif",
        code=code_of("pixel/estimate_persistence.py"),
    output:
        hurst="<study>/pixel/{variable}/hurst.tif",
        coupling="<study>/pixel/{variable}/coupling.tif",
    log:
        "<logs>/{study}/estimate_persistence/{variable}.log",
    conda:
        "../../envs/geo.yaml"
    resources:
        mem_mb=by_attempt(2000),
        runtime=by_size(30),
    params:
        minimum_years=lookup(within=STUDIES, dpath="{study}/minimum_years"),
        persistence=lookup(within=STUDIES, dpath="{study}/persistence"),
    message:
        "{wildcards.study}: persistence of {wildcards.variable}."
    script:
        "../scripts/pixel/estimate_persistence.py"


rule summarise_persistence:
    input:
        cube=cube_of,
        slope="<study>/pixel/{variable}/sen_slope.tif",
        absence="<study>/pixel/npp/absence.tif",
        grid="<study>/grid.tif",
        code=code_of("pixel/summarise_persistence.py"),
    output:
        table="<study>/tables/persistence_{variable}.csv",
    log:
        "<logs>/{study}/summarise_persistence/{variable}.log",
    conda:
        "../../envs/geo.yaml"
    resources:
        mem_mb=by_attempt(2000),
        runtime=by_size(60),
    params:
        years=years_of,
        minimum_years=lookup(within=STUDIES, dpath="{study}/minimum_years"),
        persistence=lookup(within=STUDIES, dpath="{study}/persistence"),
    message:
        "{wildcards.study}: persistence of {wildcards.variable} beside chance."
    script:
        "../scripts/pixel/summarise_persistence.py"
