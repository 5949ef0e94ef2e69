"""Pages round an article, as publishing software makes them: menus, banners, teasers, footers."""

# ruff: noqa: E501 (pages have long lines)

from collections.abc import Sequence
from html import escape

SECTIONS = [
    ("About", "Leadership"),
    ("Issues", "Iran"),
    ("Experts", "Fellows"),
    ("Issues", "Cyber"),
]
MENU = "".join(
    f"<li class='menu-item'><a href='/{name}'>{name}</a>"
    f"<div class='sub'><a href='/i/{below}'>{below}</a></div></li>"
    for name, below in SECTIONS
)
COOKIES = """<div id='cookie-law-info-bar' class='cookie-banner' role='dialog'><p>We use cookies to
give you the best experience on our website and to measure how 12,000 visitors a day use it. By
clicking Accept all you consent to the use of all cookies by us and our 37 partners.</p>
<button>Accept all</button> <button>Reject</button></div>"""
SIGN_UP = """<div class='newsletter-signup'><h3>Get the Daily Brief</h3><p>Join 45,000 readers who get
our experts' analysis in their inbox every morning.</p><form action='/s'><input type=email>
<button>Subscribe</button></form></div>"""
SHARE = """<div class='share-buttons'><span>Share this:</span><ul><li><a href='https://x.com/'>X</a></li>
<li><a href='mailto:'>Email</a></li></ul></div>"""
FOOTER = """<p>The Meridian Institute is a Washington-based, nonpartisan research institute focusing on
national security and foreign policy. Founded in 2001, it has 80 experts in 4 cities.</p>
<p>© 2024 Meridian Institute. All rights reserved. 1800 K Street, Suite 900.</p>"""
TEASERS = {
    "Missile Strike Kills Nine in Port Town": "Nine people were killed and 40 wounded on Monday.",
    "Treasury Names 14 Tankers": "The tankers had moved 30 million barrels of oil, it said.",
    "Hackers Empty Exchange": "Thieves took $230 million in tokens from an exchange in one night.",
}


def _head(title: str) -> str:
    return (
        f"<!DOCTYPE html><html lang='en'><head><meta charset='utf-8'>"
        f"<title>{escape(title)} - Meridian Institute</title>"
        f'<meta property="og:title" content="{escape(title)}">'
        "<script>var dataLayer=[{'a':1}];</script><style>.a{color:red}</style></head>"
    )


def _issues(tags: Sequence[str]) -> str:
    if not tags:
        return ""
    links = " ".join(f"<a href='/issue/{i}'>{escape(tag)}</a>" for i, tag in enumerate(tags))
    return f"<p><strong>Issues:</strong> {links}</p>"


def _teasers(tag: str, css: str) -> str:
    return "".join(
        f"<{tag} class='{css}'><a href='/c'><h3>{title}</h3></a><p>{text}</p></{tag}>"
        for title, text in TEASERS.items()
    )


def wordpress(title: str, body: str, tags: Sequence[str]) -> str:
    return f"""{_head(title)}<body class='single'>{COOKIES}<header><nav><ul>{MENU}</ul></nav></header>
<div id='page'><main id='main'><article id='post-81' class='post-81 post type-post'>
<header class='entry-header'><h1 class='entry-title'>{escape(title)}</h1>
<div class='entry-meta'>January 23, 2024 | Flash Brief</div>
<p class='byline'>By <a href='/a'>Marta Delacourt</a></p></header>
<div class='entry-content'>{body}<div class='sharedaddy'><h3>Share this:</h3><ul><li>X</li></ul></div>
<div class='jp-relatedposts'><h3>Related</h3>{_teasers("div", "jp-relatedposts-post")}</div></div>
<footer class='entry-footer'>{_issues(tags)}</footer></article>
<section class='more'><h2>More from Meridian</h2>{_teasers("div", "card")}</section></main>
<aside>{SIGN_UP}<h2>Recent Posts</h2>{_teasers("div", "widget")}</aside></div>
<footer id='colophon'>{FOOTER}</footer></body></html>"""


def think_tank(title: str, body: str, tags: Sequence[str]) -> str:
    """Without <article> and <main>, its menu a list of issues."""
    return f"""{_head(title)}<body>{COOKIES}<div class='header'><ul class='menu'>{MENU}</ul></div>
<div class='container'><div class='row'><div class='col-8'><div class='hero'><h1>{escape(title)}</h1>
<p class='date'>January 23, 2024 | Flash Brief</p></div>{SHARE}<div class='single-content__body'>{body}
</div><div class='issues-wrap'>{_issues(tags)}</div></div>
<div class='col-4 sidebar'><h4>Trending</h4>{_teasers("div", "card")}{SIGN_UP}</div></div>
<div class='read-more'><h2>More Briefs</h2>{_teasers("div", "card")}</div></div>
<div class='footer'>{FOOTER}<ul>{MENU}</ul></div></body></html>"""


