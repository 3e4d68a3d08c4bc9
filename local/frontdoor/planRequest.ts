import type { IncomingHttpHeaders } from "node:http";
import type { ListenerView, LoadBalancingView, TargetKey } from "../emulator/views";
import { isLoopback, plainAddress } from "./addresses";
import { type Answer, balancerAnswer, pageAnswer } from "./answers";
import { decide } from "./decide";
import { findHost, servedHosts } from "./hosts";
import { localizeLocation } from "./localUrl";
import { refusedPage, signInPage, startPage, unclearPage, unservedPage } from "./pages";

/** By this header, which only clients on this machine may send, a request counts as coming from another address. */
export const clientAddressHeader = "x-understudy-client-address";

/** What is known of a request before its body is read. */
export interface IncomingFacts {
    readonly method: string;
    /** Path and query, as in the request line. */
    readonly url: string;
    readonly headers: IncomingHttpHeaders;
    /** Every value of every header, as it came: name, value, name, value, … */
    readonly rawHeaders: readonly string[];
    /** Address of the other end of the connection. */
    readonly remoteAddress: string;
}

export interface PlanSettings {
    /** The front door's own. */
    readonly port: number;
    /** The address as which clients on this machine count. */
    readonly clientAddress: string;
    /** From 0 up to 1, excluded: decides between weighted target groups. */
    readonly chance: number;
}

/** What to do with a request: answer it here, or pass it on to one of some targets. */
export type RequestPlan =
    /** `askAnew`: because of what is there or is not, which may have changed just now; better said from a view of this moment. */
    | { readonly kind: "answer"; readonly answer: Answer; readonly askAnew: boolean }
    | {
          readonly kind: "pass";
          readonly host: string;
          readonly listener: ListenerView;
          readonly clientAddress: string;
          readonly targetGroupArn: string;
          /** At least one. */
          readonly targets: readonly TargetKey[];
      };

/** What the front door does with a request, given the load balancers as they are. */
export function planRequest(facts: IncomingFacts, view: LoadBalancingView, { port, clientAddress, chance }: PlanSettings): RequestPlan {
    const wanted = findHost(facts.headers.host ?? "", view);
    switch (wanted.kind) {
        case "start":
            return answer(pageAnswer(facts.url === "/" ? 200 : 404, startPage(servedHosts(view), view.targetGroups, port)), true);
        case "unclear":
            return answer(pageAnswer(404, unclearPage(wanted.name, wanted.choices, port)), true);
        case "unserved":
            return answer(pageAnswer(404, unservedPage(wanted.host, wanted.led, port)), true);
        case "host":
            break;
    }

    const { host, listener, loadBalancer } = wanted;
    const address = clientAddressOf(facts, clientAddress);
    const [path = "/", rawQuery = ""] = facts.url.split(/\?(.*)/s);
    const request = {
        host,
        method: facts.method,
        path,
        query: [...new URLSearchParams(rawQuery)],
        headers: headerValues(facts.rawHeaders),
        clientAddress: address,
    };
    const decision = decide(request, rawQuery, { loadBalancer, listener, targetGroups: view.targetGroups, chance });
    switch (decision.do) {
        case "refuse":
            return answer(pageAnswer(403, refusedPage(host, address)), true);
        case "signIn":
            return answer(pageAnswer(501, signInPage(host, decision.type)));
        case "respond":
            return answer({
                statusCode: decision.statusCode,
                headers: { server: "awselb/2.0", "content-type": decision.contentType },
                body: decision.body,
            });
        case "redirect": {
            const location = localizeLocation(decision.location, port, isServedIn(view));
            return answer({ statusCode: decision.statusCode, headers: { server: "awselb/2.0", location }, body: "" });
        }
        case "forward":
            if (decision.targets.length === 0) return answer(balancerAnswer(503), true);
            return {
                kind: "pass",
                host,
                listener,
                clientAddress: address,
                targetGroupArn: decision.targetGroupArn,
                targets: decision.targets,
            };
    }
}

/** Tells of a host whether the front door serves it. */
export function isServedIn(view: LoadBalancingView): (host: string) => boolean {
    return (host) => findHost(host, view).kind === "host";
}

/** Clients on this machine count as somebody else: as an address of the settings, or as one they name. */
function clientAddressOf({ remoteAddress, headers }: IncomingFacts, localClient: string): string {
    const address = plainAddress(remoteAddress);
    if (!isLoopback(address)) return address;
    const named = headers[clientAddressHeader];
    return typeof named === "string" ? named : localClient;
}

function headerValues(rawHeaders: readonly string[]): Readonly<Record<string, readonly string[]>> {
    const values: Record<string, string[]> = {};
    for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
        (values[(rawHeaders[index] ?? "").toLowerCase()] ??= []).push(rawHeaders[index + 1] ?? "");
    }
    return values;
}

function answer(given: Answer, askAnew = false): RequestPlan {
    return { kind: "answer", answer: given, askAnew };
}
