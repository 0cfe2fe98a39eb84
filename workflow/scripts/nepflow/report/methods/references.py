"""Works that the methods text cites: how they are cited and what the list says."""

WORKS = {
    "abadie": (
        "Abadie and Imbens, 2011",
        "Abadie and Imbens (2011), Bias-corrected matching estimators for average treatment "
        "effects, J. Bus. Econ. Stat. 29, 1–11, doi:10.1198/jbes.2009.07333",
    ),
    "callaway": (
        "Callaway and Sant’Anna, 2021",
        "Callaway and Sant’Anna (2021), Difference-in-differences with multiple time periods, J. "
        "Econometrics 225, 200–230, doi:10.1016/j.jeconom.2020.12.001",
    ),
    "pettitt": (
        "Pettitt, 1979",
        "Pettitt (1979), A non-parametric approach to the change-point problem, Appl. Stat. 28, "
        "126–135, doi:10.2307/2346729",
    ),
    "anis": (
        "Anis and Lloyd, 1976",
        "Anis and Lloyd (1976), The expected value of the adjusted rescaled Hurst range of "
        "independent normal summands, Biometrika 63, 111–116, doi:10.1093/biomet/63.1.111",
    ),
    "benjamini": (
        "Benjamini and Hochberg, 1995",
        "Benjamini and Hochberg (1995), Controlling the false discovery rate, J. R. Stat. Soc. B "
        "57, 289–300, doi:10.1111/j.2517-6161.1995.tb02031.x",
    ),
    "bond_lamberty2004": (
        "Bond-Lamberty et al., 2004",
        "Bond-Lamberty, Wang and Gower (2004), A global relationship between the heterotrophic and "
        "autotrophic components of soil respiration?, Glob. Change Biol. 10, 1756–1766, "
        "doi:10.1111/j.1365-2486.2004.00816.x",
    ),
    "bond_lamberty_thomson2010": (
        "Bond-Lamberty and Thomson, 2010",
        "Bond-Lamberty and Thomson (2010), A global database of soil respiration data, "
        "Biogeosciences 7, 1915–1926, doi:10.5194/bg-7-1915-2010",
    ),
    "chen2010": (
        "Chen et al., 2010",
        "Chen et al. (2010), annual soil respiration from climate and soil organic carbon, Agric. "
        "For. Meteorol.",
    ),
    "craven": (
        "Craven and Wahba, 1978",
        "Craven and Wahba (1978), Smoothing noisy data with spline functions, Numer. Math. 31, "
        "377–403, doi:10.1007/BF01404567",
    ),
    "crameri": (
        "Crameri et al., 2020",
        "Crameri, Shephard and Heron (2020), The misuse of colour in science communication, Nat. "
        "Commun. 11, 5444, doi:10.1038/s41467-020-19160-7 (colour maps)",
    ),
    "didan": (
        "Didan, 2021",
        "Didan (2021), MODIS/Terra Vegetation Indices Monthly L3 Global 1 km, MOD13A3 v061, "
        "doi:10.5067/MODIS/MOD13A3.061",
    ),
    "fisher": (
        "Fisher, 1958",
        "Fisher (1958), On grouping for maximum homogeneity, J. Am. Stat. Assoc. 53, 789–798, "
        "doi:10.1080/01621459.1958.10501479",
    ),
    "friedl": (
        "Friedl and Sulla-Menashe, 2022",
        "Friedl and Sulla-Menashe (2022), MODIS/Terra+Aqua Land Cover Type Yearly L3 Global "
        "500 m, MCD12Q1 v061, doi:10.5067/MODIS/MCD12Q1.061",
    ),
    "hamed": (
        "Hamed and Rao, 1998",
        "Hamed and Rao (1998), A modified Mann–Kendall trend test for autocorrelated data, J. "
        "Hydrol. 204, 182–196, doi:10.1016/S0022-1694(97)00125-X",
    ),
    "hurst": (
        "Hurst, 1951",
        "Hurst (1951), Long-term storage capacity of reservoirs, Trans. Am. Soc. Civ. Eng. 116, "
        "770–799",
    ),
    "hutchinson": (
        "Hutchinson, 1995",
        "Hutchinson (1995), Interpolating mean rainfall using thin plate smoothing splines, Int. "
        "J. Geogr. Inf. Syst. 9, 385–403, doi:10.1080/02693799508902045",
    ),
    "kendall": ("Kendall, 1975", "Kendall (1975), Rank Correlation Methods, 4th ed., Griffin"),
    "lotwick": (
        "Lotwick and Silverman, 1982",
        "Lotwick and Silverman (1982), Methods for analysing spatial processes of several types of "
        "points, J. R. Stat. Soc. B 44, 406–413, doi:10.1111/j.2517-6161.1982.tb01221.x",
    ),
    "mandelbrot": (
        "Mandelbrot and Wallis, 1969",
        "Mandelbrot and Wallis (1969), Robustness of the rescaled range R/S in the measurement of "
        "noncyclic long run statistical dependence, Water Resour. Res. 5, 967–988, "
        "doi:10.1029/WR005i005p00967",
    ),
    "mann": (
        "Mann, 1945",
        "Mann (1945), Nonparametric tests against trend, Econometrica 13, 245–259, "
        "doi:10.2307/1907187",
    ),
    "pei": (
        "Pei et al., 2010",
        "Pei, Zhou, Ouyang and Yang (2010), A carbon budget of alpine steppe area in the Tibetan "
        "Plateau, Geographical Research 29(1), 102–110",
    ),
    "pontius": (
        "Pontius et al., 2004",
        "Pontius, Shusas and McEachern (2004), Detecting important categorical land changes while "
        "accounting for persistence, Agric. Ecosyst. Environ. 101, 251–268, "
        "doi:10.1016/j.agee.2003.09.008",
    ),
    "raich2002": (
        "Raich et al., 2002",
        "Raich, Potter and Bhagawati (2002), Interannual variability in global soil respiration, "
        "1980–94, Glob. Change Biol. 8, 800–812, doi:10.1046/j.1365-2486.2002.00511.x",
    ),
    "running": (
        "Running and Zhao, 2021",
        "Running and Zhao (2021), MODIS/Terra Net Primary Production Gap-Filled Yearly L4 Global "
        "500 m, MOD17A3HGF v061, doi:10.5067/MODIS/MOD17A3HGF.061",
    ),
    "sen": (
        "Sen, 1968",
        "Sen (1968), Estimates of the regression coefficient based on Kendall’s tau, J. Am. Stat. "
        "Assoc. 63, 1379–1389, doi:10.1080/01621459.1968.10480934",
    ),
    "song": (
        "Song et al., 2020",
        "Song, Wang, Ge and Xu (2020), An optimal parameters-based geographical detector model "
        "enhances geographic characteristics of explanatory variables for spatial heterogeneity "
        "analysis, GISci. Remote Sens. 57, 593–610, doi:10.1080/15481603.2020.1760434",
    ),
    "wahba": (
        "Wahba, 1985",
        "Wahba (1985), A comparison of GCV and GML for choosing the smoothing parameter in the "
        "generalized spline smoothing problem, Ann. Stat. 13, 1378–1402, "
        "doi:10.1214/aos/1176349743",
    ),
    "zhu": (
        "Zhu et al., 2007",
        "Zhu, Pan and Zhang (2007), Estimation of net primary productivity of Chinese terrestrial "
        "vegetation based on remote sensing, J. Plant Ecol. 31(3), 413–424",
    ),
    "wang": (
        "Wang et al., 2010",
        "Wang, Li, Christakos, Liao, Zhang, Gu and Zheng (2010), Geographical detectors-based "
        "health risk assessment and its application in the neural tube defects study of the "
        "Heshun Region, China, Int. J. Geogr. Inf. Sci. 24, 107–127, "
        "doi:10.1080/13658810802443457",
    ),
    "zhang": (
        "Wang, Zhang and Fu, 2016",
        "Wang, Zhang and Fu (2016), A measure of spatial stratified heterogeneity, Ecol. Indic. "
        "67, 250–256, doi:10.1016/j.ecolind.2016.02.052",
    ),
    "gsmsr": (
        "Yu et al., 2010",
        "Yu, Zheng, Wang et al. (2010), Spatiotemporal pattern of soil respiration of terrestrial "
        "ecosystems in China: the development of a geostatistical model and its simulation, "
        "Environ. Sci. Technol. 44, 6074–6080, doi:10.1021/es100979s",
    ),
    "yue": (
        "Yue et al., 2002",
        "Yue, Pilon, Phinney and Cavadias (2002), The influence of autocorrelation on the ability "
        "to detect trend in hydrological series, Hydrol. Process. 16, 1807–1829, "
        "doi:10.1002/hyp.1095",
    ),
    "cressie": (
        "Cressie, 1985",
        "Cressie (1985), Fitting variogram models by weighted least squares, Math. Geol. 17, "
        "563–586, doi:10.1007/BF01032109",
    ),
    "durre": (
        "Durre et al., 2010",
        "Durre, Menne, Gleason, Houston and Vose (2010), Comprehensive automated quality "
        "assurance of daily surface observations, J. Appl. Meteorol. Climatol. 49, 1615–1633, "
        "doi:10.1175/2010JAMC2375.1",
    ),
    "thornthwaite": (
        "Thornthwaite, 1948",
        "Thornthwaite (1948), An approach toward a rational classification of climate, "
        "Geogr. Rev. 38, 55–94, doi:10.2307/210739",
    ),
    "unep": (
        "UNEP, 1992",
        "UNEP (1992), World Atlas of Desertification, Edward Arnold",
    ),
    "willmott": (
        "Willmott et al., 1985",
        "Willmott, Rowe and Mintz (1985), Climatology of the terrestrial seasonal water cycle, J. "
        "Climatol. 5, 589–606, doi:10.1002/joc.3370050602",
    ),
}
ALWAYS = ("crameri",)  # used by every figure


def cited(*keys):
    """Return ``(Sen, 1968; Mann, 1945)``."""
    return f"({'; '.join(WORKS[key][0] for key in keys)})"


def listed(html):
    """Return the entries of the works that a text cites, in alphabetical order."""
    found = {key for key, (short, _) in WORKS.items() if short in html}
    return [WORKS[key][1] for key in sorted(found | set(ALWAYS))]
