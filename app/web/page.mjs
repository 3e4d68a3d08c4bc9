/** The page as HTML: who answers, from which commit, and what api said. Everything that is not ours is escaped. */
export function renderPage(info, theme, visits) {
    const { api } = info;
    return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>shop · ${escape(info.environment)}</title>
<link rel="icon" href="data:,">
<style>${styles(theme)}</style>
</head>
<body>
${theme.banner ? `<aside class="banner" role="note">${escape(theme.banner)}</aside>` : ""}
<main>
<header>
<span class="mark" aria-hidden="true"></span>
<span class="name">shop</span>
<span class="kind">${escape(info.kind)}</span>
</header>
<h1>${escape(info.branch ?? info.environment)}</h1>
<dl>
${fact("Environment", info.environment)}
${fact("Branch", info.branch ?? "none")}
${fact("Commit", shortCommit(info.commit), info.commit)}
${fact("Session secret", info.sessionSecret)}
${visits ? fact("Your visits", String(visits)) : ""}
</dl>
<section class="${api.answered ? "answered" : "silent"}">
<h2>${api.answered ? "api answered" : "api did not answer"}</h2>
<p>${escape(api.answered ? api.message : api.reason)}</p>
${api.answered ? `<small>from commit <code>${escape(shortCommit(api.commit))}</code></small>` : ""}
</section>
<footer><a href="/info.json">the same facts as JSON</a></footer>
</main>
</body>
</html>
`;
}

function fact(term, text, title = "") {
    return `<div><dt>${term}</dt><dd${title && ` title="${escape(title)}"`}>${escape(text)}</dd></div>`;
}

function shortCommit(commit) {
    return /^[0-9a-f]{40}$/.test(commit) ? commit.slice(0, 10) : commit;
}

function escape(text) {
    return String(text).replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

function styles({ accent }) {
    return `
:root {
    --accent: ${accent};
    --paper: #f6f4f0; --sheet: #fffefc; --ink: #1c1a17; --soft: #6d675e; --line: #e6e1d8; --good: #2f7d4f; --bad: #b3261e;
}
@media (prefers-color-scheme: dark) {
    :root { --paper: #131210; --sheet: #1c1a18; --ink: #f1ede6; --soft: #a49c90; --line: #322e2a; --good: #6cc08b; --bad: #f2857d; }
}
* { box-sizing: border-box; margin: 0; }
body {
    min-height: 100vh; display: grid; grid-template-rows: auto 1fr; background: var(--paper); color: var(--ink);
    font: 400 1rem/1.5 ui-sans-serif, system-ui, -apple-system, "Segoe UI", "Helvetica Neue", "Noto Sans", sans-serif;
    -webkit-font-smoothing: antialiased;
}
main {
    grid-row: 2; align-self: center; justify-self: center; width: min(40rem, calc(100vw - 2rem)); margin: 2rem 0;
    padding: clamp(1.5rem, 5vw, 3rem); background: var(--sheet); border: 1px solid var(--line); border-radius: 1rem;
    box-shadow: 0 1px 2px rgb(0 0 0 / .04), 0 16px 48px -24px rgb(0 0 0 / .22);
}
.banner {
    grid-row: 1; padding: .85rem 1.5rem; background: var(--accent); color: #fff; text-align: center; font-weight: 600;
    letter-spacing: .01em;
}
header { display: flex; align-items: center; gap: .6rem; font-size: .95rem; }
.mark { width: .85rem; height: .85rem; border-radius: 50%; background: var(--accent); }
.name { font-weight: 600; letter-spacing: -.005em; }
.kind {
    margin-left: auto; padding: .1rem .7rem; border: 1px solid var(--line); border-radius: 2rem; color: var(--soft); font-size: .8rem;
}
h1 {
    margin: clamp(1.5rem, 5vw, 2.5rem) 0 clamp(1.25rem, 4vw, 2rem); font-size: clamp(1.75rem, 6vw, 2.75rem); line-height: 1.12;
    font-weight: 650; letter-spacing: -.025em; overflow-wrap: anywhere; text-wrap: balance;
}
dl { border-top: 1px solid var(--line); }
dl div { display: flex; justify-content: space-between; gap: 2rem; padding: .7rem 0; border-bottom: 1px solid var(--line); }
dt { color: var(--soft); white-space: nowrap; }
dd { text-align: right; overflow-wrap: anywhere; font-variant-numeric: tabular-nums; }
dd[title], code { font: .92em/1.6 ui-monospace, "SF Mono", SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace; }
section { margin-top: 1.75rem; padding-left: 1.1rem; border-left: 3px solid var(--good); }
section.silent { border-color: var(--bad); }
h2 { font-size: .8rem; font-weight: 600; color: var(--good); }
.silent h2 { color: var(--bad); }
section p { font-size: 1.2rem; letter-spacing: -.01em; overflow-wrap: anywhere; }
small { color: var(--soft); }
footer { margin-top: 2rem; font-size: .875rem; }
a { color: var(--soft); text-underline-offset: .2em; text-decoration-color: var(--line); }
a:hover { color: var(--accent); text-decoration-color: currentColor; }
`;
}
