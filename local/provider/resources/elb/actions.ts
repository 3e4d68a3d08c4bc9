import type { Action } from "@aws-sdk/client-elastic-load-balancing-v2";
import { list, number, object, oneOf, set, text, type ValueOf } from "../../arguments";
import type { Actual } from "../../resourceType";

/** What a listener or a rule does with a request. A forward to one target group may be written in a short and a long form. */
export const action = object({
    type: oneOf(["forward", "redirect", "fixed-response"], { required: true }),
    order: number({ computed: true }),
    targetGroupArn: text({ computed: true }),
    forward: object(
        { targetGroups: set(object({ arn: text({ required: true }), weight: number({ default: 1 }) }), { required: true }) },
        { computed: true },
    ),
    redirect: object({
        statusCode: oneOf(["HTTP_301", "HTTP_302"], { required: true }),
        host: text({ default: "#{host}" }),
        path: text({ default: "/#{path}" }),
        port: text({ default: "#{port}" }),
        protocol: oneOf(["HTTP", "HTTPS", "#{protocol}"], { default: "#{protocol}" }),
        query: text({ default: "#{query}" }),
    }),
    fixedResponse: object({
        contentType: oneOf(["text/plain", "text/css", "text/html", "application/javascript", "application/json"], { required: true }),
        messageBody: text(),
        statusCode: text({ computed: true }),
    }),
});

/** Actions as an argument. */
export const actions = list(action, { required: true });

type ActionInput = ValueOf<typeof action>;

/** Actions as AWS takes them. */
export function writeActions(inputs: readonly ActionInput[]): Action[] {
    return inputs.map(({ type, order, targetGroupArn, forward, redirect, fixedResponse }, index) => ({
        Type: type,
        Order: order ?? index + 1,
        TargetGroupArn: forward === undefined ? targetGroupArn : undefined,
        ForwardConfig: forward && {
            TargetGroups: forward.targetGroups.map(({ arn, weight }) => ({ TargetGroupArn: arn, Weight: weight })),
        },
        RedirectConfig: redirect && {
            StatusCode: redirect.statusCode,
            Host: redirect.host,
            Path: redirect.path,
            Port: redirect.port,
            Protocol: redirect.protocol,
            Query: redirect.query,
        },
        FixedResponseConfig: fixedResponse && {
            ContentType: fixedResponse.contentType,
            MessageBody: fixedResponse.messageBody,
            StatusCode: fixedResponse.statusCode,
        },
    }));
}

/** Actions as arguments: a forward to one target group in the short form. */
export function readActions(actions: readonly Action[] | undefined): readonly Actual[] {
    const ordered = (actions ?? []).toSorted((one, other) => (one.Order ?? 0) - (other.Order ?? 0));
    return ordered.map(({ Type, Order, TargetGroupArn, ForwardConfig, RedirectConfig, FixedResponseConfig }) => {
        const groups = ForwardConfig?.TargetGroups ?? [];
        return {
            type: Type,
            order: Order,
            ...(Type === "forward"
                ? {
                      targetGroupArn: TargetGroupArn ?? (groups.length === 1 ? groups[0]?.TargetGroupArn : undefined),
                      forward:
                          groups.length === 0
                              ? undefined
                              : { targetGroups: groups.map((group) => ({ arn: group.TargetGroupArn, weight: group.Weight })) },
                  }
                : {}),
            redirect: RedirectConfig && {
                statusCode: RedirectConfig.StatusCode,
                host: RedirectConfig.Host,
                path: RedirectConfig.Path,
                port: RedirectConfig.Port,
                protocol: RedirectConfig.Protocol,
                query: RedirectConfig.Query,
            },
            fixedResponse: FixedResponseConfig && {
                contentType: FixedResponseConfig.ContentType,
                messageBody: FixedResponseConfig.MessageBody,
                statusCode: FixedResponseConfig.StatusCode,
            },
        };
    });
}
