import type { TargetGroupView } from "../emulator/views";
import type { Led } from "./dns";
import type { ServedHost } from "./hosts";
import { localUrl } from "./localUrl";

/** The page at `localhost` itself: everything that the front door serves, by account. */
export function startPage(hosts: readonly ServedHost[], targetGroups: readonly TargetGroupView[], port: number): string {
    const accounts = [...new Set(hosts.map(({ loadBalancer }) => loadBalancer.account))].sort();
    const sections = accounts.map((account) => {
        const rows = hosts.filter(({ loadBalancer }) => loadBalancer.account === account).map((host) => hostRow(host, targetGroups, port));
        return `<section><h2>Account ${escape(account)}</h2><ul>${rows.join("")}</ul></section>`;
    });
    const nothing = "<p>No environment has an address yet. It appears here as soon as its load balancer has a rule for it.</p>";
    return page("Environments", sections.length === 0 ? nothing : sections.join("\n"));
}

/** For a host for which there is no rule where DNS leads it. */
export function unservedPage(host: string, led: Led, port: number): string {
    return page("No such environment", `<p>${reasonFor(`<b>${escape(host)}</b>`, led)}</p><p><a href="http://localhost:${port}/">All environments</a></p>`);
}

function reasonFor(host: string, led: Led): string {
    switch (led.kind) {
        case "elsewhere":
            return `No load balancer has a rule for ${host}.`;
        case "nowhere":
            return `DNS leads ${host} to no load balancer.`;
        case "balancer":
            return `The load balancer ${escape(led.loadBalancer.name)}, to which DNS leads ${host}, has no rule for it.`;
    }
}

/** For a short name that means no host, or several. */
export function unclearPage(name: string, choices: readonly string[], port: number): string {
    if (choices.length === 0) return unservedPage(name, { kind: "elsewhere" }, port);
    const links = choices.map((host) => `<li><a href="${localUrl(escape(host), port)}">${escape(host)}</a></li>`);
    return page("Which one?", `<p>Several hosts begin with <b>${escape(name)}</b>.</p><ul>${links.join("")}</ul>`);
}

/** For a client that the load balancer's security groups do not let in. */
export function refusedPage(host: string, address: string): string {
    return page(
        "Not let in",
        `<p>The security groups of the load balancer do not let <b>${escape(address)}</b> in to <b>${escape(host)}</b>. ` +
            "On AWS nothing would answer.</p><p>The addresses that are let in are in the settings of the environment: <code>understudy:access</code>.</p>",
    );
}

/** For a rule that asks people to sign in. */
export function signInPage(host: string, type: string): string {
    return page(
        "Sign-in",
        `<p>The rule for <b>${escape(host)}</b> asks people to sign in (<code>${escape(type)}</code>), ` +
            "which works only with the real load balancer.</p>",
    );
}

/** For the time in which the emulator does not answer. */
export function silentPage(): string {
    return page(
        "No AWS",
        "<p>The AWS emulator does not answer, so nobody knows what is where. See <code>understudy local status</code>.</p>",
    );
}

function hostRow({ host, rule }: ServedHost, targetGroups: readonly TargetGroupView[], port: number): string {
    const arns = rule.actions.flatMap((action) => (action.type === "forward" ? action.targetGroups.map(({ arn }) => arn) : []));
    const targets = targetGroups.filter(({ arn }) => arns.includes(arn)).flatMap((group) => group.targets);
    const healthy = targets.filter(({ state }) => state === "healthy").length;
    const state = targets.length === 0 ? "no task" : healthy === targets.length ? "healthy" : `${healthy} of ${targets.length} healthy`;
    const kind = healthy > 0 ? "good" : "bad";
    return `<li><a href="${localUrl(escape(host), port)}">${escape(host)}</a><span class="${kind}">${state}</span></li>`;
}

function escape(text: string): string {
    return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

function page(title: string, content: string): string {
    return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title} · understudy</title>
<link rel="icon" href="data:,">
<style>
:root { --paper: #f6f4f0; --sheet: #fffefc; --ink: #1c1a17; --soft: #6d675e; --line: #e6e1d8; --good: #2f7d4f; --bad: #b3261e; }
@media (prefers-color-scheme: dark) {
    :root { --paper: #131210; --sheet: #1c1a18; --ink: #f1ede6; --soft: #a49c90; --line: #322e2a; --good: #6cc08b; --bad: #f2857d; }
}
* { box-sizing: border-box; margin: 0; }
body {
    min-height: 100vh; display: grid; place-items: center; padding: 2rem 1rem; background: var(--paper); color: var(--ink);
    font: 400 1rem/1.5 ui-sans-serif, system-ui, -apple-system, "Segoe UI", "Helvetica Neue", "Noto Sans", sans-serif;
    -webkit-font-smoothing: antialiased;
}
main {
    width: min(44rem, 100%); padding: clamp(1.5rem, 5vw, 3rem); background: var(--sheet); border: 1px solid var(--line);
    border-radius: 1rem; box-shadow: 0 1px 2px rgb(0 0 0 / .04), 0 16px 48px -24px rgb(0 0 0 / .22);
}
h1 { margin-bottom: 1.5rem; font-size: clamp(1.6rem, 5vw, 2.1rem); font-weight: 650; line-height: 1.15; letter-spacing: -.025em; }
h2 { margin: 1.75rem 0 .25rem; color: var(--soft); font-size: .85rem; font-weight: 500; }
p + p { margin-top: .75rem; }
ul { padding: 0; list-style: none; border-top: 1px solid var(--line); }
p + ul { margin-top: 1.25rem; }
li { display: flex; justify-content: space-between; gap: 1.5rem; padding: .65rem 0; border-bottom: 1px solid var(--line); }
a { color: inherit; overflow-wrap: anywhere; text-underline-offset: .2em; text-decoration-color: var(--line); }
a:hover { text-decoration-color: currentColor; }
b { font-weight: 600; overflow-wrap: anywhere; }
span { white-space: nowrap; font-size: .9rem; }
.good { color: var(--good); }
.bad { color: var(--bad); }
code { font: .92em/1.6 ui-monospace, "SF Mono", SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace; }
</style>
</head>
<body>
<main>
<h1>${title}</h1>
${content}
</main>
</body>
</html>
`;
}
