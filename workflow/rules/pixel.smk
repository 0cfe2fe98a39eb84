"""Annual cubes -> statistics of each pixel's series.

Inputs   <study>/nep/nep.tif and the other cubes
         <study>/nep/nep.tif and the other cubes
         <study>/nep/nep.tif and the other cubes, <study>/climate/<variable>.tif
         <study>/nep/nep.tif and the other cubes, <study>/climate/<variable>.tif
Outputs  <study>/pixel/<variable>/{mean,valid_years,sen_slope,slope_low,
         slope_high,mann_kendall_z,mann_kendall_p,lag1,trend_class}.tif
         <study>/pixel/<variable>/{sd,cv,cv_class,hurst,coupling}.tif,
         <study>/tables/{cv_breaks,persistence}_<variable>.csv
         <study>/pixel/<variable>/partial_<driver>{,_p,_class}.tif, <test>_fdr.tif,
         <study>/tables/{correlation_<variable>,discoveries_<test>_<variable>}.csv
         <study>/pixel/<variable>/{multiple_r2,multiple_p,dominant_class}.tif,
         <study>/tables/multiple_<variable>.csv
"""


rule estimate_mean:
    input:
        cube=cube_of,
        grid="<study>/grid.tif",
        code=code_of("pixel/estimate_mean.py"),
    output:
        mean="<study>/pixel/{variable}/mean.tif",
        valid_years="<study>/pixel/{variable}/valid_years.tif",
    log:
        "<logs>/{study}/estimate_mean/{variable}.log",
    conda:
        "../../envs/geo.yaml"
    resources:
        mem_mb=by_attempt(2000),
        runtime=by_size(30),
    params:
        minimum_years=minimum_valid_years,
    message:
        "{wildcards.study}: mean of {wildcards.variable}."
    script:
        "../scripts/pixel/estimate_mean.py"


rule estimate_trend:
    input:
        cube=cube_of,
        grid="<study>/grid.tif",
        code=code_of("pixel/estimate_trend.py"),
    output:
        slope="<study>/pixel/{variable}/sen_slope.tif",
        low="<study>/pixel/{variable}/slope_low.tif",
        high="<study>/pixel/{variable}/slope_high.tif",
        z="<study>/pixel/{variable}/mann_kendall_z.tif",
        p="<study>/pixel/{variable}/mann_kendall_p.tif",
        lag1="<study>/pixel/{variable}/lag1.tif",
        trend_class="<study>/pixel/{variable}/trend_class.tif",
    log:
        "<logs>/{study}/estimate_trend/{variable}.log",
    conda:
        "../../envs/geo.yaml"
    threads: 2
    resources:
        mem_mb=by_attempt(2000),
        runtime=by_size(60),
    params:
        years=years_of,
        minimum_years=lookup(within=STUDIES, dpath="{study}/minimum_years"),
        trend=lookup(within=STUDIES, dpath="{study}/trend"),
    message:
        "{wildcards.study}: trend of {wildcards.variable}."
    script:
        "../scripts/pixel/estimate_trend.py"


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


rule estimate_correlation:
    input:
        cube=cube_of,
        drivers=driver_cubes,
        code=code_of("pixel/estimate_correlation.py"),
    output:
        **partial_files(DRIVERS),
    log:
        "<logs>/{study}/estimate_correlation/{variable}.log",
    wildcard_constraints:
        study=any_of(studies_driven_by(DRIVERS)),
    conda:
        "../../envs/geo.yaml"
    resources:
        mem_mb=by_attempt(2000),
        runtime=by_size(60),
    params:
        climate=lookup(within=STUDIES, dpath="{study}/climate/variables"),
        years=years_of,
        minimum_years=lookup(within=STUDIES, dpath="{study}/minimum_years"),
        correlation=lookup(within=STUDIES, dpath="{study}/correlation"),
    message:
        "{wildcards.study}: partial correlations of {wildcards.variable}."
    script:
        "../scripts/pixel/estimate_correlation.py"


