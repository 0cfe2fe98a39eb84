"""Annual cubes -> partial correlation with each climate driver.

Inputs   <study>/nep/nep.tif and the other cubes, <study>/climate/<variable>.tif
Outputs  <study>/pixel/<variable>/partial_<driver>{,_p,_class}.tif, <test>_fdr.tif,
         <study>/tables/{correlation_<variable>,discoveries_<test>_<variable>}.csv
"""


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
