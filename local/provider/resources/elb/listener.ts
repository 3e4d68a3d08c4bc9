import { between, number, oneOf, regional, tagged, text, type InputsOf } from "../../arguments";
import { Refusal, unlessMissing } from "../../errors";
import { resourceType } from "../../resourceType";
import type { Aws } from "../../session";
import { actions, readActions, writeActions } from "./actions";
import { retag, tagsFor, tagsOf } from "./tags";

const arguments_ = {
    ...regional,
    loadBalancerArn: text({ required: true, replaces: true }),
    port: number({ required: true, limit: between(1, 65535) }),
    protocol: oneOf(["HTTP", "HTTPS"], { default: "HTTP" }),
    certificateArn: text(),
    sslPolicy: text({ computed: true }),
    defaultActions: actions,
    ...tagged,
};

const gone = ["ListenerNotFoundException", "ListenerNotFound"] as const;

export const listener = resourceType({
    token: "aws:lb/listener:Listener",
    arguments: arguments_,
    outputs: ["arn"],
    limits({ protocol = "HTTP" }, given) {
        if (given("certificateArn") === (protocol === "HTTPS")) return [];
        const reason = "CertificateNotFound: a certificate must be specified for HTTPS listeners, and cannot be for HTTP";
        return given("protocol") || given("certificateArn") ? [{ property: "certificateArn", reason }] : [];
    },
    async create(inputs, aws) {
        await refuseUnissued(inputs.certificateArn, aws);
        return await aws.inTurn(`listeners of ${inputs.loadBalancerArn}`, async () => {
            await refuseTakenPort(inputs.loadBalancerArn, inputs.port, undefined, aws);
            const { Listeners } = await (
                await aws.elb()
            ).createListener({ LoadBalancerArn: inputs.loadBalancerArn, ...settings(inputs), Tags: tagsFor(inputs.tagsAll) });
            return Listeners?.[0]?.ListenerArn ?? "";
        });
    },
    async read(id, aws) {
        const found = (await unlessMissing((await aws.elb()).describeListeners({ ListenerArns: [id] }), ...gone))?.Listeners?.[0];
        if (found === undefined) return undefined;
        return {
            loadBalancerArn: found.LoadBalancerArn,
            port: found.Port,
            protocol: found.Protocol,
            certificateArn: found.Certificates?.[0]?.CertificateArn ?? null,
            sslPolicy: found.Protocol === "HTTPS" ? found.SslPolicy : null,
            defaultActions: readActions(found.DefaultActions),
            tagsAll: await tagsOf(id, aws),
            arn: id,
        };
    },
    async update(id, update, aws) {
        const { changed, news } = update;
        if (changed.has("certificateArn")) await refuseUnissued(news.certificateArn, aws);
        await aws.inTurn(`listeners of ${news.loadBalancerArn}`, async () => {
            if (changed.has("port")) await refuseTakenPort(news.loadBalancerArn, news.port, id, aws);
            await (await aws.elb()).modifyListener({ ListenerArn: id, ...settings(news) });
        });
        await retag(id, update, aws);
    },
    async delete(id, aws) {
        await unlessMissing((await aws.elb()).deleteListener({ ListenerArn: id }), ...gone);
    },
});

function settings({ port, protocol, certificateArn, sslPolicy, defaultActions }: InputsOf<typeof arguments_>) {
    return {
        Port: port,
        Protocol: protocol,
        Certificates: certificateArn === undefined ? undefined : [{ CertificateArn: certificateArn }],
        SslPolicy: protocol === "HTTPS" ? (sslPolicy ?? "ELBSecurityPolicy-2016-08") : undefined,
        DefaultActions: writeActions(defaultActions),
    };
}

async function refuseTakenPort(loadBalancerArn: string, port: number, own: string | undefined, aws: Aws): Promise<void> {
    const { Listeners = [] } = await (await aws.elb()).describeListeners({ LoadBalancerArn: loadBalancerArn });
    const taken = Listeners.some(({ Port, ListenerArn }) => Port === port && ListenerArn !== own);
    if (taken) throw new Refusal("DuplicateListener", "A listener already exists on this port for this load balancer");
}

/** A listener takes only certificates that exist and are issued. */
async function refuseUnissued(arn: string | undefined, aws: Aws): Promise<void> {
    if (arn === undefined) return;
    const found = await unlessMissing((await aws.acm()).describeCertificate({ CertificateArn: arn }), "ResourceNotFoundException");
    if (found === undefined) throw new Refusal("CertificateNotFound", `Certificate '${arn}' not found`);
    if (found.Certificate?.Status !== "ISSUED") {
        throw new Refusal(
            "UnsupportedCertificate",
            `The certificate '${arn}' must have a fully-qualified domain name, a supported signature, and a supported key size.`,
        );
    }
}