use rule estimate_correlation as estimate_correlation_without_radiation with:
    output:
        **partial_files(DRIVERS[:2]),
    log:
        "<logs>/{study}/estimate_correlation_without_radiation/{variable}.log",
    wildcard_constraints:
        study=any_of(studies_driven_by(DRIVERS[:2])),


rule control_discoveries:
    input:
        p="<study>/pixel/{variable}/{test}_p.tif",
        absence="<study>/pixel/npp/absence.tif",
        grid="<study>/grid.tif",
        code=code_of("pixel/control_discoveries.py"),
    output:
        discoveries="<study>/pixel/{variable}/{test}_fdr.tif",
        table="<study>/tables/discoveries_{test}_{variable}.csv",
    log:
        "<logs>/{study}/control_discoveries/{variable}_{test}.log",
    conda:
        "../../envs/geo.yaml"
    resources:
        mem_mb=by_size(2000),
        runtime=by_size(30),
    params:
        significance=significance_of,
        built_in=test_built_in,
    message:
        "{wildcards.study}: field significance of {wildcards.test} of {wildcards.variable}."
    script:
        "../scripts/pixel/control_discoveries.py"


rule summarise_correlation:
    input:
        r=partial_layers(""),
        p=partial_layers("_p"),
        discoveries=controlled_discoveries,
        absence="<study>/pixel/npp/absence.tif",
        grid="<study>/grid.tif",
        code=code_of("pixel/summarise_correlation.py"),
    output:
        table="<study>/tables/correlation_{variable}.csv",
    log:
        "<logs>/{study}/summarise_correlation/{variable}.log",
    conda:
        "../../envs/geo.yaml"
    resources:
        mem_mb=by_attempt(1500),
        runtime=by_size(30),
    params:
        climate=lookup(within=STUDIES, dpath="{study}/climate/variables"),
        level=lookup(within=STUDIES, dpath="{study}/correlation/significance_p"),
        built_in=drivers_built_in,
    message:
        "{wildcards.study}: shares of partial correlations of {wildcards.variable}."
    script:
        "../scripts/pixel/summarise_correlation.py"


rule estimate_dominance:
    input:
        cube=cube_of,
        drivers=driver_cubes,
        code=code_of("pixel/estimate_dominance.py"),
    output:
        r2="<study>/pixel/{variable}/multiple_r2.tif",
        p="<study>/pixel/{variable}/multiple_p.tif",
        dominant_class="<study>/pixel/{variable}/dominant_class.tif",
    log:
        "<logs>/{study}/estimate_dominance/{variable}.log",
    conda:
        "../../envs/geo.yaml"
    threads: 2
    resources:
        mem_mb=by_attempt(2000),
        runtime=by_size(60),
    params:
        climate=lookup(within=STUDIES, dpath="{study}/climate/variables"),
        years=years_of,
        minimum_years=lookup(within=STUDIES, dpath="{study}/minimum_years"),
        correlation=lookup(within=STUDIES, dpath="{study}/correlation"),
    message:
        "{wildcards.study}: dominant drivers of {wildcards.variable}."
    script:
        "../scripts/pixel/estimate_dominance.py"


rule summarise_dominance:
    input:
        r2="<study>/pixel/{variable}/multiple_r2.tif",
        p="<study>/pixel/{variable}/multiple_p.tif",
        absence="<study>/pixel/npp/absence.tif",
        grid="<study>/grid.tif",
        code=code_of("pixel/summarise_dominance.py"),
    output:
        table="<study>/tables/multiple_{variable}.csv",
    log:
        "<logs>/{study}/summarise_dominance/{variable}.log",
    conda:
        "../../envs/geo.yaml"
    resources:
        mem_mb=by_attempt(1500),
        runtime=by_size(30),
    params:
        built_in=drivers_built_in,
        level=lookup(within=STUDIES, dpath="{study}/correlation/significance_p"),
    message:
        "{wildcards.study}: multiple correlation of {wildcards.variable}."
    script:
        "../scripts/pixel/summarise_dominance.py"
