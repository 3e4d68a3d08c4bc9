import { once } from "node:events";
import { type ClientRequest, createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { createProxyServer, type ServerOptions } from "http-proxy-3";
import { ControlClient } from "../emulator/control";
import type { LoadBalancingView } from "../emulator/views";
import { type Answer, balancerAnswer, pageAnswer, sendAnswer, sendRawAnswer } from "./answers";
import { forwardedHeaders } from "./forwardedHeaders";
import { LatestView } from "./latestView";
import { localizeLocation } from "./localUrl";
import { silentPage } from "./pages";
import { clientAddressHeader, isServedIn, planRequest, type RequestPlan } from "./planRequest";

export interface FrontDoorOptions {
    /** The emulator. */
    readonly endpoint: string;
    /** 0: a free one. */
    readonly port: number;
    /** The address as which clients on this machine count. */
    readonly clientAddress: string;
    /** How long a target may say nothing, in milliseconds. Default 60000, a load balancer's own default. */
    readonly idleTimeoutInMs?: number;
    /** One line for the front door's log. */
    readonly log: (message: string) => void;
    /** Told again and again while the emulator does not answer. */
    readonly onSilence: () => void;
}

type PassPlan = Extract<RequestPlan, { kind: "pass" }>;

/**
 * Stands where people meet the load balancers: `http://<host>.localhost:<port>/` is answered as the Application Load Balancer that serves
 * the host would, by the emulator's rules and target health. It listens on this machine only and without TLS; services hear that a
 * request came by HTTPS when an HTTPS listener serves the host.
 */
export class FrontDoor {
    private readonly idleTimeoutInMs: number;
    private readonly proxy = createProxyServer();
    /** How many requests every target group has had: its targets take turns. */
    private readonly turns = new Map<string, number>();

    private constructor(
        /** The port on which it listens. */
        readonly port: number,
        private readonly servers: readonly Server[],
        private readonly latest: LatestView,
        private readonly options: FrontDoorOptions,
    ) {
        this.idleTimeoutInMs = options.idleTimeoutInMs ?? 60_000;
        const forgetClient = (outgoing: ClientRequest): void => {
            outgoing.removeHeader(clientAddressHeader);
        };
        this.proxy.on("proxyReq", forgetClient);
        this.proxy.on("proxyReqWs", forgetClient);
        this.proxy.on("proxyRes", (answer, _request, response) => {
            this.onTargetAnswer(answer, response);
        });
        for (const server of servers) {
            server.on("request", (request: IncomingMessage, response: ServerResponse) => void this.serve(request, response));
            server.on("upgrade", (request: IncomingMessage, socket: Duplex, head: Buffer) => void this.serveUpgrade(request, socket, head));
        }
        latest.follow();
    }

    /** Throws when the port is taken. */
    static async start(options: FrontDoorOptions): Promise<FrontDoor> {
        const main = await listen("127.0.0.1", options.port);
        const { port } = main.address() as AddressInfo;
        // Browsers may try ::1 first for names under localhost; where it cannot be had they take 127.0.0.1.
        const second = await listen("::1", port).catch(() => undefined);
        const latest = new LatestView(new ControlClient(options.endpoint), options.log, options.onSilence);
        return new FrontDoor(port, second === undefined ? [main] : [main, second], latest, options);
    }

    /** Stops listening and breaks what is open. */
    async close(): Promise<void> {
        for (const server of this.servers) {
            server.close();
            server.closeAllConnections();
        }
        await this.latest.close();
    }

    private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
        const plan = await this.plan(request);
        if (plan.kind === "answer") {
            sendAnswer(response, plan.answer);
            return;
        }
        const begun = Date.now();
        this.proxy.web(request, response, this.proxyOptions(request, plan), () => {
            if (response.headersSent) response.destroy();
            else void this.explainFailure(request, begun).then((answer) => sendAnswer(response, answer));
        });
    }

    private async serveUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
        socket.on("error", () => socket.destroy());
        const plan = await this.plan(request);
        if (plan.kind === "answer") {
            sendRawAnswer(socket, plan.answer);
            return;
        }
        const begun = Date.now();
        this.proxy.ws(request, socket, head, this.proxyOptions(request, plan), () => {
            sendRawAnswer(socket, this.failure(begun)); // at once: the proxy closes the connection after this call
        });
    }

    private async plan(request: IncomingMessage): Promise<RequestPlan> {
        const plan = await this.planWith(request, this.latest.current());
        return plan.kind === "answer" && plan.askAnew ? this.planWith(request, this.latest.refresh()) : plan;
    }

    private async planWith(request: IncomingMessage, view: Promise<LoadBalancingView>): Promise<RequestPlan> {
        const { method = "GET", url = "/", headers, rawHeaders, socket } = request;
        const facts = { method, url, headers, rawHeaders, remoteAddress: socket.remoteAddress ?? "" };
        const settings = { port: this.port, clientAddress: this.options.clientAddress, chance: Math.random() };
        try {
            return planRequest(facts, await view, settings);
        } catch (error) {
            this.options.log(`no answer for ${headers.host ?? ""}${url}: ${String(error)}`);
            return { kind: "answer", answer: pageAnswer(503, silentPage()), askAnew: false };
        }
    }

    /** A target that was taken out this moment may have been sent a request still: then what holds now is the answer. */
    private async explainFailure(request: IncomingMessage, begun: number): Promise<Answer> {
        const failure = this.failure(begun);
        const now = await this.planWith(request, this.latest.refresh());
        return now.kind === "answer" ? now.answer : failure;
    }

    private failure(begun: number): Answer {
        return balancerAnswer(Date.now() - begun >= this.idleTimeoutInMs ? 504 : 502);
    }

    private proxyOptions(request: IncomingMessage, plan: PassPlan): ServerOptions {
        const turn = this.turns.get(plan.targetGroupArn) ?? 0;
        this.turns.set(plan.targetGroupArn, turn + 1);
        const target = plan.targets[turn % plan.targets.length];
        return {
            target: { host: target?.id ?? "", port: target?.port ?? 0 },
            headers: forwardedHeaders(request.headers, plan),
            proxyTimeout: this.idleTimeoutInMs,
            cookieDomainRewrite: { "*": "" }, // a cookie for the real domain would be dropped by the browser
        };
    }

    private onTargetAnswer(answer: IncomingMessage, response: ServerResponse): void {
        const { location } = answer.headers;
        if (location !== undefined && this.latest.known !== undefined) {
            answer.headers.location = localizeLocation(location, this.port, isServedIn(this.latest.known));
        }
        answer.once("close", () => {
            if (!answer.complete) response.destroy(); // an answer that breaks off must not look like a whole one
        });
    }
}

async function listen(host: string, port: number): Promise<Server> {
    const server = createServer().listen(port, host);
    await once(server, "listening");
    return server;
}