def drupal(title: str, body: str, tags: Sequence[str]) -> str:
    return f"""{_head(title)}<body class='path-node'><header role='banner'><ul>{MENU}</ul></header>
<main role='main'><div class='layout-content'><h1 class='page-title'><span>{escape(title)}</span></h1>
<div class='node node--type-brief'><div class='text-formatted field field--name-body'>{body}</div>
<div class='field field--name-field-issues'>{_issues(tags)}</div></div></div>
<div class='layout-sidebar'>{SIGN_UP}<h2>Latest</h2>{_teasers("div", "views-row")}</div></main>
<footer role='contentinfo'>{FOOTER}</footer>{COOKIES}</body></html>"""


def names_without_meaning(title: str, body: str, tags: Sequence[str]) -> str:
    menu = "".join(f"<div class='css-9'><a href='/{name}'>{name}</a></div>" for name, _ in SECTIONS)
    return f"""{_head(title)}<body><div id='__next'><div class='css-1x2y'><div>{menu}</div>{COOKIES}
<div class='css-88'><div class='css-77'><div class='css-t'>{escape(title)}</div>
<div class='css-b'>{body}</div><div class='css-i'>{_issues(tags)}</div></div>
<div class='css-66'>{_teasers("div", "css-c")}</div></div><div class='css-f'>{FOOTER}</div></div></div>
</body></html>"""


def tables(title: str, body: str, tags: Sequence[str]) -> str:
    return f"""{_head(title)}<body bgcolor=white><table width=100%><tr><td colspan=3><a href=/>Home</a> |
<a href=/i>Issues</a> | <a href=/e>Experts</a></td></tr><tr><td width=150 valign=top><b>Sections</b><br>
<a href=/1>Middle East</a><br><a href=/2>Asia</a><br>Our phone is 202-555-0100.</td>
<td valign=top><h1>{escape(title)}</h1><font size=2>January 23, 2024</font>{body}{_issues(tags)}</td>
<td width=180 valign=top><b>Latest</b>{_teasers("div", "x")}</td></tr>
<tr><td colspan=3>{FOOTER}</td></tr></table></body></html>"""


def newspaper(title: str, body: str, tags: Sequence[str]) -> str:
    """With boxes between the first paragraphs, and teasers that are <article>s too."""
    cut = body.find("</p>") + 4
    boxes = """<div class='inline-newsletter'><p>Sign up for Morning Dispatch, read by 20,000.</p></div>
<figure><img src=x><figcaption>A base with 300 soldiers. Photo: Reuters</figcaption></figure>
<div class='ad'>Advertisement</div><aside><h4>Related</h4><a href='/z'>Nine Killed in Port</a></aside>"""
    return f"""{_head(title)}<body>{COOKIES}<header><nav>{MENU}</nav></header><main><article class='story'>
<h1>{escape(title)}</h1><div class='meta'><span>By Marta Delacourt</span>
<time datetime='2024-01-23T15:10:00-05:00'>Jan. 23, 2024</time></div>{SHARE}
<div class='story-body'>{body[:cut]}{boxes}{body[cut:]}</div>{_issues(tags)}
<div class='author-bio'><p>Marta Delacourt is a senior fellow at the Meridian Institute. Follow her on X
@mdelacourt.</p></div></article><section><h2>More stories</h2>{_teasers("article", "teaser")}</section>
<div class='comments'><h3>Comments (3)</h3><p>Ann: I counted 55 of them myself, and nobody believes me
when I say so.</p></div></main><footer>{FOOTER}</footer></body></html>"""


def ministry(title: str, body: str) -> str:
    """The whole page in a form, the title no <h1>, no word of it in a meta tag."""
    return f"""<html><head><title>Ministry - {escape(title)}</title></head><body><form method=post>
<div id=top><ul><li><a href=/a>Minister</a></li><li><a href=/b>Press</a></li></ul></div>
<div id=main><div class=field><h2>{escape(title)}</h2><div class=date>23.01.2024</div>{body}</div>
<div class=right><h3>Press contact</h3><p>Telephone +1 202 555 0100, weekdays from 9 to 17.</p></div></div>
<div id=foot><p>This is the official site. Last update 24.01.2024.</p></div></form></body></html>"""


PAGES = [wordpress, think_tank, drupal, names_without_meaning, tables, newspaper]
