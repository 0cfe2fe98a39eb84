"""Annual cubes -> stability, persistence and partial correlation of every pixel.

Inputs   <study>/nep/nep.tif and the other cubes, <study>/climate/<variable>.tif
Outputs  <study>/pixel/<variable>/{sd,cv,cv_class,hurst,coupling}.tif,
         pixel/<variable>/partial_<driver>{,_p,_class}.tif, pixel/<variable>/<test>_fdr.tif,
         <study>/tables/{cv_breaks,persistence,correlation,discoveries_<test>}_<variable>.csv
"""


rule estimate_stability:
    input:
        cube=cube_of,
        code=code_of("estimate_stability.py"),
    output:
        sd="<study>/pixel/{variable}/sd.tif",
        cv="<study>/pixel/{variable}/cv.tif",
    log:
        "<logs>/{study}/estimate_stability/{variable}.log",
    conda:
        "../../envs/geo.yaml"
    threads: 2
    resources:
        mem_mb=2000,
        runtime=30,
    params:
        minimum_years=lookup(within=STUDIES, dpath="{study}/minimum_years"),
        stability=lookup(within=STUDIES, dpath="{study}/stability"),
    message:
        "{wildcards.study}: variation of {wildcards.variable}."
    script:
        "../scripts/estimate_stability.py"


rule classify_variation:
    input:
        cv="<study>/pixel/{variable}/cv.tif",
        grid="<study>/grid.tif",
        code=code_of("classify_variation.py"),
    output:
        cv_class="<study>/pixel/{variable}/cv_class.tif",
        breaks="<study>/tables/cv_breaks_{variable}.csv",
    log:
        "<logs>/{study}/classify_variation/{variable}.log",
    conda:
        "../../envs/geo.yaml"
    resources:
        mem_mb=2000,
        runtime=30,
    params:
        stability=lookup(within=STUDIES, dpath="{study}/stability"),
    message:
        "{wildcards.study}: classes of variation of {wildcards.variable}."
    script:
        "../scripts/classify_variation.py"


rule estimate_persistence:
    input:
        cube=cube_of,
        slope="<study>/pixel/{variable}/sen_slope.tif",
        code=code_of("estimate_persistence.py"),
    output:
        hurst="<study>/pixel/{variable}/hurst.tif",
        coupling="<study>/pixel/{variable}/coupling.tif",
    log:
        "<logs>/{study}/estimate_persistence/{variable}.log",
    conda:
        "../../envs/geo.yaml"
    threads: 2
    resources:
        mem_mb=2000,
        runtime=30,
    params:
        minimum_years=lookup(within=STUDIES, dpath="{study}/minimum_years"),
        persistence=lookup(within=STUDIES, dpath="{study}/persistence"),
    message:
        "{wildcards.study}: persistence of {wildcards.variable}."
    script:
        "../scripts/estimate_persistence.py"


rule summarise_persistence:
    input:
        cube=cube_of,
        grid="<study>/grid.tif",
        code=code_of("summarise_persistence.py"),
    output:
        table="<study>/tables/persistence_{variable}.csv",
    log:
        "<logs>/{study}/summarise_persistence/{variable}.log",
    conda:
        "../../envs/geo.yaml"
    resources:
        mem_mb=2000,
        runtime=60,
    params:
        years=years_of,
        minimum_years=lookup(within=STUDIES, dpath="{study}/minimum_years"),
        persistence=lookup(within=STUDIES, dpath="{study}/persistence"),
    message:
        "{wildcards.study}: persistence of {wildcards.variable} beside chance."
    script:
        "../scripts/summarise_persistence.py"


rule estimate_correlation:
    input:
        cube=cube_of,
        drivers=driver_cubes,
        code=code_of("estimate_correlation.py"),
    output:
        r="<study>/pixel/{variable}/partial_{driver}.tif",
        p="<study>/pixel/{variable}/partial_{driver}_p.tif",
        correlation_class="<study>/pixel/{variable}/partial_{driver}_class.tif",
    log:
        "<logs>/{study}/estimate_correlation/{variable}_{driver}.log",
    conda:
        "../../envs/geo.yaml"
    threads: 2
    resources:
        mem_mb=2000,
        runtime=60,
    params:
        climate=lookup(within=STUDIES, dpath="{study}/climate/variables"),
        years=years_of,
        minimum_years=lookup(within=STUDIES, dpath="{study}/minimum_years"),
        correlation=lookup(within=STUDIES, dpath="{study}/correlation"),
    message:
        "{wildcards.study}: partial correlation of {wildcards.variable} and {wildcards.driver}."
    script:
        "../scripts/estimate_correlation.py"


rule control_discoveries:
    input:
        p="<study>/pixel/{variable}/{test}_p.tif",
        code=code_of("control_discoveries.py"),
    output:
        discoveries="<study>/pixel/{variable}/{test}_fdr.tif",
        table="<study>/tables/discoveries_{test}_{variable}.csv",
    log:
        "<logs>/{study}/control_discoveries/{variable}_{test}.log",
    conda:
        "../../envs/geo.yaml"
    resources:
        mem_mb=2000,
        runtime=30,
    params:
        significance=significance_of,
    message:
        "{wildcards.study}: field significance of {wildcards.test} of {wildcards.variable}."
    script:
        "../scripts/control_discoveries.py"


rule summarise_correlation:
    input:
        r=partial_layers(""),
        p=partial_layers("_p"),
        discoveries=controlled_discoveries,
        grid="<study>/grid.tif",
        code=code_of("summarise_correlation.py"),
    output:
        table="<study>/tables/correlation_{variable}.csv",
    log:
        "<logs>/{study}/summarise_correlation/{variable}.log",
    conda:
        "../../envs/geo.yaml"
    resources:
        mem_mb=1500,
        runtime=30,
    params:
        climate=lookup(within=STUDIES, dpath="{study}/climate/variables"),
        level=lookup(within=STUDIES, dpath="{study}/correlation/significance_p"),
        built_in=drivers_built_in,
    message:
        "{wildcards.study}: partial correlations of {wildcards.variable}."
    script:
        "../scripts/summarise_correlation.py"
