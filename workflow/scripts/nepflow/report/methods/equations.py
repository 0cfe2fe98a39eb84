"""The equations of the methods text as HTML that needs no script."""

import re

_TOKEN = re.compile(r"\\[a-z]+|\\.|.")
_SIGNS = {
    "-": "−",
    "~": "&nbsp;",
    "e": "e",
    r"\%": "%",
    r"\cdot": "·",
    r"\leq": "≤",
    r"\ln": "ln",
    r"\quad": "&nbsp;",
}
WITHIN = r", \quad 0 \leq R_{h} \leq R_{s}"  # what holds of Rh of every relation


def html(latex):
    """Return an equation of a registry as HTML.

    Parameters
    ----------
    latex : str
        Letters are variables, but e, and those of indices; ``\\frac{}{}``, ``_{}``, ``^{}`` and the
        signs above.
    """
    return _parts(iter(_TOKEN.findall(latex)))


def _parts(tokens, upright=False):
    """HTML up to the end of a group."""
    made = ""
    for token in tokens:
        if token == "}":
            break
        if token == "{":
            made += _parts(tokens, upright)
        elif token in ("_", "^"):
            next(tokens)
            tag, upright_below = {"_": ("sub", True), "^": ("sup", upright)}[token]
            made += f"<{tag}>{_parts(tokens, upright_below)}</{tag}>"
        elif token == r"\frac":
            next(tokens)
            above = _parts(tokens, upright)
            next(tokens)
            made += fraction(above, _parts(tokens, upright))
        elif token in _SIGNS:
            made += _SIGNS[token]
        else:
            made += f"<var>{token}</var>" if token.isalpha() and not upright else token
    return made


def fraction(above, below):
    return f'<span class="fraction"><span>{above}</span><span>{below}</span></span>'


def root(content):
    return f'√<span class="root">{content}</span>'


_NEP = "<var>NEP</var> = <var>NPP</var> − <var>R</var><sub>h</sub>"
_SPLINE = (
    "Σ<sub><var>i</var></sub> <var>w<sub>i</sub></var> (<var>y<sub>i</sub></var> − "
    "<var>f</var>(<b>x</b><sub><var>i</var></sub>) − <var>b</var> "
    "<var>z<sub>i</sub></var>)<sup>2</sup> + <var>λ</var> <var>J<sub>m</sub></var>(<var>f</var>) "
    "→ min"
)
_SEN = "<var>β</var> = median<sub> <var>i</var> &lt; <var>j</var></sub> " + fraction(
    "<var>x<sub>j</sub></var> − <var>x<sub>i</sub></var>",
    "<var>t<sub>j</sub></var> − <var>t<sub>i</sub></var>",
)
_EFFECTIVE_YEARS = (
    "<var>n<sub>e</sub></var> = "
    + fraction(
        "<var>n</var><sup>2</sup>",
        "Σ<sub><var>i</var>, <var>j</var></sub> <var>r</var>"
        "<sup>|<var>t<sub>i</sub></var> − <var>t<sub>j</sub></var>|</sup>",
    )
    + ", &nbsp; <var>s</var><sup>2</sup> = "
    + fraction("Σ <var>e</var><sup>2</sup>", "tr <b>M R</b>")
    + ", &nbsp; mean ± <var>t</var> <var>s</var> / "
    + root("<var>n<sub>e</sub></var>")
)
_MANN_KENDALL = (
    "<var>S</var> = Σ<sub><var>i</var> &lt; <var>j</var></sub> "
    "sgn(<var>x<sub>j</sub></var> − <var>x<sub>i</sub></var>), &nbsp; <var>Z</var> = "
    + fraction("<var>S</var> − sgn <var>S</var>", root("Var <var>S</var>"))
)
_VARIANCE = "Var <var>S</var> = " + fraction(
    "<var>n</var>(<var>n</var> − 1)(2<var>n</var> + 5) − Σ<sub><var>g</var></sub> "
    "<var>u<sub>g</sub></var>(<var>u<sub>g</sub></var> − 1)(2<var>u<sub>g</sub></var> + 5)",
    "18",
)
_CV = "<var>CV</var> = " + fraction("<var>σ</var>", "|<var>x̄</var>|")
_RANGE = (
    "<var>R</var>(<var>τ</var>) = max<sub><var>t</var> ≤ <var>τ</var></sub> "
    "<var>X</var>(<var>t</var>, <var>τ</var>) − min<sub><var>t</var> ≤ <var>τ</var></sub> "
    "<var>X</var>(<var>t</var>, <var>τ</var>), &nbsp; <var>X</var>(<var>t</var>, <var>τ</var>) = "
    "Σ<sub><var>u</var> ≤ <var>t</var></sub> (<var>x<sub>u</sub></var> − "
    "<var>x̄<sub>τ</sub></var>)"
)
_HURST = (
    fraction("<var>R</var>(<var>τ</var>)", "<var>S</var>(<var>τ</var>)")
    + " ∝ <var>τ</var><sup><var>H</var></sup>"
)
_PARTIAL = "<var>r</var><sub>12·34</sub> = " + fraction(
    "<var>r</var><sub>12·3</sub> − <var>r</var><sub>14·3</sub> <var>r</var><sub>24·3</sub>",
    root(
        "(1 − <var>r</var><sub>14·3</sub><sup>2</sup>)(1 − <var>r</var><sub>24·3</sub><sup>2</sup>)"
    ),
)
_T_TEST = (
    "<var>t</var> = <var>r</var> "
    + root(fraction("<var>n</var> − <var>k</var> − 2", "1 − <var>r</var><sup>2</sup>"))
    + ", &nbsp; <var>n</var> − <var>k</var> − 2 degrees of freedom"
)
_ZONE_ERROR = (
    "Var = "
    + fraction("Σ <var>c<sub>i</sub></var><sup>2</sup>", "<var>n</var><sup>2</sup>")
    + " (random), &nbsp; "
    + fraction(
        "Σ<sub><var>i</var>, <var>j</var></sub> <var>c<sub>i</sub></var> <var>c<sub>j</sub></var> "
        "e<sup>−3 <var>d<sub>ij</sub></var> / <var>a</var></sup>",
        "<var>n</var><sup>2</sup>",
    )
    + " (regional), &nbsp; ("
    + fraction("Σ <var>c<sub>i</sub></var>", "<var>n</var>")
    + ")<sup>2</sup> (common)"
)
_SWAP = "net = gain − loss, &nbsp; swap = 2 min(gain, loss), &nbsp; gain + loss = |net| + swap"

_JOINT = (
    "<var>F</var> = "
    + fraction(
        "<var>R</var><sup>2</sup> / <var>k</var>",
        "(1 − <var>R</var><sup>2</sup>) / (<var>n</var> − <var>k</var> − 1)",
    )
    + ", &nbsp; <var>R</var><sup>2</sup> = <b>r</b>′ <b>R</b><sub>xx</sub><sup>−1</sup> <b>r</b>"
)
_Q = "<var>q</var> = 1 − " + fraction(
    "Σ<sub><var>h</var></sub> <var>N<sub>h</sub></var> <var>σ<sub>h</sub></var><sup>2</sup>",
    "<var>N</var> <var>σ</var><sup>2</sup>",
)
_LAMBDA = (
    "<var>F</var> = "
    + fraction("<var>N</var> − <var>L</var>", "<var>L</var> − 1")
    + fraction("<var>q</var>", "1 − <var>q</var>")
    + ", &nbsp; <var>λ</var> = "
    + fraction(
        "Σ<sub><var>h</var></sub> <var>ȳ<sub>h</sub></var><sup>2</sup> − (Σ<sub><var>h</var></sub> "
        "√<var>N<sub>h</sub></var> <var>ȳ<sub>h</sub></var>)<sup>2</sup> / <var>N</var>",
        "<var>σ</var><sup>2</sup>",
    )
)
_LAND_USE = (
    "<var>A</var> (<var>d</var><sub>2<var>j</var></sub> − <var>d</var><sub>1<var>i</var></sub>) = "
    "<var>A</var> (<var>d</var><sub>1<var>j</var></sub> − <var>d</var><sub>1<var>i</var></sub>) + "
    "<var>A</var> (<var>d</var><sub>2<var>i</var></sub> − <var>d</var><sub>1<var>i</var></sub>) + "
    "<var>A</var> [(<var>d</var><sub>2<var>j</var></sub> − <var>d</var><sub>2<var>i</var></sub>) − "
    "(<var>d</var><sub>1<var>j</var></sub> − <var>d</var><sub>1<var>i</var></sub>)]"
)
_ATTRIBUTION = (
    "slope(<var>y</var>) = Σ<sub><var>i</var></sub> <var>b<sub>i</sub></var> "
    "slope(<var>x<sub>i</sub></var>) + slope(<var>y</var> − Σ<sub><var>i</var></sub> "
    "<var>b<sub>i</sub></var> <var>x<sub>i</sub></var>)"
)

BY_NAME = {
    "attribution": (_ATTRIBUTION, ""),
    "nep": (_NEP, "g C m⁻² yr⁻¹"),
    "spline": (_SPLINE, ""),
    "sen": (_SEN, ""),
    "effective_years": (_EFFECTIVE_YEARS, ""),
    "mann_kendall": (_MANN_KENDALL, ""),
    "variance": (_VARIANCE, ""),
    "cv": (_CV, ""),
    "range": (_RANGE, ""),
    "hurst": (_HURST, ""),
    "partial": (_PARTIAL, ""),
    "t_test": (_T_TEST, ""),
    "swap": (_SWAP, ""),
    "zone_error": (_ZONE_ERROR, ""),
    "joint": (_JOINT, ""),
    "q": (_Q, ""),
    "noncentral": (_LAMBDA, ""),
    "land_use": (_LAND_USE, ""),
}
